package ldso

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// The ld.so.cache layouts of glibc's sysdeps/generic/dl-cache.h. The old one
// (libc5 to glibc 2.1) may stand alone or in front of the new one, which then
// hides in its string table.
const (
	cacheMagicOld   = "ld.so-1.7.0"
	cacheMagicNew   = "glibc-ld.so.cache1.1"
	cacheHeaderOld  = 16 // magic, a byte of padding, u32 number of entries
	cacheHeaderNew  = 48
	cacheEntryOld   = 12 // i32 flags, u32 key, u32 value
	cacheEntryNew   = 24 // the same, u32 OS version, u64 hwcap
	cacheEndianMask = 3
	cacheEndianLE   = 2
	cacheEndianBE   = 3

	extensionMagic  = 0xeaa42174
	extensionHwcaps = 1 // tag of the section of glibc-hwcaps names

	// hwcapExtension marks an entry from a glibc-hwcaps directory: the low 32
	// bits number its name, the 10 bits above them are an ISA level.
	hwcapExtension = uint64(1) << 62
	hwcapISAMask   = uint64(1<<10-1) << 32
	hwcapIndexMask = uint64(1<<32 - 1)

	// maxCacheString is PATH_MAX: no longer path can be opened, and a bound
	// keeps a crafted table of overlapping strings from costing quadratic time.
	maxCacheString = 4096
)

// CacheEntry is one line of an ld.so.cache: a requested name and where it is.
type CacheEntry struct {
	Name string // soname or file name, as DT_NEEDED gives it
	Path string // absolute path
	// Flags says which kind of process may use the entry, see [CacheFlags].
	Flags int32
	// OSVersion is the oldest kernel that will do; glibc 2.36 and later ignore
	// it and write 0.
	OSVersion uint32
	// Hwcap is the field as it stands in the file. Where HwcapName is set, bits
	// 32 to 41 are the x86 ISA level the file was marked with and the rest
	// belongs to the encoding. Where it is not and Hwcap is not 0, the entry is
	// from one of the directories that glibc before 2.37 knew (tls, haswell …).
	Hwcap uint64
	// HwcapName is the glibc-hwcaps subdirectory, such as "x86-64-v3"; empty
	// for a file from a plain directory.
	HwcapName string
}

// Cache is an ld.so.cache in memory, its entries in file order.
type Cache struct {
	Entries []CacheEntry
	Order   binary.ByteOrder // nil stands for little endian
}

// ParseCache decodes a whole ld.so.cache, of the old format, the new one, or
// the new one inside the old one, of either byte order. It is strict: every
// offset must point to a string that ends inside the file. To look up a few
// names, [OpenCache] is cheaper.
func ParseCache(data []byte) (*Cache, error) {
	x, err := OpenCache(data)
	if err != nil {
		return nil, err
	}
	c := &Cache{Entries: make([]CacheEntry, 0, x.n), Order: x.order}
	// One copy of the file for all entries: they share it as substrings.
	text := string(data)
	for i := range x.n {
		e, err := x.entry(i, text)
		if err != nil {
			return nil, fmt.Errorf("cannot read ld.so.cache: entry %d of %d: %w", i, x.n, err)
		}
		c.Entries = append(c.Entries, e)
	}
	return c, nil
}

// CacheIndex answers lookups from the bytes of an ld.so.cache without decoding
// more of it than a lookup touches. It is safe for concurrent use as long as
// nobody writes to the bytes.
type CacheIndex struct {
	data    []byte
	order   binary.ByteOrder
	entries int // offset in data of the first entry
	n       int // number of entries
	size    int // bytes per entry
	base    int // what keys and values are relative to
	hwcaps  []byte
}

// OpenCache checks the headers of an ld.so.cache as elf/dl-cache.c of glibc
// does and keeps data, which must not change afterwards. Broken entries are
// found only when a lookup meets them; they are then passed over.
func OpenCache(data []byte) (*CacheIndex, error) {
	x, err := openCache(data)
	if err != nil {
		return nil, fmt.Errorf("cannot read ld.so.cache: %w", err)
	}
	return x, nil
}

func openCache(data []byte) (*CacheIndex, error) {
	switch {
	case bytes.HasPrefix(data, []byte(cacheMagicNew)):
		return openNew(data, 0)
	case bytes.HasPrefix(data, []byte(cacheMagicOld)):
		return openOld(data)
	}
	return nil, errors.New("neither of the known formats (" + cacheMagicNew + ", " + cacheMagicOld + ")")
}

// Order is the byte order of the file.
func (c *CacheIndex) Order() binary.ByteOrder { return c.order }

// Len is the number of entries.
func (c *CacheIndex) Len() int { return c.n }

// openNew reads the header at offset at.
func openNew(data []byte, at int) (*CacheIndex, error) {
	head := data[at:]
	if len(head) < cacheHeaderNew {
		return nil, fmt.Errorf("%d bytes are too few for a header", len(head))
	}
	room := (len(head) - cacheHeaderNew) / cacheEntryNew
	order, err := newOrder(head, room)
	if err != nil {
		return nil, err
	}
	n := order.Uint32(head[20:])
	if uint64(n) > uint64(room) {
		return nil, fmt.Errorf("%d entries said to be in a file with room for %d", n, room)
	}
	x := &CacheIndex{
		data: data, order: order,
		entries: at + cacheHeaderNew, n: int(n), size: cacheEntryNew, base: at,
	}
	x.hwcaps = hwcapsSection(data, order, order.Uint32(head[32:]))
	return x, nil
}

// newOrder tells the byte order from the flags byte. Before glibc 2.33 nobody
// wrote it (0): then the order is the one in which the number of entries fits.
func newOrder(head []byte, room int) (binary.ByteOrder, error) {
	switch head[28] & cacheEndianMask {
	case cacheEndianLE:
		return binary.LittleEndian, nil
	case cacheEndianBE:
		return binary.BigEndian, nil
	case 0:
		return guessOrder(head[20:], room), nil
	}
	return nil, errors.New("marked as invalid")
}

// guessOrder picks the order in which a count fits into the file, and little
// endian where both do or neither does.
func guessOrder(count []byte, room int) binary.ByteOrder {
	le, be := binary.LittleEndian.Uint32(count), binary.BigEndian.Uint32(count)
	if uint64(le) > uint64(room) && uint64(be) <= uint64(room) {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// openOld reads an old header, and the new cache behind its entries if there
// is one.
func openOld(data []byte) (*CacheIndex, error) {
	if len(data) < cacheHeaderOld {
		return nil, fmt.Errorf("%d bytes are too few for a header", len(data))
	}
	room := (len(data) - cacheHeaderOld) / cacheEntryOld
	order := guessOrder(data[12:], room)
	n := order.Uint32(data[12:])
	if uint64(n) > uint64(room) {
		return nil, fmt.Errorf("%d entries said to be in a file with room for %d", n, room)
	}
	end := cacheHeaderOld + int(n)*cacheEntryOld
	// The new header is aligned as its u64 is: to 8 bytes on most machines, to
	// 4 on i386 and m68k.
	for _, at := range []int{(end + 7) &^ 7, end} {
		if at <= len(data) && bytes.HasPrefix(data[at:], []byte(cacheMagicNew)) {
			return openNew(data, at)
		}
	}
	return &CacheIndex{
		data: data, order: order,
		entries: cacheHeaderOld, n: int(n), size: cacheEntryOld, base: end,
	}, nil
}

// hwcapsSection returns the array of offsets of glibc-hwcaps names that the
// extension directory at off leads to, or nil. As in the loader, a broken
// directory means no names rather than no cache.
func hwcapsSection(data []byte, order binary.ByteOrder, off uint32) []byte {
	head := cacheSpan(data, uint64(off), 8)
	if off == 0 || off%4 != 0 || head == nil || order.Uint32(head) != extensionMagic {
		return nil
	}
	count := uint64(order.Uint32(head[4:]))
	sections := cacheSpan(data, uint64(off)+8, count*16)
	for ; len(sections) >= 16; sections = sections[16:] {
		if order.Uint32(sections) != extensionHwcaps {
			continue
		}
		size := order.Uint32(sections[12:])
		if size%4 != 0 {
			return nil
		}
		return cacheSpan(data, uint64(order.Uint32(sections[8:])), uint64(size))
	}
	return nil
}

// cacheSpan returns data[off:off+n], or nil where that is not inside data.
func cacheSpan(data []byte, off, n uint64) []byte {
	if off > uint64(len(data)) || n > uint64(len(data))-off {
		return nil
	}
	return data[off : off+n]
}

// raw returns the bytes of entry i; n was checked against the file's size.
func (c *CacheIndex) raw(i int) []byte {
	at := c.entries + i*c.size
	return c.data[at : at+c.size]
}

// entry decodes entry i. The strings are substrings of text, a copy of data,
// or copies of their own where text is empty.
func (c *CacheIndex) entry(i int, text string) (CacheEntry, error) {
	b := c.raw(i)
	e := CacheEntry{Flags: int32(c.order.Uint32(b))}
	var err error
	if e.Name, err = c.text(c.base, c.order.Uint32(b[4:]), text); err != nil {
		return e, fmt.Errorf("name: %w", err)
	}
	if e.Path, err = c.text(c.base, c.order.Uint32(b[8:]), text); err != nil {
		return e, fmt.Errorf("path: %w", err)
	}
	if c.size == cacheEntryOld {
		return e, nil
	}
	e.OSVersion = c.order.Uint32(b[12:])
	e.Hwcap = c.order.Uint64(b[16:])
	if e.Hwcap&^(hwcapISAMask|hwcapIndexMask) == hwcapExtension {
		if e.HwcapName, err = c.hwcapName(e.Hwcap&hwcapIndexMask, text); err != nil {
			return e, fmt.Errorf("glibc-hwcaps name: %w", err)
		}
	}
	return e, nil
}

// hwcapName returns the name with number i. Its offset counts from the start
// of the file, even where the new cache does not start there.
func (c *CacheIndex) hwcapName(i uint64, text string) (string, error) {
	if i >= uint64(len(c.hwcaps)/4) {
		return "", fmt.Errorf("number %d of %d", i, len(c.hwcaps)/4)
	}
	name, err := c.text(0, c.order.Uint32(c.hwcaps[4*i:]), text)
	if err == nil && (name == "" || strings.Contains(name, "/")) {
		err = fmt.Errorf("%q is not a directory name", name)
	}
	return name, err
}

// text returns the NUL-terminated string at base+off.
func (c *CacheIndex) text(base int, off uint32, text string) (string, error) {
	if uint64(off) >= uint64(len(c.data)-base) {
		return "", fmt.Errorf("offset %d is outside the file", off)
	}
	at := base + int(off)
	b := c.data[at:min(at+maxCacheString, len(c.data))]
	end := bytes.IndexByte(b, 0)
	if end < 0 {
		return "", fmt.Errorf("the string at offset %d does not end", off)
	}
	if text != "" {
		return text[at : at+end], nil
	}
	return string(b[:end]), nil
}
