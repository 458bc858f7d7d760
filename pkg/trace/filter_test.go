package trace

import (
	"encoding/binary"
	"fmt"
	"testing"
)

// interpret runs a filter as the kernel does (linux/filter.h, seccomp(2)) on
// the call of arch with number nr and arguments args.
func interpret(t *testing.T, p []insn, arch, nr uint32, args [6]uint64) uint32 {
	t.Helper()
	data := make([]byte, dataArgs+8*len(args)) // struct seccomp_data
	binary.LittleEndian.PutUint32(data[dataNr:], nr)
	binary.LittleEndian.PutUint32(data[dataArch:], arch)
	for i, a := range args {
		binary.LittleEndian.PutUint64(data[dataArgs+8*i:], a)
	}
	var acc uint32
	for pc := 0; pc < len(p); pc++ {
		jump := func(yes bool) {
			if yes {
				pc += int(p[pc].jt)
			} else {
				pc += int(p[pc].jf)
			}
		}
		switch in := p[pc]; in.code {
		case bpfLoad:
			acc = binary.LittleEndian.Uint32(data[in.k:])
		case bpfJump:
			pc += int(in.k)
		case bpfJeq:
			jump(acc == in.k)
		case bpfJge:
			jump(acc >= in.k)
		case bpfJset:
			jump(acc&in.k != 0)
		case bpfRet:
			return in.k
		default:
			t.Fatalf("instruction %d: unknown code %#x", pc, in.code)
		}
	}
	t.Fatal("the filter does not return")
	return 0
}

// Every number of every ABI is answered as the table of calls says, and the
// kernel accepts programs of this size (BPF_MAXINSNS).
func TestFilter(t *testing.T) {
	const highest = 1024 // above all system calls there are
	for _, goarch := range []string{"amd64", "arm64"} {
		for _, looks := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s looks=%v", goarch, looks), func(t *testing.T) {
				abis := abisOf(goarch)
				p := filter(abis, looks, retNotify)
				if len(p) > 4096 {
					t.Fatalf("%d instructions", len(p))
				}
				for i, a := range abis {
					var base uint32
					if i > 0 && a.arch == abis[i-1].arch {
						base = x32Bit
					}
					traced := targets([]abi{a}, looks)
					for nr := base; nr <= base+highest; nr++ {
						for _, flags := range []uint64{0, atEmptyPath, newListener, 1<<64 - 1} {
							args := [6]uint64{flags, flags, flags, flags, flags, flags}
							want := uint32(retAllow)
							if c, ok := traced[callKey{a.arch, nr}]; ok {
								want = answer(c.call, uint32(flags))
							}
							if got := interpret(t, p, a.arch, nr, args); got != want {
								t.Fatalf("ABI %d, call %#x with flags %#x: %#x, want %#x", i, nr, flags, got, want)
							}
						}
					}
				}
				if got := interpret(t, p, 0xc0000015, 1, [6]uint64{}); got != retNotify {
					t.Errorf("call of an unknown architecture: %#x", got)
				}
			})
		}
	}
}

// answer is what the filter should say to a call of the table.
func answer(c *call, flags uint32) uint32 {
	switch {
	case c.shape == refused:
		return retENOSYS
	case c.unless != 0 && flags&c.unless != 0, c.onlyWith != 0 && flags&c.onlyWith == 0:
		return retAllow
	}
	return retNotify
}

// Every call of the table has a number in some ABI, and no ABI a number of a
// call that the table has not, or the same number twice.
func TestNumbers(t *testing.T) {
	named := map[string]bool{}
	for _, c := range calls {
		named[c.name] = false
	}
	for _, goarch := range []string{"amd64", "arm64"} {
		for i, a := range abisOf(goarch) {
			owner := map[uint32]string{}
			for name, nr := range a.numbers {
				if _, ok := named[name]; !ok {
					t.Errorf("%s, ABI %d: %s is not in the table", goarch, i, name)
				}
				if owner[nr] != "" {
					t.Errorf("%s, ABI %d: %s and %s are both %d", goarch, i, name, owner[nr], nr)
				}
				owner[nr], named[name] = name, true
			}
		}
	}
	for name, ok := range named {
		if !ok {
			t.Errorf("%s has no number", name)
		}
	}
}
