package object

import (
	"cmp"
	"debug/elf"
	"io"
	"slices"
)

// Span is a part of a file, in bytes.
type Span struct{ Off, Size int64 }

// minSkipped is how many bytes a section has that is worth a gap.
const minSkipped = 64 << 10

// Texts returns the parts of the file r of size bytes in which strings may be,
// in order. That is all of it except large sections of machine code and of
// tables of numbers (elf(5), sh_flags and sh_type), which are most of a large
// program, and what is not loaded, debug information above all. A file without section headers, or which is no ELF file, is one part.
func Texts(r io.ReaderAt, size int64) []Span {
	var skipped []Span
	if size > 2*minSkipped {
		f := openFile(r, size)
		defer f.close()
		skipped = f.wordless()
	}
	var out []Span
	at := int64(0)
	for _, s := range append(skipped, Span{Off: size}) {
		if s.Off > at {
			out = append(out, Span{at, s.Off - at})
		}
		at = max(at, s.Off+s.Size)
	}
	return out
}

// wordless returns the sections without strings, by where they begin. What
// cannot be read has none.
func (f *file) wordless() []Span {
	h, err := f.readHeader(new(Object))
	if err != nil {
		return nil
	}
	b, err := f.bytes(0, f.layout.ehdrSize, "the ELF header")
	if err != nil {
		return nil
	}
	sections := int(f.order.Uint16(b[f.layout.ePhentsize+6:])) // e_shnum
	var out []Span
	for i := range sections {
		b, err := f.bytes(h.shoff+uint64(i*f.layout.shdrSize), f.layout.shdrSize, "a section header")
		if err != nil {
			return nil
		}
		const flags = 8 // behind sh_name and sh_type
		word := f.layout.wordSize
		kind := elf.SectionType(f.order.Uint32(b[4:]))
		off, size := f.word(b[flags+2*word:]), f.word(b[flags+3*word:])
		flagged := elf.SectionFlag(f.word(b[flags:]))
		if unloaded := isUnloaded(kind, flagged); !unloaded && (size < minSkipped || !isWordless(kind, flagged)) ||
			off > uint64(f.size) || size > uint64(f.size)-off {
			continue
		}
		out = append(out, Span{int64(off), int64(size)})
	}
	slices.SortFunc(out, func(a, b Span) int { return cmp.Compare(a.Off, b.Off) })
	return out
}

// isUnloaded tells whether a section is for others than the program, debuggers
// for one: what it says is what the compiler knew, such as where its headers are.
func isUnloaded(kind elf.SectionType, flags elf.SectionFlag) bool {
	return kind == elf.SHT_PROGBITS && flags&elf.SHF_ALLOC == 0
}

func isWordless(kind elf.SectionType, flags elf.SectionFlag) bool {
	const unwind = elf.SectionType(0x70000001) // SHT_X86_64_UNWIND
	switch kind {
	case elf.SHT_PROGBITS:
		return flags&elf.SHF_EXECINSTR != 0
	case elf.SHT_RELA, elf.SHT_REL, elf.SHT_SYMTAB, elf.SHT_DYNSYM, elf.SHT_HASH, elf.SHT_GNU_HASH, unwind:
		return true
	}
	return false
}
