#include "textflag.h"

#define SYS_close 3
#define SYS_rt_sigaction 13
#define SYS_rt_sigprocmask 14
#define SYS_execve 59
#define SYS_chdir 80
#define SYS_fchdir 81
#define SYS_capset 126
#define SYS_prctl 157
#define SYS_chroot 161
#define SYS_setns 308
#define AT_SECURE 23

// _pack_entry is where the kernel starts a program linked with
// -E _pack_entry; entry_linux.go says what it is for. At 0(SP) is argc, then
// come argv, nil and the environment. R13 keeps that place.
TEXT _pack_entry(SB),NOSPLIT|NOFRAME,$0
	MOVQ SP, R13
	SUBQ $256, SP
	MOVQ $1, ·entryLinked(SB)

	// Behind the environment come pairs of words, the last begins with 0.
	MOVQ 0(R13), R8
	LEAQ 16(R13)(R8*8), R8
variable:
	MOVQ 0(R8), AX
	ADDQ $8, R8
	TESTQ AX, AX
	JNZ  variable
pair:
	MOVQ 0(R8), AX
	MOVQ 8(R8), BX
	ADDQ $16, R8
	CMPQ AX, $AT_SECURE
	JNE  other
	MOVQ BX, ·entrySecure(SB)
other:
	TESTQ AX, AX
	JNZ  pair

	// Bit n-1 of R12: signal n is ignored.
	XORQ R12, R12
	MOVQ $1, BX
signal:
	MOVQ BX, DI
	XORQ SI, SI
	MOVQ SP, DX
	MOVQ $8, R10
	MOVQ $SYS_rt_sigaction, AX
	SYSCALL
	TESTQ AX, AX
	JNZ  next
	CMPQ 0(SP), $1 // SIG_IGN
	JNE  next
	LEAQ -1(BX), CX
	MOVQ $1, AX
	SHLQ CX, AX
	ORQ  AX, R12
next:
	INCQ BX
	CMPQ BX, $64
	JLE  signal
	MOVQ R12, ·entryIgnored(SB)
	CMPQ ·entrySecure(SB), $0
	JNE  runtime

	MOVQ 8(R13), R14 // argv[0]
	TESTQ R14, R14
	JZ   runtime
	MOVBLZX 0(R14), R15
	CMPL R15, $1
	JEQ  asked
	CMPL R15, $2
	JNE  runtime
asked:

	// Sixteen bytes are the mask of blocked signals.
	MOVQ $1, ·entryStep(SB)
	XORQ R12, R12
	MOVQ $16, CX
mask:
	INCQ R14
	MOVBLZX 0(R14), BX
	SUBQ $97, BX // 'a'
	SHLQ $4, R12
	ORQ  BX, R12
	DECQ CX
	JNZ  mask
	MOVQ R12, 0(SP)
	MOVQ $2, DI // SIG_SETMASK
	MOVQ SP, SI
	XORQ DX, DX
	MOVQ $8, R10
	MOVQ $SYS_rt_sigprocmask, AX
	SYSCALL
	TESTQ AX, AX
	JNZ  failed

	// Each pair of bytes is a descriptor: of the root, which R12 keeps, and of
	// the namespaces.
	MOVBLZX 1(R14), R12
	MOVBLZX 2(R14), CX
	ANDL $127, R12
	ANDL $127, CX
	SHLL $7, CX
	ORL  CX, R12
	ADDQ $2, R14
namespace:
	MOVBLZX 1(R14), BX
	TESTL BX, BX
	JZ   enter
	MOVBLZX 2(R14), CX
	ANDL $127, BX
	ANDL $127, CX
	SHLL $7, CX
	ORL  CX, BX
	ADDQ $2, R14
	MOVQ BX, DI
	XORQ SI, SI
	MOVQ $SYS_setns, AX
	SYSCALL
	TESTQ AX, AX
	JNZ  failed
	MOVQ BX, DI
	MOVQ $SYS_close, AX
	SYSCALL
	JMP  namespace

enter:
	MOVQ R12, DI
	MOVQ $SYS_fchdir, AX
	SYSCALL
	TESTQ AX, AX
	JNZ  failed
	MOVQ $0x2e, AX // "."
	MOVQ AX, 0(SP)
	MOVQ SP, DI
	MOVQ $SYS_chroot, AX
	SYSCALL
	TESTQ AX, AX
	JNZ  failed
	MOVQ R12, DI
	MOVQ $SYS_close, AX
	SYSCALL
	CMPL R15, $2
	JNE  directory
	XORQ BX, BX
drop:
	MOVQ $24, DI // PR_CAPBSET_DROP; an error is that there is none of that number
	MOVQ BX, SI
	MOVQ $SYS_prctl, AX
	SYSCALL
	INCQ BX
	CMPQ BX, $64
	JLT  drop
	MOVQ $0x20080522, AX // _LINUX_CAPABILITY_VERSION_3, this process
	MOVQ AX, 0(SP)
	XORQ AX, AX
	MOVQ AX, 8(SP)
	MOVQ AX, 16(SP)
	MOVQ AX, 24(SP)
	MOVQ SP, DI
	LEAQ 8(SP), SI
	MOVQ $SYS_capset, AX
	SYSCALL
	TESTQ AX, AX
	JNZ  failed
directory:
	MOVQ $2, ·entryStep(SB)
	MOVQ 16(R13), DI
	CMPB 0(DI), $0
	JE   execute
	MOVQ $SYS_chdir, AX
	SYSCALL
	TESTQ AX, AX
	JNZ  failed

execute:
	MOVQ $3, ·entryStep(SB)
	MOVQ 0(R13), DX
	LEAQ 16(R13)(DX*8), DX
	MOVQ 24(R13), DI
	LEAQ 32(R13), SI
	MOVQ $SYS_execve, AX
	SYSCALL

failed:
	NEGQ AX
	MOVQ AX, ·entryErrno(SB)
runtime:
	MOVQ R13, SP
	JMP  _pack_start(SB)
