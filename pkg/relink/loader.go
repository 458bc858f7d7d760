package relink

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// hostFiles are what a loader of glibc reads of the system around it: the cache
// that leads to the system's libraries, and the list of those that every program
// is to load first (ld.so(8), FILES).
var hostFiles = []string{"/etc/ld.so.cache", "/etc/ld.so.preload"}

// maxLoader bounds what is read of a loader; real ones have 0.2 to 1 MiB.
const maxLoader = 16 << 20

var errNoCache = errors.New("it does not name its ld.so.cache as a loader of glibc does")

// Loader makes a loader of glibc read neither ld.so.cache nor ld.so.preload: it
// empties the names that are compiled into it, and no file has an empty name
// (path_resolution(7)). DF_1_NODEFLIB is not enough, for it keeps a program only
// from those entries of the cache that lie in the loader's own default
// directories (elf/dl-load.c, _dl_map_object), and these differ from those of
// another distribution.
func Loader(r io.ReaderAt, size int64) (Change, error) {
	if size > maxLoader {
		return Change{}, errNoCache
	}
	data, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return Change{}, err
	}
	c := Change{Size: size}
	for _, name := range hostFiles {
		starts := stringsWith(data, name)
		if len(starts) == 0 && strings.HasSuffix(name, ".cache") {
			return Change{}, errNoCache
		}
		for _, at := range starts {
			c.Edits = append(c.Edits, Edit{at, []byte{0}})
		}
	}
	c.sort()
	return c, nil
}

// stringsWith finds the absolute paths that end in suffix, which a glibc with a
// prefix of its own has.
func stringsWith(data []byte, suffix string) (starts []int64) {
	end := []byte(suffix + "\x00")
	for at := 0; ; {
		i := bytes.Index(data[at:], end)
		if i < 0 {
			return starts
		}
		at += i
		if start := bytes.LastIndexByte(data[:at], 0) + 1; data[start] == '/' {
			starts = append(starts, int64(start))
		}
		at += len(end)
	}
}
