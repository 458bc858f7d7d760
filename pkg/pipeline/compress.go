package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/output"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/upx"
)

// compress replaces each input's executable by a copy packed with upx. Its
// closure was taken from the original and still ships. The copies live in dir.
func (b *builder) compress(ctx context.Context, inputs []*member, dir string) error {
	done := map[string]bool{}
	for _, m := range inputs {
		e := b.plan.Get(m.At)
		if e == nil || done[m.At] {
			continue
		}
		done[m.At] = true
		if err := compressible(m.Program); err != nil {
			return err
		}
		src, err := e.From.Open()
		if err != nil {
			return openError(m.Name, err)
		}
		packed, err := upx.Compress(ctx, upx.Options{
			UPX: b.spec.Compress.UPX, Args: b.spec.Compress.Args,
			Source: src, Size: e.Size, Name: m.Name, TempDir: dir,
		})
		src.Close()
		var refused *upx.RefusedError
		if errors.As(err, &refused) {
			return &HintError{Err: err, Advice: "leave out --compress, or pass upx other options with --upx-arg"}
		}
		if err != nil {
			return err
		}
		fi, err := os.Lstat(packed)
		if err != nil {
			return err
		}
		abs, err := filepath.Abs(packed)
		if err != nil {
			return err
		}
		b.plan.Update(m.At, func(e *plan.Entry) {
			e.Size, e.From = fi.Size(), plan.Source{FS: rootfs.Host(), Path: abs}
		})
	}
	return nil
}

// compressBeside makes the copies to compress lie beside the output, where the
// next run removes them should this one be killed. The release is to be called
// before the output is committed, and may be called again.
func compressBeside(dir *output.Dir, spec *Spec) (*Spec, func() error, error) {
	if spec.Compress == nil || dir == nil {
		return spec, func() error { return nil }, nil
	}
	scratch, release, err := dir.Scratch()
	if err != nil {
		return nil, nil, err
	}
	beside := *spec
	beside.TempDir = scratch
	return &beside, sync.OnceValue(release), nil
}

func compressible(p *Program) error {
	switch {
	case p.Graph == nil:
		return &HintError{Err: fmt.Errorf("cannot compress %s: it is a script", p.Name), Advice: "leave out --compress"}
	case p.Graph.Main.Obj.Packed != "":
		return &HintError{Err: fmt.Errorf("cannot compress %s: it is packed by %s already", p.Name, p.Graph.Main.Obj.Packed), Advice: "leave out --compress"}
	case closure.Classify(p.Graph.Main.Obj) != closure.Dynamic:
		return &HintError{Err: fmt.Errorf("cannot compress %s: it is not a dynamically linked executable", p.Name), Advice: "leave out --compress"}
	}
	return nil
}
