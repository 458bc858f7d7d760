package relink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	maxPath  = 4096 // PATH_MAX of Linux, with the NUL
	maxPhdrs = 1 << 10
	maxTags  = 1 << 16
)

// phdr is a program header of either class.
type phdr struct {
	kind                             progType
	flags                            progFlag
	off, vaddr, paddr, filesz, memsz uint64
	align                            uint64
}

// file is the part of an ELF file that is changed.
type file struct {
	r       io.ReaderAt
	size    int64
	wide    bool // ELFCLASS64
	order   binary.ByteOrder
	phoff   uint64
	phdrs   []phdr
	dynamic *dynamic // nil if there is none
}

func open(r io.ReaderAt, size int64) (*file, error) {
	var ident [identSize]byte
	if _, err := r.ReadAt(ident[:], 0); err != nil || string(ident[:4]) != elfMagic {
		return nil, errors.New("not an ELF file")
	}
	f := &file{r: r, size: size, wide: ident[identClass] == class64, order: binary.LittleEndian}
	if ident[identData] == data2MSB {
		f.order = binary.BigEndian
	}
	if err := f.readPhdrs(); err != nil {
		return nil, err
	}
	return f, f.readDynamic()
}

// The sizes and offsets of elf(5) that differ between the classes.
func (f *file) pick(wide, narrow int) int {
	if f.wide {
		return wide
	}
	return narrow
}

func (f *file) wordSize() int { return f.pick(8, 4) }
func (f *file) phdrSize() int { return f.pick(56, 32) }

func (f *file) word(b []byte) uint64 {
	if f.wide {
		return f.order.Uint64(b)
	}
	return uint64(f.order.Uint32(b))
}

func (f *file) putWord(b []byte, v uint64) {
	if f.wide {
		f.order.PutUint64(b, v)
	} else {
		f.order.PutUint32(b, uint32(v))
	}
}

func (f *file) read(off uint64, n int, what string) ([]byte, error) {
	if off > uint64(f.size) || uint64(n) > uint64(f.size)-off {
		return nil, fmt.Errorf("%s end behind the end of the file", what)
	}
	b := make([]byte, n)
	_, err := f.r.ReadAt(b, int64(off))
	return b, err
}

func (f *file) readPhdrs() error {
	ehdr, err := f.read(0, f.pick(64, 52), "the ELF header")
	if err != nil {
		return err
	}
	f.phoff = f.word(ehdr[f.pick(32, 28):])
	size := int(f.order.Uint16(ehdr[f.pick(54, 42):]))
	n := int(f.order.Uint16(ehdr[f.pick(56, 44):]))
	if size != f.phdrSize() || n == 0 || n > maxPhdrs {
		return fmt.Errorf("%d program headers of %d bytes", n, size)
	}
	table, err := f.read(f.phoff, n*size, "the program headers")
	if err != nil {
		return err
	}
	for b := range slices.Chunk(table, size) {
		f.phdrs = append(f.phdrs, f.decodePhdr(b))
	}
	return nil
}

func (f *file) decodePhdr(b []byte) phdr {
	p := phdr{kind: progType(f.order.Uint32(b))}
	w := f.wordSize()
	fields := b[w:] // in both classes the words begin behind the first one
	at := func(i int) uint64 { return f.word(fields[i*w:]) }
	p.off, p.vaddr, p.paddr, p.filesz, p.memsz = at(0), at(1), at(2), at(3), at(4)
	p.flags = progFlag(f.order.Uint32(b[f.pick(4, 24):]))
	p.align = f.word(b[f.pick(48, 28):])
	return p
}

func (f *file) encodePhdr(p phdr) []byte {
	b := make([]byte, f.phdrSize())
	f.order.PutUint32(b, uint32(p.kind))
	w := f.wordSize()
	for i, v := range []uint64{p.off, p.vaddr, p.paddr, p.filesz, p.memsz} {
		f.putWord(b[w+i*w:], v)
	}
	f.order.PutUint32(b[f.pick(4, 24):], uint32(p.flags))
	f.putWord(b[f.pick(48, 28):], p.align)
	return b
}

// interp is the number of the program header that names the loader, or -1.
func (f *file) interp() int {
	return slices.IndexFunc(f.phdrs, func(p phdr) bool { return p.kind == ptInterp })
}

// change sorts edits and finds the size of what they make.
func (f *file) change(edits []Edit, size int64) Change {
	Change{Edits: edits}.sort()
	last := edits[len(edits)-1]
	return Change{edits, max(size, last.Off+int64(len(last.Data)))}
}
