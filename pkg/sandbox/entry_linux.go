package sandbox

import (
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// A process can join a user namespace only while it has a single thread
// (setns(2)), which a Go program has only before its runtime has started. So
// [Enter] executes its own file once more, and _pack_entry, which the linker
// option -E makes the first code of the file, joins the namespaces, enters a
// directory and executes the program; the runtime starts only if that failed.
//
// It is told what to do by the arguments:
//
//	argv[0]   the byte 1, or 2 to give up all capabilities once the namespaces
//	          are joined, sixteen letters a to p for the digits of the mask of
//	          blocked signals, then two bytes for each descriptor of a
//	          namespace: its low and next 7 bits, each with bit 7 set
//	argv[1]   the directory to enter, if not empty
//	argv[2]   the file to execute
//	argv[3:]  its arguments, the name first
//
// In every process it also notes which signals were ignored when the process
// began, for the runtime handles some of them and forgets that.

// What _pack_entry writes.
var (
	entryLinked  uint64 // 1 if it is the first code of this file
	entryIgnored uint64 // bit n-1: signal n was ignored
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
func Resumed() error {
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
