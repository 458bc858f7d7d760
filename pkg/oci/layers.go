package oci

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Tree is the file system of an image.
type Tree struct {
	Plan  *plan.Plan
	spool *spool
}

// Close removes the content of the tree's files.
func (t *Tree) Close() error { return t.spool.Close() }

// Tree applies the image's layers. The content of files is kept in a file in
// tempDir, empty for the system's, until Close.
func (im *Image) Tree(ctx context.Context, tempDir string) (*Tree, error) {
	layers, err := im.image.Layers()
	if err != nil {
		return nil, fmt.Errorf("cannot read the image: %w", err)
	}
	s, err := newSpool(tempDir)
	if err != nil {
		return nil, err
	}
	u := &unpacker{ctx: ctx, tree: tree{root: newDir(0)}, spool: s}
	for i, l := range layers {
		u.layer = i + 1
		if err := u.apply(l); err != nil {
			s.Close()
			if gone := context.Cause(ctx); gone != nil {
				return nil, gone
			}
			return nil, fmt.Errorf("cannot unpack layer %d of the image: %w", i+1, err)
		}
	}
	p, err := u.plan()
	if err != nil {
		s.Close()
		return nil, err
	}
	return &Tree{Plan: p, spool: s}, nil
}

type unpacker struct {
	tree
	ctx   context.Context
	spool *spool
	files uint64 // numbers them, for hard links
}

// apply applies a layer and makes sure that it is the one the config names.
func (u *unpacker) apply(l v1.Layer) error {
	want, err := l.DiffID()
	if err != nil {
		return err
	}
	r, err := l.Uncompressed()
	if err != nil {
		return err
	}
	defer r.Close()
	sum := sha256.New()
	stream := io.TeeReader(r, sum)
	archive := tar.NewReader(stream)
	for {
		if err := context.Cause(u.ctx); err != nil {
			return err
		}
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := u.entry(h, archive); err != nil {
			return fmt.Errorf("%q: %w", h.Name, err)
		}
	}
	if _, err := io.Copy(io.Discard, stream); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want.Hex {
		return fmt.Errorf("it is damaged: its digest is %s, not %s", got, want.Hex)
	}
	return nil
}

// entry applies one entry of a layer, whose content is next in r.
func (u *unpacker) entry(h *tar.Header, r io.Reader) error {
	if h.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	parts, err := split(h.Name)
	if err != nil {
		return err
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
		if e.From, err = u.store(h, r); err != nil {
			return err
		}
		e.Size = h.Size
	}
	return u.put(parts, e)
}

// describe is the entry but for its content.
func (u *unpacker) describe(h *tar.Header) (plan.Entry, error) {
	e := plan.Entry{UID: h.Uid, GID: h.Gid, ModTime: h.ModTime}
	if h.Uid < 0 || h.Gid < 0 || int64(h.Uid) > math.MaxUint32 || int64(h.Gid) > math.MaxUint32 {
		return e, fmt.Errorf("there is no owner %d:%d", h.Uid, h.Gid)
	}
	e.Mode = h.FileInfo().Mode() & (fs.ModeType | fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeDir, tar.TypeFifo, tar.TypeLink:
	case tar.TypeSymlink:
		if h.Linkname == "" || strings.ContainsRune(h.Linkname, 0) {
			return e, errors.New("a link to nothing")
		}
		e.Link = h.Linkname
	case tar.TypeChar, tar.TypeBlock:
		e.Rdev = device(h.Devmajor, h.Devminor)
	default:
		return e, fmt.Errorf("it is of the unknown type %q", h.Typeflag)
	}
	for key, value := range h.PAXRecords {
		if name, ok := strings.CutPrefix(key, "SCHILY.xattr."); ok && plan.KeepsXattr(name) {
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

func (u *unpacker) store(h *tar.Header, r io.Reader) (plan.Source, error) {
	u.files++
	id := rootfs.FileID{Dev: math.MaxUint64, Ino: u.files}
	s, err := u.spool.add(r, h.Size)
	return plan.Source{FS: s, Path: "/" + h.Name, ID: id}, err
}
