#include "textflag.h"

// The offsets in a step (script_linux.go).
#define step_nr 0
#define step_args 8
#define step_result 56
#define step_allow 64
#define step_next 72
#define step_zero 80
#define step_fail 88
#define step_into 96

#define SYS_clone 220

// func spawn(flags uintptr, first *step) (pid int)
//
// The child has our stack and must not touch it.
TEXT ·spawn(SB),NOSPLIT,$0-24
	MOVD flags+0(FP), R0
	MOVD first+8(FP), R20
	MOVD ZR, R1
	MOVD ZR, R2
	MOVD ZR, R3
	MOVD ZR, R4
	MOVD $SYS_clone, R8
	SVC
	CBZ  R0, step
	MOVD R0, pid+16(FP)
	RET

step:
	MOVD step_nr(R20), R8
	MOVD (step_args+0)(R20), R0
	MOVD (step_args+8)(R20), R1
	MOVD (step_args+16)(R20), R2
	MOVD (step_args+24)(R20), R3
	MOVD (step_args+32)(R20), R4
	MOVD (step_args+40)(R20), R5
	SVC
	MOVD R0, step_result(R20)
	MOVD step_into(R20), R6
	CBZ  R6, branch
	MOVD R0, 0(R6)
branch:
	CBZ  R0, zero
	CMP  $0, R0
	BGT  next
	MOVD step_allow(R20), R6
	CMP  R6, R0
	BEQ  next
	MOVD step_fail(R20), R20
	B    step
zero:
	MOVD step_zero(R20), R20
	B    step
next:
	MOVD step_next(R20), R20
	B    step

// func blockHandler() (handler, restorer uintptr)
TEXT ·blockHandler(SB),NOSPLIT,$0-16
	MOVD $onBlock<>(SB), R0
	MOVD R0, handler+0(FP)
	MOVD $restore<>(SB), R0
	MOVD R0, restorer+8(FP)
	RET

// onBlock is a signal handler: R2 is the context that the thread goes back to,
// where the mask of blocked signals lies behind 40 bytes.
TEXT onBlock<>(SB),NOSPLIT|NOFRAME,$0
	MOVD $-1, R0
	MOVD R0, 40(R2)
	MOVD ·blockPipe(SB), R0
	MOVD R2, R1
	MOVD $1, R2
	MOVD $64, R8 // write
	SVC
	RET

TEXT restore<>(SB),NOSPLIT|NOFRAME,$0
	MOVD $139, R8 // rt_sigreturn
	SVC
	BRK
