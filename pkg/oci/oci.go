// Package oci reads container images into plans: from archives and layouts,
// registries and the engine of this machine.
//
// Nothing of an image is trusted: what its layers name is looked up in the tree
// they make and never on the host, and the content of each layer must be what
// the image's config says it is.
package oci

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Image is an image that is not unpacked.
type Image struct {
	// Progress, if set, is told how many more bytes of the layers, as they are
	// stored, have arrived: of Size in all. It is called by several goroutines.
	Progress func(n int)
	// Keep has Tree leave the layers that it fetches from a registry for V1 to
	// read, until Close. Else they would be fetched twice.
	Keep bool

	image  v1.Image
	config *v1.ConfigFile
	layers []*blob
	close  func() error
	// cancel, of an image in a registry, ends what is fetched of it.
	cancel func()
	kept   bool // the layers are those that were fetched
}

// blob is a layer as it is stored, compressed or not.
type blob struct {
	diffID v1.Hash // of what it is uncompressed
	size   int64   // in bytes; 0 if nobody knows
	// digest is that of what open reads; zero if open looks after it or there
	// is none.
	digest v1.Hash
	open   func() (io.ReadCloser, error)
}

// V1 is the image for functions of go-containerregistry. What its layers hold
// is not verified. It is of no use after Close.
func (im *Image) V1() v1.Image {
	if im.kept {
		return keptImage{im.image, im.layers}
	}
	return im.image
}

// Size is how many bytes the layers have as they are stored.
func (im *Image) Size() int64 {
	total := int64(0)
	for _, b := range im.layers {
		total += b.size
	}
	return total
}

// Close releases what the image is read from.
func (im *Image) Close() error {
	if im.cancel != nil {
		im.cancel()
	}
	if im.close != nil {
		return im.close()
	}
	return nil
}

// newImage takes the layers of an image as it has them.
func newImage(image v1.Image) (*Image, error) {
	layers, err := image.Layers()
	if err != nil {
		return nil, err
	}
	var stored []*blob
	for _, l := range layers {
		b := &blob{open: l.Compressed}
		if b.size, err = l.Size(); err != nil {
			return nil, err
		}
		stored = append(stored, b)
	}
	return withLayers(image, stored)
}

// maxLayers bounds them; docker takes 127.
const maxLayers = 1000

// withLayers makes sure that the layers are those of the image's config.
func withLayers(image v1.Image, layers []*blob) (*Image, error) {
	c, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	if len(layers) > maxLayers {
		return nil, tooManyLayers(len(layers))
	}
	if ids := c.RootFS.DiffIDs; len(ids) != len(layers) {
		return nil, fmt.Errorf("it has %d layers, and its config names %d", len(layers), len(ids))
	}
	for i, b := range layers {
		b.diffID = c.RootFS.DiffIDs[i]
	}
	return &Image{image: image, config: c, layers: layers}, nil
}

func tooManyLayers(n int) error { return fmt.Errorf("it has too many layers: %d", n) }

// RefError is a name that cannot be opened as an image.
type RefError struct {
	Ref  string
	Err  error
	hint string
}

func (e *RefError) Error() string { return fmt.Sprintf("cannot open the image %s: %v", e.Ref, e.Err) }

// Unwrap returns the cause.
func (e *RefError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *RefError) Hint() string {
	var cause interface{ Hint() string }
	if errors.As(e.Err, &cause) {
		return cause.Hint()
	}
	return e.hint
}

// Entrypoint and Args are the program with its first arguments, and those for
// a caller who gives none. An image that has only Cmd starts that.
func (im *Image) Entrypoint() (entrypoint, args []string) {
	c := im.config.Config
	if len(c.Entrypoint) == 0 {
		return c.Cmd, nil
	}
	return c.Entrypoint, c.Cmd
}

// Env lists the image's variables, NAME=value.
func (im *Image) Env() []string { return im.config.Config.Env }

// Workdir is where the program starts; it may be empty.
func (im *Image) Workdir() string { return im.config.Config.WorkingDir }

// User is who the program runs as, USER[:GROUP] in names or numbers; it may be
// empty.
func (im *Image) User() string { return im.config.Config.User }

// Volumes lists the directories that the image means to be written to, sorted.
func (im *Image) Volumes() []string {
	var out []string
	for name := range im.config.Config.Volumes {
		out = append(out, "/"+strings.Trim(name, "/"))
	}
	slices.Sort(out)
	return out
}
