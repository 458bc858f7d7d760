package oci

import (
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// keptImage is an image of a registry whose layers were fetched.
type keptImage struct {
	v1.Image
	stored []*blob
}

// Layers implements [v1.Image].
func (im keptImage) Layers() ([]v1.Layer, error) {
	layers, err := im.Image.Layers()
	if err != nil {
		return nil, err
	}
	var kept []v1.Layer
	for i, l := range layers {
		var own v1.Layer = keptLayer{l, im.stored[i]}
		if from, ok := l.(*remote.MountableLayer); ok {
			own = &remote.MountableLayer{Layer: own, Reference: from.Reference}
		}
		kept = append(kept, own)
	}
	return kept, nil
}

// keptLayer is a layer of it.
type keptLayer struct {
	v1.Layer
	stored *blob
}

func (l keptLayer) Compressed() (io.ReadCloser, error)   { return l.stored.open() }
func (l keptLayer) Uncompressed() (io.ReadCloser, error) { return plain(l.stored.open()) }
