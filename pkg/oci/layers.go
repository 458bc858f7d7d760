package oci

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/spool"
)

// Tree is the file system of an image.
type Tree struct {
	Plan  *plan.Plan
	spool *spool.Spool
}

// Close removes the content of the tree's files.
func (t *Tree) Close() error { return t.spool.Close() }

// Tree applies the image's layers. The content of files is kept in a file in
// tempDir, empty for the system's, until Close.
func (im *Image) Tree(ctx context.Context, tempDir string) (_ *Tree, err error) {
	s, err := spool.New(tempDir)
	if err != nil {
		return nil, err
	}
	layers := im.layers
	if im.cancel != nil && !im.kept {
		var release func()
		layers, release = fetch(layers, tempDir, im.Keep, im.Progress)
		defer func() {
			if im.kept = im.Keep && err == nil; !im.kept {
				release()
				return
			}
			im.layers, im.close = layers, func() error { release(); return nil }
		}()
	}
	u := &unpacker{ctx: ctx, tree: tree{root: newDir(0)}, spool: s}
	p, err := u.applyAll(im, layers)
	if err != nil {
		s.Close()
		im.Close()
		return nil, err
	}
	return &Tree{Plan: p, spool: s}, nil
}

// LayerError is a layer that cannot be applied.
type LayerError struct {
	Layer int // from 1, the lowest
	Err   error
}

func (e *LayerError) Error() string {
	return fmt.Sprintf("cannot unpack layer %d of the image: %v", e.Layer, e.Err)
}

// Unwrap returns the cause.
func (e *LayerError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *LayerError) Hint() string {
	var cause interface{ Hint() string }
	if errors.As(e.Err, &cause) {
		return cause.Hint()
	}
	return "pull or save the image again; if that does not help, whoever made it must"
}

type unpacker struct {
	tree
	ctx    context.Context
	spool  *spool.Spool
	files  uint64 // numbers them, for hard links
	sparse int64  // size of those that are sparse, in bytes
	names  int64  // bytes of all that the tree was told, but for content
}

func (u *unpacker) applyAll(im *Image, layers []*blob) (*plan.Plan, error) {
	for i, b := range layers {
		u.layer = i + 1
		count := im.Progress
		if im.cancel != nil {
			count = nil // counted when it came
		}
		if err := u.apply(b, count); err != nil {
			if gone := context.Cause(u.ctx); gone != nil {
				return nil, gone
			}
			return nil, &LayerError{Layer: i + 1, Err: err}
		}
	}
	if err := u.spool.Seal(); err != nil {
		return nil, err
	}
	return u.plan()
}

// maxTrailer bounds what comes behind the end of a layer's archive, in bytes:
// tar fills up the last record, of 10 KiB or what -b says.
const maxTrailer = 1 << 20

// apply applies a layer and makes sure that it is the one the config names.
func (u *unpacker) apply(b *blob, count func(int)) error {
	s, err := b.stream(count)
	if err != nil {
		return err
	}
	defer s.Close()
	archive := tar.NewReader(s)
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
	if n, err := io.Copy(io.Discard, io.LimitReader(s, maxTrailer)); err != nil {
		return err
	} else if n == maxTrailer {
		return errors.New("its archive goes on after its end")
	}
	return s.verify()
}
