//go:build linux

package oracle

import (
	"debug/elf"
	"encoding/binary"
	"io"
	"os"
	"strings"
)

// facts is what the suite must know of a file before it may ask a loader
// about it. They are read here and not by pkg/object, so that a mistake there
// cannot hide a file from the comparison.
type facts struct {
	class   elf.Class
	machine elf.Machine
	typ     elf.Type
	interp  string
	dynamic bool // has a PT_DYNAMIC with contents
	pie     bool // DF_1_PIE
}

// library tells a shared library from an executable that is its own loader's
// business: one with PT_INTERP, or a static-pie.
func (f facts) library() bool { return f.typ == elf.ET_DYN && f.interp == "" && !f.pie }

// readFacts reads the program headers of file; ok is false for whatever is
// not an ELF file with program headers.
func readFacts(file string) (fx facts, ok bool) {
	f, err := os.Open(file)
	if err != nil {
		return fx, false
	}
	defer f.Close()
	var ident [64]byte
	if n, _ := io.ReadFull(f, ident[:]); n < 52 || string(ident[:4]) != elf.ELFMAG {
		return fx, false
	}
	var order binary.ByteOrder = binary.LittleEndian
	if elf.Data(ident[elf.EI_DATA]) == elf.ELFDATA2MSB {
		order = binary.BigEndian
	}
	fx.class = elf.Class(ident[elf.EI_CLASS])
	fx.typ = elf.Type(order.Uint16(ident[16:]))
	fx.machine = elf.Machine(order.Uint16(ident[18:]))
	phoff, phentsize, phnum := uint64(order.Uint32(ident[28:])), order.Uint16(ident[42:]), order.Uint16(ident[44:])
	if fx.class == elf.ELFCLASS64 {
		phoff, phentsize, phnum = order.Uint64(ident[32:]), order.Uint16(ident[54:]), order.Uint16(ident[56:])
	}
	phdrs := make([]byte, int(phentsize)*int(phnum))
	if _, err := f.ReadAt(phdrs, int64(phoff)); err != nil || phnum == 0 {
		return fx, false
	}
	for ; len(phdrs) >= int(phentsize) && phentsize >= 32; phdrs = phdrs[phentsize:] {
		off, size := uint64(order.Uint32(phdrs[4:])), uint64(order.Uint32(phdrs[16:]))
		if fx.class == elf.ELFCLASS64 {
			off, size = order.Uint64(phdrs[8:]), order.Uint64(phdrs[32:])
		}
		body := make([]byte, min(size, 1<<16))
		switch elf.ProgType(order.Uint32(phdrs)) {
		case elf.PT_INTERP:
			f.ReadAt(body, int64(off))
			fx.interp, _, _ = strings.Cut(string(body), "\x00")
		case elf.PT_DYNAMIC:
			f.ReadAt(body, int64(off))
			fx.dynamic = size > 0
			fx.pie = dynamicFlags1(body, fx.class, order)&uint64(elf.DF_1_PIE) != 0
		}
	}
	return fx, true
}

func dynamicFlags1(dyn []byte, class elf.Class, order binary.ByteOrder) uint64 {
	word, read := 4, func(b []byte) uint64 { return uint64(order.Uint32(b)) }
	if class == elf.ELFCLASS64 {
		word, read = 8, order.Uint64
	}
	for ; len(dyn) >= 2*word; dyn = dyn[2*word:] {
		switch elf.DynTag(read(dyn)) {
		case elf.DT_NULL:
			return 0
		case elf.DT_FLAGS_1:
			return read(dyn[word:])
		}
	}
	return 0
}
