package sandbox

import (
	"os"
	"os/signal"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// A process can join a user namespace only while it has a single thread
// (setns(2)), which a Go program has only before its runtime has started. So
// [Enter] executes its own file once more, and _pack_entry, which the linker
// option -E makes the first code of the file, joins the namespaces, changes the
// root, enters a directory and executes the program; the runtime starts only if
// that failed. Who joins a mount namespace gets the root of that, which is not the
// new one if the caller was in a chroot, but lies outside of it.
//
// It is told what to do by the arguments:
//
//	argv[0]   the byte 1, or 2 to give up all capabilities once the namespaces
//	          are joined, sixteen letters a to p for the digits of the mask of
//	          blocked signals, then two bytes for the descriptor of the root
//	          and of each namespace: its low and next 7 bits, each with bit 7 set
//	argv[1]   the directory to enter, if not empty
//	argv[2]   the file to execute
//	argv[3:]  its arguments, the name first
//
// A process with rights that its caller lacks does none of that: anybody can
// choose its arguments.
//
// In every process it also notes which signals were ignored when the process
// began, for the runtime handles some of them and forgets that.
//
// [Resumed] then has signals do what they did when the process began.

// What _pack_entry writes.
var (
	entryLinked  uint64 // 1 if it is the first code of this file
	entryIgnored uint64 // bit n-1: signal n was ignored
	entrySecure  uint64 // AT_SECURE of getauxval(3)
	entryStep    uint64 // how far it came
	entryErrno   uint64 // why not further
)

const (
	entryJoins = 1 + iota
	entryChdirs
	entryExecutes
)

// entryName encodes the wishes for _pack_entry.
func entryName(mask sigset, drop bool, fds []int) string {
	name := []byte{1}
	if drop {
		name[0] = 2
	}
	for shift := 60; shift >= 0; shift -= 4 {
		name = append(name, 'a'+byte(mask>>shift&15))
	}
	for _, fd := range fds {
		name = append(name, byte(fd&127|128), byte(fd>>7&127|128))
	}
	return string(name)
}

// maxEntryFD is the largest descriptor that entryName can encode.
const maxEntryFD = 1<<14 - 1

// Resumed returns what went wrong in a process that had become the program
// but for the last steps: an *ExecError or a *SetupError. In every other
// process it returns nil. A main function that leads to [Enter] must ask
// before it reads its arguments, which are not the caller's here.
//
// From then on a SIGQUIT, and nearly every other signal, does to the process
// what it does to one that has no runtime, and package os/signal gets none that
// it was not asked for before. In a program linked without -E _pack_entry
// signals stay as they are.
func Resumed() error {
	if entryLinked != 0 {
		restoreSignals()
	}
	if entryErrno == 0 || len(os.Args) < 3 {
		return nil
	}
	errno := syscall.Errno(entryErrno)
	switch entryStep {
	case entryJoins:
		return &SetupError{Step: "join the namespaces that were made", Err: errno}
	case entryChdirs:
		return &SetupError{Step: "enter the directory " + os.Args[1], Err: errno}
	}
	_, err := os.Stat(os.Args[2])
	return &ExecError{Path: os.Args[2], Err: errno, Exists: err == nil}
}

// runtimeSignals are those that a Go program has to handle itself: its faults,
// its pipes' ends and its children, what interrupts its threads, and the two
// that the C library keeps for itself.
const runtimeSignals sigset = 1<<(unix.SIGBUS-1) | 1<<(unix.SIGFPE-1) | 1<<(unix.SIGSEGV-1) | 1<<(unix.SIGPIPE-1) |
	1<<(unix.SIGCHLD-1) | 1<<(unix.SIGURG-1) | 1<<(unix.SIGPROF-1) | 3<<(blockSignal-1)

// restoreSignals takes from the runtime the signals that it can do without. Its
// handlers say a word of their own on a SIGQUIT, and drop a SIGUSR1.
func restoreSignals() {
	for n := range 64 {
		var action sigaction
		if entryIgnored&(1<<n) != 0 {
			action[0] = 1 // SIG_IGN
		}
		if runtimeSignals&(1<<n) == 0 {
			setAction(syscall.Signal(n+1), action) // not SIGKILL and SIGSTOP
		}
	}
}

// passIgnored makes the runtime hand the ignored signals on to what this
// process executes or starts, as it would do for none but SIGHUP and SIGINT.
func passIgnored(except ...syscall.Signal) {
	for n := range 64 {
		s := syscall.Signal(n + 1)
		if entryIgnored&(1<<n) != 0 && !slices.Contains(except, s) {
			signal.Ignore(s)
		}
	}
}
