package trace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Run runs cmd and calls on for every event, in the order the calls were made,
// until no traced process is left: also what the program leaves running in the
// background. The process that makes a call waits until on returns. on is
// called from a thread of Run's own and must not start processes itself.
//
// When ctx ends, the program gets SIGTERM, and so does all else if it lives on;
// after Options.Grace everything is killed. The error is then the cause of ctx,
// and the result is as far as it was known. An error of on ends the run at
// once. Other errors are a *RefusedError, an *ExecError, a path that could not
// be read, or a failure of the helper. A program that ran, however it ended, is
// no error.
func Run(ctx context.Context, cmd *Command, opts Options, on func(Event) error) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, context.Cause(ctx)
	}
	if !strings.Contains(cmd.Path, "/") || len(cmd.Args) == 0 {
		return Result{}, errors.New("cannot trace: a command needs a path and its own name as first argument")
	}
	streams, err := openStreams(cmd)
	if err != nil {
		return Result{}, err
	}
	engines := []Engine{opts.Engine}
	if opts.Engine == Auto {
		engines = preferred()
	}
	result, err := tryEngines(ctx, engines, cmd, &opts, streams, on)
	streams.closeTheirs()
	return result, errors.Join(err, streams.wait())
}

func tryEngines(ctx context.Context, engines []Engine, cmd *Command, opts *Options, s *streams, on func(Event) error) (Result, error) {
	var all []error
	for _, engine := range engines {
		var result Result
		var err error
		switch engine {
		case Notify:
			result, err = runNotify(ctx, cmd, opts, s, on)
		case Ptrace, Syscalls:
			result, err = runPtrace(ctx, engine, cmd, opts, s, on)
		default:
			return Result{}, fmt.Errorf("no tracing engine is called %q", engine)
		}
		result.Engine = engine
		var refused *RefusedError
		if !errors.As(err, &refused) {
			return result, err
		}
		if !slices.ContainsFunc(all, func(e error) bool { return e.Error() == err.Error() }) {
			all = append(all, err)
		}
	}
	return Result{}, errors.Join(all...)
}

// preferred is the order of Auto.
func preferred() []Engine {
	if kernelAtLeast(6, 6) {
		return []Engine{Notify, Ptrace, Syscalls}
	}
	return []Engine{Ptrace, Notify, Syscalls}
}

func kernelAtLeast(major, minor int) bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return false
	}
	var a, b int
	_, _ = fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &a, &b)
	return a > major || a == major && b >= minor
}

// refusedBy explains an error of an operation that tracing needs, by what
// commonly refuses it.
func refusedBy(engine Engine, what string, err error) *RefusedError {
	e := &RefusedError{Engine: engine, What: what, Err: err}
	switch {
	case errors.Is(err, syscall.ENOSYS):
		e.Cause = "this kernel, or an emulator such as qemu-user, does not have it"
	case errors.Is(err, syscall.EINVAL):
		e.Cause = "this kernel is too old, or an emulator such as qemu-user does not have it"
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		e.Cause = permission()
	}
	return e
}

func permission() string {
	scope, _ := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	if s := strings.TrimSpace(string(scope)); s == "2" || s == "3" {
		return "Yama forbids it: /proc/sys/kernel/yama/ptrace_scope is " + s
	}
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		field, value, _ := strings.Cut(line, ":")
		if field == "Seccomp" && strings.TrimSpace(value) != "0" {
			return "a seccomp profile of the container or builder forbids it"
		}
	}
	return "a security policy of this machine forbids it"
}
