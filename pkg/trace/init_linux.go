package trace

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// init never returns in a process that [Run] has started as its helper. What
// this package does not import is initialized later: a program of many packages
// does not pay for them twice.
//
// Filters and tracing belong to threads. Initialization is done by the first
// one, which becomes, or starts, the program; the runtime's others stay as they
// are.
func init() {
	if len(os.Args) <= helperWords || os.Args[0] != helperName {
		return
	}
	unix.CloseOnExec(controlFD)
	engine, looks := parseMode(os.Args[1])
	h := helper{conn: conn{controlFD}, path: os.Args[2], args: os.Args[helperWords:], looks: looks}
	if engine == Notify {
		h.notify()
	} else {
		h.ptrace(engine)
	}
	syscall.Exit(1) // without what coverage and the race detector do at an exit
}

type helper struct {
	conn  conn
	path  string
	args  []string
	looks bool
}

// ptrace waits until this thread is seized and becomes the program.
func (h *helper) ptrace(engine Engine) {
	_ = h.conn.say(sayThread, unix.Gettid())
	if word, _, _, _ := h.conn.hear(); word != sayGo {
		return
	}
	if engine == Ptrace {
		_, noNewPrivs, err := h.install(retTrace, 0)
		if err != nil {
			_ = h.conn.say(sayRefused, number(err))
			return
		}
		_ = h.conn.say(sayFilter, noNewPrivs)
	}
	err := syscall.Exec(h.path, h.args, os.Environ())
	_ = h.conn.say(sayExec, number(err))
}

// install puts the filter on this thread. Without CAP_SYS_ADMIN, that needs
// no_new_privs (seccomp(2)), which stays set for all that this thread starts.
func (h *helper) install(action uint32, flags uintptr) (listener, noNewPrivs int, err error) {
	p := filter(abisOf(runtime.GOARCH), h.looks, action)
	prog := make([]unix.SockFilter, len(p))
	for i, in := range p {
		prog[i] = unix.SockFilter{Code: in.code, Jt: in.jt, Jf: in.jf, K: in.k}
	}
	listener, err = setFilter(prog, flags)
	if err != unix.EACCES {
		return listener, 0, err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return -1, 0, err
	}
	listener, err = setFilter(prog, flags)
	return listener, 1, err
}

func setFilter(prog []unix.SockFilter, flags uintptr) (int, error) {
	// This is no sandbox: the program shall not pay for mitigations that only
	// confined programs get.
	flags |= unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW
	fprog := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	for {
		fd, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&fprog)))
		switch {
		case e == 0:
			return int(fd), nil
		case e == unix.EINVAL && flags&unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV != 0:
			// Before Linux 5.19 a signal may interrupt a call that waits for its
			// answer. The kernel then makes it anew: it is only seen twice.
			flags &^= unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
		case e == unix.EINVAL && flags&unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW != 0: // before 4.17
			flags &^= unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW
		default:
			return -1, e
		}
	}
}
