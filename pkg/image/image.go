// Package image makes a container image of a plan: one layer, on those of
// another image if there is a base, and a config.
//
// The same plan and options give the same bytes, on however many CPUs and by
// whomever. What is made is an image of github.com/google/go-containerregistry;
// [Image.Files] gives it as the files of an archive or directory.
package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/spool"
)

// Options say what image is made.
type Options struct {
	// Platform is what the programs of the image run on: operating system,
	// architecture and variant in Go's terms. Those of the base are taken for
	// what is empty.
	Platform v1.Platform
	Config   Config
	// Created is the time the image tells of its making.
	Created time.Time
	// CreatedBy is the command that the layer's line of history shows.
	CreatedBy string
	// Base is what lies below; nil is nothing.
	Base        v1.Image
	Compression Compression
	// TempDir is where layers are kept until Close; empty is the system's.
	TempDir string
}

// Image is an image whose layers lie in a file until Close. It implements
// [v1.Image].
type Image struct {
	spool    *spool.Spool
	blobs    map[v1.Hash]spool.Part // the layers that are in the spool
	layers   []v1.Layer
	config   []byte
	manifest []byte
}

var _ v1.Image = (*Image)(nil)

// Build makes an image of all that is in p. The root of p is the image's, whose
// metadata no layer has: that is up to who unpacks it. ctx ends the work.
func Build(ctx context.Context, p *plan.Plan, o Options) (*Image, error) {
	s, err := spool.New(o.TempDir)
	if err != nil {
		return nil, err
	}
	im := &Image{spool: s, blobs: map[v1.Hash]spool.Part{}}
	if err := im.build(ctx, p, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return im, nil
}

// Close removes the content of the layers.
func (im *Image) Close() error { return im.spool.Close() }

func (im *Image) build(ctx context.Context, p *plan.Plan, o Options) error {
	if err := o.Config.check(); err != nil {
		return err
	}
	config, err := im.base(ctx, o)
	if err != nil {
		return fmt.Errorf("cannot read the base image: %w", err)
	}
	own, err := im.layerOf(ctx, p, o.Compression)
	if err != nil {
		return err
	}
	im.layers = append(im.layers, own)
	diff, err := own.DiffID()
	if err != nil {
		return err
	}
	config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, diff)
	created := v1.Time{Time: o.Created.UTC()}
	config.Created = created
	config.History = append(config.History, v1.History{Created: created, CreatedBy: o.CreatedBy})
	config.Config = o.Config.onto(config.Config)
	if im.config, err = json.Marshal(config); err != nil {
		return fmt.Errorf("cannot write the config: %w", err)
	}
	im.manifest, err = im.newManifest()
	return err
}

// base takes the layers of the base, if there is one, and returns the config
// that the new one begins with.
func (im *Image) base(ctx context.Context, o Options) (*v1.ConfigFile, error) {
	config := &v1.ConfigFile{OS: o.Platform.OS, Architecture: o.Platform.Architecture, Variant: o.Platform.Variant}
	config.RootFS.Type = "layers"
	if o.Base == nil {
		return config, nil
	}
	layers, err := o.Base.Layers()
	if err != nil {
		return nil, err
	}
	below, err := o.Base.ConfigFile()
	if err != nil {
		return nil, err
	}
	if len(layers) != len(below.RootFS.DiffIDs) {
		return nil, fmt.Errorf("it has %d layers, and its config has %d", len(layers), len(below.RootFS.DiffIDs))
	}
	below = below.DeepCopy()
	for _, part := range []struct{ to, from *string }{{&below.OS, &config.OS}, {&below.Architecture, &config.Architecture}} {
		if *part.from != "" && *part.from != *part.to {
			return nil, fmt.Errorf("it is for %s/%s", below.OS, below.Architecture)
		}
	}
	if o.Platform.Variant != "" {
		below.Variant = o.Platform.Variant
	}
	// These tell of the container that the base was made in, and what a
	// Dockerfile on it is to begin with, once.
	below.Container, below.Config.Hostname, below.Config.Image, below.Config.OnBuild = "", "", "", nil
	for i, l := range layers {
		l, err := im.lower(ctx, l, below.RootFS.DiffIDs[i], o.Compression)
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", i+1, err)
		}
		im.layers = append(im.layers, l)
	}
	return below, nil
}

// newManifest makes the manifest (manifest.md of opencontainers/image-spec).
func (im *Image) newManifest() ([]byte, error) {
	m := v1.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1,
		Config: v1.Descriptor{MediaType: types.OCIConfigJSON, Digest: digestOf(im.config), Size: int64(len(im.config))},
	}
	for _, l := range im.layers {
		d, err := partial.Descriptor(l)
		if err != nil {
			return nil, err
		}
		m.Layers = append(m.Layers, v1.Descriptor{MediaType: d.MediaType, Digest: d.Digest, Size: d.Size})
	}
	return json.Marshal(m)
}

// Layers implements [v1.Image].
func (im *Image) Layers() ([]v1.Layer, error) { return im.layers, nil }

// MediaType implements [v1.Image].
func (im *Image) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }

// Size implements [v1.Image]: that of the manifest, in bytes.
func (im *Image) Size() (int64, error) { return int64(len(im.manifest)), nil }

// ConfigName implements [v1.Image].
func (im *Image) ConfigName() (v1.Hash, error) { return partial.ConfigName(im) }

// ConfigFile implements [v1.Image].
func (im *Image) ConfigFile() (*v1.ConfigFile, error) { return partial.ConfigFile(im) }

// RawConfigFile implements [v1.Image].
func (im *Image) RawConfigFile() ([]byte, error) { return im.config, nil }

// Digest implements [v1.Image].
func (im *Image) Digest() (v1.Hash, error) { return partial.Digest(im) }

// Manifest implements [v1.Image].
func (im *Image) Manifest() (*v1.Manifest, error) { return partial.Manifest(im) }

// RawManifest implements [v1.Image].
func (im *Image) RawManifest() ([]byte, error) { return im.manifest, nil }

// LayerByDigest implements [v1.Image].
func (im *Image) LayerByDigest(h v1.Hash) (v1.Layer, error) {
	if name, err := im.ConfigName(); err == nil && name == h {
		return partial.ConfigLayer(im)
	}
	return im.layerBy(h, v1.Layer.Digest)
}

// LayerByDiffID implements [v1.Image].
func (im *Image) LayerByDiffID(h v1.Hash) (v1.Layer, error) { return im.layerBy(h, v1.Layer.DiffID) }

func (im *Image) layerBy(h v1.Hash, of func(v1.Layer) (v1.Hash, error)) (v1.Layer, error) {
	for _, l := range im.layers {
		if got, err := of(l); err == nil && got == h {
			return l, nil
		}
	}
	return nil, fmt.Errorf("the image has no layer %s", h)
}
