package oci

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
)

func pushed(t *testing.T, h *hub) (name.Tag, v1.Image) {
	t.Helper()
	tag, err := name.NewTag(h.host + "/some/app:v1")
	if err != nil {
		t.Fatal(err)
	}
	im, err := random.Image(1000, 3)
	if err != nil {
		t.Fatal(err)
	}
	return tag, im
}

// bytesOf is how many there are of layers and config.
func bytesOf(t *testing.T, im v1.Image) int64 {
	t.Helper()
	m, err := im.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	total := m.Config.Size
	for _, l := range m.Layers {
		total += l.Size
	}
	return total
}

// uploads counts the blobs that were sent.
func (h *hub) uploads() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, a := range h.asked {
		if strings.HasPrefix(a, http.MethodPatch) {
			n++
		}
	}
	return n
}

func TestPush(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	r, _ := h.remote()
	tag, im := pushed(t, h)
	var sent atomic.Int64
	if err := r.Push(t.Context(), tag, im, func(n int) { sent.Add(int64(n)) }); err != nil {
		t.Fatal(err)
	}
	if want := bytesOf(t, im); sent.Load() != want {
		t.Errorf("%d bytes were counted, not %d", sent.Load(), want)
	}
	if n := h.uploads(); n != 4 {
		t.Errorf("%d blobs were sent, not 3 layers and a config", n)
	}
	got, err := (&Opener{Remote: r}).Open(t.Context(), tag.String())
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	want, _ := im.Digest()
	if d, err := got.V1().Digest(); err != nil || d != want {
		t.Errorf("pulled %s, not %s: %v", d, want, err)
	}
	if err := r.Push(t.Context(), tag, im, nil); err != nil {
		t.Fatal(err)
	}
	if n := h.uploads(); n != 4 {
		t.Errorf("what is there was sent again: %d uploads", n)
	}
}

func TestPushToAnUnsteadyRegistry(t *testing.T) {
	status := func(code int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for name, fault := range map[string]func(http.ResponseWriter, *http.Request){
		"500": status(http.StatusInternalServerError),
		"503": status(http.StatusServiceUnavailable),
		"429": status(http.StatusTooManyRequests),
		"dropped in the midst of a layer": func(_ http.ResponseWriter, q *http.Request) {
			io.CopyN(io.Discard, q.Body, 100)
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t, (*httptest.Server).Start)
			r, _ := h.remote()
			tag, im := pushed(t, h)
			var n atomic.Int32
			h.fail(func(w http.ResponseWriter, q *http.Request, next http.Handler) bool {
				if q.Method != http.MethodPatch || n.Add(1) > 2 {
					return false
				}
				fault(w, q)
				return true
			})
			if err := r.Push(t.Context(), tag, im, nil); err != nil {
				t.Fatal(err)
			}
			if n.Load() <= 2 {
				t.Error("it did not fail once")
			}
		})
	}
}

func TestPushFails(t *testing.T) {
	answer := func(status int) func(http.ResponseWriter, *http.Request, http.Handler) bool {
		return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
			w.WriteHeader(status)
			return true
		}
	}
	for _, c := range []struct {
		name  string
		fault func(http.ResponseWriter, *http.Request, http.Handler) bool
		hint  string
	}{
		{"not logged in", answer(http.StatusUnauthorized), "docker login HOST"},
		{"broken for good", func(w http.ResponseWriter, q *http.Request, _ http.Handler) bool {
			if q.Method == http.MethodPatch {
				w.WriteHeader(http.StatusInternalServerError)
			}
			return q.Method == http.MethodPatch
		}, "try again later"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHub(t, (*httptest.Server).Start)
			r, _ := h.remote()
			h.fail(c.fault)
			tag, im := pushed(t, h)
			err := r.Push(t.Context(), tag, im, nil)
			var failed *PushError
			if !errors.As(err, &failed) {
				t.Fatalf("got %v", err)
			}
			if want := strings.ReplaceAll(c.hint, "HOST", h.host); !strings.Contains(failed.Hint(), want) {
				t.Errorf("%v: the hint is %q, without %q", err, failed.Hint(), want)
			}
		})
	}
}

func TestPushByPlainHTTP(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	_, im := pushed(t, h)
	tag, err := name.NewTag("10.1.2.3:5000/app")
	if err != nil {
		t.Fatal(err)
	}
	var failed *PushError
	if err := h.byProxy().Push(t.Context(), tag, im, nil); !errors.As(err, &failed) || !strings.Contains(failed.Hint(), "add --insecure 10.1.2.3:5000") {
		t.Errorf("nobody allowed it: %v", err)
	}
	r, _ := h.remote()
	r.Insecure = nil
	tag, im = pushed(t, h)
	if err := r.Push(t.Context(), tag, im, nil); err != nil {
		t.Errorf("to this machine: %v", err)
	}
}

func TestPushToNobody(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	r, _ := h.remote()
	tag, im := pushed(t, h)
	h.Close()
	var failed *PushError
	if err := r.Push(t.Context(), tag, im, nil); !errors.As(err, &failed) || !strings.Contains(failed.Hint(), "can be reached") {
		t.Errorf("got %v", err)
	}
}

func TestPushCancelled(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	r, _ := h.remote()
	tag, im := pushed(t, h)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("somebody said so")
	h.fail(func(w http.ResponseWriter, q *http.Request, next http.Handler) bool {
		if q.Method == http.MethodPatch {
			cancel(why)
		}
		return false
	})
	if err := r.Push(ctx, tag, im, nil); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if slices.Contains(h.asked, "PUT /v2/some/app/manifests/v1") {
		t.Error("the tag was set")
	}
}
