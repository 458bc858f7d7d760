package oci

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// The files of an OCI image layout (image-layout.md of
// opencontainers/image-spec).
const (
	layoutFile = "oci-layout"
	indexFile  = "index.json"
	blobs      = "blobs"
	// refName is the annotation of an image in the index that has its tag.
	refName = "org.opencontainers.image.ref.name"
	// fullName is that which has its whole name, by docker and containerd.
	fullName = "io.containerd.image.name"
)

// alone begins the hint about a layout with several images.
const alone = "name one by oci:DIR:TAG, or docker save it alone"

// layout reads an OCI image layout.
type layout struct{ store store }

// open opens the image with a tag, which may be empty, for a platform.
func (l layout) open(tag, platform string) (*Image, error) {
	data, err := document(l.store, indexFile)
	if err != nil {
		return nil, err
	}
	index, err := v1.ParseIndexManifest(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", indexFile, err)
	}
	if tag != "" {
		index.Manifests = slices.DeleteFunc(index.Manifests, func(d v1.Descriptor) bool { return d.Annotations[refName] != tag })
		if len(index.Manifests) == 0 {
			return nil, fmt.Errorf("it has no image with the tag %s", tag)
		}
	}
	index.Manifests = distinct(index.Manifests)
	if names := named(index); len(names) > 1 {
		return nil, &severalError{len(names), alone + ": " + strings.Join(names, ", ")}
	}
	from := lookup{l.index, l.image, &severalError{len(index.Manifests), alone}}
	image, err := from.choose(index, platform)
	if err != nil {
		return nil, err
	}
	layers, err := l.layers(image)
	if err != nil {
		return nil, err
	}
	return withLayers(image, layers)
}

// layers are those of an image as they are stored.
func (l layout) layers(image v1.Image) ([]*blob, error) {
	m, err := image.Manifest()
	if err != nil {
		return nil, err
	}
	var out []*blob
	for _, d := range m.Layers {
		out = append(out, &blob{size: d.Size, digest: d.Digest, open: func() (io.ReadCloser, error) { return l.content(d.Digest) }})
	}
	return out, nil
}

// distinct drops all but the first of those that are one image: docker save
// lists an image once for each of its names.
func distinct(all []v1.Descriptor) []v1.Descriptor {
	seen := map[v1.Hash]bool{}
	return slices.DeleteFunc(all, func(d v1.Descriptor) bool {
		again := seen[d.Digest]
		seen[d.Digest] = true
		return again
	})
}

// named lists the names in an index: that of one image may be missing.
func named(m *v1.IndexManifest) []string {
	var names []string
	for _, d := range m.Manifests {
		if name := cmp.Or(d.Annotations[fullName], d.Annotations[refName]); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (l layout) content(h v1.Hash) (*section, error) {
	f, err := l.store.open(path.Join(blobs, h.Algorithm, h.Hex))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h, err)
	}
	return f, nil
}

// blob reads a manifest or config and makes sure that it is what d says.
func (l layout) blob(d v1.Descriptor) ([]byte, error) {
	f, err := l.content(d.Digest)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	switch {
	case f.Size() != d.Size:
		return nil, fmt.Errorf("%s: it has %d bytes, not %d", d.Digest, f.Size(), d.Size)
	case d.Size > maxDocument:
		return nil, fmt.Errorf("%s: it is too large", d.Digest)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	sum, err := v1.Hasher(d.Digest.Algorithm)
	if err != nil {
		return nil, err
	}
	sum.Write(data)
	if got := hex.EncodeToString(sum.Sum(nil)); got != d.Digest.Hex {
		return nil, fmt.Errorf("%s: it is damaged: its digest is %s", d.Digest, got)
	}
	return data, nil
}

func (l layout) index(d v1.Descriptor) (*v1.IndexManifest, error) {
	data, err := l.blob(d)
	if err != nil {
		return nil, err
	}
	return v1.ParseIndexManifest(bytes.NewReader(data))
}

func (l layout) image(d v1.Descriptor) (v1.Image, error) {
	im := &layoutImage{layout: l, mediaType: d.MediaType}
	var err error
	if im.raw, err = l.blob(d); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(im.raw, &im.manifest); err != nil {
		return nil, fmt.Errorf("%s: %w", d.Digest, err)
	}
	if im.config, err = l.blob(im.manifest.Config); err != nil {
		return nil, err
	}
	return partial.CompressedToImage(im)
}

// layoutImage is an image of a layout.
type layoutImage struct {
	layout
	mediaType   types.MediaType
	raw, config []byte
	manifest    v1.Manifest
}

func (im *layoutImage) RawManifest() ([]byte, error)        { return im.raw, nil }
func (im *layoutImage) RawConfigFile() ([]byte, error)      { return im.config, nil }
func (im *layoutImage) MediaType() (types.MediaType, error) { return im.mediaType, nil }
func (im *layoutImage) Manifest() (*v1.Manifest, error)     { return &im.manifest, nil }
func (im *layoutImage) ConfigFile() (*v1.ConfigFile, error) {
	return v1.ParseConfigFile(bytes.NewReader(im.config))
}

func (im *layoutImage) LayerByDigest(h v1.Hash) (partial.CompressedLayer, error) {
	all := append(slices.Clone(im.manifest.Layers), im.manifest.Config)
	i := slices.IndexFunc(all, func(d v1.Descriptor) bool { return d.Digest == h })
	if i < 0 {
		return nil, errors.New("it has no layer " + h.String())
	}
	return &layoutLayer{im, all[i]}, nil
}

// layoutLayer is a layer of it, compressed as it may be.
type layoutLayer struct {
	image *layoutImage
	d     v1.Descriptor
}

func (l *layoutLayer) Digest() (v1.Hash, error)            { return l.d.Digest, nil }
func (l *layoutLayer) Size() (int64, error)                { return l.d.Size, nil }
func (l *layoutLayer) MediaType() (types.MediaType, error) { return l.d.MediaType, nil }
func (l *layoutLayer) DiffID() (v1.Hash, error)            { return partial.BlobToDiffID(l.image, l.d.Digest) }
func (l *layoutLayer) Descriptor() (*v1.Descriptor, error) { return &l.d, nil }
func (l *layoutLayer) Compressed() (io.ReadCloser, error)  { return l.image.content(l.d.Digest) }
