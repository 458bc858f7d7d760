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

#define SYS_clone 56

// func spawn(flags uintptr, first *step) (pid int)
//
// The child has our stack and must not touch it.
TEXT ·spawn(SB),NOSPLIT,$0-24
	MOVQ flags+0(FP), DI
	MOVQ first+8(FP), R13
	XORQ SI, SI
	XORQ DX, DX
	XORQ R10, R10
	XORQ R8, R8
	MOVQ $SYS_clone, AX
	SYSCALL
	TESTQ AX, AX
	JZ   step
	MOVQ AX, pid+16(FP)
	RET

step:
	MOVQ step_nr(R13), AX
	MOVQ (step_args+0)(R13), DI
	MOVQ (step_args+8)(R13), SI
	MOVQ (step_args+16)(R13), DX
	MOVQ (step_args+24)(R13), R10
	MOVQ (step_args+32)(R13), R8
	MOVQ (step_args+40)(R13), R9
	SYSCALL
	MOVQ AX, step_result(R13)
	MOVQ step_into(R13), BX
	TESTQ BX, BX
	JZ   branch
	MOVQ AX, 0(BX)
branch:
	TESTQ AX, AX
	JZ   zero
	JGT  next
	CMPQ AX, step_allow(R13)
	JEQ  next
	MOVQ step_fail(R13), R13
	JMP  step
zero:
	MOVQ step_zero(R13), R13
	JMP  step
next:
	MOVQ step_next(R13), R13
	JMP  step

// func blockHandler() (handler, restorer uintptr)
TEXT ·blockHandler(SB),NOSPLIT,$0-16
	LEAQ onBlock<>(SB), AX
	MOVQ AX, handler+0(FP)
	LEAQ restore<>(SB), AX
	MOVQ AX, restorer+8(FP)
	RET

// onBlock is a signal handler: DX is the context that the thread goes back to,
// where the mask of blocked signals lies behind 40 bytes and the registers.
TEXT onBlock<>(SB),NOSPLIT|NOFRAME,$0
	MOVQ $-1, AX
	MOVQ AX, 296(DX)
	MOVQ ·blockPipe(SB), DI
	MOVQ DX, SI
	MOVQ $1, DX
	MOVQ $1, AX // write
	SYSCALL
	RET

TEXT restore<>(SB),NOSPLIT|NOFRAME,$0
	MOVQ $15, AX // rt_sigreturn
	SYSCALL
	INT  $3
