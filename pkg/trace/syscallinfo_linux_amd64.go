package trace

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// userCS32 is the code segment of i386 programs (__USER32_CS of asm/segment.h).
const userCS32 = 0x23

// legacySyscallInfo reads the registers, for Linux before 5.3.
func legacySyscallInfo(tid int) (s syscallAt, ok bool, err error) {
	var r unix.PtraceRegs
	switch err := unix.PtraceGetRegs(tid, &r); err {
	case nil:
	case unix.ESRCH:
		return s, false, nil
	default:
		return s, false, fmt.Errorf("cannot read the registers of process %d: %w", tid, err)
	}
	// What the call will return is preset; at its exit it rarely is the same.
	atEntry := int64(r.Rax) == -int64(unix.ENOSYS)
	if r.Cs == userCS32 {
		return syscallAt{tid: tid, arch: archI386, nr: uint32(r.Orig_rax), args: [6]uint64{r.Rbx, r.Rcx, r.Rdx, r.Rsi, r.Rdi, r.Rbp}}, atEntry, nil
	}
	return syscallAt{tid: tid, arch: archX86_64, nr: uint32(r.Orig_rax), args: [6]uint64{r.Rdi, r.Rsi, r.Rdx, r.R10, r.R8, r.R9}}, atEntry, nil
}
