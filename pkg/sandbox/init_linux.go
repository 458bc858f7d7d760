package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The helper's inherited descriptors.
const (
	controlFD = 3
	reportFD  = 4
)

// Init must be called first in the main function of every program that uses
// [Run]. In the helper process it does the helper's work and never returns;
// otherwise it does nothing.
func Init() {
	if len(os.Args) == 0 || os.Args[0] != helperName {
		return
	}
	unix.CloseOnExec(controlFD)
	unix.CloseOnExec(reportFD)
	// Descriptors that the caller itself inherited would lead out of the
	// sandbox. Linux before 5.11 cannot do this, and callers rarely have any.
	_ = unix.CloseRange(controlFD, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
	// Credentials belong to threads: the one that starts the program gives
	// its own up, the others keep them and can still kill.
	runtime.LockOSThread()
	h := helper{report: os.NewFile(reportFD, "report")}
	if err := h.run(); err != nil {
		fmt.Fprintln(h.report, err)
		exit(1)
	}
	exit(0)
}

// exit leaves without what the race detector and coverage do at an ordinary
// exit: the one waits a second, the other writes to the program's output.
func exit(code int) { syscall.Exit(code) }

type helper struct {
	report *os.File
	spec   *Spec
	proc   int // the caller's /proc, to find processes by; -1 if there is none
}

// stepError is a line of the report that says where the preparation failed.
type stepError struct {
	step int
	err  error
}

func (e *stepError) Error() string { return fmt.Sprintf("fail %d %d", e.step, errno(e.err)) }

// execError is the line for a program that cannot be executed.
type execError struct {
	err    error
	exists bool
}

func (e *execError) Error() string { return fmt.Sprintf("exec %d %t", errno(e.err), e.exists) }

// errno is the number behind err, EIO if there is none.
func errno(err error) int {
	var n syscall.Errno
	if errors.As(err, &n) {
		return int(n)
	}
	return int(syscall.EIO)
}

func (h *helper) run() error {
	control := bufio.NewReader(os.NewFile(controlFD, "control"))
	var err error
	if h.spec, err = decode(control); err != nil {
		return &stepError{stepDescribe, err}
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return &stepError{stepReaper, err}
	}
	h.proc = -1
	if !h.pidNamespace() {
		h.proc = openProc()
	}
	if err := h.prepare(); err != nil {
		return err
	}
	if len(h.spec.Argv) == 0 {
		fmt.Fprintln(h.report, "exit 0")
		return nil
	}
	pid, err := h.start()
	if err != nil {
		return err
	}
	fmt.Fprintln(h.report, "started")
	go func() {
		_, _ = io.Copy(io.Discard, control) // until the caller closes it or dies
		h.killAll()
	}()
	return h.wait(pid)
}

func (h *helper) pidNamespace() bool { return h.spec.Clone&unix.CLONE_NEWPID != 0 }

// prepare applies the operations, with no umask so that modes are what the
// operations say.
func (h *helper) prepare() error {
	if h.spec.Clone&unix.CLONE_NEWNS != 0 {
		if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
			return &stepError{stepPrivate, err}
		}
	}
	defer unix.Umask(unix.Umask(0))
	var a applier
	for i, o := range h.spec.Ops {
		err := a.apply(o)
		if err == nil {
			continue
		}
		if !o.Optional {
			return &stepError{i, err}
		}
		fmt.Fprintf(h.report, "skip %d %d\n", i, errno(err))
	}
	if h.spec.Dir != "" {
		if err := os.Chdir(h.spec.Dir); err != nil {
			return &stepError{stepDir, err}
		}
	}
	return nil
}

// start gives up this thread's privileges and starts the program from it, so
// that an error of the latter can only be one of execve(2).
func (h *helper) start() (pid int, err error) {
	if err := h.becomeUser(); err != nil {
		return 0, err
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil && err != unix.EINVAL {
		return 0, &stepError{stepUID, err}
	}
	name := h.lookPath(h.spec.Argv[0])
	attr := &syscall.ProcAttr{
		Env:   h.spec.Env,
		Files: []uintptr{0, 1, 2},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	}
	// A file just written may for a moment be open for writing in a process
	// that another thread of the caller has forked (golang.org/issue/22315).
	for range 20 {
		pid, err = syscall.ForkExec(name, h.spec.Argv, attr)
		if err != syscall.ETXTBSY {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil {
		_, statErr := os.Stat(name)
		return 0, &execError{err, statErr == nil}
	}
	return pid, nil
}

// becomeUser changes the ids of this thread alone, where package syscall
// would change those of all threads.
func (h *helper) becomeUser() error {
	u := h.spec.User
	if u == nil {
		return nil
	}
	for fd := range 3 {
		// Opening /dev/stdout needs permission on the pipe behind it.
		var st unix.Stat_t
		if unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO {
			_ = unix.Fchown(fd, u.UID, u.GID) // a comfort, not a need
		}
	}
	uid, gid := uintptr(u.UID), uintptr(u.GID)
	if _, _, e := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); e != 0 {
		return &stepError{stepGroups, e}
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESGID, gid, gid, gid); e != 0 {
		return &stepError{stepGID, e}
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESUID, uid, uid, uid); e != 0 {
		return &stepError{stepUID, e}
	}
	return nil
}

// lookPath does the search of execvp(3). A name that is not found is returned
// as it is.
func (h *helper) lookPath(name string) string {
	if strings.Contains(name, "/") {
		return name
	}
	path := ""
	for _, kv := range h.spec.Env {
		if v, ok := strings.CutPrefix(kv, "PATH="); ok {
			path = v
		}
	}
	for dir := range strings.SplitSeq(path, ":") {
		full := dir + "/" + name
		var st unix.Stat_t
		if unix.Stat(full, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFREG && unix.Access(full, unix.X_OK) == nil {
			return full
		}
	}
	return name
}
