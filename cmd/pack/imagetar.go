package main

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/5bbb5df2/pack/pkg/image"
	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// imageTarFlags ask for an image of the bundle.
type imageTarFlags struct{ File, Tag string }

func (o *imageTarFlags) add(f *pflag.FlagSet) {
	f.StringVar(&o.File, "image-tar", "", "write an image of it, which starts the first INPUT, to the archive `FILE` too; OUTPUT may be left out")
	f.StringVar(&o.Tag, "tag", "", "the image is `NAME[:TAG]`")
}

// image turns the flags into a request; nil if no image is asked for.
func (o *imageTarFlags) image(epoch *time.Time) (*pipeline.Image, error) {
	if o.File == "" {
		return nil, nil
	}
	if o.Tag == "" {
		return nil, usagef("--image-tar needs --tag NAME[:TAG]")
	}
	tag, err := parseImageName(o.Tag)
	if err != nil {
		return nil, err
	}
	c, err := image.NewCompression(image.DefaultCompression, 0)
	if err != nil {
		return nil, err
	}
	im := &pipeline.Image{Tag: tag, File: o.File, Format: pipeline.DockerArchive, Created: time.Unix(0, 0).UTC(), Compression: c}
	if epoch != nil {
		im.Created = *epoch
	}
	return im, nil
}
