package object

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	blockSize  = 4096
	blockCount = 16

	// maxString bounds one string. Longer than a path, because a RUNPATH may
	// list hundreds of directories.
	maxString = 1 << 20
	// maxStrings bounds the bytes of all strings of one file, so that a small
	// hostile file whose records share one long string cannot fill the memory.
	maxStrings = 16 << 20

	maxPooled = 1024
)

// file reads an ELF file by a few aligned blocks: what the loader looks at is
// some kilobytes, scattered over a file that may have a hundred megabytes.
type file struct {
	src    io.ReaderAt
	size   int64
	order  binary.ByteOrder
	layout *layout
	budget int // bytes of strings still allowed

	// slots is direct-mapped by block number: 1 + the place in blocks, 0 for
	// none. As blocks is filled in order, most files touch little of it.
	slots   [blockCount]int
	used    int
	scratch [64]byte // a record that crosses a block's end
	loads   []segment
	tags    []dynTag
	notes   []noteSegment
	tables  tables
	dynamic uint64 // the dynamic section's address
	long    []byte // a symbol's name that crosses a block's end

	blocks [blockCount]block
}

type block struct {
	off  int64 // -1: empty
	n    int
	data [blockSize]byte
}

var files = sync.Pool{New: func() any { return new(file) }}

func openFile(src io.ReaderAt, size int64) *file {
	f := files.Get().(*file)
	f.src, f.size, f.budget = src, size, maxStrings
	f.loads, f.tags, f.notes, f.tables = f.loads[:0], f.tags[:0], f.notes[:0], tables{}
	f.slots, f.used = [blockCount]int{}, 0
	return f
}

func (f *file) close() {
	f.src = nil
	// A hostile file's tables are not to stay in the pool.
	if cap(f.loads) <= maxPooled && cap(f.tags) <= maxPooled && cap(f.notes) <= maxPooled {
		files.Put(f)
	}
}

// block returns the bytes from off to the end of its block or of the file; off
// must lie in the file.
func (f *file) block(off int64) ([]byte, error) {
	start := off &^ (blockSize - 1)
	slot := &f.slots[start/blockSize%blockCount]
	if *slot == 0 {
		f.used++
		*slot = f.used
		f.blocks[f.used-1].off = -1
	}
	b := &f.blocks[*slot-1]
	if b.off != start {
		want := int(min(blockSize, f.size-start))
		b.off = -1
		n, err := f.src.ReadAt(b.data[:want], start)
		if n < want {
			if err == nil || errors.Is(err, io.EOF) {
				return nil, truncated(start, "the file ended while being read,", uint64(start)+uint64(n), f.size)
			}
			return nil, fmt.Errorf("cannot read %d bytes at %d: %w", want, start, err)
		}
		b.off, b.n = start, want
	}
	return b.data[off-start : b.n], nil
}

// bytes returns n bytes at off, valid until the next call. n is at most
// len(f.scratch); what names the thing in the error's message.
func (f *file) bytes(off uint64, n int, what string) ([]byte, error) {
	if off > uint64(f.size) || uint64(n) > uint64(f.size)-off {
		return nil, truncated(int64(min(off, uint64(f.size))), what+" ends", off+uint64(n), f.size)
	}
	b, err := f.block(int64(off))
	if err != nil {
		return nil, err
	}
	if len(b) >= n {
		return b[:n], nil
	}
	have := copy(f.scratch[:n], b)
	rest, err := f.block(int64(off) + int64(have))
	if err != nil {
		return nil, err
	}
	copy(f.scratch[have:n], rest)
	return f.scratch[:n], nil
}

// region is a part of the file as it lies in memory from some address on.
type region struct {
	off, end uint64 // in the file; end <= file size
	zeros    bool   // the segment goes on with zeros in memory
}

// from returns the region beginning delta bytes on.
func (r region) from(delta uint64) (region, bool) {
	if delta > r.end-r.off {
		return region{}, false
	}
	return region{r.off + delta, r.end, r.zeros}, true
}

// record returns the n bytes at delta in r, valid until the next read.
func (f *file) record(r region, delta uint64, n int, what string) ([]byte, error) {
	at, ok := r.from(delta)
	if !ok || at.end-at.off < uint64(n) {
		return nil, malformed(int64(r.off), "%s lies outside of its segment", what)
	}
	return f.bytes(at.off, n, what)
}

// str returns the NUL-terminated string at delta in r.
func (f *file) str(r region, delta uint64, what string) (string, error) {
	at, ok := r.from(delta)
	if !ok {
		return "", malformed(int64(r.off), "%s is at %d of the string table, outside of its segment", what, delta)
	}
	var long []byte
	for off := at.off; off < at.end; {
		b, err := f.block(int64(off))
		if err != nil {
			return "", err
		}
		b = b[:min(uint64(len(b)), at.end-off)]
		i := bytes.IndexByte(b, 0)
		if i >= 0 {
			b = b[:i]
		}
		if f.budget -= len(b); f.budget < 0 || len(long)+len(b) > maxString {
			return "", malformed(int64(at.off), "%s is too long", what)
		}
		if i >= 0 && long == nil {
			return string(b), nil
		}
		long = append(long, b...)
		if i >= 0 {
			return string(long), nil
		}
		off += uint64(len(b))
	}
	if !at.zeros {
		return "", malformed(int64(at.off), "%s has no end", what)
	}
	return string(long), nil
}
