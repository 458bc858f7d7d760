package object

import (
	"bytes"
	"debug/elf"
)

// maxSymbols bounds the symbols and hash table entries looked at in one file.
// The largest libraries import some ten thousand symbols; the many that they
// define are looked up, not walked through.
const maxSymbols = 1 << 20

// finder looks for wanted names among one file's dynamic symbols.
type finder struct {
	*file
	want       *Wanted
	syms, strs region
	left       int    // of maxSymbols
	hits       []bool // two for each wanted name: imported, defined
}

// symbols looks for w by the tables that the dynamic section gives.
func (f *file) symbols(o *Object, w *Wanted) (Found, error) {
	t := &f.tables
	if len(w.names) == 0 || t.symtab == 0 {
		return Found{}, nil
	}
	if t.syment != 0 && t.syment != uint64(f.layout.symSize) {
		return Found{}, malformed(0, "dynamic symbols of %d bytes instead of %d", t.syment, f.layout.symSize)
	}
	s := finder{file: f, want: w, left: maxSymbols, hits: make([]bool, 2*len(w.names))}
	var ok bool
	if s.syms, ok = f.mapped(t.symtab); !ok {
		return Found{}, malformed(0, "the dynamic symbols at address 0x%x are in no segment of the file", t.symtab)
	}
	if s.strs, ok = f.mapped(t.strtab); !ok {
		return Found{}, malformed(0, "the string table at address 0x%x is in no segment of the file", t.strtab)
	}
	if err := s.find(o); err != nil {
		return Found{}, err
	}
	return s.found(), nil
}

// found names the hits.
func (s *finder) found() (r Found) {
	for i, n := range s.want.names {
		if s.hits[2*i] {
			r.Imported = append(r.Imported, n.name)
		}
		if s.hits[2*i+1] {
			r.Defined = append(r.Defined, n.name)
		}
	}
	return r
}

// find chooses how: with DT_GNU_HASH the names are looked up, and only the
// symbols left out of the table, which come first, are walked through.
func (s *finder) find(o *Object) error {
	if s.tables.gnuHash != 0 {
		h, err := s.gnuTable()
		if err != nil {
			return err
		}
		if !h.empty {
			return s.gnuFind(h, o.Type == elf.ET_EXEC || o.PIE)
		}
	}
	switch {
	case s.tables.hash != 0:
		n, err := s.hashCount(o)
		if err != nil {
			return err
		}
		return s.scan(n, false)
	case o.Machine == elf.EM_MIPS && s.tables.mipsCount != 0:
		return s.scan(s.tables.mipsCount, false)
	}
	n, err := s.guessCount()
	if err != nil {
		return err
	}
	return s.scan(n, true)
}

// hashCount returns the number of symbols, nchain of DT_HASH, whose entries
// have 64 bits on two machines (glibc's Elf_Symndx).
func (s *finder) hashCount(o *Object) (uint64, error) {
	r, ok := s.mapped(s.tables.hash)
	if !ok {
		return 0, malformed(0, "the symbols' hash table at address 0x%x is in no segment of the file", s.tables.hash)
	}
	if o.Class == elf.ELFCLASS64 && (o.Machine == elf.EM_S390 || o.Machine == elf.EM_ALPHA) {
		b, err := s.record(r, 8, 8, "the symbols' hash table")
		if err != nil {
			return 0, err
		}
		return s.order.Uint64(b), nil
	}
	n, err := s.u32(r, 4)
	return uint64(n), err
}

// guessCount bounds the number of symbols where nothing states it: a file that
// exports nothing and has only DT_GNU_HASH. It is as many as fit before the
// next table, and have a version.
func (s *finder) guessCount() (uint64, error) {
	n := (s.syms.end - s.syms.off) / uint64(s.layout.symSize)
	next, err := s.nextTable(s.tables.symtab)
	if err != nil {
		return 0, err
	}
	if next != 0 {
		n = min(n, (next-s.tables.symtab)/uint64(s.layout.symSize))
	}
	if s.tables.versym != 0 {
		if next, err = s.nextTable(s.tables.versym); err != nil {
			return 0, err
		}
		if next != 0 {
			n = min(n, (next-s.tables.versym)/2)
		}
	}
	return n, nil
}

// nextTable returns the lowest address behind vaddr that the dynamic section
// gives, 0 without one.
func (s *finder) nextTable(vaddr uint64) (next uint64, err error) {
	r, ok := s.mapped(s.dynamic)
	if !ok {
		return 0, malformed(0, "the dynamic section at address 0x%x is in no segment of the file", s.dynamic)
	}
	word := s.layout.wordSize
	for ; r.end-r.off >= uint64(2*word); r.off += uint64(2 * word) {
		b, err := s.bytes(r.off, 2*word, "the dynamic section")
		if err != nil {
			return 0, err
		}
		tag, val := elf.DynTag(s.word(b)), s.word(b[word:])
		if tag == elf.DT_NULL {
			break
		}
		if isAddress(tag) && val > vaddr && (next == 0 || val < next) {
			next = val
		}
	}
	return next, nil
}

// isAddress tells whether the tag's value is an address (gABI, figure 5-10).
func isAddress(tag elf.DynTag) bool {
	switch tag {
	case elf.DT_PLTGOT, elf.DT_HASH, elf.DT_STRTAB, elf.DT_SYMTAB, elf.DT_RELA, elf.DT_INIT, elf.DT_FINI,
		elf.DT_REL, elf.DT_JMPREL, elf.DT_INIT_ARRAY, elf.DT_FINI_ARRAY, elf.DT_PREINIT_ARRAY,
		elf.DT_VERSYM, elf.DT_VERDEF, elf.DT_VERNEED, elf.DT_GNU_HASH:
		return true
	}
	return false
}

// scan walks through the symbols from 1 to n. Where n is a guess, what is no
// symbol ends them.
func (s *finder) scan(n uint64, guess bool) error {
	size := uint64(s.layout.symSize)
	if n > (s.syms.end-s.syms.off)/size {
		return malformed(int64(s.syms.off), "%d dynamic symbols lie outside of their segment", n)
	}
	for i := uint64(1); i < n; i++ {
		sym, err := s.symbol(i)
		if err != nil {
			return err
		}
		if guess && uint64(sym.name) >= s.strs.end-s.strs.off {
			return nil
		}
		if sym.name == 0 {
			continue
		}
		name, err := s.name(sym.name)
		if err != nil {
			return err
		}
		s.take(name, sym)
	}
	return nil
}

// symbol is what is needed of a dynamic symbol.
type symbol struct {
	name         uint32 // in the string table
	undef, local bool
}

// symbol reads the symbol of index i.
func (s *finder) symbol(i uint64) (symbol, error) {
	if s.left--; s.left < 0 {
		return symbol{}, malformed(int64(s.syms.off), "over %d dynamic symbols", maxSymbols)
	}
	l := s.layout
	b, err := s.record(s.syms, i*uint64(l.symSize), l.symSize, "a dynamic symbol")
	if err != nil {
		return symbol{}, err
	}
	return symbol{
		name:  s.order.Uint32(b),
		undef: s.order.Uint16(b[l.stShndx:]) == uint16(elf.SHN_UNDEF),
		local: elf.ST_BIND(b[l.stInfo]) == elf.STB_LOCAL,
	}, nil
}

// take notes that the file has sym, whose name is wanted as names[i]; i < 0 is
// no wanted name.
func (s *finder) take(i int, sym symbol) {
	switch {
	case i < 0 || sym.local:
	case sym.undef:
		s.hits[2*i] = s.hits[2*i] || s.want.names[i].isImp
	default:
		s.hits[2*i+1] = s.hits[2*i+1] || s.want.names[i].defines
	}
}

// name returns which wanted name stands at off of the string table, -1 for none.
// It reads no further than the longest of them.
func (s *finder) name(off uint32) (int, error) {
	at, ok := s.strs.from(uint64(off))
	if !ok {
		return -1, malformed(int64(s.strs.off), "a symbol's name is at %d of the string table, outside of its segment", off)
	}
	s.long = s.long[:0]
	for at.off < at.end {
		b, err := s.block(int64(at.off))
		if err != nil {
			return -1, err
		}
		b = b[:min(uint64(len(b)), at.end-at.off, uint64(s.want.longest-len(s.long)+1))]
		if len(s.long) == 0 && len(b) >= 4 && !s.want.mayBegin(b) {
			return -1, nil
		}
		if i := bytes.IndexByte(b, 0); i >= 0 {
			return s.indexOf(b[:i]), nil
		}
		s.long = append(s.long, b...)
		if len(s.long) > s.want.longest {
			return -1, nil
		}
		at.off += uint64(len(b))
	}
	if !at.zeros {
		return -1, malformed(int64(at.off), "a symbol's name has no end")
	}
	return s.indexOf(nil), nil
}

// indexOf returns which wanted name s.long and end make up.
func (s *finder) indexOf(end []byte) int {
	if len(s.long) > 0 {
		s.long = append(s.long, end...)
		end = s.long
	}
	if i, ok := s.want.index[string(end)]; ok {
		return i
	}
	return -1
}

// u32 reads the number at delta in r, a hash table.
func (s *finder) u32(r region, delta uint64) (uint32, error) {
	b, err := s.record(r, delta, 4, "the symbols' hash table")
	if err != nil {
		return 0, err
	}
	return s.order.Uint32(b), nil
}
