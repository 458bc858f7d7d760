package portable

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"time"
)

// indexReader takes an index apart. The first thing that is wrong sticks: what
// is read after it is zero.
type indexReader struct {
	buf     []byte
	err     error
	prev    string
	seq     sequence
	entries []Entry
}

// decodeIndex reads an index that t describes. What it allocates is bounded by
// len(b), which t.check has bounded, and by maxTree.
func decodeIndex(b []byte, t *trailer) (*index, error) {
	r := &indexReader{buf: b}
	total := int64(0)
	for range t.entries {
		e := r.entry()
		if r.err != nil {
			return nil, fmt.Errorf("%w: entry %d of its index, %q: %w", ErrDamaged, len(r.entries), e.Path, r.err)
		}
		r.entries = append(r.entries, e)
		for _, x := range e.data() {
			if x.Size > t.treeSize-total {
				return nil, fmt.Errorf("%w: %s: its files have more data than its trailer says", ErrDamaged, e.Path)
			}
			total += x.Size
		}
	}
	if total != t.treeSize || len(r.entries) == 0 {
		return nil, fmt.Errorf("%w: its files have %d bytes of data, its trailer says %d", ErrDamaged, total, t.treeSize)
	}
	frames, err := r.frames(t)
	if err != nil {
		return nil, fmt.Errorf("%w: frame %d of its index: %w", ErrDamaged, len(frames), err)
	}
	return &index{r.entries, frames}, nil
}

func (r *indexReader) entry() Entry {
	var e Entry
	shared, suffix := r.max(uint64(len(r.prev))), r.string(pathMax)
	name := r.prev[:shared] + suffix
	r.prev = name
	e.Path = "/" + name
	flags := r.uint()
	if flags&^flagsKnown != 0 {
		r.fail("unknown flags")
	}
	if flags&flagHardLink != 0 {
		r.hardLink(&e)
	} else {
		r.attributes(&e, flags)
	}
	if r.err == nil {
		r.err = r.seq.add(&e)
	}
	return e
}

func (r *indexReader) hardLink(e *Entry) {
	n := r.uint()
	if n >= uint64(len(r.entries)) || !r.entries[n].Mode.IsRegular() || r.entries[n].HardLink != "" {
		r.fail("a hard link to what is not a regular file before it")
		return
	}
	e.Mode, e.HardLink = r.entries[n].Mode, r.entries[n].Path
}

func (r *indexReader) attributes(e *Entry, flags uint64) {
	var err error
	if e.Mode, err = fileMode(uint32(r.max(math.MaxUint32))); err != nil && r.err == nil {
		r.err = err
	}
	e.UID, e.GID = uint32(r.max(math.MaxUint32)), uint32(r.max(math.MaxUint32))
	sec := r.int()
	e.ModTime = time.Unix(sec, int64(r.max(999_999_999)))
	if flags&flagXattrs != 0 {
		e.Xattrs = map[string][]byte{}
		for range r.max(maxXattrs) {
			name := r.string(nameMax)
			e.Xattrs[name] = []byte(r.string(maxXattrSize))
			if r.err != nil {
				return
			}
		}
	}
	r.body(e, flags)
}

func (r *indexReader) body(e *Entry, flags uint64) {
	var err error
	switch {
	case e.Mode.IsRegular():
		e.Size = int64(r.max(math.MaxInt64))
		if e.Sparse = flags&flagSparse != 0; e.Sparse {
			r.extents(e)
		}
		err = checkExtents(e)
	case e.Mode&fs.ModeSymlink != 0:
		e.Link = r.string(pathMax)
		err = checkLink(e.Link)
	case e.Mode&fs.ModeDevice != 0:
		e.Rdev = r.uint()
	}
	if err == nil && flags&flagSparse != 0 && !e.Mode.IsRegular() {
		err = errors.New("a sparse file that is no file")
	}
	if r.err == nil {
		r.err = err
	}
}

func (r *indexReader) extents(e *Entry) {
	end := int64(0)
	for range r.max(uint64(len(r.buf)) / 2) {
		hole := int64(r.max(uint64(e.Size - end)))
		size := int64(r.max(uint64(e.Size - end - hole)))
		if r.err != nil {
			return
		}
		e.Extents = append(e.Extents, Extent{end + hole, size})
		end += hole + size
	}
}

// frames reads the table of frames, which has to fill the rest of the index.
func (r *indexReader) frames(t *trailer) ([]frame, error) {
	if want := t.frameCount(); int64(len(r.buf)) < want*int64(minFrame) {
		return nil, errors.New("the table is too short")
	}
	frames := make([]frame, 0, t.frameCount())
	off, left := t.launcher, t.treeSize
	for range t.frameCount() {
		f := frame{offset: off, raw: int(min(left, t.frameSize))}
		f.packed = int(r.max(uint64(min(t.launcher+t.frames-off, maxPacked(f.raw)))))
		copy(f.digest[:], r.bytes(len(f.digest)))
		if r.err != nil {
			return frames, r.err
		}
		off, left = off+int64(f.packed), left-int64(f.raw)
		frames = append(frames, f)
	}
	if off != t.launcher+t.frames || len(r.buf) != 0 {
		return frames, errors.New("the sizes do not add up")
	}
	return frames, nil
}

// maxPacked is the most that a codec may make of raw bytes it cannot compress.
func maxPacked(raw int) int64 { return int64(raw) + int64(raw)/8 + 1024 }

func (r *indexReader) fail(why string) {
	if r.err == nil {
		r.err = errors.New(why)
	}
}

func (r *indexReader) uint() uint64 {
	n, size := binary.Uvarint(r.buf)
	if size <= 0 {
		r.buf = nil
		r.fail("a number is cut off")
		return 0
	}
	r.buf = r.buf[size:]
	return n
}

func (r *indexReader) int() int64 {
	n, size := binary.Varint(r.buf)
	if size <= 0 {
		r.buf = nil
		r.fail("a number is cut off")
		return 0
	}
	r.buf = r.buf[size:]
	return n
}

// max reads a number of at most limit.
func (r *indexReader) max(limit uint64) uint64 {
	n := r.uint()
	if n > limit {
		r.fail("a number is too large")
		return 0
	}
	return n
}

func (r *indexReader) bytes(n int) []byte {
	if n > len(r.buf) {
		r.buf = nil
		r.fail("it is cut off")
		return nil
	}
	b := r.buf[:n]
	r.buf = r.buf[n:]
	return b
}

func (r *indexReader) string(limit uint64) string { return string(r.bytes(int(r.max(limit)))) }
