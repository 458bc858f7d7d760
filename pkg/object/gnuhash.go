package object

// gnuTable is DT_GNU_HASH: a header, a bloom filter of words, buckets, and
// chains beside the symbols from first on (glibc elf/dl-setup_hash.c and
// do_lookup_x in elf/dl-lookup.c).
type gnuTable struct {
	region
	buckets, first, words, shift uint32
	bucketsAt, chainsAt          uint64 // in the region
	// empty: no symbol is in the table, and first may not be their number, as
	// binutils leaves it at 1 (bfd/elflink.c, "Empty .gnu.hash section").
	empty bool
}

// gnuTable reads the header.
func (s *finder) gnuTable() (h gnuTable, err error) {
	var ok bool
	if h.region, ok = s.mapped(s.tables.gnuHash); !ok {
		return h, malformed(0, "the symbols' hash table at address 0x%x is in no segment of the file", s.tables.gnuHash)
	}
	b, err := s.record(h.region, 0, 16, "the symbols' hash table")
	if err != nil {
		return h, err
	}
	h.buckets, h.first = s.order.Uint32(b), s.order.Uint32(b[4:])
	h.words, h.shift = s.order.Uint32(b[8:]), s.order.Uint32(b[12:])
	if h.words == 0 || h.words&(h.words-1) != 0 {
		return h, malformed(int64(h.off), "a bloom filter of %d words", h.words)
	}
	h.bucketsAt = 16 + uint64(h.words)*uint64(s.layout.wordSize)
	h.chainsAt = h.bucketsAt + uint64(h.buckets)*4
	h.empty = h.buckets == 0
	if h.buckets == 1 && h.first <= 1 {
		bucket, err := s.u32(h.region, h.bucketsAt)
		if err != nil {
			return h, err
		}
		h.empty = bucket == 0
	}
	return h, nil
}

// gnuFind walks through the symbols before the table's, which are undefined, and
// looks up the wanted exports. In a program it looks up the imports too: where
// its code takes the address of an undefined function without going through the
// GOT, that symbol has an address and so is in the table (binutils bfd/elflink.c,
// _bfd_elf_hash_symbol).
func (s *finder) gnuFind(h gnuTable, program bool) error {
	if s.want.imports {
		if err := s.scan(uint64(h.first), false); err != nil {
			return err
		}
	}
	for i, n := range s.want.names {
		if !n.defines && !program {
			continue
		}
		if err := s.gnuLookup(h, i); err != nil {
			return err
		}
	}
	return nil
}

// gnuLookup looks up names[i].
func (s *finder) gnuLookup(h gnuTable, i int) error {
	hash := s.want.names[i].gnuHash
	bits := uint32(8 * s.layout.wordSize)
	b, err := s.record(h.region, 16+uint64(hash/bits&(h.words-1))*uint64(s.layout.wordSize), s.layout.wordSize, "the symbols' bloom filter")
	if err != nil {
		return err
	}
	if filter := s.word(b); filter>>(hash%bits)&(filter>>(hash>>h.shift%bits))&1 == 0 {
		return nil
	}
	at, err := s.u32(h.region, h.bucketsAt+uint64(hash%h.buckets)*4)
	if err != nil || at == 0 {
		return err
	}
	if at < h.first {
		return malformed(int64(h.off), "the symbols' hash table has symbol %d, but begins with %d", at, h.first)
	}
	for j := uint64(at); ; j++ {
		if s.left--; s.left < 0 {
			return malformed(int64(h.off), "over %d symbols in a hash table", maxSymbols)
		}
		chain, err := s.u32(h.region, h.chainsAt+(j-uint64(h.first))*4)
		if err != nil {
			return err
		}
		if (chain^hash)>>1 == 0 {
			if err := s.compare(j, i); err != nil {
				return err
			}
		}
		if chain&1 != 0 {
			return nil
		}
	}
}

// compare takes symbol j if its name is names[i].
func (s *finder) compare(j uint64, i int) error {
	sym, err := s.symbol(j)
	if err != nil {
		return err
	}
	at, err := s.name(sym.name)
	if err == nil && at == i {
		s.take(i, sym)
	}
	return err
}
