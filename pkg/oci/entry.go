package oci

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// What a tree may take of memory: millions of entries compress to nothing.
const (
	nodeSize = 512     // about what an entry takes, in bytes
	maxNames = 2 << 30 // four million files
)

// entry applies one entry of a layer, whose content is next in r.
func (u *unpacker) entry(h *tar.Header, r io.Reader) error {
	u.names += int64(nodeSize + len(h.Name) + len(h.Linkname))
	for _, value := range h.PAXRecords {
		u.names += int64(len(value))
	}
	if u.names > maxNames {
		return errors.New("the image has too many files")
	}
	sparse := isSparse(h)
	switch h.Typeflag {
	case tar.TypeXGlobalHeader:
		return nil
	case tar.TypeCont, tar.TypeGNUSparse: // which are ways to store a file
		h.Typeflag = tar.TypeReg
	}
	parts, err := split(h.Name)
	if err != nil {
		return err
	}
	for i, part := range parts {
		if strings.HasPrefix(part, aufs) && (part != opaque || i < len(parts)-1) {
			return nil
		}
	}
	if n := len(parts); n > 0 && strings.HasPrefix(parts[n-1], whiteout) {
		return u.hide(parts[:n-1], parts[n-1])
	}
	e, err := u.describe(h)
	if err != nil {
		return err
	}
	switch h.Typeflag {
	case tar.TypeLink:
		if e, err = u.linked(h.Linkname); err != nil {
			return fmt.Errorf("a hard link to %q: %w", h.Linkname, err)
		}
	case tar.TypeReg:
		if e.From.FS, err = u.store(h, r, sparse); err != nil {
			return err
		}
		e.From.Path, e.Size = "/"+h.Name, h.Size
	}
	return u.put(parts, e)
}

// describe is the entry but for its content.
func (u *unpacker) describe(h *tar.Header) (plan.Entry, error) {
	u.files++
	e := plan.Entry{UID: h.Uid, GID: h.Gid, ModTime: h.ModTime, From: plan.Source{ID: rootfs.FileID{Dev: math.MaxUint64, Ino: u.files}}}
	// The greatest number is chown(2)'s word for no change.
	if h.Uid < 0 || h.Gid < 0 || int64(h.Uid) >= math.MaxUint32 || int64(h.Gid) >= math.MaxUint32 {
		return e, fmt.Errorf("there is no owner %d:%d", h.Uid, h.Gid)
	}
	// The mode field may name a type of its own, which says nothing.
	e.Mode = h.FileInfo().Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeLink:
	case tar.TypeDir:
		e.Mode |= fs.ModeDir
	case tar.TypeFifo:
		e.Mode |= fs.ModeNamedPipe
	case tar.TypeSymlink:
		e.Mode |= fs.ModeSymlink
		if h.Linkname == "" || strings.ContainsRune(h.Linkname, 0) {
			return e, errors.New("a link to nothing")
		}
		if len(h.Linkname) >= maxPath {
			return e, unix.ENAMETOOLONG
		}
		e.Link = h.Linkname
	case tar.TypeChar:
		e.Mode |= fs.ModeDevice | fs.ModeCharDevice
		e.Rdev = device(h.Devmajor, h.Devminor)
	case tar.TypeBlock:
		e.Mode |= fs.ModeDevice
		e.Rdev = device(h.Devmajor, h.Devminor)
	default:
		return e, fmt.Errorf("it is of the unknown type %q", h.Typeflag)
	}
	for key, value := range h.PAXRecords {
		name, ok := strings.CutPrefix(key, "SCHILY.xattr.")
		if strings.ContainsRune(name, '%') { // as GNU tar has it
			name = strings.NewReplacer("%25", "%", "%3D", "=").Replace(name)
		}
		if ok && plan.KeepsXattr(name) {
			if e.Xattrs == nil {
				e.Xattrs = map[string][]byte{}
			}
			e.Xattrs[name] = []byte(value)
		}
	}
	return e, nil
}

// linked is the entry that a hard link is another name of.
func (u *unpacker) linked(name string) (plan.Entry, error) {
	parts, err := split(name)
	if err != nil {
		return plan.Entry{}, err
	}
	if len(parts) == 0 {
		return plan.Entry{}, errors.New("it is a directory")
	}
	dir, err := u.dir(parts[:len(parts)-1], false)
	if err != nil {
		return plan.Entry{}, err
	}
	n := dir.children[parts[len(parts)-1]]
	switch {
	case n == nil:
		return plan.Entry{}, fs.ErrNotExist
	case n.isDir():
		return plan.Entry{}, errors.New("it is a directory")
	}
	return n.entry, nil
}

// maxSize bounds the size of all files of an image together, in bytes. Sparse
// ones can claim any size for free.
const maxSize = 1 << 42

// maxSparse bounds the size of all sparse files together, in bytes: their holes
// are read as zeros, for which nothing in the layer pays.
const maxSparse = 1 << 36

func (u *unpacker) store(h *tar.Header, r io.Reader, sparse bool) (rootfs.FS, error) {
	if h.Size > maxSize-u.spool.Size() || sparse && h.Size > maxSparse-u.sparse {
		return nil, fmt.Errorf("it is too large: %d bytes", h.Size)
	}
	if sparse {
		u.sparse += h.Size
	}
	return u.spool.Add(untilDone{u.ctx, r}, h.Size, sparse)
}

func isSparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return h.Typeflag == tar.TypeGNUSparse
}

// untilDone reads no more once ctx is done.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := context.Cause(u.ctx); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// device is the number of a device as stat(2) has it.
func device(major, minor int64) uint64 { return unix.Mkdev(uint32(major), uint32(minor)) }
