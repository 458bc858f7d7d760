package engine

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// DebianName is the image that Debian makes by debootstrap, as the Dockerfiles
// name it.
const DebianName = "debian:bookworm-slim"

// root is the repository, seen from the directory of a test two levels below
// it, which is where go test runs it.
const root = "../.."

// Debian makes DebianName unless the engine has an image of that name: a
// debootstrap root with the settings of apt that Docker's official image has.
var Debian = sync.OnceValue(func() error {
	c := Client{Path: Programs()[0]}
	if c.Has(DebianName) {
		return nil
	}
	var diagnosis bytes.Buffer
	debroot := exec.Command("bash", filepath.Join(root, "test", "lib", "debroot.sh"), "bookworm")
	debroot.Stderr = &diagnosis
	tarball, err := debroot.Output()
	if err != nil {
		return fmt.Errorf("debroot.sh: %w\n%s", err, &diagnosis)
	}
	const bare = "pack-test/debootstrap:bookworm"
	if err := c.Do("import", strings.TrimSpace(string(tarball)), bare); err != nil {
		return err
	}
	defer func() { _ = c.Do("rmi", bare) }()
	empty, err := os.MkdirTemp("", "pack-debian")
	if err != nil {
		return err
	}
	defer os.RemoveAll(empty)
	return c.BuildText("FROM "+bare+official, empty, "-t", DebianName)
})

// official is what Docker's image of Debian adds to debootstrap's root: no
// downloaded package and no translation is kept, sources are in their new form.
const official = `
RUN echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/docker-apt-speedup && \
    cd /etc/apt/apt.conf.d && \
    echo 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };' >docker-clean && \
    echo 'Acquire::GzipIndexes "true";' >docker-gzip-indexes && \
    echo 'Acquire::Languages "none";' >docker-no-languages && \
    cd .. && read -r _ mirror suite components <sources.list && rm sources.list && \
    printf '%s\n' 'Types: deb' "URIs: $mirror" "Suites: $suite" "Components: $components" \
        'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg' >sources.list.d/debian.sources
CMD ["bash"]
`

// Tool makes the image "pack" from the repository's own Dockerfile and the
// program under test.
var Tool = sync.OnceValue(func() error {
	dir, err := os.MkdirTemp("", "pack-tool")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	dist := filepath.Join(dir, "dist", "pack-linux-"+runtime.GOARCH)
	if err := os.MkdirAll(filepath.Dir(dist), 0o755); err != nil {
		return err
	}
	for _, step := range [][]string{
		{"cp", filepath.Join(root, "Dockerfile"), filepath.Join(root, ".dockerignore"), dir},
		PackProgram(dist),
	} {
		cmd := exec.Command(step[0], step[1:]...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", step[0], err, out)
		}
	}
	return Client{Path: Programs()[0]}.Do("build", "-t", "pack", "--build-arg", "TARGETARCH="+runtime.GOARCH, dir)
})

// PackProgram is the command that puts pack at name: a copy of what PACK_BIN
// names, or else a new build.
func PackProgram(name string) []string {
	if built := os.Getenv("PACK_BIN"); built != "" {
		return []string{"cp", built, name}
	}
	return []string{"go", "build", "-ldflags=-s -w", "-o", name, "github.com/5bbb5df2/pack/cmd/pack"}
}

// Has reports whether the engine has an image.
func (c Client) Has(image string) bool {
	return c.Command(context.Background(), "image", "inspect", image).Run() == nil
}

// Do runs a docker command; the error has what it said.
func (c Client) Do(args ...string) error {
	if out, err := c.Command(context.Background(), args...).CombinedOutput(); err != nil {
		return fmt.Errorf("docker %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// Build makes an image of the directory. The host's network is what reaches a
// package mirror where the engine has no bridge.
func (c Client) Build(image, dir string, flags ...string) error {
	return c.Do(append([]string{"build", "--network", "host", "-t", image, dir}, flags...)...)
}

// BuildText builds what a Dockerfile says that stands in no file, with the
// directory as its context.
func (c Client) BuildText(dockerfile, dir string, flags ...string) error {
	cmd := c.Command(context.Background(), append([]string{"build", "--network", "host", "-f", "-", dir}, flags...)...)
	cmd.Stdin = strings.NewReader(dockerfile)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("docker build: %w\n%s\n%s", err, dockerfile, out)
	}
	return nil
}
