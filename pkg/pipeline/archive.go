package pipeline

import (
	"context"
	"errors"

	"github.com/5bbb5df2/pack/pkg/codec"
	"github.com/5bbb5df2/pack/pkg/output"
	"github.com/5bbb5df2/pack/pkg/plan"
)

// Archive writes a plan to the tar archive name, compressed by a codec. On any
// error there is none, or the one that was there before.
func Archive(ctx context.Context, p *plan.Plan, name, compression string) error {
	f, err := output.NewFile(name, 0o644)
	if err != nil {
		return err
	}
	z, err := codec.NewWriter(compression, f)
	if err != nil {
		return errors.Join(err, f.Abort())
	}
	sink := output.NewTar(z, func() error {
		if err := z.Close(); err != nil {
			return errors.Join(err, f.Abort())
		}
		return f.Commit()
	}, f.Abort)
	if err := output.Write(ctx, p, sink); err != nil {
		return err
	}
	return sink.Commit()
}
