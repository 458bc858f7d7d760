package sandbox

import (
	"math"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// How signals reach a program whose parent we are.
//
// We, a witness and the program are in one process group, so what the terminal
// or a shell's "kill %1" sends to the group reaches the program without us,
// and what is sent to us alone does not. We cannot tell them apart by what we
// get. But a witness, which blocks all signals, gets the group's and no
// others: if we got a signal and it did not, the program has to be sent it.
//
// We block all signals too, and take one at a time: first ours, then, once all
// of the group have it, the witness's. A second one sent to the group in
// between is not to be taken for one to us alone: see pass.

// sigsetBytes is the size of the kernel's signal set.
const sigsetBytes = 8

const setmask = 2 // SIG_SETMASK

// firstRealTime is the first signal of which several are kept.
const firstRealTime = 32

// sigset has bit n-1 for signal n.
type sigset uint64

const allSignals sigset = math.MaxUint64

// setMask replaces the calling thread's mask of blocked signals.
func setMask(set sigset) (old sigset, err error) {
	_, _, e := unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, setmask, uintptr(unsafe.Pointer(&set)), uintptr(unsafe.Pointer(&old)), sigsetBytes, 0, 0)
	if e != 0 {
		return old, e
	}
	return old, nil
}

// siginfo is the beginning of siginfo_t, for a signal that a process sent.
type siginfo struct {
	signal, errno, code, _ int32
	pid                    int32
	_                      [108]byte
}

// nextSignal takes a pending signal of ours, or waits for one.
func nextSignal(set sigset, wait bool) (info siginfo, ok bool) {
	var timeout unsafe.Pointer
	if !wait {
		timeout = unsafe.Pointer(new(unix.Timespec))
	}
	for {
		_, _, e := unix.Syscall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(&set)), uintptr(unsafe.Pointer(&info)), uintptr(timeout), sigsetBytes, 0, 0)
		if e != unix.EINTR {
			return info, e == 0
		}
	}
}

func one(s unix.Signal) sigset { return 1 << (s - 1) }

// takeOwn removes a pending signal of ours.
func takeOwn(s unix.Signal) bool {
	_, was := nextSignal(one(s), false)
	return was
}

// settle returns when every signal that is just being sent to a process group
// has reached all members: kill(2) holds the kernel's list of processes for
// reading, and setpgid(2) takes it for writing, even to find that there is no
// such process.
func settle() { _ = unix.Setpgid(math.MaxInt32, 1) }

// relay is between the signals of this process and the program.
type relay struct {
	program int
	witness *witness
}

// catchUp sends the program, which has all signals blocked yet, what came
// before it was there. It may have a part of that.
func (r *relay) catchUp() {
	for {
		drained := r.witness.take(allSignals)
		info, was := nextSignal(allSignals, false)
		if was {
			r.send(&info)
		} else if !drained {
			return
		}
	}
}

// send sends the program a signal. SIGCHLD is about our own children, and
// SIGURG from ourselves is what the Go runtime interrupts its threads with.
func (r *relay) send(info *siginfo) {
	s := unix.Signal(info.signal)
	if s == unix.SIGCHLD || s == unix.SIGURG && int(info.pid) == os.Getpid() {
		return
	}
	_ = unix.Kill(r.program, s) // a child that has ended, not waited for yet, is no harm
}

// pass sends on a signal that we got, if the program has not got it as well.
//
// Of each standard signal one is kept. When the group got one, and gets
// another after we have taken ours and before the witness's is taken, then the
// witness's stands for both, and ours is there again: that is dropped, until
// there is none for the witness any more.
func (r *relay) pass(info *siginfo) {
	s := unix.Signal(info.signal)
	settle()
	if !r.witness.take(one(s)) {
		r.send(info)
		return
	}
	for group := s < firstRealTime; group; {
		takeOwn(s)
		settle()
		group = r.witness.take(one(s))
	}
}

// follow relays signals until the program has ended.
func (r *relay) follow() unix.WaitStatus {
	for {
		info, ok := nextSignal(allSignals, true)
		if !ok || unix.Signal(info.signal) != unix.SIGCHLD {
			r.pass(&info)
			continue
		}
		if ws, ended := r.look(); ended {
			return ws
		}
	}
}

// look finds out what became of the program, and stops this process when the
// program was stopped, so that our parent, usually a shell, sees the same.
func (r *relay) look() (ws unix.WaitStatus, ended bool) {
	var stop unix.Signal
	for {
		pid, err := unix.Wait4(r.program, &ws, unix.WNOHANG|unix.WUNTRACED|unix.WCONTINUED, nil)
		switch {
		case err == unix.EINTR:
		case pid == 0 && stop == 0:
			return ws, false
		case pid == 0:
			stopSelf(stop)
			stop = 0
		case ws.Stopped():
			stop = ws.StopSignal()
			takeOwn(stop) // the group's
			r.witness.take(one(stop))
			if stop != unix.SIGSTOP {
				// It stays pending, and a SIGCONT to the group that comes now
				// removes it. What came before is found by looking once more.
				_ = unix.Tgkill(os.Getpid(), unix.Gettid(), stop)
				settle()
			}
		case ws.Continued():
			if stop != 0 {
				takeOwn(stop)
				stop = 0
			}
		default:
			return ws, true
		}
	}
}

// stopSelf stops this process by a signal that is pending, and returns when it
// goes on. In an orphaned group it has no effect, as for the program.
func stopSelf(s unix.Signal) {
	if s == unix.SIGSTOP {
		_ = unix.Tgkill(os.Getpid(), unix.Gettid(), s)
		return
	}
	handler := setAction(s, sigaction{})
	_, _ = setMask(allSignals &^ one(s))
	_, _ = setMask(allSignals)
	setAction(s, handler)
}

// sigaction is larger than any kernel's struct of that name. Zero is SIG_DFL,
// 1 as the first word SIG_IGN.
type sigaction [8]uint64

// setAction goes past the runtime, which has no way back to the default.
func setAction(s unix.Signal, action sigaction) (old sigaction) {
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(&action)), uintptr(unsafe.Pointer(&old)), sigsetBytes, 0, 0)
	return old
}

// Exit ends this process exactly as the program ended. Ending by a signal
// leaves no core file: the program's own core tells what happened.
func (s Status) Exit() {
	if s.Signal != 0 {
		runtime.LockOSThread()
		_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
		setAction(s.Signal, sigaction{})
		_ = unix.Tgkill(os.Getpid(), unix.Gettid(), s.Signal)
		_, _ = setMask(allSignals &^ one(s.Signal))
		exit(128 + int(s.Signal)) // a signal that ended the program ends us too
	}
	exit(s.Code)
}
