package oci

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// TestSavedLayersStay has layers of an archive as they are stored there, for
// who makes another image of them.
func TestSavedLayersStay(t *testing.T) {
	plain := pack(t, "f", "x")
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	io.WriteString(w, plain)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, stored string
		media        types.MediaType
	}{
		{"plain", plain, types.DockerUncompressedLayer},
		{"gzip", gz.String(), types.DockerLayer},
		{"zstd", string(z.EncodeAll([]byte(plain), nil)), types.OCILayerZStd},
	} {
		t.Run(tt.name, func(t *testing.T) {
			diff := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(plain)))
			file := filepath.Join(t.TempDir(), "saved.tar")
			saved := pack(t, "manifest.json", `[{"Config":"c.json","Layers":["l"]}]`, "c.json", `{"rootfs":{"diff_ids":["`+diff+`"]}}`, "l", tt.stored)
			if err := os.WriteFile(file, []byte(saved), 0o600); err != nil {
				t.Fatal(err)
			}
			im, err := Open(file, "")
			if err != nil {
				t.Fatal(err)
			}
			defer im.Close()
			layers, err := im.V1().Layers()
			if err != nil || len(layers) != 1 {
				t.Fatalf("got %d layers, %v", len(layers), err)
			}
			l := layers[0]
			if media, err := l.MediaType(); media != tt.media || err != nil {
				t.Errorf("the type is %s, not %s, %v", media, tt.media, err)
			}
			if got, err := l.DiffID(); got.String() != diff || err != nil {
				t.Errorf("the diff ID is %s, %v", got, err)
			}
			if tt.media == types.DockerUncompressedLayer {
				return
			}
			if got, err := l.Digest(); got.String() != fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(tt.stored))) || err != nil {
				t.Errorf("the digest is %s, %v", got, err)
			}
			r, err := l.Compressed()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if got, err := io.ReadAll(r); string(got) != tt.stored || err != nil {
				t.Errorf("it is stored as %q, %v", got, err)
			}
		})
	}
}

// Names that nothing can have take no memory.
func TestLongNamesInAnArchive(t *testing.T) {
	file := filepath.Join(t.TempDir(), "saved.tar")
	if err := os.WriteFile(file, []byte(pack(t, strings.Repeat("x/", 5000)+"x", "y", "z", "y")), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newArchive(f)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if len(a.files) != 1 {
		t.Errorf("%d names are kept", len(a.files))
	}
}
