package pipeline

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/5bbb5df2/pack/pkg/image"
	"github.com/5bbb5df2/pack/pkg/oci"
	"github.com/5bbb5df2/pack/pkg/plan"
)

// lower is an image of two layers: one that is stored as it is, one compressed.
func lower(t *testing.T) v1.Image {
	t.Helper()
	var layers []v1.Layer
	for _, file := range []string{"plain", "compressed"} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&tar.Header{Name: file, Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		l := static.NewLayer(b.Bytes(), types.OCIUncompressedLayer)
		if file == "compressed" {
			var err error
			if l, err = tarball.LayerFromOpener(l.Uncompressed, tarball.WithMediaType(types.OCILayer)); err != nil {
				t.Fatal(err)
			}
		}
		layers = append(layers, l)
	}
	im, err := mutate.AppendLayers(mutate.MediaType(empty.Image, types.OCIManifestSchema1), layers...)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// TestBaseIsFetchedOnce counts what a registry is asked for.
func TestBaseIsFetchedOnce(t *testing.T) {
	for how, pushed := range map[string]bool{"to an archive": false, "to another registry, too": true} {
		t.Run(how, func(t *testing.T) {
			var mu sync.Mutex
			asked := map[string]int{}
			stored := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					mu.Lock()
					asked[r.URL.Path]++
					mu.Unlock()
				}
				stored.ServeHTTP(w, r)
			}))
			defer server.Close()
			other := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
			defer other.Close()
			from := &oci.Remote{Insecure: []string{"127.0.0.1"}}
			ref := strings.TrimPrefix(server.URL, "http://") + "/lower:v1"
			parsed, err := from.Parse(ref)
			if err == nil {
				err = remote.Write(parsed, lower(t), from.Options(t.Context())...)
			}
			if err != nil {
				t.Fatal(err)
			}
			mu.Lock()
			clear(asked)
			mu.Unlock()

			base, err := (&oci.Opener{Remote: from}).Open(t.Context(), ref)
			if err != nil {
				t.Fatal(err)
			}
			defer base.Close()
			tag, err := image.ParseName(strings.TrimPrefix(other.URL, "http://") + "/app")
			if err != nil {
				t.Fatal(err)
			}
			o := &Image{Tag: tag, File: filepath.Join(t.TempDir(), "app.tar"), Format: DockerArchive, Base: base, TempDir: t.TempDir()}
			if o.Compression, err = image.NewCompression(image.DefaultCompression, 0); err != nil {
				t.Fatal(err)
			}
			if pushed {
				o.Push = func(ctx context.Context, tag name.Tag, im v1.Image) error { return from.Push(ctx, tag, im, nil) }
			}
			p := plan.New(nil)
			if err := p.Add(plan.Entry{Path: "/file", Mode: 0o644, Size: 4, From: plan.Source{Data: []byte("text")}}); err != nil {
				t.Fatal(err)
			}
			if _, err := o.WriteTo(t.Context(), p, nil); err != nil {
				t.Fatal(err)
			}
			if len(asked) != 5 {
				t.Errorf("asked for %v: not the registry, a manifest, a config and two layers", asked)
			}
			for what, n := range asked {
				if n != 1 {
					t.Errorf("%s was fetched %d times", what, n)
				}
			}
		})
	}
}
