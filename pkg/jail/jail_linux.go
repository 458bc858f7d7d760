package jail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// DefaultPath is PATH in the jail: what container engines set for an image
// that says nothing (containerd's oci.WithDefaultPathEnv).
const DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Options says what to run and how. Tree and Scratch are required, and one of
// Argv and Command.
type Options struct {
	// Tree is the directory that holds the complete bundle. It is read only.
	Tree string
	// Copy writes a throwaway copy of the bundle to dst, an empty directory.
	// It is called only where no overlay can be mounted on Tree.
	Copy func(ctx context.Context, dst string) error
	// Scratch is an existing directory; what is made in it, under a random
	// name beginning with ScratchPrefix, is gone again when Run returns.
	Scratch string

	// Argv is run without a shell; a name without a slash is looked up on the
	// default PATH inside the bundle.
	Argv []string
	// Command, if not empty, is run by sh -c in place of Argv.
	Command string
	// Stdin is the program's whole standard input.
	Stdin string
	// Env is added to a container's usual environment (PATH and HOME), as
	// K=V. Nothing of the caller's own environment is passed on.
	Env []string
	// UID and GID are what the program runs as. A nil UID is the caller's own,
	// root in a user namespace; a nil GID with a UID is 0, as for docker run
	// --user. Supplementary groups are dropped.
	UID, GID *int
	// Timeout ends the program and everything it started; 0 is none.
	Timeout time.Duration
	// WantStdout, if not nil, is what the standard output must be, compared
	// after white space is trimmed from both ends of both.
	WantStdout *string

	// Busybox is the host's busybox, "" if it has none; BusyboxName is what
	// was looked for, for messages.
	Busybox, BusyboxName string
	// Libraries gives the ELF interpreter and the shared libraries of a
	// dynamically linked busybox, as host paths. If nil, only a static busybox
	// can be used.
	Libraries func(ctx context.Context, file string) (interp string, libs []string, err error)

	// Stdout and Stderr, if not nil, receive the program's output as it comes.
	Stdout, Stderr io.Writer
	// Strategies are what may be tried, in order; nil is all of them.
	Strategies []Strategy
}

// ScratchPrefix begins the name of everything made in Options.Scratch.
const ScratchPrefix = ".pack-test-"

// Result is what a test run did, also when it failed.
type Result struct {
	// How says in a phrase which isolation was used, for the log.
	How string
	// Argv is what was executed; sh -c stands for our shell.
	Argv []string
	// Stdout and Stderr are the beginnings of the output, of at most 1 MiB
	// (Stdout more where WantStdout is longer).
	Stdout, Stderr []byte
	// StdoutTail and StderrTail are the ends, of at most 4 KiB.
	StdoutTail, StderrTail []byte
	ExitCode               int
	Signal                 syscall.Signal // 0 if the program exited
	TimedOut               bool
}

var errTimeout = errors.New("timed out")

// Run runs the test. The error is a *FailedError if the program ran and did
// not do what was expected, an *UnavailableError if no strategy works here, a
// *NeedShellError if there is no usable shell for Command, or the cause of
// ctx; a *sandbox.ExecError inside a *FailedError if the program could not be
// executed. The Result is not nil whenever a program was started.
func Run(ctx context.Context, o Options) (*Result, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	r := &run{Options: o, stdout: newCapture(o.Stdout, o.captureSize()), stderr: newCapture(o.Stderr, minCapture)}
	if o.Command != "" && o.Busybox == "" {
		argv, err := o.simpleCommand()
		if err != nil {
			return nil, err
		}
		r.Argv = argv
	}
	dir, err := makeScratch(o.Scratch)
	if err != nil {
		return nil, err
	}
	r.dir = dir
	defer func() { _ = removeAll(dir) }() // a private name; nothing depends on it
	if o.Command != "" && o.Busybox != "" {
		if err := r.stageShell(ctx); err != nil {
			return nil, err
		}
	}
	return r.try(ctx)
}

func (o *Options) check() error {
	if o.Command == "" && len(o.Argv) == 0 {
		return errors.New("cannot test the bundle: no command given")
	}
	for _, kv := range o.Env {
		if i := strings.IndexByte(kv, '='); i < 1 {
			return fmt.Errorf("cannot test the bundle: %q is not K=V", kv)
		}
	}
	if o.GID != nil && o.UID == nil {
		return errors.New("cannot test the bundle: a group needs a user")
	}
	tree, err := filepath.Abs(o.Tree)
	if err != nil {
		return err
	}
	o.Tree = tree
	if o.Strategies == nil {
		o.Strategies = []Strategy{MountNamespace, UserNamespace, Chroot}
	}
	return nil
}

// makeScratch returns a real path, because inside the sandbox it is followed
// from the old root, where an absolute link would lead into the new one.
func makeScratch(parent string) (string, error) {
	dir, err := os.MkdirTemp(parent, ScratchPrefix)
	if err != nil {
		return "", fmt.Errorf("cannot make a directory for the test: %w", err)
	}
	real, err := filepath.Abs(dir)
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err != nil {
		_ = os.Remove(dir)
		return "", fmt.Errorf("cannot make a directory for the test: %w", err)
	}
	return real, nil
}

// run is one call of Run.
type run struct {
	Options
	dir            string // our directory in Scratch
	tools          string // directory with the shell, "" if none is needed
	toolsAt        string // where the program sees it
	stdout, stderr *capture
	copied         bool
}

// try goes through the strategies until one could be set up.
func (r *run) try(ctx context.Context) (*Result, error) {
	var attempts []Attempt
	for _, s := range r.Strategies {
		res, err := r.attempt(ctx, s)
		var setup *sandbox.SetupError
		if !errors.As(err, &setup) {
			return res, err
		}
		attempts = append(attempts, Attempt{s, err})
	}
	return nil, &UnavailableError{Attempts: attempts, UID: r.UID}
}

// attempt runs the test by one strategy: over an overlay if it can, else in a
// copy of the bundle.
func (r *run) attempt(ctx context.Context, s Strategy) (*Result, error) {
	if err := r.userAllowed(s); err != nil {
		return nil, err
	}
	if s != Chroot {
		res, err := r.execute(ctx, r.overlaySpec(s), s.String()+", on an overlay of the bundle")
		var setup *sandbox.SetupError
		if !errors.As(err, &setup) || setup.Op == (sandbox.Op{}) {
			return res, err
		}
	}
	// Copying a bundle to learn that nothing can be done with it is a waste.
	if _, err := sandbox.Run(ctx, r.probeSpec(s)); err != nil {
		return nil, err
	}
	if err := r.makeCopy(ctx); err != nil {
		return nil, err
	}
	if s == Chroot {
		if err := r.moveTools(); err != nil {
			return nil, err
		}
	}
	return r.execute(ctx, r.copySpec(s), s.String()+", on a copy of the bundle")
}

// execute runs the program in one sandbox and judges what it did.
func (r *run) execute(ctx context.Context, spec *sandbox.Spec, how string) (*Result, error) {
	spec.Argv = r.Argv
	spec.Env = r.environment()
	spec.Dir = "/"
	if r.Stdin != "" {
		spec.Stdin = strings.NewReader(r.Stdin)
	}
	spec.Stdout, spec.Stderr = r.stdout, r.stderr
	limited, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	started := false
	spec.Started = func() {
		started = true
		if r.Timeout > 0 {
			timer := time.AfterFunc(r.Timeout, func() { cancel(errTimeout) })
			context.AfterFunc(limited, func() { timer.Stop() })
		}
	}
	status, err := sandbox.Run(limited, spec)
	res := &Result{How: how + without(status.Skipped), Argv: r.shownArgv(), ExitCode: status.Code, Signal: status.Signal}
	res.TimedOut = errors.Is(err, errTimeout)
	res.Stdout, res.StdoutTail = r.stdout.head, r.stdout.tail()
	res.Stderr, res.StderrTail = r.stderr.head, r.stderr.tail()
	if err != nil && !res.TimedOut {
		var exec *sandbox.ExecError
		if errors.As(err, &exec) {
			return res, &FailedError{Result: res, Exec: exec}
		}
		if !started {
			res = nil
		}
		return res, err
	}
	return res, r.judge(res)
}

func (r *run) shownArgv() []string {
	if r.tools != "" {
		return []string{"sh", "-c", r.Command}
	}
	return r.Argv
}

// without names the devices and mounts that the jail lacks.
func without(skipped []*sandbox.SetupError) string {
	var lacking []string
	for _, e := range skipped {
		if strings.HasPrefix(e.Op.Target, "/dev/") && !slices.Contains(minorDevices, e.Op.Target) {
			lacking = append(lacking, e.Op.Target)
		}
	}
	if lacking == nil {
		return ""
	}
	return fmt.Sprintf(", without %s (%v)", strings.Join(lacking, " "), skipped[0].Err)
}

func (r *run) environment() []string {
	env := []string{"PATH=" + DefaultPath, "HOME=/"}
	for _, kv := range r.Env {
		key := kv[:strings.IndexByte(kv, '=')+1]
		env = slices.DeleteFunc(env, func(old string) bool { return strings.HasPrefix(old, key) })
		env = append(env, kv)
	}
	return env
}

func (r *run) makeCopy(ctx context.Context) error {
	if r.copied {
		return nil
	}
	if r.Copy == nil {
		return errors.New("cannot test the bundle: no overlay can be mounted here, and there is no way to copy it")
	}
	root := r.copyRoot()
	if err := os.Mkdir(root, 0o755); err != nil {
		return err
	}
	if err := r.Copy(ctx, root); err != nil {
		return fmt.Errorf("cannot copy the bundle for the test: %w", err)
	}
	r.copied = true
	return nil
}

func (r *run) copyRoot() string { return filepath.Join(r.dir, "root") }
