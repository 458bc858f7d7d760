package oci

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// spool keeps the content of many files one behind the other in a file that
// has no name, so that nothing is left whatever happens.
type spool struct {
	f   *os.File
	end int64
}

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "pack-")
	if err != nil {
		return nil, fmt.Errorf("cannot keep the image's files: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return &spool{f: f}, nil
}

func (s *spool) Close() error { return s.f.Close() }

// add keeps the size bytes that come from r.
func (s *spool) add(r io.Reader, size int64) (spooled, error) {
	at := spooled{spool: s, off: s.end, size: size}
	n, err := io.CopyN(s.f, r, size)
	s.end += n
	if errors.Is(err, unix.ENOSPC) {
		err = fmt.Errorf("%w (name a larger place with TMPDIR)", err)
	}
	return at, err
}

// spooled is a root with one file. Only Open may be called.
type spooled struct {
	rootfs.FS
	spool     *spool
	off, size int64
}

// Name implements rootfs.FS.
func (s spooled) Name() string { return "/" }

// Open implements rootfs.FS.
func (s spooled) Open(string) (rootfs.File, error) {
	return spooledFile{io.NewSectionReader(s.spool.f, s.off, s.size)}, nil
}

type spooledFile struct{ *io.SectionReader }

func (f spooledFile) Close() error               { return nil }
func (f spooledFile) Stat() (fs.FileInfo, error) { return spooledInfo{f.Size()}, nil }

type spooledInfo struct{ size int64 }

func (i spooledInfo) Name() string       { return "" }
func (i spooledInfo) Size() int64        { return i.size }
func (i spooledInfo) Mode() fs.FileMode  { return 0o644 }
func (i spooledInfo) ModTime() time.Time { return time.Time{} }
func (i spooledInfo) IsDir() bool        { return false }
func (i spooledInfo) Sys() any           { return nil }

// device is the number of a device as stat(2) has it.
func device(major, minor int64) uint64 { return unix.Mkdev(uint32(major), uint32(minor)) }
