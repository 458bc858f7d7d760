package trace

import (
	"cmp"
	"slices"
)

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
	bpfJge  = 0x35
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

// filter is the program that answers a traced call of one of abis with action
// and lets all others run. A call of an ABI we do not know gets action too, so
// that it cannot pass unseen.
//
// It compares only the architecture and the number of calls that pass, because
// then the kernel (5.11) remembers the answer and does not even run it. To find
// that out, it runs the filter for every number when it is installed: one that
// compared them one after the other would take three times as long.
func filter(abis []abi, looks bool, action uint32) []insn {
	p := make([]insn, 0, 512)
	for i := 0; i < len(abis); {
		arch := abis[i].arch
		var checks []check
		for ; i < len(abis) && abis[i].arch == arch; i++ {
			checks = append(checks, numberChecks(abis[i], looks, action)...)
		}
		slices.SortFunc(checks, func(a, b check) int { return cmp.Compare(a.nr, b.nr) })
		other := len(p) + 2
		p = append(p,
			insn{code: bpfLoad, k: dataArch},
			insn{code: bpfJeq, k: arch, jt: 1},
			insn{code: bpfJump},
			insn{code: bpfLoad, k: dataNr})
		p = search(p, checks)
		p[other].k = uint32(len(p) - other - 1)
	}
	return append(p, insn{code: bpfRet, k: action})
}

// check is what is done about one number.
type check struct {
	nr uint32
	do []insn // ends with a return
}

// search appends the part of a filter that finds the number by bisection. It
// never runs past its end.
func search(p []insn, checks []check) []insn {
	if half := len(checks) / 2; half > 0 {
		skip := len(p) + 1
		p = append(p, insn{code: bpfJge, k: checks[half].nr, jf: 1}, insn{code: bpfJump})
		p = search(p, checks[:half])
		p[skip].k = uint32(len(p) - skip - 1)
		return search(p, checks[half:])
	}
	for _, c := range checks {
		p = append(p, insn{code: bpfJeq, k: c.nr, jf: uint8(len(c.do))})
		p = append(p, c.do...)
	}
	return append(p, insn{code: bpfRet, k: retAllow})
}

// numberChecks is what is done about the calls of one ABI.
func numberChecks(a abi, looks bool, action uint32) []check {
	var all []check
	for _, c := range calls {
		nr, ok := a.numbers[c.name]
		if !ok || c.look && !looks {
			continue
		}
		answer := action
		if c.shape == refused {
			answer = retENOSYS
		}
		do := []insn{{code: bpfRet, k: answer}}
		if c.unless|c.onlyWith != 0 {
			with, without := answer, uint32(retAllow)
			if c.unless != 0 {
				with, without = without, with
			}
			do = []insn{
				{code: bpfLoad, k: dataArgs + 8*uint32(c.flags)},
				{code: bpfJset, k: c.unless | c.onlyWith, jf: 1},
				{code: bpfRet, k: with},
				{code: bpfRet, k: without},
			}
		}
		all = append(all, check{nr, do})
	}
	return all
}
