package ldso

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
)

// Encode returns c as a file in the new format, as ldconfig of glibc 2.33 and
// later writes it. The loader's binary search needs the entries sorted, so
// they are, whatever their order in c; entries that compare equal keep it, and
// of those the loader uses the first. Names and paths end at their first NUL.
// The result depends on c alone.
//
// Of the Hwcap of an entry with HwcapName only the ISA level is used.
func (c *Cache) Encode() []byte {
	order := c.Order
	if order == nil {
		order = binary.LittleEndian
	}
	entries := sortEntries(c.Entries)
	names := hwcapNames(entries)
	start := cacheHeaderNew + len(entries)*cacheEntryNew
	table := newStringTable(start, entries, names)

	out := make([]byte, start, start+len(table.data)+32+4*len(names))
	copy(out, cacheMagicNew)
	order.PutUint32(out[20:], uint32(len(entries)))
	order.PutUint32(out[24:], uint32(len(table.data)))
	out[28] = cacheEndianLE
	if order.String() == binary.BigEndian.String() {
		out[28] = cacheEndianBE
	}
	for i, e := range entries {
		putEntry(out[cacheHeaderNew+i*cacheEntryNew:], order, e, table, names)
	}
	out = append(out, table.data...)
	if len(names) > 0 {
		out = append(out, make([]byte, -len(out)&3)...)
		order.PutUint32(out[32:], uint32(len(out)))
		out = append(out, hwcapsExtension(len(out), order, table, names)...)
	}
	return out
}

func putEntry(b []byte, order binary.ByteOrder, e CacheEntry, table stringTable, names []string) {
	order.PutUint32(b, uint32(e.Flags))
	order.PutUint32(b[4:], table.offset[e.Name])
	order.PutUint32(b[8:], table.offset[e.Path])
	order.PutUint32(b[12:], e.OSVersion)
	hwcap := e.Hwcap
	if e.HwcapName != "" {
		i, _ := slices.BinarySearch(names, e.HwcapName)
		hwcap = hwcapExtension | hwcap&hwcapISAMask | uint64(i)
	}
	order.PutUint64(b[16:], hwcap)
}

// hwcapsExtension builds the extension directory for file offset start: one
// section, the offsets of the glibc-hwcaps names, right behind it.
func hwcapsExtension(start int, order binary.ByteOrder, table stringTable, names []string) []byte {
	const head = 8 + 16
	b := make([]byte, head+4*len(names))
	order.PutUint32(b, extensionMagic)
	order.PutUint32(b[4:], 1)
	order.PutUint32(b[8:], extensionHwcaps)
	order.PutUint32(b[16:], uint32(start+head))
	order.PutUint32(b[20:], uint32(4*len(names)))
	for i, name := range names {
		order.PutUint32(b[head+4*i:], table.offset[name])
	}
	return b
}

// sortEntries returns the entries in the order of compare in elf/cache.c of
// glibc, with strings cut at a NUL.
func sortEntries(in []CacheEntry) []CacheEntry {
	entries := slices.Clone(in)
	signed := true
	for i := range entries {
		e := &entries[i]
		e.Name, _, _ = strings.Cut(e.Name, "\x00")
		e.Path, _, _ = strings.Cut(e.Path, "\x00")
		e.HwcapName, _, _ = strings.Cut(e.HwcapName, "\x00")
		signed = signed && flagsCharSigned(e.Flags)
	}
	slices.SortStableFunc(entries, func(a, b CacheEntry) int { return compareEntries(a, b, signed) })
	return entries
}

func compareEntries(a, b CacheEntry, signed bool) int {
	if r := libcmp(b.Name, a.Name, signed); r != 0 {
		return r
	}
	if r := cmp.Compare(b.Flags, a.Flags); r != 0 {
		return r
	}
	if (a.HwcapName == "") != (b.HwcapName == "") {
		return strings.Compare(b.HwcapName, a.HwcapName)
	}
	if a.HwcapName != "" {
		return cmp.Or(
			strings.Compare(a.HwcapName, b.HwcapName),
			cmp.Compare(b.Hwcap&hwcapISAMask, a.Hwcap&hwcapISAMask),
		)
	}
	return cmp.Or(
		cmp.Compare(bits.OnesCount64(b.Hwcap), bits.OnesCount64(a.Hwcap)),
		cmp.Compare(b.Hwcap, a.Hwcap),
		cmp.Compare(b.OSVersion, a.OSVersion),
	)
}

// hwcapNames returns the glibc-hwcaps names in use, sorted as the loader
// expects them.
func hwcapNames(entries []CacheEntry) []string {
	var names []string
	for _, e := range entries {
		if e.HwcapName != "" {
			names = append(names, e.HwcapName)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// stringTable holds each string once, and not at all where it is the end of
// another, as a soname is of its path.
type stringTable struct {
	data   []byte
	offset map[string]uint32 // in the file
}

func newStringTable(start int, entries []CacheEntry, names []string) stringTable {
	all := slices.Clone(names)
	for _, e := range entries {
		all = append(all, e.Name, e.Path)
	}
	// Sorted from their ends and downwards, a string directly follows one that
	// it is the end of.
	slices.SortFunc(all, func(a, b string) int { return compareReversed(b, a) })
	t := stringTable{offset: make(map[string]uint32, len(all))}
	last, lastAt := "", 0
	for i, s := range all {
		if i > 0 && strings.HasSuffix(last, s) {
			t.offset[s] = uint32(lastAt + len(last) - len(s))
			continue
		}
		last, lastAt = s, start+len(t.data)
		t.offset[s] = uint32(lastAt)
		t.data = append(append(t.data, s...), 0)
	}
	return t
}

func compareReversed(a, b string) int {
	for i := 1; i <= len(a) && i <= len(b); i++ {
		if r := cmp.Compare(a[len(a)-i], b[len(b)-i]); r != 0 {
			return r
		}
	}
	return cmp.Compare(len(a), len(b))
}
