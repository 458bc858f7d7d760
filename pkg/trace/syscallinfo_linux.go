package trace

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ptraceSyscallInfo is struct ptrace_syscall_info of linux/ptrace.h (Linux
// 5.3), the same on all architectures.
type ptraceSyscallInfo struct {
	op   uint8
	_    [3]uint8
	arch uint32
	_    [2]uint64 // instruction and stack pointer
	nr   uint64    // of entry and seccomp
	args [6]uint64
	_    uint64 // what the filter returned
}

const (
	infoEntry   = 1 // PTRACE_SYSCALL_INFO_ENTRY
	infoSeccomp = 3
)

// syscallInfo tells which call a stopped thread is about to make; not ok if
// the thread has been killed or is not at the entry of a call.
func syscallInfo(tid int) (s syscallAt, ok bool, err error) {
	var info ptraceSyscallInfo
	_, _, e := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	switch {
	case e == unix.ESRCH:
		return s, false, nil
	case e == unix.EIO: // the request is not known
		return legacySyscallInfo(tid)
	case e != 0:
		return s, false, fmt.Errorf("cannot read the system call of process %d: %w", tid, e)
	}
	s = syscallAt{tid: tid, arch: info.arch, nr: uint32(info.nr), args: info.args}
	return s, info.op == infoEntry || info.op == infoSeccomp, nil
}
