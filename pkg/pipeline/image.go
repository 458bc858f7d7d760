package pipeline

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/image"
	"github.com/5bbb5df2/pack/pkg/oci"
	"github.com/5bbb5df2/pack/pkg/output"
	"github.com/5bbb5df2/pack/pkg/plan"
)

// ImageFormat is a form in which an image is written.
type ImageFormat string

// The forms of an image.
const (
	// DockerArchive is what docker load reads, and the OCI image layout, in one
	// tar archive.
	DockerArchive ImageFormat = "docker"
	// OCIArchive is the OCI image layout in a tar archive.
	OCIArchive ImageFormat = "oci"
	// OCIDir is the OCI image layout, a directory.
	OCIDir ImageFormat = "oci-dir"
)

// Image asks for a container image.
type Image struct {
	Tag name.Tag
	// File is the archive or directory to write; empty writes none.
	File   string
	Format ImageFormat
	// Platform is what the image is for. Where it says nothing, nor a base
	// does, it is Linux on the architecture of the program that is started, or
	// that of this machine.
	Platform    v1.Platform
	Config      image.Config
	Created     time.Time
	Base        *oci.Image // nil is none
	Compression image.Compression
	// Push sends the image to where its tag says; nil does not.
	Push func(context.Context, name.Tag, v1.Image) error
	// TempDir is where an image is kept that is only sent.
	TempDir string
}

// WriteTo makes the image of a plan, and returns its digest. On any error
// nothing is written.
func (o *Image) WriteTo(ctx context.Context, p *plan.Plan, log *logrus.Logger) (v1.Hash, error) {
	if log == nil {
		log = logrus.New()
		log.SetOutput(io.Discard)
	}
	out, err := o.open()
	if err != nil {
		return v1.Hash{}, err
	}
	defer out.abort()
	if p, err = withoutWhiteouts(p, log); err != nil {
		return v1.Hash{}, err
	}
	if p, err = o.onBase(ctx, p); err != nil {
		return v1.Hash{}, whole(ctx, err)
	}
	im, err := o.build(ctx, p, log)
	if err != nil {
		return v1.Hash{}, whole(ctx, err)
	}
	defer im.Close()
	if err := out.write(ctx, im); err != nil {
		return v1.Hash{}, whole(ctx, err)
	}
	if o.Push != nil {
		if err := o.Push(ctx, o.Tag, im); err != nil {
			return v1.Hash{}, whole(ctx, err)
		}
	}
	if err := out.commit(); err != nil {
		return v1.Hash{}, err
	}
	return im.Digest()
}

// whole is err, or why ctx has ended if it has: everything that failed then did
// so because of that.
func whole(ctx context.Context, err error) error {
	if gone := context.Cause(ctx); err != nil && gone != nil {
		return gone
	}
	return err
}

func (o *Image) build(ctx context.Context, p *plan.Plan, log *logrus.Logger) (*image.Image, error) {
	dir := o.TempDir
	if o.File != "" {
		dir = filepath.Dir(o.File)
	}
	options := image.Options{
		Platform: o.platform(p, log), Config: o.Config, Created: o.Created, CreatedBy: "pack",
		Compression: o.Compression, TempDir: dir,
	}
	if o.Base != nil {
		options.Base = o.Base.V1()
	}
	return image.Build(ctx, p, options)
}

// imageOutput is an archive or directory that holds an image. Its zero value
// writes nothing.
type imageOutput struct {
	asked *Image
	file  *output.File
	dir   *output.Dir
}

// open finds out early what cannot be written.
func (o *Image) open() (*imageOutput, error) {
	out := &imageOutput{asked: o}
	var err error
	switch {
	case o.File == "":
	case o.Format == OCIDir:
		out.dir, err = output.NewDir(o.File, output.DirOptions{})
	default:
		out.file, err = output.NewFile(o.File, 0o644)
	}
	return out, err
}

// write writes the image, up to Flush.
func (o *imageOutput) write(ctx context.Context, im *image.Image) error {
	if o.file == nil && o.dir == nil {
		return nil
	}
	files, err := im.Files(ctx, o.asked.Tag, o.asked.Format == DockerArchive)
	if err != nil {
		return err
	}
	if o.dir != nil {
		return output.Write(ctx, files, o.dir)
	}
	return output.Write(ctx, files, output.NewTar(o.file, o.file.Commit, o.file.Abort))
}

func (o *imageOutput) commit() error {
	switch {
	case o.dir != nil:
		return o.dir.Commit()
	case o.file != nil:
		return o.file.Commit()
	}
	return nil
}

func (o *imageOutput) abort() error {
	var errs []error
	if o.dir != nil {
		errs = append(errs, o.dir.Abort())
	}
	if o.file != nil {
		errs = append(errs, o.file.Abort())
	}
	return errors.Join(errs...)
}
