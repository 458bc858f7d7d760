package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/trace"
)

// Dynamic asks for a run of the input under observation; what it opens is
// added.
type Dynamic struct {
	Args   []string
	Env    []string
	Stdin  io.Reader
	Output io.Writer // the run's standard output and standard error
	Home   string    // where likely secrets are; empty for none
}

// DynamicError is a traced run that failed, or could not be made.
type DynamicError struct {
	Err    error
	Advice string
}

func (e *DynamicError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *DynamicError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *DynamicError) Hint() string { return e.Advice }

// dynamic runs the first input and adds what it opened.
func (b *builder) dynamic(ctx context.Context) error {
	if b.spec.Dynamic == nil {
		return nil
	}
	events, err := b.observe(ctx)
	if err != nil {
		return err
	}
	s := trace.Select(events, trace.SelectOptions{Outputs: []string{b.output}, Home: b.spec.Dynamic.Home})
	for _, secret := range s.Secrets {
		b.warn("--dynamic: left out %s, which %s opened: %s; add it with --include if it belongs into the bundle", secret.Path, opener(secret.By), secret.Why)
	}
	for _, name := range s.Foreign {
		b.warn("--dynamic: left out %s: it was opened in another mount namespace, where it need not be the same file; add it with --include", name)
	}
	var files []string
	for _, n := range s.Needed {
		real, err := b.addNeeded(n)
		if err != nil {
			return err
		}
		if real != "" {
			files = append(files, real)
		}
	}
	return b.closeOver(files, true)
}

// observe runs the input where it is, with the terminal's streams or the ones
// given.
func (b *builder) observe(ctx context.Context) ([]trace.Event, error) {
	d, p := b.spec.Dynamic, b.programs[0]
	var events []trace.Event
	res, err := trace.Run(ctx, &trace.Command{
		Path: p.Path, Args: append([]string{p.Path}, d.Args...), Env: d.Env, Dir: b.finder.cwd(),
		Stdin: d.Stdin, Stdout: d.Output, Stderr: d.Output,
	}, trace.Options{}, func(e trace.Event) error {
		e.Run = 1
		events = append(events, e)
		return nil
	})
	switch {
	case context.Cause(ctx) != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, &DynamicError{Err: fmt.Errorf("cannot trace %s: %w", p.Name, err), Advice: "leave out --dynamic and add what the program opens with --include"}
	case res.Signal != 0:
		return nil, &DynamicError{Err: fmt.Errorf("the traced run of %s was ended by signal %d (%v)", p.Name, int(res.Signal), res.Signal), Advice: "see that it works outside pack with the same --dynamic-arg and --dynamic-stdin"}
	case res.Code != 0:
		return nil, &DynamicError{Err: fmt.Errorf("the traced run of %s ended with exit status %d", p.Name, res.Code), Advice: "see that it works outside pack with the same --dynamic-arg and --dynamic-stdin"}
	}
	if res.NoNewPrivs {
		b.warn("--dynamic: the program ran without the privileges of set-user-ID files and file capabilities: tracing takes them away here")
	}
	return events, nil
}

// addNeeded adds one path a run opened, and returns its real path if it is a
// regular file. What is gone since, and what the loader's own configuration is
// on this machine, is passed over.
func (b *builder) addNeeded(n trace.Needed) (real string, err error) {
	p, err := rootfs.Trace(b.root, n.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", openError(n.Path, err)
	}
	for _, m := range b.programs {
		if m.Graph != nil && m.Graph.System != nil && (p.Real == m.Graph.System.CachePath || p.Real == "/etc/ld.so.preload") {
			return "", nil
		}
	}
	fi, err := b.root.Lstat(p.Real)
	if err != nil {
		return "", openError(p.Real, err)
	}
	if !fi.Mode().IsRegular() && !fi.IsDir() {
		return "", nil
	}
	err = b.addPath(n.Path, plan.Reason{Kind: plan.Traced, By: opener(n.By), Via: "run 1"})
	var conflict *plan.ConflictError
	switch {
	case errors.As(err, &conflict):
		b.warn("--dynamic: %v", err)
		return "", nil
	case err != nil || fi.IsDir():
		return "", err
	}
	return p.Real, b.runsScript(n, p.Real)
}

// runsScript adds what interprets a script that was executed.
func (b *builder) runsScript(n trace.Needed, real string) error {
	if !n.Exec {
		return nil
	}
	if _, err := b.resolver.Read(real); err == nil {
		return nil
	}
	p, err := b.finder.Find(n.Path)
	if err != nil || p.Script == nil {
		return nil
	}
	for _, r := range p.Runs {
		if err := b.addProgram(r, "", plan.Reason{Kind: plan.Interp, By: n.Path, Via: r.Name}); err != nil {
			return err
		}
	}
	return nil
}

func opener(by []trace.Opener) string {
	if len(by) == 0 || by[0].Exe == "" {
		return "pack"
	}
	return by[0].Exe
}

// checkDynamic refuses what a traced run cannot be asked of.
func (s *Spec) checkDynamic() error {
	switch {
	case s.Dynamic == nil:
		return nil
	case s.Foreign:
		return usagef("leave out --dynamic, or unpack that root and chroot into it", "--dynamic cannot run a program of another root")
	case len(s.Inputs) > 1:
		return usagef("bundle them one by one, or leave out --dynamic", "--dynamic cannot tell which of %d inputs to run", len(s.Inputs))
	}
	return nil
}

// traceable refuses an input that cannot be run by itself.
func (b *builder) traceable() error {
	if b.spec.Dynamic == nil {
		return nil
	}
	p := b.programs[0]
	if p.Graph != nil && closure.Classify(p.Graph.Main.Obj) == closure.Library {
		return usagef("name a program", "--dynamic cannot run %s: it is a shared library", p.Name)
	}
	if _, err := os.Stat(path.Clean(p.Path)); err != nil {
		return openError(p.Name, err)
	}
	return nil
}
