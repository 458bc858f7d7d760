package object

import (
	"debug/elf"
	"io"
)

// Range is a part of a file, from Off up to but not including End.
type Range struct{ Off, End int64 }

// Constants returns the parts of the ELF file r of size bytes that are mapped
// neither writable nor executable. A program's string literals are there,
// unless its linker put them into one segment with the code (ld(1), "-z
// separate-code"). The parts ascend and never overlap, whatever the file says.
// Errors are those of Read.
func Constants(r io.ReaderAt, size int64) ([]Range, error) {
	if size <= 0 {
		return nil, ErrEmpty
	}
	f := openFile(r, size)
	defer f.close()
	if err := f.readHeaders(new(Object)); err != nil {
		return nil, err
	}
	var parts []Range
	var end uint64
	for _, s := range f.loads {
		if s.flags&(elf.PF_W|elf.PF_X) == 0 && s.filesz > 0 && s.off >= end {
			end = s.off + s.filesz
			parts = append(parts, Range{int64(s.off), int64(end)})
		}
	}
	return parts, nil
}
