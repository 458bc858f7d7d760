package oci

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// lookup is what an index is read from: a layout or a registry. Both make sure
// that what they return has the descriptor's digest.
type lookup struct {
	index func(v1.Descriptor) (*v1.IndexManifest, error)
	image func(v1.Descriptor) (v1.Image, error)
	// several is the error, if set, of two images for one platform in the index
	// that choose is given, and not in one below it. Else the first is meant.
	several *severalError
}

const (
	// maxDepth bounds indexes in indexes; real ones have one level.
	maxDepth = 4
	// maxImages bounds what is looked at of all of them.
	maxImages = 1000
)

// candidate is an image of an index.
type candidate struct {
	v1.Descriptor
	platform *v1.Platform // nil if nobody says
	top      bool         // not in an index in the index
}

// rivals tells whether nothing but their content tells two images apart.
func (c candidate) rivals(o candidate) bool {
	return c.top && o.top && c.Digest != o.Digest && o.platform != nil && o.platform.Equals(*c.platform)
}

// PlatformError is an index that has no image for a platform.
type PlatformError struct {
	Want string   // OS/ARCH[/VARIANT]
	Has  []string // the platforms that there are
}

func (e *PlatformError) Error() string { return "it has no image for " + e.Want }

// Hint says which there are.
func (e *PlatformError) Hint() string {
	if len(e.Has) == 0 {
		return "it has none for any other either"
	}
	return "choose one by --platform: " + strings.Join(e.Has, ", ")
}

// severalError is several images that no platform tells apart.
type severalError struct {
	n    int
	hint string
}

func (e *severalError) Error() string { return fmt.Sprintf("it has %d images", e.n) }

// Hint says how to name one.
func (e *severalError) Hint() string { return e.hint }

// choose picks the image of an index for a platform. An empty platform is
// that of this machine, if there are several.
func (l lookup) choose(m *v1.IndexManifest, platform string) (v1.Image, error) {
	looked := 0
	all, err := l.list(m, nil, 0, &looked)
	if err != nil {
		return nil, err
	}
	if platform == "" && len(all) == 1 {
		return l.image(all[0].Descriptor)
	}
	want, err := ParsePlatform(platform)
	if err != nil {
		return nil, err
	}
	if want.OS = cmp.Or(want.OS, "linux"); len(all) != 1 {
		want.Architecture = cmp.Or(want.Architecture, runtime.GOARCH)
	}
	fits := func(want v1.Platform) int {
		return slices.IndexFunc(all, func(c candidate) bool { return c.platform != nil && usual(*c.platform).Satisfies(want) })
	}
	i := fits(usual(*want))
	if i < 0 {
		i = fits(*want)
	}
	switch {
	case len(all) == 0:
		return nil, errors.New("it has no image")
	case i < 0:
		return nil, &PlatformError{Want: want.String(), Has: platforms(all)}
	case l.several != nil && slices.ContainsFunc(all, all[i].rivals):
		return nil, l.several
	default:
		return l.image(all[i].Descriptor)
	}
}

// ParsePlatform reads OS/ARCH[/VARIANT]; what is empty is left open. An
// architecture may also have the name that uname(2) or Debian give it.
func ParsePlatform(text string) (*v1.Platform, error) {
	p, err := v1.ParsePlatform(text)
	if err != nil {
		return nil, err
	}
	switch p.Architecture {
	case "x86_64":
		p.Architecture = "amd64"
	case "i386", "i686":
		p.Architecture = "386"
	case "aarch64":
		p.Architecture = "arm64"
	case "armhf", "armv7l":
		p.Architecture, p.Variant = "arm", "v7"
	case "armel":
		p.Architecture, p.Variant = "arm", "v6"
	}
	return p, nil
}

// usual names a platform as others do that mean the same: an arm64 that says
// nothing is v8, an arm is v7 (package platforms of containerd).
func usual(p v1.Platform) v1.Platform {
	switch {
	case p.Architecture == "arm64" && p.Variant == "v8":
		p.Variant = ""
	case p.Architecture == "arm" && p.Variant == "":
		p.Variant = "v7"
	}
	return p
}

// fits tells whether an image that no index was asked for is for a platform; one
// that does not say for what it is, is for any. Few say for which variant.
func (im *Image) fits(platform string) error {
	want, err := ParsePlatform(platform)
	has := im.config.Platform()
	if err != nil || has == nil {
		return err
	}
	if has.Variant == "" {
		want.Variant = ""
	}
	if !has.Satisfies(*want) {
		return &PlatformError{Want: want.String(), Has: []string{has.String()}}
	}
	return nil
}

func platforms(all []candidate) []string {
	var names []string
	for _, c := range all {
		if c.platform != nil {
			names = append(names, c.platform.String())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// list adds to all the images of an index and of the indexes in it. Where the
// index does not say what platform one is for, its config does. Attestations,
// which are for unknown/unknown, are none.
//
// looked counts what was looked at.
func (l lookup) list(m *v1.IndexManifest, all []candidate, depth int, looked *int) ([]candidate, error) {
	if depth > maxDepth {
		return nil, errors.New("its indexes are nested too deeply")
	}
	for _, d := range m.Manifests {
		var err error
		*looked++
		switch {
		case *looked > maxImages:
			return nil, errors.New("it has too many images")
		case d.MediaType.IsIndex():
			var inner *v1.IndexManifest
			if inner, err = l.index(d); err == nil {
				all, err = l.list(inner, all, depth+1, looked)
			}
		case d.MediaType.IsImage() && d.Platform == nil:
			c := candidate{Descriptor: d, top: depth == 0}
			if c.platform, err = l.platform(d); err == nil {
				all = append(all, c)
			}
		case d.MediaType.IsImage() && d.Platform.OS != "unknown":
			all = append(all, candidate{d, d.Platform, depth == 0})
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (l lookup) platform(d v1.Descriptor) (*v1.Platform, error) {
	im, err := l.image(d)
	if err != nil {
		return nil, err
	}
	c, err := im.ConfigFile()
	if err != nil {
		return nil, err
	}
	return c.Platform(), nil
}
