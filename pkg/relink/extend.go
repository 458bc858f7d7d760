package relink

import (
	"errors"
	"fmt"
	"slices"
)

// minAlign is the least alignment of the new segment: the largest page size
// there is of the machines that have several.
const minAlign = 1 << 16

// extend adds a segment with the program headers, one more than before, with
// rpath unless it is empty, and with the dynamic section if it has grown.
//
// The segment lies at the same distance from the first one in memory as in the
// file, because Linux before 5.18 tells the program where its headers are as if
// that were always so (load_elf_binary, AT_PHDR).
func (f *file) extend(d *dynamic, rpath string) (Change, error) {
	seg, err := f.newSegment()
	if err != nil {
		return Change{}, err
	}
	var edits []Edit
	content := make([]byte, (len(f.phdrs)+1)*f.phdrSize())
	if rpath != "" {
		strtab := d.value(dtStrtab)
		at := seg.vaddr + uint64(len(content))
		if strtab == 0 || strtab > at {
			return Change{}, errors.New("its string table lies behind all segments")
		}
		// The offset from the string table is not bounded by DT_STRSZ, which
		// no loader reads.
		d.set(dtRpath, at-strtab)
		content = append(append(content, rpath...), 0)
	}
	phdrs := slices.Clone(f.phdrs)
	if d.fits() {
		edits = append(edits, Edit{d.off, d.bytes()})
	} else {
		content = append(content, make([]byte, -len(content)&15)...)
		p := &phdrs[d.phdr]
		p.off, p.vaddr, p.paddr = seg.off+uint64(len(content)), seg.vaddr+uint64(len(content)), seg.vaddr+uint64(len(content))
		section := d.bytes()
		p.filesz, p.memsz = uint64(len(section)), uint64(len(section))
		content = append(content, section...)
	}
	seg.filesz, seg.memsz = uint64(len(content)), uint64(len(content))
	last := lastLoad(phdrs)
	phdrs = slices.Insert(phdrs, last+1, seg)
	f.movePhdrs(phdrs, seg)
	for i, p := range phdrs {
		copy(content[i*f.phdrSize():], f.encodePhdr(p))
	}
	edits = append(edits, f.headerEdits(seg.off, len(phdrs))...)
	return f.change(append(edits, Edit{int64(seg.off), content}), f.size), nil
}

// newSegment finds a place behind all of memory and all of the file.
func (f *file) newSegment() (phdr, error) {
	last := lastLoad(f.phdrs)
	if last < 0 {
		return phdr{}, errors.New("it has no segment")
	}
	first := f.phdrs[slices.IndexFunc(f.phdrs, func(p phdr) bool { return p.kind == ptLoad })]
	if first.off > first.vaddr {
		return phdr{}, fmt.Errorf("its first segment is at address %#x, but at offset %#x of the file", first.vaddr, first.off)
	}
	distance := first.vaddr - first.off
	align := uint64(minAlign)
	end := uint64(f.size) + distance
	for _, p := range f.phdrs {
		if p.kind == ptLoad {
			align = max(align, p.align)
			end = max(end, p.vaddr+p.memsz)
		}
	}
	vaddr := (end + align - 1) / align * align
	if limit := uint64(1) << 31; vaddr < end || align > limit || !f.wide && vaddr > 1<<32-limit {
		return phdr{}, errors.New("it fills all of the addresses")
	}
	return phdr{
		kind: ptLoad, flags: pfR | pfW,
		off: vaddr - distance, vaddr: vaddr, paddr: vaddr, align: align,
	}, nil
}

func lastLoad(phdrs []phdr) int {
	last := -1
	for i, p := range phdrs {
		if p.kind == ptLoad {
			last = i
		}
	}
	return last
}

// movePhdrs lets PT_PHDR say where the headers now are.
func (f *file) movePhdrs(phdrs []phdr, seg phdr) {
	for i := range phdrs {
		if p := &phdrs[i]; p.kind == ptPhdr {
			p.off, p.vaddr, p.paddr = seg.off, seg.vaddr, seg.vaddr
			p.filesz = uint64(len(phdrs) * f.phdrSize())
			p.memsz = p.filesz
		}
	}
}

// headerEdits are those of e_phoff and e_phnum.
func (f *file) headerEdits(phoff uint64, n int) []Edit {
	off, count := make([]byte, f.wordSize()), make([]byte, 2)
	f.putWord(off, phoff)
	f.order.PutUint16(count, uint16(n))
	return []Edit{{int64(f.pick(32, 28)), off}, {int64(f.pick(56, 44)), count}}
}
