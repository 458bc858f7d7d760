package images

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestPushInterrupted sends SIGINT while a layer is on its way to a registry
// that does not answer: there is neither an archive nor a tag then.
func TestPushInterrupted(t *testing.T) {
	suite(t)
	sending, ended := make(chan bool), make(chan bool)
	once := sync.OnceFunc(func() { close(sending) })
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet: // is it a registry?
		case http.MethodHead:
			w.WriteHeader(http.StatusNotFound)
		case http.MethodPost:
			w.Header().Set("Location", r.URL.Path+"upload")
			w.WriteHeader(http.StatusAccepted)
		case http.MethodPatch:
			once()
			<-ended
		default:
			t.Errorf("%s %s", r.Method, r.URL)
		}
	}))
	defer registry.Close()
	defer close(ended)
	host := strings.TrimPrefix(registry.URL, "http://")
	dir, beside := t.TempDir(), t.TempDir()
	write(t, filepath.Join(dir, "file"), "content")
	cmd := pack(t, "image", host+"/app", dir, "--push", "--insecure", host, "--destination", filepath.Join(beside, "app.tar"))
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-sending
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(said.String(), "interrupted") {
		t.Errorf("got %v\n%s", err, &said)
	}
	if left, err := os.ReadDir(beside); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestPushProgress has a terminal show how far a push is.
func TestPushProgress(t *testing.T) {
	suite(t, "docker-registry", "script")
	r := startRegistry(t, "", nil)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "content")
	ref := r.host + "/app"
	shown := run(t, "script", "-qec", strings.Join(pack(t, "image", ref, dir, "--push", "--insecure", r.host).Args, " "), "/dev/null")
	if !regexp.MustCompile(`(?s)` + regexp.QuoteMeta(ref) + ` +0%.*\r` + regexp.QuoteMeta(ref) + `@sha256:`).MatchString(shown) {
		t.Errorf("the terminal shows %q", shown)
	}
	if piped, err := pack(t, "image", ref, dir, "--push", "--insecure", r.host).CombinedOutput(); err != nil || strings.Contains(string(piped), "%") {
		t.Errorf("a pipe gets %q, %v", piped, err)
	}
}
