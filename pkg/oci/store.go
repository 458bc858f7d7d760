package oci

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

// go-containerregistry has readers of archives and layouts, too. They follow
// the links of a layout to wherever they lead, open whatever is there, read
// documents of any size, and know no layout in an archive; hence these.

// store is named bytes: a directory or an archive.
type store interface {
	// open opens a regular file of the store for reading. The error of one
	// that is not there is fs.ErrNotExist.
	open(name string) (*section, error)
	io.Closer
}

// section is a part of a file.
type section struct {
	*io.SectionReader
	close func() error
}

func (s *section) Close() error { return s.close() }

// directory is a store whose links are followed as long as they stay in it.
type directory struct{ root *os.Root }

func openDirectory(name string) (*directory, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, pathCause(err)
	}
	return &directory{root}, nil
}

func (d *directory) open(name string) (*section, error) {
	// Nothing is waited for: a named pipe has no content.
	f, err := d.root.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, pathCause(err)
	}
	fi, err := f.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &section{io.NewSectionReader(f, 0, fi.Size()), f.Close}, nil
}

func (d *directory) Close() error { return d.root.Close() }

// archive is a tar archive as a store.
type archive struct {
	f     *os.File
	files map[string]member
}

type member struct {
	off, size int64
	link      string // another member
}

// maxMembers bounds what an archive of an image is made of: three files a
// layer at most, of which there may be 127, and a few more.
const maxMembers = 100_000

// newArchive lists the members of the archive f, which is the archive's then.
// Only headers are read.
func newArchive(f *os.File) (*archive, error) {
	a := &archive{f: f, files: map[string]member{}}
	fi, err := f.Stat()
	if err == nil {
		err = a.list(io.NewSectionReader(f, 0, fi.Size()))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return a, nil
}

func (a *archive) list(r *io.SectionReader) error {
	headers := tar.NewReader(r)
	for n := 0; ; n++ {
		h, err := headers.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && n >= maxMembers {
			err = errors.New("it has too many files")
		}
		if err != nil {
			return err
		}
		// Nothing was read but the header, so here the content begins.
		off, err := r.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		if len(h.Name) >= maxPath || len(h.Linkname) >= maxPath {
			continue // a few of those would fill the memory
		}
		name := path.Clean(h.Name)
		switch h.Typeflag {
		case tar.TypeReg:
			if isSparse(h) {
				continue // nobody writes an image so
			}
			if off+h.Size > r.Size() {
				return fmt.Errorf("%q is cut off", h.Name)
			}
			a.files[name] = member{off: off, size: h.Size}
		case tar.TypeLink:
			a.files[name] = member{link: path.Clean(h.Linkname)}
		case tar.TypeSymlink: // docker save, for layers that are the same
			a.files[name] = member{link: path.Join(path.Dir(name), h.Linkname)}
		}
	}
}

func (a *archive) open(name string) (*section, error) {
	name = path.Clean(name)
	for range maxLinks {
		m, ok := a.files[name]
		if !ok {
			return nil, fs.ErrNotExist
		}
		if m.link == "" {
			return &section{io.NewSectionReader(a.f, m.off, m.size), func() error { return nil }}, nil
		}
		name = m.link
	}
	return nil, errors.New("links lead in a circle")
}

func (a *archive) Close() error { return a.f.Close() }

// maxDocument bounds a manifest, an index and a config, in bytes: registries
// take manifests of 4 MiB.
const maxDocument = 8 << 20

// document reads a small file whole.
func document(s store, name string) ([]byte, error) {
	f, err := s.open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer f.Close()
	if f.Size() > maxDocument {
		return nil, fmt.Errorf("%s: it is too large", name)
	}
	return io.ReadAll(f)
}

// pathCause drops the operation and the path of an error, which the message
// has already.
func pathCause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
