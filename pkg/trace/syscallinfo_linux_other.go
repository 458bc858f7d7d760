//go:build linux && !amd64

package trace

import "golang.org/x/sys/unix"

// legacySyscallInfo: only x86-64 is read on Linux before 5.3.
func legacySyscallInfo(int) (syscallAt, bool, error) {
	return syscallAt{}, false, refusedBy(Ptrace, "read system calls (PTRACE_GET_SYSCALL_INFO, Linux 5.3)", unix.ENOSYS)
}
