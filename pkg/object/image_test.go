package object_test

import (
	"debug/elf"
	"encoding/binary"

	"github.com/5bbb5df2/pack/pkg/object"
)

// image describes a small ELF file made by hand, for the classes and byte
// orders that the machine's compiler cannot make.
type image struct {
	class   elf.Class
	order   byteOrder
	typ     elf.Type
	machine elf.Machine
	interp  string
	tags    []stringTag
	flags1  uint64
	needs   []object.VersionNeed
	defs    []string // the first is the base
	noNull  bool     // no DT_NULL: the dynamic section ends with its segment
	static  bool     // no PT_DYNAMIC
	xnum    bool     // the count of program headers in section header 0

	symbols []imageSymbol // the last one alone is in DT_GNU_HASH
	symHash elf.DynTag    // the table that tells their number
}

type imageSymbol struct {
	name    string
	section elf.SectionIndex
	bind    elf.SymBind
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

type stringTag struct {
	tag elf.DynTag
	s   string
}

const imageBase = 0x10000

// imageWriter appends the fields of one image.
type imageWriter struct {
	image
	b    []byte
	strs []byte
}

func (w *imageWriter) u16(v int) { w.b = w.order.AppendUint16(w.b, uint16(v)) }
func (w *imageWriter) u32(v int) { w.b = w.order.AppendUint32(w.b, uint32(v)) }
func (w *imageWriter) word(v int) {
	if w.class == elf.ELFCLASS32 {
		w.u32(v)
	} else {
		w.b = w.order.AppendUint64(w.b, uint64(v))
	}
}

func (w *imageWriter) str(s string) int {
	off := len(w.strs)
	w.strs = append(append(w.strs, s...), 0)
	return off
}

// phdr appends a program header; the address is the offset plus imageBase.
func (w *imageWriter) phdr(typ elf.ProgType, off, size int) {
	w.u32(int(typ))
	if w.class == elf.ELFCLASS64 {
		w.u32(7)
	}
	w.word(off)
	w.word(imageBase + off)
	w.word(imageBase + off)
	w.word(size)
	w.word(size)
	if w.class == elf.ELFCLASS32 {
		w.u32(7)
	}
	w.word(1)
}

func (w *imageWriter) verneed() {
	for i, n := range w.needs {
		next := 16 + 16*len(n.Versions)
		if i == len(w.needs)-1 {
			next = 0
		}
		w.u16(1)
		w.u16(len(n.Versions))
		w.u32(w.str(n.File))
		w.u32(16)
		w.u32(next)
		for j, v := range n.Versions {
			flags, next := 0, 16
			if v.Weak {
				flags = 2
			}
			if j == len(n.Versions)-1 {
				next = 0
			}
			w.u32(0)
			w.u16(flags)
			w.u16(j + 2)
			w.u32(w.str(v.Name))
			w.u32(next)
		}
	}
}

func (w *imageWriter) verdef() {
	for i, name := range w.defs {
		flags, next := 0, 28
		if i == 0 {
			flags = 1
		}
		if i == len(w.defs)-1 {
			next = 0
		}
		w.u16(1)
		w.u16(flags)
		w.u16(i + 1)
		w.u16(1)
		w.u32(0)
		w.u32(20)
		w.u32(next)
		w.u32(w.str(name))
		w.u32(0)
	}
}

// symtab appends the symbols and their hash table, and returns their tags.
func (w *imageWriter) symtab() []int {
	if len(w.symbols) == 0 {
		return nil
	}
	tags := []int{int(elf.DT_SYMTAB), imageBase + len(w.b)}
	for _, s := range w.symbols {
		name := 0
		if s.name != "" {
			name = w.str(s.name)
		}
		w.u32(name)
		if w.class == elf.ELFCLASS32 {
			w.u32(0)
			w.u32(0)
		}
		w.b = append(w.b, byte(s.bind)<<4, 0)
		w.u16(int(s.section))
		if w.class == elf.ELFCLASS64 {
			w.word(0)
			w.word(0)
		}
	}
	n := len(w.symbols)
	tags = append(tags, int(w.symHash), imageBase+len(w.b))
	switch w.symHash {
	case elf.DT_MIPS_SYMTABNO:
		tags[len(tags)-1] = n
	case elf.DT_HASH:
		if w.class == elf.ELFCLASS64 && w.machine == elf.EM_S390 {
			w.word(1)
			w.word(n)
		} else {
			w.u32(1)
			w.u32(n)
		}
	case elf.DT_GNU_HASH:
		hash := uint32(5381)
		for _, c := range []byte(w.symbols[n-1].name) {
			hash = hash*33 + uint32(c)
		}
		w.u32(1)
		w.u32(n - 1)
		w.u32(1)
		w.u32(6)
		w.word(-1)
		w.u32(n - 1)
		w.u32(int(hash | 1))
	}
	return tags
}

// bytes builds the file: one PT_LOAD over all of it, and the dynamic section at
// its end.
func (m image) bytes() []byte {
	ehdr, phdr, shdr, word := 64, 56, 64, 8
	if m.class == elf.ELFCLASS32 {
		ehdr, phdr, shdr, word = 52, 32, 40, 4
	}
	phnum := 3
	body := ehdr + phnum*phdr
	w := imageWriter{image: m, b: make([]byte, body), strs: []byte{0}}

	shoff := 0
	if m.xnum {
		shoff = len(w.b)
		info := 44
		if m.class == elf.ELFCLASS32 {
			info = 28
		}
		w.b = append(w.b, make([]byte, shdr)...)
		m.order.PutUint32(w.b[shoff+info:], uint32(phnum))
	}
	interp := len(w.b)
	if m.interp != "" {
		w.b = append(append(w.b, m.interp...), 0)
	}
	verneed := len(w.b)
	w.verneed()
	verdef := len(w.b)
	w.verdef()
	dyn := w.symtab()
	for _, t := range m.tags {
		dyn = append(dyn, int(t.tag), w.str(t.s))
	}
	strtab := len(w.b)
	w.b = append(w.b, w.strs...)
	dyn = append(dyn, int(elf.DT_STRTAB), imageBase+strtab, int(elf.DT_STRSZ), len(w.strs))
	if m.flags1 != 0 {
		dyn = append(dyn, int(elf.DT_FLAGS_1), int(m.flags1))
	}
	if len(m.needs) > 0 {
		dyn = append(dyn, int(elf.DT_VERNEED), imageBase+verneed, int(elf.DT_VERNEEDNUM), len(m.needs))
	}
	if len(m.defs) > 0 {
		dyn = append(dyn, int(elf.DT_VERDEF), imageBase+verdef, int(elf.DT_VERDEFNUM), len(m.defs))
	}
	if !m.noNull {
		dyn = append(dyn, int(elf.DT_NULL), 0)
	}
	dynamic := len(w.b)
	for _, v := range dyn {
		w.word(v)
	}
	end := len(w.b)

	w.b = w.b[:0]
	data := byte(elf.ELFDATA2LSB)
	if m.order == byteOrder(binary.BigEndian) {
		data = byte(elf.ELFDATA2MSB)
	}
	w.b = append(w.b, 0x7f, 'E', 'L', 'F', byte(m.class), data, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	w.u16(int(m.typ))
	w.u16(int(m.machine))
	w.u32(1)
	w.word(imageBase)
	w.word(ehdr)
	w.word(shoff)
	w.u32(0x1234)
	w.u16(ehdr)
	w.u16(phdr)
	if m.xnum {
		w.u16(0xffff)
	} else {
		w.u16(phnum)
	}
	w.u16(0)
	w.u16(0)
	w.u16(0)
	w.phdr(elf.PT_LOAD, 0, end)
	if m.interp != "" {
		w.phdr(elf.PT_INTERP, interp, len(m.interp)+1)
	} else {
		w.phdr(elf.PT_NULL, 0, 0)
	}
	if m.static {
		w.phdr(elf.PT_NULL, 0, 0)
	} else {
		w.phdr(elf.PT_DYNAMIC, dynamic, len(dyn)*word)
	}
	return w.b[:end]
}

// example uses every field.
func example() image {
	return image{
		class: elf.ELFCLASS64, order: binary.LittleEndian, typ: elf.ET_DYN, machine: elf.EM_X86_64,
		interp: "/lib64/ld-linux-x86-64.so.2",
		tags: []stringTag{
			{elf.DT_NEEDED, "libb.so.1"}, {elf.DT_NEEDED, "liba.so.1"}, {elf.DT_SONAME, "libx.so.3"},
			{elf.DT_RPATH, "/rpath"}, {elf.DT_RUNPATH, "$ORIGIN/../lib:/opt/lib"},
			{elf.DT_FILTER, "libf.so"}, {elf.DT_AUXILIARY, "libaux1.so"}, {elf.DT_AUXILIARY, "libaux2.so"},
			{elf.DT_AUDIT, "liba1.so:liba2.so"}, {elf.DT_DEPAUDIT, "libd.so"},
		},
		flags1: uint64(elf.DF_1_NODEFLIB | elf.DF_1_PIE),
		needs: []object.VersionNeed{
			{File: "libb.so.1", Versions: []object.Version{{Name: "B_1"}, {Name: "B_2", Weak: true}}},
			{File: "libc.so.6", Versions: []object.Version{{Name: "GLIBC_2.34"}}},
		},
		defs: []string{"libx.so.3", "X_1", "X_2"},
	}
}

// exampleObject is what Read finds in example().
func exampleObject() *object.Object {
	m := example()
	return &object.Object{
		Class: m.class, Data: elf.ELFDATA2LSB, Type: m.typ, Machine: m.machine, Flags: 0x1234,
		Interp: m.interp, Dynamic: true, Soname: "libx.so.3",
		Needed: []string{"libb.so.1", "liba.so.1"},
		Rpath:  "/rpath", HasRpath: true, Runpath: "$ORIGIN/../lib:/opt/lib", HasRunpath: true,
		Filter: []string{"libf.so"}, Auxiliary: []string{"libaux1.so", "libaux2.so"},
		Audit: []string{"liba1.so:liba2.so"}, DepAudit: []string{"libd.so"},
		NoDefaultLib: true, PIE: true,
		VersionsNeeded: m.needs, VersionsDefined: []string{"X_1", "X_2"}, HasVerdef: true,
	}
}
