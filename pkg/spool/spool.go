// Package spool keeps content that is on its way from one place to another in
// files that have no name, so that nothing of them is left whatever happens.
package spool

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Create makes a file without a name in dir, empty for the system's place for
// such.
func Create(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "pack-")
	if err == nil {
		err = os.Remove(f.Name())
	}
	if err != nil {
		return nil, fmt.Errorf("cannot keep the image: %w", err)
	}
	return f, nil
}

// Hinted is the error of a write to such a file, with a hint if the disk is
// full.
func Hinted(err error) error {
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		var named *fs.PathError // by the name that it had for a moment
		if errors.As(err, &named) {
			err = named.Err
		}
		return &spaceError{err}
	}
	return err
}

// spaceError is a full disk.
type spaceError struct{ error }

func (e *spaceError) Unwrap() error { return e.error }

// Hint says what to do about it.
func (e *spaceError) Hint() string {
	return "free some space; the layers are kept beside what is written, or in TMPDIR"
}

// Spool keeps the content of many files one behind the other in a file without
// a name.
type Spool struct {
	f   *os.File
	end int64 // of the file with what is in the buffer
	buf []byte
}

// bufferSize is how much is written at once.
const bufferSize = 1 << 20

// New makes an empty spool in dir, as [Create] does its file.
func New(dir string) (*Spool, error) {
	f, err := Create(dir)
	if err != nil {
		return nil, err
	}
	return &Spool{f: f}, nil
}

// Close lets go of the content.
func (s *Spool) Close() error { return s.f.Close() }

// Size is that of all content, in bytes.
func (s *Spool) Size() int64 { return s.end }

// Write implements [io.Writer]. What is written can be read from then on, as
// [Spool.Part] says.
func (s *Spool) Write(p []byte) (int, error) {
	if err := s.flush(); err != nil {
		return 0, err
	}
	n, err := s.f.WriteAt(p, s.end)
	s.end += int64(n)
	if err != nil {
		err = fmt.Errorf("cannot keep the image: %w", Hinted(err))
	}
	return n, err
}

// Part is size bytes of the spool from off on.
func (s *Spool) Part(off, size int64) Part { return Part{spool: s, off: off, size: size} }

// longRun is how many zeros in a row, in bytes, are worth a hole in a file that
// does not say that it has any: most archives do not tell.
const longRun = 64 << 10

// Add keeps the size bytes that come from r. What of a sparse file is zero is
// not written, nor are long runs of zeros of another. They can be read after
// [Spool.Seal].
func (s *Spool) Add(r io.Reader, size int64, sparse bool) (Part, error) {
	if s.buf == nil {
		s.buf = make([]byte, 0, bufferSize)
	}
	at := Part{spool: s, off: s.end, size: size, sparse: sparse}
	for end := s.end + size; s.end < end; {
		if len(s.buf) == cap(s.buf) {
			if err := s.flush(); err != nil {
				return at, err
			}
		}
		free := s.buf[len(s.buf):cap(s.buf)]
		n, err := r.Read(free[:min(int64(len(free)), end-s.end)])
		if (sparse || n >= longRun) && isZero(free[:n]) {
			at.sparse = true
			if err := s.skip(int64(n)); err != nil {
				return at, err
			}
		} else {
			s.buf, s.end = s.buf[:len(s.buf)+n], s.end+int64(n)
		}
		if errors.Is(err, io.EOF) && s.end < end {
			err = io.ErrUnexpectedEOF
		}
		if err != nil && s.end < end {
			return at, err
		}
	}
	return at, nil
}

// skip leaves a hole.
func (s *Spool) skip(n int64) error {
	err := s.flush()
	s.end += n
	return err
}

// flush writes the buffer.
func (s *Spool) flush() error {
	_, err := s.f.WriteAt(s.buf, s.end-int64(len(s.buf)))
	s.buf = s.buf[:0]
	return Hinted(err)
}

// Seal ends the writing.
func (s *Spool) Seal() error {
	err := s.flush()
	s.buf = nil
	if err == nil {
		err = s.f.Truncate(s.end)
	}
	return err
}

var zeros [4096]byte

func isZero(b []byte) bool {
	for len(b) > len(zeros) {
		if !bytes.Equal(b[:len(zeros)], zeros[:]) {
			return false
		}
		b = b[len(zeros):]
	}
	return bytes.Equal(b, zeros[:len(b)])
}

// Part is some content of a spool, as a root with one file. Only Open may be
// called of what a root has.
type Part struct {
	rootfs.FS
	spool     *Spool
	off, size int64
	sparse    bool
}

// Size is how many bytes it has.
func (p Part) Size() int64 { return p.size }

// Name implements [rootfs.FS].
func (p Part) Name() string { return "/" }

// Open implements [rootfs.FS].
func (p Part) Open(string) (rootfs.File, error) {
	return file{io.NewSectionReader(p.spool.f, p.off, p.size), p}, nil
}

type file struct {
	*io.SectionReader
	of Part
}

func (f file) Close() error               { return nil }
func (f file) Stat() (fs.FileInfo, error) { return info{f.of.size}, nil }

// Part lets the kernel copy it: package output asks for it.
func (f file) Part() (fd int, base int64, sparse bool) {
	return int(f.of.spool.f.Fd()), f.of.off, f.of.sparse
}

type info struct{ size int64 }

func (i info) Name() string       { return "" }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o644 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
