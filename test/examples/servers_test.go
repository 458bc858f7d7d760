package examples

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/engine"
)

// serves starts the example and has curl, in an image of its own but on the
// same loopback device, ask it.
func serves(url, want string) check {
	return func(t *testing.T, e example) int64 {
		s := e.start(t)
		curl := example{"client-of-" + e.name, filepath.Join(root, "example", "curl"), "", e.client}.build(t)
		got := s.until(t, "run", "--rm", "--network", "container:"+s.id, curl, "--silent", "--show-error", "--fail", url)
		if !strings.Contains(got, want) {
			t.Errorf("%s answered %q, want %q in it", e.name, got, want)
		}
		return e.size(t, s.image)
	}
}

func postgres(t *testing.T, e example) int64 {
	s := e.start(t)
	query := "CREATE TABLE t AS SELECT generate_series(1, 9) AS n; SELECT sum(n), to_timestamp(0) AT TIME ZONE 'Asia/Tokyo' FROM t"
	got := s.until(t, "exec", s.id, "/usr/lib/postgresql/15/bin/psql", "-qAtc", query)
	if want := "45|1970-01-01 09:00:00"; strings.TrimSpace(got) != want {
		t.Errorf("psql printed %q, want %q", got, want)
	}
	return e.size(t, s.image)
}

// redis writes its data as the user that the image names.
func redis(t *testing.T, e example) int64 {
	s := e.start(t)
	if got := s.until(t, "exec", s.id, "/usr/bin/redis-cli", "SAVE"); strings.TrimSpace(got) != "OK" {
		t.Errorf("redis-cli SAVE printed %q", got)
	}
	data, err := e.client.Command(t.Context(), "cp", s.id+":/var/lib/redis/dump.rdb", "-").Output()
	must(t, err)
	header, err := tar.NewReader(bytes.NewReader(data)).Next()
	must(t, err)
	if header.Uid == 0 || header.Size == 0 {
		t.Errorf("dump.rdb of %d bytes belongs to user %d", header.Size, header.Uid)
	}
	return e.size(t, s.image)
}

// fetches has curl get a page by TLS from this machine: it refuses a
// certificate that none of its own signed, and takes it from who trusts it.
func fetches(t *testing.T, e example) int64 {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "hello from the host")
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // one client is meant to hang up
	server.StartTLS()
	defer server.Close()
	image := e.build(t)
	port := server.URL[strings.LastIndex(server.URL, ":")+1:]
	get := func(flags ...string) (string, error) {
		args := append([]string{"run", "--rm", "-i", "--network", "host", image, "--silent", "--show-error",
			"--resolve", "example.com:" + port + ":127.0.0.1", "https://example.com:" + port + "/"}, flags...)
		cmd := e.client.Command(t.Context(), args...)
		cmd.Stdin = bytes.NewReader(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if got, err := get("--cacert", "/dev/stdin"); err != nil || got != "hello from the host" {
		t.Errorf("curl with the server's certificate: %v: %s", err, got)
	}
	if got, err := get(); err == nil || !strings.Contains(got, "self-signed certificate") {
		t.Errorf("curl with the certificates of its image: %v: %s", err, got)
	}
	return e.size(t, image)
}

// server is an example that runs in a container without a network.
type server struct {
	client    engine.Client
	image, id string
}

// start runs the example until the test ends.
func (e example) start(t *testing.T) server {
	t.Helper()
	image := e.build(t)
	var diagnosis bytes.Buffer
	cmd := e.client.Command(t.Context(), "run", "-d", "--network", "none", image)
	cmd.Stderr = &diagnosis
	id, err := cmd.Output()
	if err != nil {
		t.Fatalf("docker run %s: %v\n%s", image, err, &diagnosis)
	}
	s := server{e.client, image, strings.TrimSpace(string(id))}
	t.Cleanup(func() { _ = e.client.Do("rm", "-f", "-v", s.id) })
	return s
}

// until repeats a docker command, a client, until it can connect, and returns
// what it then prints; a server that has ended will never answer.
func (s server) until(t *testing.T, args ...string) string {
	t.Helper()
	for {
		out, err := s.client.Command(t.Context(), args...).CombinedOutput()
		if err == nil {
			return string(out)
		}
		if !s.running(t) || !strings.Contains(string(out), "connect") {
			logs, _ := s.client.Command(t.Context(), "logs", s.id).CombinedOutput()
			t.Fatalf("the client of %s: %v: %s\nthe server: %s", s.image, err, out, logs)
		}
	}
}

func (s server) running(t *testing.T) bool {
	t.Helper()
	out, err := s.client.Command(t.Context(), "inspect", "-f", "{{.State.Running}}", s.id).Output()
	must(t, err)
	return strings.TrimSpace(string(out)) == "true"
}
