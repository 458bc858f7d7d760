package oci

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// hub is a registry on this machine that can be made to fail.
type hub struct {
	*httptest.Server
	host string

	mu    sync.Mutex
	fault func(w http.ResponseWriter, r *http.Request, next http.Handler) bool // has it answered?
	asked []string
}

func newHub(t *testing.T, start func(*httptest.Server)) *hub {
	t.Helper()
	h := &hub{}
	stored := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	h.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.asked = append(h.asked, r.Method+" "+r.URL.Path)
		fault := h.fault
		h.mu.Unlock()
		if fault == nil || !fault(w, r, stored) {
			stored.ServeHTTP(w, r)
		}
	}))
	h.Config.ErrorLog = log.New(io.Discard, "", 0)
	start(h.Server)
	t.Cleanup(h.Close)
	u, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	h.host = u.Host
	return h
}

func (h *hub) fail(f func(http.ResponseWriter, *http.Request, http.Handler) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fault = f
}

// remote asks the hub and waits for nothing; waited has what it would have
// waited for.
func (h *hub) remote() (r *Remote, waited *[]time.Duration) {
	waited = new([]time.Duration)
	var mu sync.Mutex
	return &Remote{Insecure: []string{h.host}, pause: func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		*waited = append(*waited, d)
		return context.Cause(ctx)
	}}, waited
}

// noise is content that does not compress.
func noise(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + rand.IntN(26))
	}
	return string(b)
}

// large is an image of four layers with a file each.
func large(t *testing.T) v1.Image {
	t.Helper()
	im := empty.Image
	for i := range 4 {
		var err error
		if im, err = mutate.AppendLayers(im, layer(t, []string{fmt.Sprintf("f f%d %s", i, noise(300_000))})); err != nil {
			t.Fatal(err)
		}
	}
	return im
}

func (h *hub) push(t *testing.T, name string, what remote.Taggable) string {
	t.Helper()
	ref := h.host + "/" + name
	r, _ := h.remote()
	parsed, err := r.Parse(ref)
	if err == nil {
		err = remote.Push(parsed, what, r.Options(t.Context())...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// pull opens and unpacks ref; it returns how many entries there are.
func pull(t *testing.T, r *Remote, ref, platform string) (int, error) {
	t.Helper()
	im, err := (&Opener{Remote: r, Platform: platform}).Open(t.Context(), ref)
	if err != nil {
		return 0, err
	}
	defer im.Close()
	dir := t.TempDir()
	tree, err := im.Tree(t.Context(), dir)
	if left, rerr := os.ReadDir(dir); rerr != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, rerr)
	}
	if err != nil {
		return 0, err
	}
	defer tree.Close()
	return tree.Plan.Len(), nil
}

func isBlob(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/blobs/")
}

// faults answers each request for a blob by f as long as times allow.
func faults(times int, f func(w http.ResponseWriter, r *http.Request, next http.Handler)) func(http.ResponseWriter, *http.Request, http.Handler) bool {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		mu.Lock()
		defer mu.Unlock()
		if !isBlob(r) || times == 0 {
			return false
		}
		times--
		f(w, r, next)
		return true
	}
}

// cut sends a part of the answer and drops the connection.
func cut(w http.ResponseWriter, r *http.Request, next http.Handler) {
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	maps.Copy(w.Header(), answer.Header())
	w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()))
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func status(code int, header ...string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

const always = -1

func TestUnsteadyRegistry(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	ref := h.push(t, "app:v1", large(t))
	withRanges := func(w http.ResponseWriter, r *http.Request, next http.Handler) { ranged(t, w, r, next) }
	altered := func(w http.ResponseWriter, r *http.Request, next http.Handler) { alter(w, r, next) }
	for _, tt := range []struct {
		name  string
		times int
		fault func(http.ResponseWriter, *http.Request, http.Handler)
		want  string // in the error; "" is none
	}{
		{"well", 0, nil, ""},
		{"drops each layer once", 5, cut, ""},
		{"drops it, and knows ranges", always, withRanges, ""},
		{"drops it always", always, cut, "it broke off after "},
		{"429 with a time", 3, status(429, "Retry-After", "7"), ""},
		{"429 without", 2, status(429), ""},
		{"500 twice", 2, status(500), ""},
		{"500 always", always, status(500), "500 Internal Server Error"},
		{"404", always, status(404), "404 Not Found"},
		{"other bytes", always, altered, "verifying"},
		{"an end too early", always, short, "Content-Length header"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h.fail(faults(tt.times, tt.fault))
			defer h.fail(nil)
			r, waited := h.remote()
			n, err := pull(t, r, ref, "")
			if tt.want == "" && (err != nil || n != 5) {
				t.Errorf("got %d entries, %v", n, err)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v", err)
			}
			var hint interface{ Hint() string }
			if err != nil && (!errors.As(err, &hint) || hint.Hint() == "") {
				t.Errorf("no hint for %v", err)
			}
			if strings.Contains(tt.name, "with a time") && !slices.Contains(*waited, 7*time.Second) {
				t.Errorf("waited %v", *waited)
			}
		})
	}
}

// ranged cuts every answer short of its end, and serves ranges.
func ranged(t *testing.T, w http.ResponseWriter, r *http.Request, next http.Handler) {
	answer := httptest.NewRecorder()
	whole := r.Clone(r.Context())
	whole.Header.Del("Range")
	next.ServeHTTP(answer, whole)
	body := answer.Body.Bytes()
	from := 0
	if asked := r.Header.Get("Range"); asked != "" {
		if _, err := fmt.Sscanf(asked, "bytes=%d-%d", &from, new(int)); err != nil {
			t.Errorf("range %q", asked)
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(body)-from))
	if from > 0 {
		w.WriteHeader(http.StatusPartialContent)
	}
	end := min(len(body), from+100_000)
	w.Write(body[from:end])
	if end < len(body) {
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

// alter changes a byte in the middle.
func alter(w http.ResponseWriter, r *http.Request, next http.Handler) {
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	answer.Body.Bytes()[answer.Body.Len()/2] ^= 1
	maps.Copy(w.Header(), answer.Header())
	w.Write(answer.Body.Bytes())
}

// short leaves out the last byte and says so.
func short(w http.ResponseWriter, r *http.Request, next http.Handler) {
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()-1))
	w.Write(answer.Body.Bytes()[:answer.Body.Len()-1])
}

func TestPlatforms(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	index := mutate.IndexMediaType(empty.Index, "application/vnd.oci.image.index.v1+json")
	for i, arch := range []string{"s390x", "riscv64"} {
		im := empty.Image
		for range i + 1 {
			var err error
			if im, err = mutate.AppendLayers(im, layer(t, []string{"f " + noise(8) + " x"})); err != nil {
				t.Fatal(err)
			}
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: im, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}}})
	}
	ref := h.push(t, "both:v1", index)
	r, _ := h.remote()
	for platform, want := range map[string]int{"linux/s390x": 2, "linux/riscv64": 3} {
		if n, err := pull(t, r, ref, platform); n != want || err != nil {
			t.Errorf("%s: %d entries, %v", platform, n, err)
		}
	}
	var none *PlatformError
	_, err := pull(t, r, ref, "")
	if !errors.As(err, &none) || none.Hint() != "choose one by --platform: linux/riscv64, linux/s390x" {
		t.Errorf("got %v, %+v", err, none)
	}
	if digest, err := index.Digest(); err != nil {
		t.Error(err)
	} else if n, err := pull(t, r, h.host+"/both@"+digest.String(), "linux/s390x"); n != 2 || err != nil {
		t.Errorf("by digest: %d entries, %v", n, err)
	}
}

func TestSingleImageOfAnotherPlatform(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	ref := h.push(t, "app:v1", large(t))
	r, _ := h.remote()
	if _, err := pull(t, r, ref, "linux/amd64"); err != nil {
		t.Errorf("one that does not say: %v", err)
	}
	im := large(t)
	c, err := im.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	c = c.DeepCopy()
	c.OS, c.Architecture = "linux", "amd64"
	if im, err = mutate.ConfigFile(im, c); err != nil {
		t.Fatal(err)
	}
	ref = h.push(t, "app:v2", im)
	if _, err := pull(t, r, ref, "linux/s390x"); err == nil || !strings.Contains(err.Error(), "it has no image for linux/s390x") {
		t.Errorf("got %v", err)
	}
}

// byProxy asks the hub by plain HTTP whatever host a reference names.
func (h *hub) byProxy(insecure ...string) *Remote {
	r, _ := h.remote()
	r.Insecure = insecure
	r.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(h.URL) }
	return r
}

// Who is neither named by Insecure nor of this machine is asked by HTTPS alone.
func TestPlainHTTP(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	ref := h.push(t, "app:v1", large(t))
	_, port, _ := strings.Cut(h.host, ":")
	for _, asked := range []string{ref, "localhost:" + port + "/app:v1"} {
		r, _ := h.remote()
		r.Insecure = nil
		if _, err := pull(t, r, asked, ""); err != nil {
			t.Errorf("of this machine: %v", err)
		}
	}
	// Others ask addresses of private networks so.
	const host = "10.1.2.3:5000"
	_, err := pull(t, h.byProxy(), host+"/app:v1", "")
	var hint interface{ Hint() string }
	if !errors.As(err, &hint) || !strings.Contains(hint.Hint(), "--insecure "+host) {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{"10.1.2.3", host} {
		if _, err := pull(t, h.byProxy(name), host+"/app:v1", ""); err != nil {
			t.Errorf("named %s: %v", name, err)
		}
	}
}

func TestRedirect(t *testing.T) {
	var got http.Header
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got = r.Header }))
	defer elsewhere.Close()
	other := strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1)
	h := newHub(t, (*httptest.Server).Start)
	ref := h.push(t, "app:v1", large(t))
	h.fail(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if user, password, _ := r.BasicAuth(); user != "me" || password != "secret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="here"`)
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		if isBlob(r) {
			http.Redirect(w, r, other+"/blob", http.StatusTemporaryRedirect)
			return true
		}
		return false
	})
	r := h.byProxy("registry.example")
	r.Keychain = staticKeychain{}
	_, err := pull(t, r, "registry.example/app:v1", "")
	if err == nil || !strings.Contains(err.Error(), "would be asked by plain HTTP") || got != nil {
		t.Errorf("from the network to this machine: %v, asked with %v", err, got)
	}
	r, _ = h.remote()
	r.Keychain, r.Insecure = staticKeychain{}, nil
	if _, err := pull(t, r, ref, ""); err == nil || got == nil || got.Get("Authorization") != "" {
		t.Errorf("on this machine: %v, asked with %v", err, got)
	}
	r, _ = h.remote()
	if _, err := pull(t, r, ref, ""); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("without credentials: %v", err)
	}
}

type staticKeychain struct{}

func (staticKeychain) Resolve(authn.Resource) (authn.Authenticator, error) {
	return &authn.Basic{Username: "me", Password: "secret"}, nil
}

func TestAuthorities(t *testing.T) {
	h := newHub(t, (*httptest.Server).StartTLS)
	ref := h.push(t, "app:v1", large(t)) // the hub is named: any certificate will do
	r, _ := h.remote()
	r.Insecure = nil
	_, err := pull(t, r, ref, "")
	var hint interface{ Hint() string }
	if !errors.As(err, &hint) || !strings.Contains(hint.Hint(), "/etc/docker/certs.d/"+h.host) {
		t.Errorf("got %v", err)
	}
	certs := t.TempDir()
	file := filepath.Join(certs, h.host, "ca.crt")
	if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Certificate().Raw})
	if err := os.WriteFile(file, block, 0o644); err != nil {
		t.Fatal(err)
	}
	r = &Remote{CertsDir: certs}
	if n, err := pull(t, r, ref, ""); n != 5 || err != nil {
		t.Errorf("with its authority: %d entries, %v", n, err)
	}
	if err := os.WriteFile(file, []byte("none"), 0o644); err != nil {
		t.Fatal(err)
	}
	r = &Remote{CertsDir: certs}
	if _, err := pull(t, r, ref, ""); err == nil || !strings.Contains(err.Error(), "has no certificate") {
		t.Errorf("got %v", err)
	}
}

// What is fetched when somebody ends it leaves nothing.
func TestPullCancelled(t *testing.T) {
	h := newHub(t, (*httptest.Server).Start)
	ref := h.push(t, "app:v1", large(t))
	ctx, cancel := context.WithCancel(t.Context())
	h.fail(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if !isBlob(r) {
			return false
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		if answer.Body.Len() < 1000 { // the config
			w.Write(answer.Body.Bytes())
			return true
		}
		w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()))
		w.Write(answer.Body.Bytes()[:1000])
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
		return true
	})
	r, _ := h.remote()
	im, err := (&Opener{Remote: r}).Open(ctx, ref)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	dir := t.TempDir()
	if _, err := im.Tree(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
