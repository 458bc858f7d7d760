package oci

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// saveFile makes an archive as docker save writes it, of one layer with the
// file "f".
func saveFile(t *testing.T) []byte {
	t.Helper()
	l := pack(t, "f", "x")
	config := fmt.Sprintf(`{"rootfs":{"diff_ids":["sha256:%x"]}}`, sha256.Sum256([]byte(l)))
	return []byte(pack(t, "manifest.json", `[{"Config":"c.json","Layers":["l/layer.tar"]}]`, "c.json", config, "l/layer.tar", l))
}

// pack makes a tar archive of names with contents.
func pack(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		err := w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1]))})
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// engine answers on a socket as dockerd does.
func engine(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pack-") // a socket's name is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	name := filepath.Join(dir, "docker.sock")
	l, err := net.Listen("unix", name)
	if err != nil {
		t.Fatal(err)
	}
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: answer}}
	s.Start()
	t.Cleanup(s.Close)
	return "unix://" + name
}

func TestEngine(t *testing.T) {
	archive := saveFile(t)
	var asked []string
	host := engine(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		switch r.URL.Path {
		case "/images/host/team/app:v1/json":
			io.WriteString(w, `{"Id":"sha256:abc","RepoTags":["host/team/app:v1","host/team/app:v2"]}`)
		case "/images/sha256:abc/get":
			w.Write(archive)
		case "/images/odd/json":
			io.WriteString(w, "[")
		case "/images/busy/json":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"message":"No such image: `+strings.Split(r.URL.Path, "/")[2]+`:latest"}`)
		}
	})
	o := &Opener{Engine: &Engine{Host: host}, TempDir: t.TempDir()}
	im, err := o.Open(t.Context(), "host/team/app:v1")
	if err != nil {
		t.Fatal(err, asked)
	}
	defer im.Close()
	tree, err := im.Tree(t.Context(), t.TempDir())
	if err != nil || tree.Plan.Get("/f") == nil {
		t.Fatal(err)
	}
	tree.Close()
	for ref, want := range map[string]string{
		"none": "the docker engine says: No such image: none:latest",
		"busy": "the docker engine says: 500 Internal Server Error",
		"odd":  "cannot ask the docker engine at " + host,
	} {
		_, err := o.Open(t.Context(), ref)
		var hint interface{ Hint() string }
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &hint) || hint.Hint() == "" {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

func TestEngineHost(t *testing.T) {
	for host, want := range map[string]string{
		"unix:///nonexistent": "no such file or directory",
		"ssh://there":         "neither unix://PATH nor tcp://HOST:PORT",
		"tcp://":              "neither unix://PATH nor tcp://HOST:PORT",
		"/var/run/sock":       "neither unix://PATH nor tcp://HOST:PORT",
	} {
		_, err := (&Opener{Engine: &Engine{Host: host}}).Open(t.Context(), "app")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", host, err)
		}
	}
}
