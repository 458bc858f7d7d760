package images

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// unsteady stands before a registry and answers requests for one blob, or one
// manifest, in its own way.
type unsteady struct {
	*httptest.Server
	registry *url.URL
	blob     string // what the paths of faulty requests end with

	mu    sync.Mutex
	asked []http.Header // of the faulty requests
	fault fault
}

// fault answers the nth request for the blob, counted from 1. next is the
// registry's answer.
type fault func(n int, w http.ResponseWriter, r *http.Request, next http.HandlerFunc)

func newUnsteady(t *testing.T, host string) *unsteady {
	t.Helper()
	u := &unsteady{registry: &url.URL{Scheme: "http", Host: host}}
	u.Server = httptest.NewServer(u)
	t.Cleanup(u.Close)
	return u
}

func (u *unsteady) host() string { return u.Listener.Addr().String() }

func (u *unsteady) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	through := httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(u.registry)
			p.Out.Host = p.In.Host
		},
		ErrorLog: log.New(io.Discard, "", 0), // of clients that do not listen any more
	}
	if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, u.blob) {
		through.ServeHTTP(w, r)
		return
	}
	u.mu.Lock()
	u.asked = append(u.asked, r.Header.Clone())
	n := len(u.asked)
	u.mu.Unlock()
	u.fault(n, w, r, through.ServeHTTP)
}

// begin makes the next requests for blob meet a fault.
func (u *unsteady) begin(blob string, f fault) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.blob, u.fault, u.asked = blob, f, nil
}

// cut is a writer that loses its connection after some bytes.
type cut struct {
	http.ResponseWriter
	left int
}

func (c *cut) Write(p []byte) (int, error) {
	if len(p) <= c.left {
		c.left -= len(p)
		return c.ResponseWriter.Write(p)
	}
	c.ResponseWriter.Write(p[:c.left])
	http.NewResponseController(c.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// drop loses the connection after some bytes of the body, as long as which of
// n says so.
func drop(bytes int, which func(n int) bool) fault {
	return func(n int, w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		if which(n) {
			w = &cut{w, bytes}
		}
		next(w, r)
	}
}

// whole is f for a registry that knows no ranges.
func whole(f fault) fault {
	return func(n int, w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		r.Header.Del("Range")
		f(n, w, r, next)
	}
}

// status answers with a status, as long as which of n says so.
func status(code int, retryAfter string, which func(n int) bool) fault {
	return func(n int, w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		if !which(n) {
			next(w, r)
			return
		}
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(code)
	}
}

// altered changes the body, whatever its header says it is.
func altered(change func([]byte) []byte) fault {
	return func(_ int, w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		r.Header.Del("Range")
		answer := httptest.NewRecorder()
		next(answer, r)
		body := change(bytes.Clone(answer.Body.Bytes()))
		for key, values := range answer.Header() {
			w.Header()[key] = values
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(answer.Code)
		w.Write(body)
	}
}

func first(n int) bool { return n == 1 }
func twice(n int) bool { return n <= 2 }
func every(int) bool   { return true }

// TestFaults has every kind of bad day of a registry, for a layer that takes
// several reads.
func TestFaults(t *testing.T) {
	suite(t, "docker-registry", "skopeo")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "content")
	layout, im := layered(t, dir)
	want := readTree(t, dir)
	r := startRegistry(t, "", nil)
	run(t, "skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", "oci:"+layout+":tag", "docker://"+r.host+"/app:1")
	layers, err := im.Layers()
	if err != nil {
		t.Fatal(err)
	}
	noise, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	config, err := im.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	digest, err := im.Digest()
	if err != nil {
		t.Fatal(err)
	}
	u := newUnsteady(t, r.host)
	flip := func(b []byte) []byte { b[len(b)/2] ^= 1; return b }
	for _, tt := range []struct {
		name   string
		path   string // of what is faulty
		fault  fault
		causes []string // none: it succeeds
	}{
		{"drops once", noise.String(), drop(1<<20, first), nil},
		{"drops once at the first byte", noise.String(), drop(0, first), nil},
		{"drops again and again", noise.String(), drop(400<<10, every), nil},
		{"drops once, without ranges", noise.String(), whole(drop(1<<20, first)), nil},
		{"drops always at one place", noise.String(), whole(drop(1<<20, every)), []string{"layer 1", "broke off"}},
		{"drops always at once", noise.String(), drop(0, every), []string{"layer 1"}},
		{"too many requests once", noise.String(), status(http.StatusTooManyRequests, "0", first), nil},
		{"too many requests twice, and a second to wait", noise.String(), status(http.StatusTooManyRequests, "1", twice), nil},
		{"too many requests always", noise.String(), status(http.StatusTooManyRequests, "0", every), []string{"layer 1", "429"}},
		{"too many requests until next year", noise.String(), status(http.StatusTooManyRequests, "31536000", every), []string{"layer 1", "429"}},
		{"unavailable once", noise.String(), status(http.StatusServiceUnavailable, "0", first), nil},
		{"internal error once", noise.String(), status(http.StatusInternalServerError, "", first), nil},
		{"internal error always", noise.String(), status(http.StatusInternalServerError, "", every), []string{"layer 1", "500"}},
		{"not found", noise.String(), status(http.StatusNotFound, "", every), []string{"layer 1", "404"}},
		{"moved in a circle", noise.String(), func(_ int, w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
		}, []string{"layer 1", "redirects"}},
		{"moved to the registry", noise.String(), func(_ int, w http.ResponseWriter, req *http.Request, _ http.HandlerFunc) {
			http.Redirect(w, req, "http://"+r.host+req.URL.Path, http.StatusTemporaryRedirect)
		}, nil},
		{"another byte", noise.String(), altered(flip), []string{"layer 1"}},
		{"fewer bytes", noise.String(), altered(func(b []byte) []byte { return b[:len(b)-1000] }), []string{"layer 1"}},
		{"more bytes", noise.String(), altered(func(b []byte) []byte { return append(b, b...) }), []string{"layer 1"}},
		{"no bytes", noise.String(), altered(func([]byte) []byte { return nil }), []string{"layer 1"}},
		{"endless bytes", noise.String(), endless, []string{"layer 1"}},
		{"another config", config.String(), altered(flip), []string{"cannot open the image"}},
		{"another manifest", "manifests/" + digest.String(), altered(flip), []string{"cannot open the image"}},
		{"no manifest for now", "manifests/" + digest.String(), status(http.StatusServiceUnavailable, "", first), nil},
		{"web page for a manifest", "manifests/" + digest.String(), func(_ int, w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
			io.WriteString(w, "<html>")
		}, []string{"cannot open the image"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u.begin(tt.path, tt.fault)
			cmd := pack(t, "unpack", "--insecure", "127.0.0.1", u.host()+"/app@"+digest.String())
			if tt.causes == nil {
				gives(t, want, cmd)
			} else {
				fails(t, cmd, tt.causes...)
			}
			if n := len(u.asked); n == 0 || n > 30 {
				t.Errorf("it was asked %d times", n)
			}
		})
	}
	t.Run("goes on where it broke off", func(t *testing.T) {
		u.begin(noise.String(), drop(1<<20, first))
		gives(t, want, pack(t, "unpack", "--insecure", "127.0.0.1", u.host()+"/app@"+digest.String()))
		if len(u.asked) != 2 || !strings.HasPrefix(u.asked[1].Get("Range"), "bytes=") {
			t.Errorf("it was asked %q", u.asked)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		asked, ended := make(chan bool), make(chan bool)
		u.begin(noise.String(), func(_ int, w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
			w.WriteHeader(http.StatusOK)
			http.NewResponseController(w).Flush()
			close(asked)
			<-ended
		})
		defer close(ended)
		interrupted(t, pack(t, "unpack", "--insecure", "127.0.0.1", u.host()+"/app@"+digest.String()), asked)
	})
}

// endless never stops sending, until nobody listens.
func endless(_ int, w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
	for data := make([]byte, 1<<20); ; {
		if _, err := w.Write(data); err != nil {
			return
		}
	}
}

// interrupted sends SIGINT to pack unpack when it has asked, and sees that
// nothing is left of it.
func interrupted(t *testing.T, cmd *exec.Cmd, asked <-chan bool) {
	t.Helper()
	beside := t.TempDir()
	cmd.Args = append(cmd.Args, beside+"/out")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it succeeded")
	}
	if left, err := os.ReadDir(beside); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
