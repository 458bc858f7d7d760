package object

// The records of symbol versions are those of the "Linux Standard Base Core
// Specification, Symbol Versioning"; both ELF classes share them. The chains
// are followed as glibc's elf/dl-version.c does: up to a next of 0, whatever
// DT_VERNEEDNUM, DT_VERDEFNUM and the counts in the records say. A next is
// unsigned, so a chain only moves forward.
const (
	verneedSize = 16
	vernauxSize = 16
	verdefSize  = 20
	verdauxSize = 8

	verFlagBase = 1 // VER_FLG_BASE: names the file itself
	verFlagWeak = 2 // VER_FLG_WEAK

	// maxVersions bounds the records of one file; version indices have 15 bits.
	maxVersions = 1 << 16
)

// readVerneed reads the versions needed at vaddr; 0 means none.
func (f *file) readVerneed(o *Object, vaddr uint64, strs region) error {
	if vaddr == 0 {
		return nil
	}
	r, ok := f.mapped(vaddr)
	if !ok {
		return malformed(0, "the versions needed at address 0x%x are in no segment of the file", vaddr)
	}
	left := maxVersions
	for at := uint64(0); ; {
		b, err := f.record(r, at, verneedSize, "a record of versions needed")
		if err != nil {
			return err
		}
		version, count := f.order.Uint16(b), f.order.Uint16(b[2:])
		name, aux, next := f.order.Uint32(b[4:]), f.order.Uint32(b[8:]), f.order.Uint32(b[12:])
		if version != 1 {
			return malformed(int64(r.off+at), "unsupported version %d of a record of versions needed", version)
		}
		need := VersionNeed{Versions: make([]Version, 0, min(count, 64))}
		if need.File, err = f.str(strs, uint64(name), "a file with versions needed"); err != nil {
			return err
		}
		if err := f.readVernaux(&need, r, at+uint64(aux), strs, &left); err != nil {
			return err
		}
		o.VersionsNeeded = append(o.VersionsNeeded, need)
		if next == 0 {
			return nil
		}
		at += uint64(next)
	}
}

// readVernaux reads the versions needed of one file, at most *left.
func (f *file) readVernaux(need *VersionNeed, r region, at uint64, strs region, left *int) error {
	for {
		if *left--; *left < 0 {
			return malformed(int64(r.off), "over %d versions needed", maxVersions)
		}
		b, err := f.record(r, at, vernauxSize, "a version needed")
		if err != nil {
			return err
		}
		flags, name, next := f.order.Uint16(b[4:]), f.order.Uint32(b[8:]), f.order.Uint32(b[12:])
		s, err := f.str(strs, uint64(name), "a version needed")
		if err != nil {
			return err
		}
		need.Versions = append(need.Versions, Version{Name: s, Weak: flags&verFlagWeak != 0})
		if next == 0 {
			return nil
		}
		at += uint64(next)
	}
}

// readVerdef reads the versions defined at vaddr; 0 means none. The first
// auxiliary record of each is its name, the others are its parents.
func (f *file) readVerdef(o *Object, vaddr uint64, strs region) error {
	if vaddr == 0 {
		return nil
	}
	r, ok := f.mapped(vaddr)
	if !ok {
		return malformed(0, "the versions defined at address 0x%x are in no segment of the file", vaddr)
	}
	at := uint64(0)
	for range maxVersions {
		b, err := f.record(r, at, verdefSize, "a version defined")
		if err != nil {
			return err
		}
		version, flags := f.order.Uint16(b), f.order.Uint16(b[2:])
		aux, next := f.order.Uint32(b[12:]), f.order.Uint32(b[16:])
		if version != 1 {
			return malformed(int64(r.off+at), "unsupported version %d of a version defined", version)
		}
		if flags&verFlagBase == 0 {
			if b, err = f.record(r, at+uint64(aux), verdauxSize, "a version defined"); err != nil {
				return err
			}
			s, err := f.str(strs, uint64(f.order.Uint32(b)), "a version defined")
			if err != nil {
				return err
			}
			o.VersionsDefined = append(o.VersionsDefined, s)
		}
		if next == 0 {
			return nil
		}
		at += uint64(next)
	}
	return malformed(int64(r.off), "over %d versions defined", maxVersions)
}
