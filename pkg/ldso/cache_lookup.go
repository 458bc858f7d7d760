package ldso

import "bytes"

// Lookup returns the entries for name that a process with the given flags (see
// [CacheFlags]; those of the executable, or of the loader itself) may use, in
// file order: glibc-hwcaps entries first. The loader takes of these the
// glibc-hwcaps entry whose directory its CPU ranks highest, else the first
// other one, and asks the cache no second time if that cannot be opened.
//
// The search is that of search_cache in elf/dl-cache.c of glibc, step by step,
// so that a file in wrong order fails here where it fails there. Names compare
// as there too: digits as numbers, which makes libx.so.01 equal to libx.so.1.
func (c *CacheIndex) Lookup(name string, flags int32) []CacheEntry {
	signed := flagsCharSigned(flags)
	left, right := 0, c.n-1
	for left <= right {
		middle := (left + right) / 2
		key, ok := c.key(middle)
		if !ok {
			return nil
		}
		switch cmp := libcmp(name, key, signed); {
		case cmp == 0:
			return c.matches(name, flags, middle, right)
		case cmp < 0:
			left = middle + 1
		default:
			right = middle - 1
		}
	}
	return nil
}

// matches collects what is flagsAccept around middle, an entry of that name.
func (c *CacheIndex) matches(name string, flags int32, middle, right int) []CacheEntry {
	first := middle
	for first > 0 && c.named(first-1, name) {
		first--
	}
	var found []CacheEntry
	for i := first; i <= right && (i <= middle || c.named(i, name)); i++ {
		if !flagsAccept(flags, int32(c.order.Uint32(c.raw(i)))) {
			continue
		}
		if e, err := c.entry(i, ""); err == nil {
			found = append(found, e)
		}
	}
	return found
}

func (c *CacheIndex) named(i int, name string) bool {
	key, ok := c.key(i)
	return ok && libcmp(name, key, true) == 0
}

// key returns the name of entry i as bytes of the file.
func (c *CacheIndex) key(i int) ([]byte, bool) {
	off := c.order.Uint32(c.raw(i)[4:])
	if uint64(off) >= uint64(len(c.data)-c.base) {
		return nil, false
	}
	b := c.data[c.base+int(off):]
	b = b[:min(len(b), maxCacheString)]
	end := bytes.IndexByte(b, 0)
	if end < 0 {
		return nil, false
	}
	return b[:end], true
}

// libcmp orders library names as _dl_cache_libcmp of glibc does: runs of
// digits compare as C ints (overflow included), a digit sorts above anything
// else, and other bytes compare as C chars, whose sign depends on the machine.
func libcmp[A, B string | []byte](a A, b B, signed bool) int {
	i, j := 0, 0
	for i < len(a) {
		x, y := a[i], byteAt(b, j)
		switch {
		case isDigit(x) && isDigit(y):
			var v, w int32
			v, i = digitRun(a, i)
			w, j = digitRun(b, j)
			if v != w {
				return int(v - w)
			}
		case isDigit(x):
			return 1
		case isDigit(y):
			return -1
		case x != y:
			return cChar(x, signed) - cChar(y, signed)
		default:
			i++
			j++
		}
	}
	return -cChar(byteAt(b, j), signed)
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// byteAt returns s[i], or 0 at the end, as C sees a string.
func byteAt[S string | []byte](s S, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

func digitRun[S string | []byte](s S, i int) (int32, int) {
	var v int32
	for ; i < len(s) && isDigit(s[i]); i++ {
		v = v*10 + int32(s[i]-'0')
	}
	return v, i
}

func cChar(b byte, signed bool) int {
	if signed {
		return int(int8(b))
	}
	return int(b)
}
