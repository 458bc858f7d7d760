#include "textflag.h"

#define SYS_fcntl 25
#define SYS_prlimit64 261
#define F_GETFD 1
#define RLIMIT_NOFILE 7

// _pack_start goes on to the runtime: start_linux.go says how. At 0(RSP) is
// argc, then come argv, nil, the environment, nil, and pairs of words up to one
// that begins with 0.
TEXT _pack_start(SB),NOSPLIT|NOFRAME,$0
	MOVD RSP, R20
	MOVD R20, ·startStack(SB)
	SUB  $16, RSP
	MOVD ZR, R21
	MOVD ZR, R22 // bit n: descriptor n is closed
descriptor:
	MOVD R21, R0
	MOVD $F_GETFD, R1
	MOVD $SYS_fcntl, R8
	SVC
	TBZ  $63, R0, open
	MOVD $1, R4
	LSL  R21, R4, R4
	ORR  R4, R22, R22
open:
	ADD  $1, R21
	CMP  $3, R21
	BLT  descriptor
	MOVD R22, ·startClosed(SB)

	MOVD ZR, R0
	MOVD $RLIMIT_NOFILE, R1
	MOVD ZR, R2
	MOVD $·startFiles(SB), R3
	MOVD $SYS_prlimit64, R8
	SVC
	CBNZ R0, environment
	CBNZ R22, environment
	MOVD ZR, 0(RSP)
	MOVD ·startFiles+8(SB), R4
	MOVD R4, 8(RSP)
	MOVD ZR, R0
	MOVD $RLIMIT_NOFILE, R1
	MOVD RSP, R2
	MOVD ZR, R3
	MOVD $SYS_prlimit64, R8
	SVC

	// R23: where the environment begins; R21: the nil that ends it; R22: where
	// the pairs end.
environment:
	MOVD 0(R20), R4
	LSL  $3, R4, R4
	ADD  R20, R4, R4
	ADD  $16, R4, R21
	MOVD R21, R23
variable:
	MOVD 0(R21), R4
	CBZ  R4, pairs
	ADD  $8, R21
	B    variable
pairs:
	ADD  $8, R21, R22
pair:
	MOVD 0(R22), R4
	ADD  $16, R22
	CBNZ R4, pair

	// All of it once more, lower, with one variable more, and without those that
	// begin with GO.
	SUB  R20, R22, R4
	SUB  R4, R20, R4
	SUB  $8, R4
	AND  $~15, R4
	MOVD R4, RSP
	MOVD R20, R5
copy:
	CMP  R5, R21
	BNE  word
	MOVD ·startVariable(SB), R6
	MOVD R6, 0(R4)
	ADD  $8, R4
word:
	MOVD 0(R5), R6
	CMP  R23, R5
	BLO  keep
	CMP  R21, R5
	BHS  keep
	MOVBU 0(R6), R7
	CMP  $71, R7 // G
	BNE  keep
	MOVBU 1(R6), R7
	CMP  $79, R7 // O
	BEQ  leave
keep:
	MOVD R6, 0(R4)
	ADD  $8, R4
leave:
	ADD  $8, R5
	CMP  R5, R22
	BNE  copy
	B    _rt0_arm64_linux(SB)
