package sandbox

import (
	"os"
	"runtime/debug"
	"strconv"

	"golang.org/x/sys/unix"
)

// A mask of blocked signals is a thread's, and the runtime has threads that
// nothing can be run in but a signal handler. What that does to the mask ends
// with it, unless it changes the mask that the thread goes back to. A new
// thread blocks only some signals; but one is needed only for something to do,
// and this process has nothing to do but wait.

// blockSignal interrupts threads: no thread of a Go program blocks it, and
// nobody sends it, for to the C library it means a thread's cancellation.
const blockSignal = 32

// blockPipe is where the handler writes a byte.
//
//lint:ignore U1000 the assembly reads it
var blockPipe uint64

// blockAll has all threads block all signals for as long as they live.
func blockAll() error {
	debug.SetGCPercent(-1) // it would be something to do
	if _, err := setMask(allSignals); err != nil {
		return &SetupError{Step: "block signals", Err: err}
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return &SetupError{Step: "make a pipe", Err: err}
	}
	defer unix.Close(pipe[0])
	defer unix.Close(pipe[1])
	blockPipe = uint64(pipe[1])
	handler, restorer := blockHandler()
	const flags = 0x0c000004 // SA_RESTORER, SA_ONSTACK, SA_SIGINFO
	defer setAction(blockSignal, setAction(blockSignal, sigaction{uint64(handler), flags, uint64(restorer), uint64(allSignals)}))
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return &SetupError{Step: "list the threads", Err: cause(err)}
	}
	for _, t := range tasks {
		tid, err := strconv.Atoi(t.Name())
		if err != nil || tid == unix.Gettid() {
			continue
		}
		if err := unix.Tgkill(os.Getpid(), tid, blockSignal); err != nil {
			return &SetupError{Step: "block signals", Err: err}
		}
		if _, err := readAll(pipe[0], make([]byte, 1)); err != nil {
			return &SetupError{Step: "block signals", Err: err}
		}
	}
	return nil
}
