package object

import "debug/elf"

// maxTags bounds the entries of a dynamic section; real ones have under 100,
// programs linked to a thousand libraries some more.
const maxTags = 1 << 16

// maxNeeded bounds DT_NEEDED: each entry costs whoever resolves it a search.
// The largest real programs have a few hundred.
const maxNeeded = 4096

// dynTag is an entry of the dynamic section whose value is a string's offset.
type dynTag struct {
	tag elf.DynTag
	val uint64
}

// tables holds what the dynamic section gives, 0 for none: addresses and, at
// the end, the size of a symbol and MIPS' count of them.
type tables struct {
	strtab, verneed, verdef, versym uint64
	symtab, hash, gnuHash           uint64
	syment, mipsCount               uint64
}

// readDynamic reads the dynamic section into o.
func (f *file) readDynamic(o *Object) error {
	t, err := f.scanDynamic(o)
	if err != nil {
		return err
	}
	f.tables = t
	o.HasVerdef = t.verdef != 0
	if len(f.tags) == 0 && t.verneed == 0 && t.verdef == 0 {
		return nil
	}
	// Like the loaders, not bounded by DT_STRSZ, which they never read: a file
	// with a wrong one runs. The segment's end is the bound.
	strs, ok := f.mapped(t.strtab)
	if !ok {
		return malformed(0, "the string table at address 0x%x is in no segment of the file", t.strtab)
	}
	if err := f.readStrings(o, strs); err != nil {
		return err
	}
	if err := f.readVerneed(o, t.verneed, strs); err != nil {
		return err
	}
	return f.readVerdef(o, t.verdef, strs)
}

// scanDynamic walks the entries up to DT_NULL or, where that is missing, the
// segment's end, and collects those with a string in f.tags. Of a tag that can
// be only once the last one counts (glibc elf/get-dynamic-info.h).
func (f *file) scanDynamic(o *Object) (t tables, err error) {
	r, ok := f.mapped(f.dynamic)
	if !ok {
		return t, malformed(0, "the dynamic section at address 0x%x is in no segment of the file", f.dynamic)
	}
	word := f.layout.wordSize
	for n := 0; r.end-r.off >= uint64(2*word); r.off += uint64(2 * word) {
		b, err := f.bytes(r.off, 2*word, "the dynamic section")
		if err != nil {
			return t, err
		}
		tag, val := elf.DynTag(f.word(b)), f.word(b[word:])
		switch tag {
		case elf.DT_NULL:
			return t, nil
		case elf.DT_STRTAB:
			t.strtab = val
		case elf.DT_VERNEED:
			t.verneed = val
		case elf.DT_VERDEF:
			t.verdef = val
		case elf.DT_VERSYM:
			t.versym = val
		case elf.DT_SYMTAB:
			t.symtab = val
		case elf.DT_SYMENT:
			t.syment = val
		case elf.DT_HASH:
			t.hash = val
		case elf.DT_GNU_HASH:
			t.gnuHash = val
		case elf.DT_MIPS_SYMTABNO:
			t.mipsCount = val
		case elf.DT_FLAGS_1:
			o.NoDefaultLib = val&uint64(elf.DF_1_NODEFLIB) != 0
			o.PIE = val&uint64(elf.DF_1_PIE) != 0
		case elf.DT_NEEDED, elf.DT_SONAME, elf.DT_RPATH, elf.DT_RUNPATH,
			elf.DT_FILTER, elf.DT_AUXILIARY, elf.DT_AUDIT, elf.DT_DEPAUDIT:
			f.tags = append(f.tags, dynTag{tag, val})
		}
		if n++; n > maxTags {
			return t, malformed(int64(r.off), "a dynamic section of over %d entries", maxTags)
		}
	}
	return t, nil
}

// readStrings reads the strings of f.tags into o.
func (f *file) readStrings(o *Object, strs region) error {
	needed := 0
	for _, t := range f.tags {
		if t.tag == elf.DT_NEEDED {
			needed++
		}
	}
	if needed > maxNeeded {
		return malformed(0, "over %d DT_NEEDED entries", maxNeeded)
	}
	if needed > 0 {
		o.Needed = make([]string, 0, needed)
	}
	for _, t := range f.tags {
		from, at := strs, t.val
		// A loader adds the offset to the table's address and asks no more:
		// files that were changed afterwards (patchelf, package relink) have
		// strings in a segment of their own.
		if _, ok := strs.from(at); !ok {
			if far, ok := f.mapped(f.tables.strtab + at); ok {
				from, at = far, 0
			}
		}
		s, err := f.str(from, at, "a name in the dynamic section")
		if err != nil {
			return err
		}
		switch t.tag {
		case elf.DT_NEEDED:
			o.Needed = append(o.Needed, s)
		case elf.DT_SONAME:
			o.Soname = s
		case elf.DT_RPATH:
			o.Rpath, o.HasRpath = s, true
		case elf.DT_RUNPATH:
			o.Runpath, o.HasRunpath = s, true
		case elf.DT_FILTER:
			o.Filter = append(o.Filter, s)
		case elf.DT_AUXILIARY:
			o.Auxiliary = append(o.Auxiliary, s)
		case elf.DT_AUDIT:
			o.Audit = append(o.Audit, s)
		case elf.DT_DEPAUDIT:
			o.DepAudit = append(o.DepAudit, s)
		}
	}
	return nil
}
