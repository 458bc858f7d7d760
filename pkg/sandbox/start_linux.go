package sandbox

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Go program that does little spends most of its time before main, reading
// files that say how many processors it may use, and starting threads for each.
// _pack_start, through which _pack_entry goes to the runtime, spares that: it
// takes away the right to open files, and adds to the environment that there is
// one processor. The runtime does well without the files, unless a standard
// descriptor is closed: there it has to open /dev/null, or it ends.

// startProcs is what the environment says then: 1, spelled as nobody does.
const startProcs = "+0000001"

var (
	//lint:ignore U1000 the assembly reads it
	startVariable = "GOMAXPROCS=" + startProcs + "\x00"
	startFiles    syscall.Rlimit // as the caller left it; 0 if that is not known
	startClosed   uint64         // bit n: standard descriptor n was closed
)

// What was taken is given back before anything else runs, and for our own work
// all that the limit may be raised to, as the runtime does it. The runtime
// forgets what it had before; executing the program gives that back.
func init() {
	if startFiles.Max != 0 {
		_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: startFiles.Max, Max: startFiles.Max})
	}
	if os.Getenv("GOMAXPROCS") == startProcs {
		os.Unsetenv("GOMAXPROCS")
	}
	for fd := range 3 {
		if startClosed&(1<<fd) != 0 {
			unix.CloseOnExec(fd) // the runtime's /dev/null
		}
	}
}

// execute is execve(2) with the limit on files that the caller had.
func execute(file string, argv, env []string) error {
	if startFiles.Max != 0 {
		_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &startFiles)
	}
	return syscall.Exec(file, argv, env)
}
