package portable

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// The index, before compression, is all entries and then all frames. Numbers
// are uvarints unless said otherwise.
//
//	entry  = shared suffix flags ( target | mode uid gid time [xattrs] body )
//	shared = how many bytes of the path before begin this one
//	suffix = length, bytes: the rest of the path, without the leading slash
//	target = number of the entry whose other name this is
//	time   = seconds (zig-zag) nanoseconds
//	xattrs = count, then name and value of each, with their lengths
//	body   = size [extents] | link | device | nothing, by the type in mode
//	extents = count, then of each the hole before it and its size
//	frame  = size in the file, hash
const (
	flagHardLink = 1 << iota
	flagXattrs
	flagSparse
	flagsKnown = flagHardLink | flagXattrs | flagSparse
)

const (
	minEntry = 4
	minFrame = 1 + 32 // the size of a Digest

	maxXattrs    = 1024     // of one entry
	maxXattrSize = 64 << 10 // XATTR_SIZE_MAX of limits.h
)

// frame is one compressed piece of the stream.
type frame struct {
	offset int64 // in the file
	packed int   // bytes in the file
	raw    int   // bytes once decompressed
	digest Digest
}

// index is what a decoded index holds.
type index struct {
	entries []Entry
	frames  []frame
}

// indexWriter appends entries to an index.
type indexWriter struct {
	buf   []byte
	count int
	prev  string
	seq   sequence
	files map[string]int // number of each regular file that may be linked to
}

// add checks e as the reader will, and appends it. It sorts e.Extents out:
// only a sparse file has any.
func (w *indexWriter) add(e *Entry) error {
	if err := w.seq.add(e); err != nil {
		return err
	}
	name := e.Path[1:]
	shared := commonPrefix(w.prev, name)
	w.uint(uint64(shared))
	w.string(name[shared:])
	w.prev = name
	if err := w.attributes(e); err != nil {
		return err
	}
	if e.Mode.IsRegular() && e.HardLink == "" {
		if w.files == nil {
			w.files = map[string]int{}
		}
		w.files[e.Path] = w.count
	}
	w.count++
	return nil
}

func (w *indexWriter) attributes(e *Entry) error {
	if e.HardLink != "" {
		target, ok := w.files[e.HardLink]
		if !ok || !e.Mode.IsRegular() {
			return fmt.Errorf("a hard link to %q, which is not a regular file before it", e.HardLink)
		}
		w.uint(flagHardLink)
		w.uint(uint64(target))
		return nil
	}
	mode, err := unixMode(e.Mode)
	if err != nil {
		return err
	}
	flags := uint64(0)
	if len(e.Xattrs) > 0 {
		flags |= flagXattrs
	}
	if e.Sparse && e.Mode.IsRegular() {
		flags |= flagSparse
	}
	w.uint(flags)
	w.uint(uint64(mode))
	w.uint(uint64(e.UID))
	w.uint(uint64(e.GID))
	at := e.ModTime
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	w.buf = binary.AppendVarint(w.buf, at.Unix())
	w.uint(uint64(at.Nanosecond()))
	if len(e.Xattrs) > 0 {
		w.uint(uint64(len(e.Xattrs)))
		for _, name := range slices.Sorted(maps.Keys(e.Xattrs)) {
			w.string(name)
			w.string(string(e.Xattrs[name]))
		}
	}
	return w.body(e)
}

func (w *indexWriter) body(e *Entry) error {
	switch {
	case e.Mode.IsRegular():
		w.uint(uint64(e.Size))
		if e.Sparse {
			w.uint(uint64(len(e.Extents)))
			end := int64(0)
			for _, x := range e.Extents {
				w.uint(uint64(x.Offset - end))
				w.uint(uint64(x.Size))
				end = x.Offset + x.Size
			}
		}
		return checkExtents(e)
	case isSymlink(e):
		w.string(e.Link)
		return checkLink(e.Link)
	case isDevice(e):
		w.uint(e.Rdev)
	}
	return nil
}

func (w *indexWriter) frame(packed int, d Digest) {
	w.uint(uint64(packed))
	w.buf = append(w.buf, d[:]...)
}

func (w *indexWriter) uint(n uint64) { w.buf = binary.AppendUvarint(w.buf, n) }

func (w *indexWriter) string(s string) {
	w.uint(uint64(len(s)))
	w.buf = append(w.buf, s...)
}

func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func checkLink(link string) error {
	if link == "" || len(link) >= pathMax || strings.IndexByte(link, 0) >= 0 {
		return errors.New("not a link's target")
	}
	return nil
}

// checkExtents makes sure that the extents of a sparse file lie one after
// another within its size.
func checkExtents(e *Entry) error {
	end := int64(0)
	for _, x := range e.Extents {
		if x.Size <= 0 || x.Offset < end || x.Size > e.Size-x.Offset {
			return errors.New("extents out of order or beyond the size")
		}
		end = x.Offset + x.Size
	}
	if e.Size < 0 || !e.Sparse && len(e.Extents) > 0 {
		return errors.New("size or extents that cannot be")
	}
	return nil
}

// data lists the ranges of e that are in the stream.
func (e *Entry) data() []Extent {
	switch {
	case !e.Mode.IsRegular() || e.HardLink != "" || e.Size == 0:
		return nil
	case e.Sparse:
		return e.Extents
	}
	return []Extent{{0, e.Size}}
}
