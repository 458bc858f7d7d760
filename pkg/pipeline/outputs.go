package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/output"
	"github.com/5bbb5df2/pack/pkg/plan"
)

// outputs are what one run writes: a directory, a portable file, an image.
type outputs struct {
	spec *Spec
	// dir is the bundle; nil where nobody needs it. It is kept only if the
	// request names it.
	dir  *output.Dir
	temp string // holds a directory that is not kept
	file *output.File
	sink *output.Portable // owns file
	// image is the image; nil where none is asked for.
	image *imageOutput
}

// openOutputs finds out early what cannot be written.
func openOutputs(spec *Spec) (*outputs, error) {
	o := &outputs{spec: spec}
	err := o.open()
	if err != nil {
		return nil, errors.Join(err, o.abort())
	}
	return o, nil
}

func (o *outputs) open() (err error) {
	name := o.spec.Output
	if name == "" && o.spec.Test != nil {
		if o.temp, err = os.MkdirTemp(o.spec.TempDir, "pack-"); err != nil {
			return err
		}
		name = filepath.Join(o.temp, "bundle")
	}
	if name != "" {
		if o.dir, err = output.NewDir(name, output.DirOptions{Epoch: o.spec.Epoch}); err != nil {
			return err
		}
	}
	if o.spec.Portable != nil {
		if o.file, err = output.NewFile(o.spec.Portable.File, 0o755); err != nil {
			return err
		}
	}
	if o.spec.Image != nil {
		o.image, err = o.spec.Image.open()
	}
	return err
}

// writeDir writes the directory and says what of it could not be kept.
func (o *outputs) writeDir(ctx context.Context, p *plan.Plan, log *logrus.Logger) error {
	if o.dir == nil {
		return nil
	}
	if err := output.Write(ctx, p, o.dir); err != nil {
		return err
	}
	if o.spec.Output == "" {
		return nil
	}
	lost, expected := losses(o.dir.Lost())
	if o.spec.Strict && len(lost) > 0 {
		return &StrictError{Warnings: lost}
	}
	for _, l := range lost {
		log.Warn(l)
	}
	for _, l := range expected {
		log.Info(l)
	}
	return nil
}

// writeFile writes the portable file. It starts the input if nothing else was
// asked for.
func (o *outputs) writeFile(ctx context.Context, r *Result, log *logrus.Logger) (err error) {
	if o.file == nil {
		return nil
	}
	wanted := *o.spec.Portable
	wanted.Strict = o.spec.Strict
	if wanted.Config.Entrypoint == nil {
		wanted.Config.Entrypoint = []string{r.Inputs[0].Start()}
	}
	f := o.file
	o.file = nil
	o.sink, err = wanted.write(ctx, steady(r.Plan), f, log)
	return err
}

// writeImage writes the image, which starts the input.
func (o *outputs) writeImage(ctx context.Context, r *Result, log *logrus.Logger) error {
	if o.image == nil {
		return nil
	}
	wanted := *o.spec.Image
	wanted.Config.Entrypoint = []string{r.Inputs[0].Start()}
	im, err := wanted.build(ctx, steady(r.Plan), log)
	if err != nil {
		return whole(ctx, err)
	}
	defer im.Close()
	return whole(ctx, o.image.write(ctx, im))
}

// commit puts everything in its place. The directory, whose place may have
// been taken meanwhile, comes first.
func (o *outputs) commit() error {
	if o.spec.Output != "" {
		if err := o.dir.Commit(); err != nil {
			return err
		}
	}
	if o.sink != nil {
		if err := o.sink.Commit(); err != nil {
			return err
		}
	}
	if o.image != nil {
		return o.image.commit()
	}
	return nil
}

// abort removes what was not committed.
func (o *outputs) abort() error {
	var errs []error
	if o.dir != nil {
		errs = append(errs, o.dir.Abort())
	}
	if o.file != nil {
		errs = append(errs, o.file.Abort())
	}
	if o.sink != nil {
		errs = append(errs, o.sink.Abort())
	}
	if o.image != nil {
		errs = append(errs, o.image.abort())
	}
	if o.temp != "" {
		errs = append(errs, os.RemoveAll(o.temp))
	}
	return errors.Join(errs...)
}
