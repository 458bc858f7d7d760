package oci

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

func TestHugeManifest(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	ref := h.push(t, "app:v1", large(t))
	for _, announced := range []bool{false, true} {
		h.fail(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			if !strings.Contains(r.URL.Path, "/manifests/") {
				return false
			}
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			if announced {
				w.Header().Set("Content-Length", "10000000")
			}
			for range 10_000 {
				io.WriteString(w, strings.Repeat(" ", 1000))
			}
			return true
		})
		r, _ := h.remote()
		if _, err := pull(t, r, ref, ""); err == nil || !strings.Contains(err.Error(), "too large") {
			t.Errorf("announced %v: got %v", announced, err)
		}
	}
}

// A manifest with more layers than anybody can run is refused before each is
// looked for among all.
func TestManyLayers(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	im := large(t)
	ref := h.push(t, "app:v1", im)
	m, err := im.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	m = m.DeepCopy()
	for len(m.Layers) <= maxLayers {
		m.Layers = append(m.Layers, m.Layers[0])
	}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	h.fail(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if strings.Contains(r.URL.Path, "/manifests/") {
			w.Header().Set("Content-Type", string(m.MediaType))
			w.Write(data)
			return true
		}
		if isBlob(r) {
			t.Error("its config was fetched")
		}
		return false
	})
	r, _ := h.remote()
	if _, err := pull(t, r, ref, ""); err == nil || !strings.Contains(err.Error(), "too many layers: 1001") {
		t.Errorf("got %v", err)
	}
}

// A repository may be called as a part of the protocol is.
func TestRepositoryOfManifests(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	im, err := mutate.AppendLayers(empty.Image, layer(t, []string{"f f " + noise(2*maxDocument)}))
	if err != nil {
		t.Fatal(err)
	}
	ref := h.push(t, "some/manifests/app:v1", im)
	r, waited := h.remote()
	if n, err := pull(t, r, ref, ""); n != 2 || err != nil || len(*waited) > 0 {
		t.Errorf("%d entries, %v; it was taken up again %d times", n, err, len(*waited))
	}
}
