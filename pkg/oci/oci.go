// Package oci reads container images from archives into plans.
//
// Nothing of an image is trusted: what its layers name is looked up in the tree
// they make and never on the host, and the content of each layer must be what
// the image's config says it is.
package oci

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Image is an image that is not unpacked.
type Image struct {
	image  v1.Image
	config *v1.ConfigFile
}

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
func (e *RefError) Hint() string { return e.hint }

// layoutPrefix begins the name of a directory in the OCI image layout
// (image-layout.md of opencontainers/image-spec).
const layoutPrefix = "oci:"

// Open opens an image: FILE, as docker save writes it, or oci:DIR, an OCI image
// layout. platform, as GOOS/GOARCH, chooses among several; empty is fine where
// there is one. The error is a *[RefError].
func Open(ref, platform string) (*Image, error) {
	var im Image
	var err error
	hint := "name an archive that docker save wrote, or oci:DIR"
	if dir, ok := strings.CutPrefix(ref, layoutPrefix); ok {
		im.image, err = fromLayout(dir, platform)
	} else {
		im.image, err = fromArchive(ref)
	}
	if err == nil {
		im.config, err = im.image.ConfigFile()
	}
	var several *severalError
	if errors.As(err, &several) {
		hint = "choose one with --platform"
	}
	if err != nil {
		return nil, &RefError{Ref: ref, Err: err, hint: hint}
	}
	return &im, nil
}

func fromArchive(name string) (v1.Image, error) {
	fi, err := os.Stat(name)
	var pe *fs.PathError
	switch {
	case errors.As(err, &pe):
		return nil, pe.Err
	case err != nil:
		return nil, err
	case !fi.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	}
	return tarball.ImageFromPath(name, nil)
}

func fromLayout(dir, platform string) (v1.Image, error) {
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return nil, err
	}
	var want *v1.Platform
	if platform != "" {
		if want, err = v1.ParsePlatform(platform); err != nil {
			return nil, err
		}
	}
	found, err := images(index, want, 0)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, fmt.Errorf("it has no image for %s", platform)
	case len(found) > 1:
		return nil, &severalError{len(found)}
	}
	return found[0], nil
}

type severalError struct{ n int }

func (e *severalError) Error() string { return fmt.Sprintf("it has %d images", e.n) }

// maxDepth bounds indexes in indexes; real ones have one level.
const maxDepth = 4

// images lists the images of an index for a platform; nil is any.
func images(index v1.ImageIndex, want *v1.Platform, depth int) ([]v1.Image, error) {
	m, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, errors.New("its indexes are nested too deeply")
	}
	var out []v1.Image
	for _, d := range m.Manifests {
		switch {
		case d.MediaType.IsIndex():
			inner, err := index.ImageIndex(d.Digest)
			if err != nil {
				return nil, err
			}
			more, err := images(inner, want, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		case d.MediaType.IsImage():
			im, err := index.Image(d.Digest)
			if err != nil {
				return nil, err
			}
			ok, err := fits(im, d.Platform, want)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, im)
			}
		}
	}
	return out, nil
}

// fits tells whether an image is for a platform. Where the index does not say,
// the config does. Attestations are images for unknown/unknown.
func fits(im v1.Image, says, want *v1.Platform) (bool, error) {
	if says == nil {
		c, err := im.ConfigFile()
		if err != nil {
			return false, err
		}
		says = c.Platform()
	}
	if says == nil || says.OS == "unknown" {
		return want == nil && says == nil, nil
	}
	return want == nil || says.Satisfies(*want), nil
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
