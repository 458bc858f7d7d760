package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/5bbb5df2/pack/pkg/image"
	"github.com/5bbb5df2/pack/pkg/plan"
)

// TestImageIsWrittenWholeOrNotAtAll has the last step before the end fail, when
// all is written beside its place.
func TestImageIsWrittenWholeOrNotAtAll(t *testing.T) {
	refused := errors.New("refused")
	for _, format := range []ImageFormat{DockerArchive, OCIArchive, OCIDir} {
		for _, c := range []struct {
			name string
			push func(stop context.CancelCauseFunc) error
		}{
			{"a failed push", func(context.CancelCauseFunc) error { return refused }},
			{"an interrupt", func(stop context.CancelCauseFunc) error { stop(refused); return errors.New("the connection is gone") }},
			{"success", nil},
		} {
			t.Run(string(format)+", "+c.name, func(t *testing.T) {
				ctx, stop := context.WithCancelCause(t.Context())
				defer stop(nil)
				dir := t.TempDir()
				tag, err := image.ParseName("app")
				if err != nil {
					t.Fatal(err)
				}
				o := &Image{Tag: tag, File: filepath.Join(dir, "out"), Format: format}
				if o.Compression, err = image.NewCompression(image.DefaultCompression, 0); err != nil {
					t.Fatal(err)
				}
				if c.push != nil {
					o.Push = func(context.Context, name.Tag, v1.Image) error { return c.push(stop) }
				}
				p := plan.New(nil)
				if err := p.Add(plan.Entry{Path: "/file", Mode: 0o644, Size: 4, From: plan.Source{Data: []byte("text")}}); err != nil {
					t.Fatal(err)
				}
				_, err = o.WriteTo(ctx, p, nil)
				left, lerr := os.ReadDir(dir)
				if lerr != nil {
					t.Fatal(lerr)
				}
				if c.push == nil {
					if err != nil || len(left) != 1 {
						t.Errorf("got %v, and %v", err, left)
					}
					return
				}
				if !errors.Is(err, refused) || len(left) > 0 {
					t.Errorf("got %v, and left %v", err, left)
				}
			})
		}
	}
}
