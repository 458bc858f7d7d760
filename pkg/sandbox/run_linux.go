package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// helperName is the argv[0] by which [Init] knows the helper.
const helperName = "pack-init"

// drainTime is how long Run waits for the end of the output once the helper,
// and with it everything it started, is gone.
const drainTime = 5 * time.Second

// Run starts s.Argv as s says and waits until it and everything it started
// is gone. When ctx ends first, all of it is killed and the error is the
// cause of ctx. Other errors are a *SetupError, an *ExecError, or a failure of
// the helper. A program that ran, however it ended, is no error.
func Run(ctx context.Context, s *Spec) (Status, error) {
	if err := ctx.Err(); err != nil {
		return Status{}, context.Cause(ctx)
	}
	wire, err := encode(s)
	if err != nil {
		return Status{}, err
	}
	control, toHelper, err := os.Pipe()
	if err != nil {
		return Status{}, err
	}
	defer toHelper.Close()
	fromHelper, report, err := os.Pipe()
	if err != nil {
		control.Close()
		return Status{}, err
	}
	defer fromHelper.Close()
	cmd := command(s, control, report)
	err = cmd.Start()
	control.Close()
	report.Close()
	if err != nil {
		return Status{}, &SetupError{Step: "start " + surroundings(s.Clone), Err: cause(err)}
	}
	// The helper kills everything when the control pipe closes, also when the
	// caller dies. Killing process 1 of a pid namespace is surer still.
	kill := func() {
		toHelper.Close()
		if s.Clone&unix.CLONE_NEWPID != 0 {
			_ = cmd.Process.Kill() // fails only if it is gone already
		}
	}
	stop := context.AfterFunc(ctx, kill)
	defer stop()
	_, _ = io.WriteString(toHelper, wire) // a helper that died is seen below
	r := readReport(fromHelper, s)
	inTime := stop()
	if !r.ended {
		kill()
	}
	waitErr := cmd.Wait()
	switch {
	case r.err != nil:
		return r.status, r.err
	case !inTime:
		return r.status, context.Cause(ctx)
	case !r.ended:
		return r.status, fmt.Errorf("sandbox helper ended without a report (%s)", cmd.ProcessState)
	case errors.Is(waitErr, exec.ErrWaitDelay):
		return r.status, fmt.Errorf("cannot read the program's output to its end: %w", waitErr)
	}
	return r.status, nil
}

// command prepares the helper. /proc/self/exe is the caller even if its file
// has been replaced or removed.
func command(s *Spec, control, report *os.File) *exec.Cmd {
	cmd := &exec.Cmd{
		Path:       "/proc/self/exe",
		Args:       []string{helperName},
		Env:        []string{},
		Dir:        "/",
		Stdin:      s.Stdin,
		Stdout:     s.Stdout,
		Stderr:     s.Stderr,
		ExtraFiles: []*os.File{control, report},
		WaitDelay:  drainTime,
		// A session of its own, so that a terminal's ^C reaches the caller
		// alone, which then ends ctx.
		SysProcAttr: &syscall.SysProcAttr{Cloneflags: s.Clone, Setsid: true},
	}
	if s.Clone&unix.CLONE_NEWUSER != 0 {
		attr := cmd.SysProcAttr
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: s.MapUID, HostID: os.Geteuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: s.MapGID, HostID: os.Getegid(), Size: 1}}
		if s.MapUID != 0 {
			// Executing the helper as another user than 0 would lose the
			// capabilities that the new namespace gave (capabilities(7)).
			attr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SYS_CHROOT, unix.CAP_DAC_OVERRIDE}
		}
	}
	return cmd
}

func surroundings(clone uintptr) string {
	var names []string
	for _, ns := range []struct {
		flag uintptr
		name string
	}{{unix.CLONE_NEWUSER, "user"}, {unix.CLONE_NEWNS, "mount"}, {unix.CLONE_NEWPID, "pid"}} {
		if clone&ns.flag != 0 {
			names = append(names, ns.name)
		}
	}
	if names == nil {
		return "a helper process"
	}
	return "a " + strings.Join(names, "+") + " namespace"
}

// cause strips the os package's wrapping, which names only the helper.
func cause(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// outcome is what the helper said.
type outcome struct {
	status Status
	ended  bool // the program ended, or there was none to start
	err    error
}

// readReport reads the helper's lines until it says how the program ended, or
// there are no more of them.
func readReport(r io.Reader, s *Spec) outcome {
	var out outcome
	lines := bufio.NewScanner(r)
	for !out.ended && out.err == nil && lines.Scan() {
		var n, errno int
		line := lines.Text()
		switch word, _, _ := strings.Cut(line, " "); word {
		case "skip", "fail":
			if _, err := fmt.Sscanf(line, word+" %d %d", &n, &errno); err != nil || n >= len(s.Ops) {
				out.err = fmt.Errorf("sandbox helper said %q", line)
				break
			}
			e := setupError(s, n, syscall.Errno(errno))
			if word == "fail" {
				out.err = e
			} else {
				out.status.Skipped = append(out.status.Skipped, e)
			}
		case "exec":
			var exists bool
			_, _ = fmt.Sscanf(line, "exec %d %t", &errno, &exists)
			out.err = &ExecError{Path: s.Argv[0], Err: syscall.Errno(errno), Exists: exists}
		case "started":
			if s.Started != nil {
				s.Started()
			}
		case "exit":
			_, _ = fmt.Sscanf(line, "exit %d", &out.status.Code)
			out.ended = true
		case "signal":
			_, _ = fmt.Sscanf(line, "signal %d", &n)
			out.status.Signal = syscall.Signal(n)
			out.ended = true
		default:
			out.err = fmt.Errorf("sandbox helper said %q", line)
		}
	}
	return out
}

// The steps that are no operation have negative numbers in the helper's report.
const (
	stepDescribe = -1 - iota
	stepPrivate
	stepReaper
	stepDir
	stepGroups
	stepGID
	stepUID
)

func setupError(s *Spec, n int, err error) *SetupError {
	if n >= 0 {
		return &SetupError{Step: s.Ops[n].String(), Op: s.Ops[n], Err: err}
	}
	step := map[int]string{
		stepDescribe: "read the description of the sandbox",
		stepPrivate:  "make mounts private",
		stepReaper:   "adopt orphaned processes",
		stepDir:      "enter the directory " + s.Dir,
		stepGroups:   "drop supplementary groups",
	}[n]
	if s.User != nil && n == stepGID {
		step = fmt.Sprintf("become group %d", s.User.GID)
	}
	if s.User != nil && n == stepUID {
		step = fmt.Sprintf("become user %d", s.User.UID)
	}
	return &SetupError{Step: step, Err: err}
}
