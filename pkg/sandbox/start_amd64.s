#include "textflag.h"

#define SYS_fcntl 72
#define SYS_prlimit64 302
#define F_GETFD 1
#define RLIMIT_NOFILE 7

// _pack_start goes on to the runtime: start_linux.go says how. At 0(SP) is
// argc, then come argv, nil, the environment, nil, and pairs of words up to one
// that begins with 0.
TEXT _pack_start(SB),NOSPLIT|NOFRAME,$0
	MOVQ SP, R13
	MOVQ SP, ·startStack(SB)
	SUBQ $16, SP
	XORQ BX, BX
	XORQ R12, R12 // bit n: descriptor n is closed
descriptor:
	MOVQ BX, DI
	MOVQ $F_GETFD, SI
	MOVQ $SYS_fcntl, AX
	SYSCALL
	TESTQ AX, AX
	JGE  open
	BTSQ BX, R12
open:
	INCQ BX
	CMPQ BX, $3
	JLT  descriptor
	MOVQ R12, ·startClosed(SB)

	XORQ DI, DI
	MOVQ $RLIMIT_NOFILE, SI
	XORQ DX, DX
	LEAQ ·startFiles(SB), R10
	MOVQ $SYS_prlimit64, AX
	SYSCALL
	TESTQ AX, AX
	JNZ  environment
	TESTQ R12, R12
	JNZ  environment
	MOVQ $0, 0(SP)
	MOVQ ·startFiles+8(SB), AX
	MOVQ AX, 8(SP)
	XORQ DI, DI
	MOVQ $RLIMIT_NOFILE, SI
	MOVQ SP, DX
	XORQ R10, R10
	MOVQ $SYS_prlimit64, AX
	SYSCALL

	// R10: where the environment begins; R8: the nil that ends it; R9: where the
	// pairs end.
environment:
	MOVQ 0(R13), R8
	LEAQ 16(R13)(R8*8), R8
	MOVQ R8, R10
variable:
	CMPQ 0(R8), $0
	JEQ  pairs
	ADDQ $8, R8
	JMP  variable
pairs:
	LEAQ 8(R8), R9
pair:
	MOVQ 0(R9), AX
	ADDQ $16, R9
	TESTQ AX, AX
	JNZ  pair

	// All of it once more, lower, with one variable more, and without those that
	// begin with GO.
	MOVQ R13, SP
	SUBQ R9, SP
	ADDQ R13, SP
	SUBQ $8, SP
	ANDQ $~15, SP
	MOVQ SP, DI
	MOVQ R13, SI
copy:
	CMPQ SI, R8
	JNE  word
	MOVQ ·startVariable(SB), AX
	MOVQ AX, 0(DI)
	ADDQ $8, DI
word:
	MOVQ 0(SI), AX
	CMPQ SI, R10
	JCS  keep
	CMPQ SI, R8
	JCC  keep
	CMPW 0(AX), $0x4f47 // GO
	JEQ  leave
keep:
	MOVQ AX, 0(DI)
	ADDQ $8, DI
leave:
	ADDQ $8, SI
	CMPQ SI, R9
	JNE  copy
	JMP  _rt0_amd64_linux(SB)
