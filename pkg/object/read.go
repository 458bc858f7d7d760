package object

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"io"
)

const (
	// maxPhdrs bounds the program headers. The kernel takes at most 64 KiB of
	// them (load_elf_phdrs in fs/binfmt_elf.c), the loaders do not care.
	maxPhdrs = 1 << 17
	// phnumExtended is PN_XNUM: the count is in sh_info of section header 0
	// (elf(5), e_phnum).
	phnumExtended = 0xffff
	// maxInterp is PATH_MAX, the kernel's bound for PT_INTERP.
	maxInterp = 4096
)

// segment is a PT_LOAD.
type segment struct {
	off, vaddr, filesz, memsz uint64
	flags                     elf.ProgFlag
}

// header is what is needed of the ELF header once the Object is filled.
type header struct {
	phoff, shoff     uint64
	phentsize, phnum int
}

// Read reads the loading facts of the ELF file r of size bytes, of any class,
// byte order and machine, from its program headers as the kernel
// (fs/binfmt_elf.c) and the loaders do (glibc elf/dl-load.c); section headers
// may be absent or garbage. Of a file that is neither ET_EXEC nor ET_DYN only
// the ELF header is read.
//
// The error is ErrEmpty, ErrNotELF, a *FormatError, or wraps one of r.
func Read(r io.ReaderAt, size int64) (*Object, error) {
	if size <= 0 {
		return nil, ErrEmpty
	}
	f := openFile(r, size)
	defer f.close()
	return f.read()
}

// read does Read's work.
func (f *file) read() (*Object, error) {
	o := new(Object)
	err := f.readHeaders(o)
	switch {
	case err != nil:
		return nil, err
	case o.Type != elf.ET_EXEC && o.Type != elf.ET_DYN:
		return o, nil
	case o.Dynamic:
		err = f.readDynamic(o)
	default:
		o.Packed, err = f.packer()
	}
	if err != nil {
		return nil, err
	}
	return o, nil
}

// readHeaders reads the ELF header and, of a program or library, the program
// headers.
func (f *file) readHeaders(o *Object) error {
	h, err := f.readHeader(o)
	if err == nil && (o.Type == elf.ET_EXEC || o.Type == elf.ET_DYN) {
		err = f.readPhdrs(o, h)
	}
	return err
}

// readHeader reads the ELF header into o and chooses f's layout and order.
func (f *file) readHeader(o *Object) (header, error) {
	var h header
	first, err := f.block(0)
	if err != nil {
		return h, err
	}
	if !bytes.HasPrefix(first, []byte(elf.ELFMAG)) {
		return h, ErrNotELF
	}
	ident, err := f.bytes(0, elf.EI_NIDENT, "the ELF identification")
	if err != nil {
		return h, err
	}
	o.Class, o.Data, o.OSABI = elf.Class(ident[elf.EI_CLASS]), elf.Data(ident[elf.EI_DATA]), elf.OSABI(ident[elf.EI_OSABI])
	switch o.Class {
	case elf.ELFCLASS32:
		f.layout = &layout32
	case elf.ELFCLASS64:
		f.layout = &layout64
	default:
		return h, malformed(elf.EI_CLASS, "unknown ELF class %d", o.Class)
	}
	switch o.Data {
	case elf.ELFDATA2LSB:
		f.order = binary.LittleEndian
	case elf.ELFDATA2MSB:
		f.order = binary.BigEndian
	default:
		return h, malformed(elf.EI_DATA, "unknown ELF byte order %d", o.Data)
	}
	l := f.layout
	b, err := f.bytes(0, l.ehdrSize, "the ELF header")
	if err != nil {
		return h, err
	}
	o.Type = elf.Type(f.order.Uint16(b[16:]))
	o.Machine = elf.Machine(f.order.Uint16(b[18:]))
	o.Flags = f.order.Uint32(b[l.eFlags:])
	h.phoff, h.shoff = f.word(b[l.ePhoff:]), f.word(b[l.eShoff:])
	h.phentsize = int(f.order.Uint16(b[l.ePhentsize:]))
	h.phnum = int(f.order.Uint16(b[l.ePhentsize+2:]))
	return h, nil
}

// readPhdrs reads the program headers: PT_LOAD into f.loads, PT_NOTE into
// f.notes, PT_DYNAMIC's address into f.dynamic, PT_INTERP into o.Interp.
func (f *file) readPhdrs(o *Object, h header) error {
	n, err := f.phnum(h)
	if err != nil {
		return err
	}
	size := uint64(f.layout.phdrSize)
	if err := f.inFile(0, h.phoff, n*size, "program headers end"); err != nil {
		return err
	}
	hasInterp := false
	for i := range n {
		at := h.phoff + i*size
		b, err := f.bytes(at, int(size), "a program header")
		if err != nil {
			return err
		}
		kind, s := f.phdr(b)
		if kind == elf.PT_LOAD || kind == elf.PT_INTERP {
			if err := f.inFile(at, s.off, s.filesz, "a segment ends"); err != nil {
				return err
			}
		}
		switch kind {
		case elf.PT_LOAD:
			f.loads = append(f.loads, s)
		case elf.PT_NOTE:
			f.notes = append(f.notes, noteSegment{s.off, s.filesz, f.word(b[f.layout.pAlign:])})
		case elf.PT_INTERP:
			// The kernel takes the first one.
			if hasInterp || s.filesz == 0 {
				continue
			}
			hasInterp = true
			if o.Interp, err = f.interp(s); err != nil {
				return err
			}
		case elf.PT_DYNAMIC:
			// Files of debug information (objcopy --only-keep-debug) have an
			// empty one, which glibc's _dl_map_object_from_fd skips as well.
			if s.filesz != 0 {
				o.Dynamic, f.dynamic = true, s.vaddr
			}
		}
	}
	return nil
}

// inFile checks that size bytes at off, as the record at says, are in the file.
func (f *file) inFile(at, off, size uint64, what string) error {
	if off <= uint64(f.size) && size <= uint64(f.size)-off {
		return nil
	}
	end := off + size
	if end < off {
		return malformed(int64(at), "%s behind the end of all addresses", what)
	}
	return truncated(int64(at), what, end, f.size)
}

// phnum returns the number of program headers, after checking their size.
func (f *file) phnum(h header) (uint64, error) {
	n := uint64(h.phnum)
	if n == phnumExtended {
		if h.shoff == 0 {
			return 0, malformed(int64(f.layout.ePhentsize)+2, "the count of program headers is said to be in a section header, but there is none")
		}
		if h.shoff > uint64(f.size) {
			return 0, truncated(f.size, "the section header with the count of program headers begins", h.shoff, f.size)
		}
		b, err := f.bytes(h.shoff, f.layout.shdrSize, "the section header with the count of program headers")
		if err != nil {
			return 0, err
		}
		n = uint64(f.order.Uint32(b[f.layout.shInfo:]))
	}
	switch {
	case n == 0:
		return 0, malformed(int64(f.layout.ePhentsize)+2, "no program headers")
	case n > maxPhdrs:
		return 0, malformed(int64(f.layout.ePhentsize)+2, "%d program headers", n)
	case h.phentsize != f.layout.phdrSize:
		return 0, malformed(int64(f.layout.ePhentsize), "program headers of %d bytes instead of %d", h.phentsize, f.layout.phdrSize)
	}
	return n, nil
}

// interp reads PT_INTERP under load_elf_binary's conditions (fs/binfmt_elf.c):
// 2 to PATH_MAX bytes, the last of them NUL.
func (f *file) interp(s segment) (string, error) {
	if s.filesz < 2 || s.filesz > maxInterp {
		return "", malformed(int64(s.off), "an interpreter's path of %d bytes", s.filesz)
	}
	last, err := f.bytes(s.off+s.filesz-1, 1, "the interpreter's path")
	if err != nil {
		return "", err
	}
	if last[0] != 0 {
		return "", malformed(int64(s.off), "the interpreter's path has no end")
	}
	path, err := f.str(region{off: s.off, end: s.off + s.filesz}, 0, "the interpreter's path")
	if err == nil && path == "" {
		err = malformed(int64(s.off), "the interpreter's path is empty")
	}
	return path, err
}

// mapped returns the file's bytes at the virtual address. Of overlapping
// segments the last one is seen, as mmap with MAP_FIXED leaves it.
func (f *file) mapped(vaddr uint64) (region, bool) {
	for i := len(f.loads) - 1; i >= 0; i-- {
		s := f.loads[i]
		if vaddr >= s.vaddr && vaddr-s.vaddr < s.filesz {
			return region{s.off + (vaddr - s.vaddr), s.off + s.filesz, s.memsz > s.filesz}, true
		}
	}
	return region{}, false
}
