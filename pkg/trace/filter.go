package trace

// insn is one instruction of a classic BPF program (linux/filter.h).
type insn struct {
	code   uint16
	jt, jf uint8
	k      uint32
}

// The few instructions a filter needs: BPF_LD|BPF_W|BPF_ABS and so on.
const (
	bpfLoad = 0x20
	bpfJump = 0x05
	bpfJeq  = 0x15
	bpfJset = 0x45
	bpfRet  = 0x06
)

// Offsets into struct seccomp_data (linux/seccomp.h). The low half of an
// argument comes first: all machines we know are little-endian.
const (
	dataNr   = 0
	dataArch = 4
	dataArgs = 16
)

// Answers of a filter (seccomp(2)).
const (
	retAllow  = 0x7fff0000
	retTrace  = 0x7ff00000
	retNotify = 0x7fc00000
	retENOSYS = 0x00050000 | 38
)

const atEmptyPath = 0x1000 // AT_EMPTY_PATH

// filter is the program that answers a traced call of one of abis with action
// and lets all others run. A call of an ABI we do not know gets action too, so
// that it cannot pass unseen.
//
// It compares only the architecture and the number of calls that pass, because
// then the kernel (5.11) remembers the answer and does not even run it.
func filter(abis []abi, looks bool, action uint32) []insn {
	var p []insn
	for i := 0; i < len(abis); {
		arch := abis[i].arch
		body := []insn{{code: bpfLoad, k: dataNr}}
		for ; i < len(abis) && abis[i].arch == arch; i++ {
			body = append(body, numberChecks(abis[i], looks, action)...)
		}
		body = append(body, insn{code: bpfRet, k: retAllow})
		p = append(p,
			insn{code: bpfLoad, k: dataArch},
			insn{code: bpfJeq, k: arch, jt: 1},
			insn{code: bpfJump, k: uint32(len(body))})
		p = append(p, body...)
	}
	return append(p, insn{code: bpfRet, k: action})
}

// numberChecks is the part of the filter for the calls of one ABI.
func numberChecks(a abi, looks bool, action uint32) []insn {
	var p []insn
	for _, c := range calls {
		nr, ok := a.numbers[c.name]
		if !ok || c.look && !looks {
			continue
		}
		answer := action
		if c.shape == refused {
			answer = retENOSYS
		}
		if !c.emptyAllow {
			p = append(p, insn{code: bpfJeq, k: nr, jf: 1}, insn{code: bpfRet, k: answer})
			continue
		}
		p = append(p,
			insn{code: bpfJeq, k: nr, jf: 4},
			insn{code: bpfLoad, k: dataArgs + 8*uint32(c.flags)},
			insn{code: bpfJset, k: atEmptyPath, jf: 1},
			insn{code: bpfRet, k: retAllow},
			insn{code: bpfRet, k: answer})
	}
	return p
}
