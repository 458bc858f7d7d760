// Package docker builds real images with the engine of this machine: the
// README's Dockerfile, and bundles copied onto bases of different shapes.
package docker

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/5bbb5df2/pack/test/readme"
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

// findClient tries each docker program with an image of nothing. A new client
// without its buildx plugin refuses BuildKit where an older one, which has it
// built in, does not; so which program comes first on PATH decides nothing.
func findClient(ctx context.Context, b builder) (builder, error) {
	var refusals []string
	for _, client := range clients() {
		b.client = client
		cmd := b.command(ctx, "build", "-q", "-")
		cmd.Stdin = strings.NewReader("FROM scratch\nLABEL probe=1\n")
		out, err := cmd.CombinedOutput()
		if err == nil {
			return b, nil
		}
		refusals = append(refusals, fmt.Sprintf("%s: %v: %s", client, err, bytes.TrimSpace(out)))
	}
	return b, fmt.Errorf("%s", strings.Join(refusals, "; "))
}

func clients() []string {
	var found []string
	for _, name := range []string{os.Getenv("PACK_DOCKER"), "docker", "/usr/bin/docker"} {
		path, err := exec.LookPath(name)
		if err == nil && !slices.Contains(found, path) {
			found = append(found, path)
		}
	}
	return found
}

func (b builder) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, b.client, args...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("DOCKER_BUILDKIT=%d", map[bool]int{true: 1}[b.buildkit]))
	return cmd
}

// build makes an image of the Dockerfile's text with an otherwise empty
// context and returns its name; the test's end removes it. The host's network
// is what reaches a package mirror where the engine has no bridge.
func (b builder) build(t *testing.T, dockerfile string) (string, error) {
	t.Helper()
	dir := t.TempDir()
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
	if os.Getenv("PACK_SUITE") == "" {
		t.Skip("builds docker images: set PACK_SUITE=sample")
	}
	found := clients()
	if len(found) == 0 {
		t.Skip("no docker program: make setup")
	}
	if out, err := exec.Command(found[0], "version").CombinedOutput(); err != nil {
		t.Skipf("no docker engine answers: %v: %s", err, bytes.TrimSpace(out))
	}
	if out, err := baseImage(); err != nil {
		t.Fatalf("cannot make %s: %v\n%s", base, err, out)
	}
}

// base is the image that the README's Dockerfile begins with.
const base = "debian:bookworm-slim"

// baseImage makes base from a debootstrap root unless the engine has an image
// of that name already.
var baseImage = sync.OnceValues(func() (string, error) {
	docker := clients()[0]
	if exec.Command(docker, "image", "inspect", base).Run() == nil {
		return "", nil
	}
	var diagnosis bytes.Buffer
	root := exec.Command("bash", filepath.Join(readme.Root, "test", "lib", "debroot.sh"), "bookworm")
	root.Stderr = &diagnosis
	tarball, err := root.Output()
	if err != nil {
		return diagnosis.String(), err
	}
	out, err := exec.Command(docker, "import", strings.TrimSpace(string(tarball)), base).CombinedOutput()
	return string(out), err
})

// needTool makes the image "pack" from the repository's own Dockerfile and the
// program under test.
func needTool(t *testing.T) {
	t.Helper()
	if out, err := toolImage(); err != nil {
		t.Fatalf("cannot make the image pack: %v\n%s", err, out)
	}
}

var toolImage = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "pack-tool")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	dist := filepath.Join(dir, "dist", "pack-linux-"+runtime.GOARCH)
	if err := os.MkdirAll(filepath.Dir(dist), 0o755); err != nil {
		return "", err
	}
	for _, step := range [][]string{
		{"cp", filepath.Join(readme.Root, "Dockerfile"), filepath.Join(readme.Root, ".dockerignore"), dir},
		packProgram(dist),
		{clients()[0], "build", "-t", "pack", "--build-arg", "TARGETARCH=" + runtime.GOARCH, dir},
	} {
		cmd := exec.Command(step[0], step[1:]...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "DOCKER_BUILDKIT=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return string(out), err
		}
	}
	return "", nil
})

// packProgram is the command that puts pack at name: a copy of what PACK_BIN
// names, or else a new build.
func packProgram(name string) []string {
	if built := os.Getenv("PACK_BIN"); built != "" {
		return []string{"cp", built, name}
	}
	return []string{"go", "build", "-o", name, "github.com/5bbb5df2/pack/cmd/pack"}
}
