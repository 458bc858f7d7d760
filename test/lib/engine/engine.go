// Package engine is the Docker engine of this machine, and the images that
// Dockerfiles under test begin with.
package engine

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Client is a docker program, and which of its two builders it is to use.
type Client struct {
	Path     string
	BuildKit bool
}

// Command returns the docker command with these arguments.
func (c Client) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.Path, args...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("DOCKER_BUILDKIT=%d", map[bool]int{true: 1}[c.BuildKit]))
	return cmd
}

// Find tries each docker program with an image of nothing. A new client
// without its buildx plugin refuses BuildKit where an older one, which has it
// built in, does not; so which program comes first on PATH decides nothing.
func Find(ctx context.Context, buildkit bool) (Client, error) {
	var refusals []string
	for _, path := range Programs() {
		c := Client{path, buildkit}
		cmd := c.Command(ctx, "build", "-q", "-")
		cmd.Stdin = strings.NewReader("FROM scratch\nLABEL probe=1\n")
		out, err := cmd.CombinedOutput()
		if err == nil {
			return c, nil
		}
		refusals = append(refusals, fmt.Sprintf("%s: %v: %s", path, err, bytes.TrimSpace(out)))
	}
	return Client{}, fmt.Errorf("no docker program builds: %s", strings.Join(refusals, "; "))
}

// Programs are the paths of the docker programs to try, best first: the one that
// PACK_DOCKER names, that on PATH and Debian's.
func Programs() []string {
	var found []string
	for _, name := range []string{os.Getenv("PACK_DOCKER"), "docker", "/usr/bin/docker"} {
		path, err := exec.LookPath(name)
		if err == nil && !slices.Contains(found, path) {
			found = append(found, path)
		}
	}
	return found
}

// Need skips the test, with the reason, unless a slow suite is asked for and
// an engine answers.
func Need(t testing.TB) {
	t.Helper()
	if os.Getenv("PACK_SUITE") == "" {
		t.Skip("builds docker images: set PACK_SUITE=sample")
	}
	found := Programs()
	if len(found) == 0 {
		t.Skip("no docker program: make setup")
	}
	if out, err := exec.Command(found[0], "version").CombinedOutput(); err != nil {
		t.Skipf("no docker engine answers: %v: %s", err, bytes.TrimSpace(out))
	}
}
