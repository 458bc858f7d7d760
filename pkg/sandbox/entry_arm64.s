#include "textflag.h"

#define SYS_capset 91
#define SYS_chdir 49
#define SYS_fchdir 50
#define SYS_chroot 51
#define SYS_close 57
#define SYS_rt_sigaction 134
#define SYS_rt_sigprocmask 135
#define SYS_prctl 167
#define SYS_execve 221
#define SYS_setns 268
#define AT_SECURE 23

// _pack_entry is where the kernel starts a program linked with
// -E _pack_entry; entry_linux.go says what it is for. At 0(RSP) is argc, then
// come argv, nil and the environment. R20 keeps that place.
TEXT _pack_entry(SB),NOSPLIT|NOFRAME,$0
	MOVD RSP, R20
	SUB  $256, RSP
	MOVD $1, R0
	MOVD R0, ·entryLinked(SB)

	// Behind the environment come pairs of words, the last begins with 0.
	MOVD 0(R20), R4
	LSL  $3, R4, R4
	ADD  R20, R4, R4
	ADD  $16, R4, R5
variable:
	MOVD 0(R5), R4
	ADD  $8, R5
	CBNZ R4, variable
pair:
	MOVD 0(R5), R4
	MOVD 8(R5), R6
	ADD  $16, R5
	CMP  $AT_SECURE, R4
	BNE  other
	MOVD R6, ·entrySecure(SB)
other:
	CBNZ R4, pair

	// Bit n-1 of R21: signal n is ignored.
	MOVD ZR, R21
	MOVD $1, R22
signal:
	MOVD R22, R0
	MOVD ZR, R1
	MOVD RSP, R2
	MOVD $8, R3
	MOVD $SYS_rt_sigaction, R8
	SVC
	CBNZ R0, next
	MOVD 0(RSP), R4
	CMP  $1, R4 // SIG_IGN
	BNE  next
	SUB  $1, R22, R5
	MOVD $1, R4
	LSL  R5, R4, R4
	ORR  R4, R21, R21
next:
	ADD  $1, R22
	CMP  $64, R22
	BLE  signal
	MOVD R21, ·entryIgnored(SB)
	MOVD ·entrySecure(SB), R4
	CBNZ R4, runtime

	MOVD 8(R20), R23 // argv[0]
	CBZ  R23, runtime
	MOVBU 0(R23), R24
	CMP  $1, R24
	BEQ  asked
	CMP  $2, R24
	BNE  runtime
asked:

	// Sixteen bytes are the mask of blocked signals.
	MOVD $1, R4
	MOVD R4, ·entryStep(SB)
	MOVD ZR, R21
	MOVD $16, R5
mask:
	ADD  $1, R23
	MOVBU 0(R23), R4
	SUB  $97, R4 // 'a'
	LSL  $4, R21, R21
	ORR  R4, R21, R21
	SUB  $1, R5
	CBNZ R5, mask
	MOVD R21, 0(RSP)
	MOVD $2, R0 // SIG_SETMASK
	MOVD RSP, R1
	MOVD ZR, R2
	MOVD $8, R3
	MOVD $SYS_rt_sigprocmask, R8
	SVC
	CBNZ R0, failed

	// Each pair of bytes is a descriptor: of the root, which R21 keeps, and of
	// the namespaces.
	MOVBU 1(R23), R21
	MOVBU 2(R23), R5
	AND  $127, R21
	AND  $127, R5
	LSL  $7, R5, R5
	ORR  R5, R21, R21
	ADD  $2, R23
namespace:
	MOVBU 1(R23), R22
	CBZ  R22, enter
	MOVBU 2(R23), R5
	AND  $127, R22
	AND  $127, R5
	LSL  $7, R5, R5
	ORR  R5, R22, R22
	ADD  $2, R23
	MOVD R22, R0
	MOVD ZR, R1
	MOVD $SYS_setns, R8
	SVC
	CBNZ R0, failed
	MOVD R22, R0
	MOVD $SYS_close, R8
	SVC
	B    namespace

enter:
	MOVD R21, R0
	MOVD $SYS_fchdir, R8
	SVC
	CBNZ R0, failed
	MOVD $0x2e, R4 // "."
	MOVD R4, 0(RSP)
	MOVD RSP, R0
	MOVD $SYS_chroot, R8
	SVC
	CBNZ R0, failed
	MOVD R21, R0
	MOVD $SYS_close, R8
	SVC
	CMP  $2, R24
	BNE  directory
	MOVD ZR, R22
drop:
	MOVD $24, R0 // PR_CAPBSET_DROP; an error is that there is none of that number
	MOVD R22, R1
	MOVD $SYS_prctl, R8
	SVC
	ADD  $1, R22
	CMP  $64, R22
	BLT  drop
	MOVD $0x20080522, R4 // _LINUX_CAPABILITY_VERSION_3, this process
	MOVD R4, 0(RSP)
	MOVD ZR, 8(RSP)
	MOVD ZR, 16(RSP)
	MOVD ZR, 24(RSP)
	MOVD RSP, R0
	ADD  $8, RSP, R1
	MOVD $SYS_capset, R8
	SVC
	CBNZ R0, failed
directory:
	MOVD $2, R4
	MOVD R4, ·entryStep(SB)
	MOVD 16(R20), R0
	MOVBU 0(R0), R4
	CBZ  R4, execute
	MOVD $SYS_chdir, R8
	SVC
	CBNZ R0, failed

execute:
	MOVD $3, R4
	MOVD R4, ·entryStep(SB)
	MOVD 24(R20), R0
	ADD  $32, R20, R1
	MOVD 0(R20), R2
	LSL  $3, R2, R2
	ADD  R20, R2, R2
	ADD  $16, R2, R2
	MOVD $SYS_execve, R8
	SVC

failed:
	NEG  R0, R0
	MOVD R0, ·entryErrno(SB)
runtime:
	MOVD R20, RSP
	B    _pack_start(SB)
