package docker

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/test/readme"
)

// TestReadme builds the README's Dockerfile by the README's own commands and
// compares what they print with what the README shows.
func TestReadme(t *testing.T) {
	dockerfiles, err := readme.Blocks("dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(dockerfiles[0].Text, "FROM "+base) {
		t.Fatalf("the README's Dockerfile does not begin with %s", base)
	}
	consoles, err := readme.Blocks("console")
	if err != nil {
		t.Fatal(err)
	}
	eachBuilder(t, func(t *testing.T, b builder) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(dockerfiles[0].Text), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.command(context.Background(), "rmi", "-f", "curl").Run() })
		env := append(os.Environ(), "PATH="+wrapper(t, b)+":"+os.Getenv("PATH"))
		ran := 0
		for _, c := range consoles {
			if c.Info != "docker" {
				continue
			}
			for _, s := range c.Steps() {
				if err := s.Run(t.Context(), dir, env); err != nil {
					t.Fatal(err)
				}
				ran++
			}
		}
		if ran == 0 {
			t.Fatal("the README has no \"console docker\" block")
		}
		fetches(t, b, "curl")
	})
}

// fetches has curl, alone in its image, get a page from this machine: it finds
// an address, opens a socket and speaks HTTP by what was bundled.
func fetches(t *testing.T, b builder, image string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "hello from the host")
	}))
	defer server.Close()
	url := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	if got := b.run(t, "--network", "host", image, "--silent", "--show-error", url); got != "hello from the host" {
		t.Errorf("curl %s printed %q", url, got)
	}
}

// wrapper returns a directory whose "docker" is b, building on the host's
// network.
func wrapper(t *testing.T, b builder) string {
	t.Helper()
	dir := t.TempDir()
	script := fmt.Sprintf(`#!/bin/bash
export DOCKER_BUILDKIT=%d
if [[ $1 == build ]]; then
	shift
	set -- build --network host "$@"
fi
exec %s "$@"
`, map[bool]int{true: 1}[b.buildkit], b.client)
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
