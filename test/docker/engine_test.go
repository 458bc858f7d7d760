// Package docker builds real images with the engine of this machine: the
// README's Dockerfile, and bundles copied onto bases of different shapes.
package docker

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/engine"
)

// builder is one of the two ways the docker client builds an image.
type builder struct {
	name     string
	client   string // path of the docker program
	buildkit bool
}

// eachBuilder runs f for BuildKit and for the classic builder. One that no
// docker program of this machine offers is skipped, with what each said.
func eachBuilder(t *testing.T, f func(t *testing.T, b builder)) {
	needEngine(t)
	needTool(t)
	for _, want := range []builder{{name: "buildkit", buildkit: true}, {name: "classic"}} {
		t.Run(want.name, func(t *testing.T) {
			b, err := findClient(t.Context(), want)
			if err != nil {
				t.Skipf("no docker program here builds with %s: %v", want.name, err)
			}
			f(t, b)
		})
	}
}

// findClient has b use the docker program that builds as it is to build.
func findClient(ctx context.Context, b builder) (builder, error) {
	found, err := engine.Find(ctx, b.buildkit)
	b.client = found.Path
	return b, err
}

var clients = engine.Programs

func (b builder) command(ctx context.Context, args ...string) *exec.Cmd {
	return engine.Client{Path: b.client, BuildKit: b.buildkit}.Command(ctx, args...)
}

// build makes an image of the Dockerfile's text with an otherwise empty
// context and returns its name; the test's end removes it. The host's network
// is what reaches a package mirror where the engine has no bridge.
func (b builder) build(t *testing.T, dockerfile string) (string, error) {
	t.Helper()
	return b.buildIn(t, t.TempDir(), dockerfile)
}

// buildIn makes one with the context dir, which gets the Dockerfile.
func (b builder) buildIn(t *testing.T, dir, dockerfile string) (string, error) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(dockerfile), 0o644); err != nil {
		t.Fatal(err)
	}
	image := "pack-test/" + strings.Trim(unfit.ReplaceAllString(strings.ToLower(t.Name()), "-"), "-")
	out, err := b.command(t.Context(), "build", "--network", "host", "-t", image, dir).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("docker build: %w\n%s", err, out)
	}
	t.Cleanup(func() { b.command(context.Background(), "rmi", "-f", image).Run() })
	return image, nil
}

// unfit is what an image's name cannot hold.
var unfit = regexp.MustCompile("[^a-z0-9]+")

func (b builder) mustBuild(t *testing.T, dockerfile string) string {
	t.Helper()
	image, err := b.build(t, dockerfile)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// run runs args in the image and returns what they print.
func (b builder) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := b.command(t.Context(), append([]string{"run", "--rm"}, args...)...).CombinedOutput()
	if err != nil {
		t.Errorf("docker run %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func needEngine(t *testing.T) {
	t.Helper()
	engine.Need(t)
	if err := engine.Debian(); err != nil {
		t.Fatal(err)
	}
}

// base is the image that the README's Dockerfile begins with.
const base = engine.DebianName

// needTool makes the image "pack" of the program under test.
func needTool(t *testing.T) {
	t.Helper()
	if err := engine.Tool(); err != nil {
		t.Fatal(err)
	}
}
