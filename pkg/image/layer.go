package image

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/5bbb5df2/pack/pkg/output"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/spool"
)

// layer is a layer as it is stored. partial.CompressedToLayer makes a
// [v1.Layer] of it.
type layer struct {
	digest, diff v1.Hash
	size         int64
	media        types.MediaType
	open         func() (io.ReadCloser, error)
}

func (l *layer) Digest() (v1.Hash, error)            { return l.digest, nil }
func (l *layer) DiffID() (v1.Hash, error)            { return l.diff, nil }
func (l *layer) Size() (int64, error)                { return l.size, nil }
func (l *layer) MediaType() (types.MediaType, error) { return l.media, nil }
func (l *layer) Compressed() (io.ReadCloser, error)  { return l.open() }

// layerOf makes the layer that holds p.
func (im *Image) layerOf(ctx context.Context, p *plan.Plan, c Compression) (v1.Layer, error) {
	return im.compressed(ctx, c, func(w io.Writer) error {
		nothing := func() error { return nil }
		return output.Write(ctx, p, output.NewTar(w, nothing, nothing))
	})
}

// compressed makes a layer of the archive that write writes.
func (im *Image) compressed(ctx context.Context, c Compression, write func(io.Writer) error) (v1.Layer, error) {
	start := im.spool.Size()
	s, err := newStream(ctx, c, im.spool)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	if err := write(s); err != nil {
		return nil, err
	}
	if err := s.finish(); err != nil {
		return nil, err
	}
	b := im.spool.Part(start, s.written)
	open := func() (io.ReadCloser, error) { return b.Open("/") }
	l := &layer{digest: digest(s.stored), diff: digest(s.plain), size: s.written, media: c.kind.media, open: open}
	im.blobs[l.digest] = b
	return partial.CompressedToLayer(l)
}

// dockerLayerZStd is what BuildKit and containerd call a layer in the manifest
// of docker's form; the package types has no name for it.
const dockerLayerZStd types.MediaType = "application/vnd.docker.image.rootfs.diff.tar.zstd"

// lower is a layer of the base as one of this image. What is compressed stays
// as it is; the config says what it is uncompressed.
func (im *Image) lower(ctx context.Context, l v1.Layer, diff v1.Hash, c Compression) (v1.Layer, error) {
	media, err := l.MediaType()
	if err != nil {
		return nil, err
	}
	switch media {
	case types.OCIUncompressedLayer, types.DockerUncompressedLayer:
		return im.compressAgain(ctx, l, diff, c)
	case types.DockerLayer:
		media = types.OCILayer
	case dockerLayerZStd:
		media = types.OCILayerZStd
	case types.OCILayer, types.OCILayerZStd:
	default:
		return nil, fmt.Errorf("a layer of type %s cannot be part of another image", media)
	}
	out := &layer{diff: diff, media: media, open: l.Compressed}
	if out.digest, err = l.Digest(); err != nil {
		return nil, err
	}
	if out.size, err = l.Size(); err != nil {
		return nil, err
	}
	kept, err := partial.CompressedToLayer(out)
	if from, ok := l.(*remote.MountableLayer); ok && err == nil {
		// A registry that has it need not be sent it again.
		kept = &remote.MountableLayer{Layer: kept, Reference: from.Reference}
	}
	return kept, err
}

// compressAgain makes of a layer of the base, as engines save them, one that is
// fit to be sent.
func (im *Image) compressAgain(ctx context.Context, l v1.Layer, diff v1.Hash, c Compression) (v1.Layer, error) {
	out, err := im.compressed(ctx, c, func(w io.Writer) error {
		r, err := l.Uncompressed()
		if err != nil {
			return err
		}
		_, err = io.Copy(w, r)
		return errors.Join(err, r.Close())
	})
	if err != nil {
		return nil, err
	}
	if got, err := out.DiffID(); err != nil || got != diff {
		return nil, errors.Join(err, fmt.Errorf("it is damaged: its digest is %s, not %s", got, diff))
	}
	return out, nil
}

// keep puts a layer into the spool, unless it is there, and makes sure that it
// is what its digest says.
func (im *Image) keep(ctx context.Context, l v1.Layer) (spool.Part, error) {
	want, err := l.Digest()
	if err != nil {
		return spool.Part{}, err
	}
	if b, ok := im.blobs[want]; ok {
		return b, nil
	}
	size, err := l.Size()
	if err != nil {
		return spool.Part{}, err
	}
	r, err := l.Compressed()
	if err != nil {
		return spool.Part{}, err
	}
	defer r.Close()
	start, sum := im.spool.Size(), sha256.New()
	n, err := io.Copy(io.MultiWriter(im.spool, sum), io.LimitReader(&ended{ctx, r}, size+1))
	if err != nil {
		return spool.Part{}, err
	}
	if got := digest(sum); got != want || n != size {
		return spool.Part{}, fmt.Errorf("it is damaged: %d bytes with the digest %s, not %d with %s", n, got, size, want)
	}
	b := im.spool.Part(start, n)
	im.blobs[want] = b
	return b, nil
}

// ended is a reader that fails when its context has ended.
type ended struct {
	ctx context.Context
	r   io.Reader
}

func (e *ended) Read(p []byte) (int, error) {
	if err := context.Cause(e.ctx); err != nil {
		return 0, err
	}
	return e.r.Read(p)
}
