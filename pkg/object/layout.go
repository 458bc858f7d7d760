package object

import "debug/elf"

// layout gives the offsets in which the two ELF classes differ (elf(5)).
type layout struct {
	wordSize int // of addresses and offsets

	ehdrSize, ePhoff, eShoff, eFlags int
	ePhentsize                       int // e_phnum follows it
	shdrSize, shInfo                 int

	phdrSize, pFlags, pOffset, pVaddr, pFilesz, pMemsz, pAlign int

	symSize, stInfo, stShndx int // st_name is the first field
}

var (
	layout32 = layout{
		wordSize: 4,
		ehdrSize: 52, ePhoff: 28, eShoff: 32, eFlags: 36, ePhentsize: 42,
		shdrSize: 40, shInfo: 28,
		phdrSize: 32, pFlags: 24, pOffset: 4, pVaddr: 8, pFilesz: 16, pMemsz: 20, pAlign: 28,
		symSize: 16, stInfo: 12, stShndx: 14,
	}
	layout64 = layout{
		wordSize: 8,
		ehdrSize: 64, ePhoff: 32, eShoff: 40, eFlags: 48, ePhentsize: 54,
		shdrSize: 64, shInfo: 44,
		phdrSize: 56, pFlags: 4, pOffset: 8, pVaddr: 16, pFilesz: 32, pMemsz: 40, pAlign: 48,
		symSize: 24, stInfo: 4, stShndx: 6,
	}
)

// word reads an address, offset or size.
func (f *file) word(b []byte) uint64 {
	if f.layout.wordSize == 4 {
		return uint64(f.order.Uint32(b))
	}
	return f.order.Uint64(b)
}

// phdr reads a program header; b has phdrSize bytes.
func (f *file) phdr(b []byte) (elf.ProgType, segment) {
	l := f.layout
	return elf.ProgType(f.order.Uint32(b)), segment{
		off:    f.word(b[l.pOffset:]),
		vaddr:  f.word(b[l.pVaddr:]),
		filesz: f.word(b[l.pFilesz:]),
		memsz:  f.word(b[l.pMemsz:]),
		flags:  elf.ProgFlag(f.order.Uint32(b[l.pFlags:])),
	}
}
