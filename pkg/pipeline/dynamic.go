package pipeline

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/trace"
)

// Dynamic asks for runs under observation; what they open is added.
type Dynamic struct {
	// Input asks for a run of the only input, with Args. It is the first run.
	Input bool
	Args  []string
	// Commands are further runs in order: a simple command each, split into
	// words as a shell does.
	Commands []string
	// Env is the environment of the runs, Dir their working directory; empty
	// for Spec.Cwd.
	Env []string
	Dir string
	// Text is the standard input of every run. If it is nil, the first run reads
	// Stdin and the others nothing.
	Text  *string
	Stdin io.Reader
	// Output receives the runs' standard output and standard error.
	Output io.Writer
	// Timeout ends a run, which is then a success; 0 for never.
	Timeout time.Duration
	// Grace is how long processes that are ended have between SIGTERM and
	// SIGKILL.
	Grace time.Duration
	// Ready is a shell command that is tried until it succeeds while the last
	// run serves it; then that run is ended. It has Timeout for that, or
	// ReadyTimeout.
	Ready string
	// Log is a file for every event, as JSON lines; empty for none.
	Log string
	// Home is where likely secrets are; empty for none.
	Home string
}

// ReadyTimeout is how long Dynamic.Ready may take to succeed where no other
// time is given.
const ReadyTimeout = 30 * time.Second

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

// observed is what the traced runs gave.
type observed struct {
	record   trace.Record
	warnings []string
}

// traced makes the traced runs, after a first look at the request,
// at which a user's mistakes come out before anything is run. What the runs change is
// seen by a plan that begins anew after them.
func traced(ctx context.Context, spec *Spec) (*observed, error) {
	if spec.Dynamic == nil {
		return nil, nil
	}
	b := newBuilder(ctx, spec)
	inputs, err := b.inputs()
	if err != nil {
		return nil, err
	}
	if err := b.runnable(inputs); err != nil {
		return nil, err
	}
	if err := b.include(spec.Include); err != nil {
		return nil, err
	}
	if err := b.traceable(); err != nil {
		return nil, err
	}
	return b.observe(ctx, inputs)
}

// dynamic adds what the runs opened. What is to be excluded is no secret worth a
// warning.
func (b *builder) dynamic(o *observed, x *excluder) error {
	if o == nil {
		return nil
	}
	for _, w := range o.warnings {
		b.warn("%s", w)
	}
	real := realNames()
	s := trace.Select(o.record.Events(), trace.SelectOptions{
		Outputs: b.own(), Home: b.spec.Dynamic.Home, Resolve: real,
		Keep: func(name string) bool { return b.plan.Get(real(name)) != nil || isPublic(b.root, real(name)) },
	})
	for _, secret := range s.Secrets {
		if x.match([]string{secret.Path, real(secret.Path)}) {
			continue
		}
		b.warn("--dynamic: left out %s, which %s opened: %s; if it belongs into the bundle, add it with --include %s", secret.Path, opener(secret.By), secret.Why, secret.Path)
	}
	for _, name := range s.Foreign {
		b.warn("--dynamic: left out %s: it was opened in another mount namespace and is not the same file here; add what the program needs with --include", name)
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

// own are the files and directories that pack writes itself, as real paths.
func (b *builder) own() []string {
	own := append([]string{b.output}, b.files...)
	if name := b.spec.Dynamic.Log; name != "" {
		own = append(own, outputIn(b.root, name))
	}
	return slices.DeleteFunc(own, func(name string) bool { return name == "" })
}

// addNeeded adds one path a run opened, and returns its real path if it is a
// regular file. What the loader's own configuration is on this machine is
// passed over.
func (b *builder) addNeeded(n trace.Needed) (real string, err error) {
	p, err := rootfs.Trace(b.root, n.Path)
	if errors.Is(err, fs.ErrNotExist) {
		if n.Type == trace.Regular && !n.Derived {
			b.warn("--dynamic: left out %s, which %s opened: it is gone now; add what the program needs to be there with --include", n.Path, opener(n.By))
		}
		return "", nil
	}
	if err != nil {
		return "", openError(n.Path, err)
	}
	if b.isKernels(p.Real) {
		return "", b.addLinks(n, p)
	}
	if b.isLoaderCache(p.Real) || b.isElsewhere(p.Real, n.By) || b.isTemporary(p.Real) {
		return "", nil
	}
	fi, err := b.root.Lstat(p.Real)
	if err != nil {
		return "", openError(p.Real, err)
	}
	if !fi.IsDir() && (n.Type == trace.Dir || !fi.Mode().IsRegular()) {
		return "", nil
	}
	err = b.addPath(n.Path, reasonOf(n))
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

// isKernels says that the kernel makes what is at a real path, wherever the
// bundle will be.
func (b *builder) isKernels(real string) bool {
	return below(real, "/proc") || below(real, "/sys") || below(real, "/dev")
}

// addLinks adds the links of a path that leads into a file system of the kernel,
// as that of /etc/mtab.
func (b *builder) addLinks(n trace.Needed, p rootfs.Path) error {
	for _, l := range p.Links {
		if b.isKernels(l) {
			break
		}
		if err := b.addReal(l, l, reasonOf(n)); err != nil {
			return err
		}
	}
	return nil
}

// isLoaderCache says that a real path is what the loader on this machine reads
// of its own accord.
func (b *builder) isLoaderCache(real string) bool {
	return slices.ContainsFunc(b.programs, func(m *member) bool {
		return m.Graph != nil && m.Graph.System != nil && (real == m.Graph.System.CachePath || real == "/etc/ld.so.preload")
	})
}

// isElsewhere says that a real path is an input's that --install-to moves, and
// that nobody but itself and what interprets it has opened it.
func (b *builder) isElsewhere(real string, by []trace.Opener) bool {
	return slices.ContainsFunc(b.programs, func(m *member) bool {
		if m.Real != real || m.At == real {
			return false
		}
		own := map[string]bool{"": true}
		m.Each(func(p *Program) { own[p.Real] = true })
		return !slices.ContainsFunc(by, func(o trace.Opener) bool { return !own[o.Exe] })
	})
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

// checkDynamic refuses what a traced run cannot be asked of.
func (s *Spec) checkDynamic() error {
	switch {
	case s.Dynamic == nil:
		return nil
	case s.Foreign:
		return usagef("leave out --dynamic, or unpack that root and chroot into it", "--dynamic cannot run a program of another root")
	case len(s.Inputs) > 1 && s.Dynamic.Input:
		return usagef("say what to run with --dynamic-command in place of --dynamic", "--dynamic cannot tell which of %d inputs to run", len(s.Inputs))
	}
	for _, command := range s.Dynamic.Commands {
		if _, err := parseCommand(command); err != nil {
			return err
		}
	}
	return nil
}

// traceable refuses an input that cannot be run by itself.
func (b *builder) traceable() error {
	if !b.spec.Dynamic.Input {
		return nil
	}
	p := b.programs[0]
	if p.Graph != nil && closure.Classify(p.Graph.Main.Obj) == closure.Library {
		return usagef("say what to run with --dynamic-command in place of --dynamic", "--dynamic cannot run %s: it is a shared library", p.Name)
	}
	if _, err := os.Stat(path.Clean(p.Path)); err != nil {
		return openError(p.Name, err)
	}
	return nil
}
