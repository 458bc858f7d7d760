package sandbox

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Go program that does little spends most of its time before main, reading
// files that say how many processors it may use, and starting threads for each.
// _pack_start, through which _pack_entry goes to the runtime, spares that: it
// takes away the right to open files, and adds to the environment that there is
// one processor. The runtime does well without the files, unless a standard
// descriptor is closed: there it has to open /dev/null, or it ends.
//
// It also keeps from the runtime the variables that begin with GO, such as GODEBUG
// and GOMEMLIMIT: the program may be a Go program, and they are meant for that.

var (
	//lint:ignore U1000 the assembly reads it
	startVariable = "GOMAXPROCS=1\x00"
	startFiles    syscall.Rlimit // as the caller left it; 0 if that is not known
	startClosed   uint64         // bit n: standard descriptor n was closed
	startStack    unsafe.Pointer // argc, argv, nil, environment, nil; nil without _pack_start
)

// What was taken is given back before anything else runs, and for our own work
// all that the limit may be raised to, as the runtime does it. The runtime
// forgets what it had before; executing the program gives that back.
func init() {
	if startFiles.Max != 0 {
		_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: startFiles.Max, Max: startFiles.Max})
	}
	if startStack != nil {
		os.Unsetenv("GOMAXPROCS") // ours
	}
	for fd := range 3 {
		if startClosed&(1<<fd) != 0 {
			unix.CloseOnExec(fd) // the runtime's /dev/null
		}
	}
}

// Environ is the environment that the caller gave this process. That of package
// os lacks what was kept from the runtime.
func Environ() []string {
	if startStack == nil {
		return os.Environ()
	}
	const word = unsafe.Sizeof(uintptr(0))
	at := unsafe.Add(startStack, (*(*uintptr)(startStack)+2)*word)
	var env []string
	for ; *(**byte)(at) != nil; at = unsafe.Add(at, word) {
		env = append(env, unix.BytePtrToString(*(**byte)(at)))
	}
	return env
}

// execute is execve(2) with the limit on files that the caller had.
func execute(file string, argv, env []string) error {
	if startFiles.Max != 0 {
		_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &startFiles)
	}
	return syscall.Exec(file, argv, env)
}
