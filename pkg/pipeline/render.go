package pipeline

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/launchers"
	"github.com/5bbb5df2/pack/pkg/output"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// payloadName is where the launcher's source has its payload.
const payloadName = "/payload/payload"

// Render writes to the directory o.File the source of a launcher, as package
// launchers has it, with p as its payload: a Go module that builds without a
// network. On any error the directory is as it was.
func (o *Portable) Render(ctx context.Context, p *plan.Plan, log *logrus.Logger) error {
	dir, err := output.NewDir(o.File, output.DirOptions{})
	if err != nil {
		return err
	}
	defer dir.Abort()
	scratch, remove, err := dir.Scratch()
	if err != nil {
		return err
	}
	release := sync.OnceValue(remove)
	defer release()
	bare := *o
	bare.File, bare.Launcher = filepath.Join(scratch, filepath.Base(o.File)), nil
	if err := bare.WriteTo(ctx, p, log); err != nil {
		return err
	}
	out, err := renderPlan(cmp.Or(o.Config.Name, path.Base(o.File)), o.Codec)
	if err != nil {
		return err
	}
	if err := addPayload(out, bare.File); err != nil {
		return err
	}
	if err := output.Write(ctx, out, dir); err != nil {
		return err
	}
	if err := release(); err != nil {
		return err
	}
	return dir.Commit()
}

// addPayload adds a file of the host.
func addPayload(p *plan.Plan, name string) error {
	fi, err := rootfs.Host().Lstat(name)
	if err != nil {
		return err
	}
	return p.Add(plan.Entry{
		Path: payloadName, Mode: 0o644, ModTime: madeTime, Size: fi.Size(),
		From: plan.Source{FS: rootfs.Host(), Path: name},
	})
}

// renderPlan is the module without its payload.
func renderPlan(name, codec string) (*plan.Plan, error) {
	source, err := launchers.Source()
	if err != nil {
		return nil, err
	}
	defer source.Close()
	p := plan.New(nil)
	for r := tar.NewReader(source); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return p, nil
		}
		var data []byte
		if err == nil {
			data, err = io.ReadAll(r)
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read the embedded source: %w", err)
		}
		file := h.Name
		if file == launchers.GoMod {
			file = "go.mod"
			data = bytes.ReplaceAll(data, []byte(launchers.Module), []byte("portable/"+moduleName(name)))
		}
		data, keep := choose(data, codec)
		if !keep {
			continue
		}
		e := plan.Entry{Path: path.Join("/", file), Mode: 0o644, ModTime: madeTime, Size: int64(len(data)), From: plan.Source{Data: data}}
		if err := p.Add(e); err != nil {
			return nil, err
		}
	}
}

// choose drops what only another build tag builds, so that "go build" makes a
// launcher that reads the codec without being told a tag.
func choose(data []byte, codec string) (out []byte, keep bool) {
	if codec == launchers.SmallCodec {
		return data, true
	}
	if bytes.HasPrefix(data, []byte("//go:build !"+launchers.AllTag+"\n")) {
		return nil, false
	}
	return bytes.TrimPrefix(data, []byte("//go:build "+launchers.AllTag+"\n\n")), true
}

// moduleName makes of a name one that the last element of a module path may
// have (https://go.dev/ref/mod#module-path).
func moduleName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.~", r)) {
			return r
		}
		return '-'
	}, name)
	if name = strings.Trim(name, ".~-"); name == "" {
		return "app"
	}
	return name
}
