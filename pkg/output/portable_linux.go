package output

import (
	"context"
	"errors"
	"io"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Portable is the sink that makes a portable file, or a bare payload.
type Portable struct {
	file   *File
	writer *portable.Writer
	done   bool
}

var _ Sink = (*Portable)(nil)

// NewPortable lets a portable file be written to f, which then is the sink's:
// it is committed and aborted with it. ctx ends the work.
func NewPortable(ctx context.Context, f *File, o portable.WriterOptions) (*Portable, error) {
	w, err := portable.NewWriter(ctx, f, o)
	if err != nil {
		return nil, errors.Join(err, f.Abort())
	}
	return &Portable{file: f, writer: w}, nil
}

// Put implements [Sink]. It reads the content before it returns.
func (p *Portable) Put(e plan.Entry, open func() (rootfs.File, error)) error {
	if err := CheckEntry(e); err != nil {
		return err
	}
	out := portable.Entry{
		Path: e.Path, Mode: e.Mode, UID: uint32(e.UID), GID: uint32(e.GID), ModTime: e.ModTime,
		Xattrs: e.Xattrs, Link: e.Link, Rdev: e.Rdev,
	}
	switch {
	case e.HardLink != "" && e.Mode.IsRegular():
		out = portable.Entry{Path: e.Path, Mode: e.Mode, HardLink: e.HardLink}
	case e.Mode.IsRegular():
		out.Size = e.Size
		return p.putFile(out, open)
	}
	return p.writer.Add(out, nil)
}

func (p *Portable) putFile(e portable.Entry, open func() (rootfs.File, error)) error {
	src, err := open()
	if err != nil {
		return err
	}
	defer src.Close()
	if e.Extents, err = dataOf(src, e.Size); err != nil {
		return &ReadError{Path: e.Path, Err: cause(err)}
	}
	e.Sparse = e.Extents != nil
	err = p.writer.Add(e, func() (portable.Content, error) { return unclosed{src}, nil })
	if errors.Is(err, portable.ErrChanged) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &ReadError{Path: e.Path, Err: ErrChanged}
	}
	return err
}

// unclosed is a file that somebody else closes.
type unclosed struct{ io.ReaderAt }

func (unclosed) Close() error { return nil }

// dataOf lists the parts of a sparse file that hold data, as lseek(2) tells
// them; nil where the file has no holes or nobody knows.
func dataOf(f rootfs.File, size int64) ([]portable.Extent, error) {
	fd, ok := rootfs.FD(f)
	if !ok {
		return nil, nil
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Blocks*512 >= size {
		return nil, err
	}
	extents := []portable.Extent{}
	for off := int64(0); off < size; {
		data, err := unix.Seek(fd, off, unix.SEEK_DATA)
		if err == unix.ENXIO { // only a hole is left
			break
		}
		if err == unix.EINVAL { // the file system does not tell
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		hole, err := unix.Seek(fd, data, unix.SEEK_HOLE)
		if err != nil {
			return nil, err
		}
		off = min(hole, size)
		extents = append(extents, portable.Extent{Offset: data, Size: off - data})
	}
	if len(extents) == 1 && extents[0].Size == size {
		return nil, nil
	}
	return extents, nil
}

// Flush implements [Sink]: it writes the end of the file.
func (p *Portable) Flush(ctx context.Context) error {
	if _, err := p.writer.Close(); err != nil {
		if gone := context.Cause(ctx); gone != nil {
			return gone
		}
		return err
	}
	return nil
}

// Commit implements [Sink].
func (p *Portable) Commit() error {
	p.done = true
	return p.file.Commit()
}

// Abort implements [Sink].
func (p *Portable) Abort() error {
	if p.done {
		return nil
	}
	p.done = true
	p.writer.Abort()
	return p.file.Abort()
}
