package output

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Tar is the sink that writes a tar archive, in the format pax(1) where the
// older one does not do. Names are relative; the root has no entry.
type Tar struct {
	w      *tar.Writer
	buf    []byte
	commit func() error
	abort  func() error
}

var _ Sink = (*Tar)(nil)

// tarBuffer is how much is read at a time, in bytes.
const tarBuffer = 128 << 10

// NewTar writes an archive to w. commit and abort end what lies behind w.
func NewTar(w io.Writer, commit, abort func() error) *Tar {
	return &Tar{w: tar.NewWriter(w), buf: make([]byte, tarBuffer), commit: commit, abort: abort}
}

// Put implements [Sink]. It reads the content before it returns.
func (t *Tar) Put(e plan.Entry, open func() (rootfs.File, error)) error {
	if err := CheckEntry(e); err != nil || e.Path == "/" {
		return err
	}
	h, err := header(e)
	if err != nil {
		return err
	}
	if err := t.w.WriteHeader(h); err != nil {
		return fmt.Errorf("cannot write %s to an archive: %w", e.Path, err)
	}
	if h.Typeflag != tar.TypeReg {
		return nil
	}
	f, err := open()
	if err != nil {
		return err
	}
	defer f.Close()
	n, err := io.CopyBuffer(t.w, io.LimitReader(f, h.Size), t.buf)
	if err == nil && n != h.Size {
		return readFailed(e, ErrChanged)
	}
	return err
}

func header(e plan.Entry) (*tar.Header, error) {
	h := &tar.Header{
		Name: strings.TrimPrefix(e.Path, "/"), Mode: int64(unixMode(e.Mode)),
		Uid: e.UID, Gid: e.GID, ModTime: e.ModTime,
	}
	if e.ModTime.Nanosecond() != 0 {
		h.Format = tar.FormatPAX
	}
	for name, value := range e.Xattrs {
		if h.PAXRecords == nil {
			h.PAXRecords = map[string]string{}
		}
		h.PAXRecords["SCHILY.xattr."+keyword(name)] = string(value)
	}
	switch e.Mode.Type() {
	case 0:
		h.Typeflag, h.Size = tar.TypeReg, e.Size
	case fs.ModeDir:
		h.Typeflag, h.Name = tar.TypeDir, h.Name+"/"
	case fs.ModeSymlink:
		h.Typeflag, h.Linkname = tar.TypeSymlink, e.Link
	case fs.ModeNamedPipe:
		h.Typeflag = tar.TypeFifo
	case fs.ModeDevice, fs.ModeDevice | fs.ModeCharDevice:
		h.Typeflag = tar.TypeBlock
		if e.Mode&fs.ModeCharDevice != 0 {
			h.Typeflag = tar.TypeChar
		}
		h.Devmajor, h.Devminor = int64(unix.Major(e.Rdev)), int64(unix.Minor(e.Rdev))
	default:
		return nil, fmt.Errorf("cannot write %s to an archive: it is a socket", e.Path)
	}
	if e.HardLink != "" {
		h.Typeflag, h.Size, h.Linkname = tar.TypeLink, 0, strings.TrimPrefix(e.HardLink, "/")
		h.Devmajor, h.Devminor = 0, 0
	}
	if h.Uid < 0 || h.Gid < 0 || int64(h.Uid) > math.MaxUint32 || int64(h.Gid) > math.MaxUint32 {
		return nil, fmt.Errorf("cannot write %s to an archive: there is no owner %d:%d", e.Path, h.Uid, h.Gid)
	}
	return h, nil
}

// keyword is the name of an extended attribute as a part of a pax keyword, which
// ends at a "=": as GNU tar writes it, but for a "%" that nobody mistakes.
func keyword(name string) string {
	if strings.Contains(name, "=") || strings.Contains(name, "%25") || strings.Contains(name, "%3D") {
		return strings.NewReplacer("%", "%25", "=", "%3D").Replace(name)
	}
	return name
}

func unixMode(m fs.FileMode) uint32 {
	out := uint32(m.Perm())
	for _, bit := range []struct {
		from fs.FileMode
		to   uint32
	}{{fs.ModeSetuid, unix.S_ISUID}, {fs.ModeSetgid, unix.S_ISGID}, {fs.ModeSticky, unix.S_ISVTX}} {
		if m&bit.from != 0 {
			out |= bit.to
		}
	}
	return out
}

// Flush implements [Sink]: it writes the end of the archive.
func (t *Tar) Flush(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return t.w.Close()
}

// Commit implements [Sink].
func (t *Tar) Commit() error { return t.commit() }

// Abort implements [Sink].
func (t *Tar) Abort() error { return t.abort() }
