package oci

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// savedFile describes what docker save writes
// (https://github.com/moby/docker-image-spec, "Combined Image JSON + Filesystem
// Changeset Format").
const savedFile = "manifest.json"

// saved is an image of an archive by docker save, before version 25 and of
// tools that write such.
type saved struct {
	store  store
	config []byte
	layers []string // their names in the store
	ids    []v1.Hash
}

func readSaved(s store) (*saved, error) {
	data, err := document(s, savedFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("it is no image: it has neither %s nor %s", layoutFile, savedFile)
	}
	if err != nil {
		return nil, err
	}
	var images []struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	if err := json.Unmarshal(data, &images); err != nil {
		return nil, fmt.Errorf("%s: %w", savedFile, err)
	}
	if len(images) > 1 {
		return nil, &severalError{len(images), "docker save one of them alone"}
	}
	if len(images) == 0 {
		return nil, errors.New("it has no image")
	}
	im := &saved{store: s, layers: images[0].Layers}
	if im.config, err = document(s, images[0].Config); err != nil {
		return nil, err
	}
	c, err := im.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", images[0].Config, err)
	}
	im.ids = c.RootFS.DiffIDs
	return im, nil
}

// openSaved opens the image of an archive that is no layout.
func openSaved(s store) (*Image, error) {
	im, err := readSaved(s)
	if err != nil {
		return nil, err
	}
	image, err := partial.UncompressedToImage(im)
	if err != nil {
		return nil, err
	}
	var layers []*blob
	for i := range im.layers {
		layers = append(layers, &blob{size: im.size(i), open: func() (io.ReadCloser, error) { return im.open(i) }})
	}
	return withLayers(savedImage{image, im}, layers)
}

// savedImage is the image with its layers as they are stored: for who makes
// another of it, those that are compressed already stay as they are.
type savedImage struct {
	v1.Image
	of *saved
}

// Layers implements [v1.Image]. It reads them all, for their digests.
func (im savedImage) Layers() ([]v1.Layer, error) {
	layers, err := im.Image.Layers()
	for i := range layers {
		if err == nil {
			layers[i], err = im.of.stored(i, layers[i])
		}
	}
	return layers, err
}

// stored is a layer as it lies in the archive if it is compressed there, as
// tools other than docker do, or else plain.
func (im *saved) stored(i int, plain v1.Layer) (v1.Layer, error) {
	r, err := im.open(i)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	magic := make([]byte, 4)
	n, err := io.ReadFull(r, magic)
	l := &compressedLayer{savedLayer: savedLayer{im, i}, media: types.DockerLayer}
	switch {
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF):
		return nil, err
	case !isCompressed(magic[:n]):
		return plain, nil
	case bytes.HasPrefix(magic, zstdMagic):
		l.media = types.OCILayerZStd
	}
	if l.digest, l.size, err = v1.SHA256(io.MultiReader(bytes.NewReader(magic[:n]), r)); err != nil {
		return nil, err
	}
	return partial.CompressedToLayer(l)
}

// compressedLayer is a layer that lies in the archive as gzip or zstd data.
type compressedLayer struct {
	savedLayer
	digest v1.Hash
	size   int64
	media  types.MediaType
}

func (l *compressedLayer) Digest() (v1.Hash, error)            { return l.digest, nil }
func (l *compressedLayer) Size() (int64, error)                { return l.size, nil }
func (l *compressedLayer) MediaType() (types.MediaType, error) { return l.media, nil }
func (l *compressedLayer) Compressed() (io.ReadCloser, error)  { return l.image.open(l.i) }

func (im *saved) RawConfigFile() ([]byte, error)      { return im.config, nil }
func (im *saved) MediaType() (types.MediaType, error) { return types.DockerManifestSchema2, nil }
func (im *saved) ConfigFile() (*v1.ConfigFile, error) {
	return v1.ParseConfigFile(bytes.NewReader(im.config))
}

func (im *saved) LayerByDiffID(h v1.Hash) (partial.UncompressedLayer, error) {
	for i, id := range im.ids {
		if id == h && i < len(im.layers) {
			return &savedLayer{im, i}, nil
		}
	}
	return nil, errors.New("it has no layer " + h.String())
}

// open opens a layer as it is in the store.
func (im *saved) open(i int) (io.ReadCloser, error) {
	f, err := im.store.open(im.layers[i])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", im.layers[i], err)
	}
	return f, nil
}

func (im *saved) size(i int) int64 {
	f, err := im.store.open(im.layers[i])
	if err != nil {
		return 0
	}
	defer f.Close()
	return f.Size()
}

// savedLayer is a layer of it for who wants it uncompressed.
type savedLayer struct {
	image *saved
	i     int
}

func (l *savedLayer) DiffID() (v1.Hash, error) { return l.image.ids[l.i], nil }

// MediaType has who makes another image of it compress it once and for all.
func (l *savedLayer) MediaType() (types.MediaType, error)  { return types.DockerUncompressedLayer, nil }
func (l *savedLayer) Uncompressed() (io.ReadCloser, error) { return plain(l.image.open(l.i)) }
