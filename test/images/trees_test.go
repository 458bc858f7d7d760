package images

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/engine"
)

// changes are the layers that are built on each Debian: what a layer can do to
// those below it, and what a file can be.
const changes = `
ADD given.tar /given
RUN rm /etc/debian_version /usr/bin/perl* && rm -r /usr/share/perl5 /var/log && \
    mv /usr/share/base-files /opt/moved && ln -s ../../opt/moved /usr/share/base-files && \
    rm /etc/localtime && mkdir /etc/localtime && echo file-to-directory >/etc/localtime/x && \
    rm -rf /etc/skel && mkdir /etc/skel && echo opaque >/etc/skel/new && \
    cp /bin/true /true && ln /true /hard && mkdir /sub && ln /true /sub/hard && ln -s nowhere /sub/broken && \
    truncate -s 3M /sparse && printf end >>/sparse && \
    chown 1000:2000 /opt && chown -h 3:4 /sub/broken && chmod 7755 /sub && chmod 6711 /true && \
    mkfifo /sub/fifo && mknod /sub/null c 1 3 && mknod /sub/disk b 8 1 && \
    touch -d 1960-01-01T00:00:00Z /sub/old && touch -d 2100-01-01T00:00:00Z /sub/new && \
    touch "/sub/$(printf 'new\nline')" "/sub/$(printf '\377\376')" "/sub/ spaces " && \
    mkdir -p -m 700 /deep/$(printf 'd%.0s/' $(seq 200)) && touch -d 2001-01-01T00:00:00Z /deep
RUN rm -rf /given/gone /sub/hard /opt/moved && mkdir /opt/moved && ln /hard /opt/moved/third && \
    rm -rf /usr/share/doc && mkdir /usr/share/doc && touch /usr/share/doc/only && \
    rm /sub/broken && mkdir /sub/broken && rm -r /etc/localtime && ln -s /usr/share/zoneinfo/UTC /etc/localtime && \
    chmod 600 /sparse && chown 5:5 /hard && touch -d 1999-12-31T23:59:59Z /sub
`

func TestTrees(t *testing.T) {
	suite(t, "skopeo", "umoci")
	for _, release := range releases() {
		t.Run(release, func(t *testing.T) {
			c := docker(t)
			image := debian(t, c, release)
			want := exported(t, c, image).loose()
			work := t.TempDir()
			saved, layout := filepath.Join(work, "saved.tar"), filepath.Join(work, "layout")
			must(t, c.Command(t.Context(), "save", "-o", saved, image))
			run(t, "skopeo", "--insecure-policy", "copy", "docker-daemon:"+image+":latest", "oci:"+layout+":tag")

			t.Run("stream", func(t *testing.T) { want.same(t, fromStream(t, c, image).loose(), engines) })
			t.Run("archive", func(t *testing.T) { want.same(t, unpacked(t, saved).loose(), engines) })
			t.Run("engine", func(t *testing.T) { want.same(t, unpacked(t, "--local", image).loose(), engines) })
			t.Run("skopeo's layout", func(t *testing.T) { want.same(t, unpacked(t, "oci:"+layout).loose(), engines) })
			t.Run("umoci", func(t *testing.T) {
				umoci := byUmoci(t, layout)
				umoci.same(t, unpacked(t, "oci:"+layout), nil)
			})
			t.Run("skopeo's zstd layers", func(t *testing.T) {
				zstd := filepath.Join(work, "zstd")
				run(t, "skopeo", "--insecure-policy", "copy", "--dest-compress-format", "zstd", "docker-archive:"+saved, "oci:"+zstd)
				want.same(t, unpacked(t, "oci:"+zstd).loose(), engines)
			})
		})
	}
}

// releases are the Debians of this run.
func releases() []string {
	if os.Getenv("PACK_SUITE") == "all" {
		return []string{"bookworm", "bullseye", "trixie"}
	}
	return []string{"bookworm"}
}

// debian makes an image of a release with the changes on it.
func debian(t *testing.T, c engine.Client, release string) string {
	t.Helper()
	dir := t.TempDir()
	root := run(t, "bash", "../lib/debroot.sh", release)
	base, image := "pack-test/images-base-"+release, "pack-test/images-"+release
	must(t, c.Command(t.Context(), "import", root, base))
	given(t, filepath.Join(dir, "given.tar"))
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte("FROM "+base+"\nENV LC_ALL=C\n"+changes), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		exec.Command(c.Path, "rmi", "-f", image).Run()
		exec.Command(c.Path, "rmi", "-f", base).Run()
	})
	must(t, c.Command(t.Context(), "build", "--network", "none", "-t", image, dir))
	return image
}

// given makes an archive of what no command of a minimal Debian makes.
func given(t *testing.T, name string) {
	t.Helper()
	dir := t.TempDir()
	for _, file := range []string{"capable", "gone/x", "plain"} {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(file), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run(t, "setcap", "cap_net_raw+ep", filepath.Join(dir, "capable"))
	run(t, "tar", "-C", dir, "--xattrs", "--xattrs-include=*", "-cf", name, ".")
}

// exported is the tree of a container that never ran.
func exported(t *testing.T, c engine.Client, image string) tree {
	t.Helper()
	dir := t.TempDir()
	id := must(t, c.Command(t.Context(), "create", image, "/bin/true"))
	t.Cleanup(func() { exec.Command(c.Path, "rm", "-f", id).Run() })
	file := filepath.Join(dir, "root.tar")
	must(t, c.Command(t.Context(), "export", "-o", file, id))
	root := filepath.Join(dir, "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, "tar", "-C", root, "--numeric-owner", "--xattrs", "--xattrs-include=*", "-xpf", file)
	return readTree(t, root)
}

// engines are the paths that a container has of its engine, and the
// directories that have other times for it.
func engines(path string) bool {
	for _, own := range []string{"/dev", "/proc", "/sys"} {
		if path == own || strings.HasPrefix(path, own+"/") {
			return true
		}
	}
	return slices.Contains([]string{"/", "/etc", "/.dockerenv", "/etc/hostname", "/etc/hosts", "/etc/mtab", "/etc/resolv.conf"}, path)
}

// fromStream is docker save IMAGE | pack unpack - DIR.
func fromStream(t *testing.T, c engine.Client, image string) tree {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "root")
	save, unpack := c.Command(t.Context(), "save", image), pack(t, "unpack", "-", dir)
	pipe, err := save.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	unpack.Stdin = pipe
	if err := save.Start(); err != nil {
		t.Fatal(err)
	}
	must(t, unpack)
	if err := save.Wait(); err != nil {
		t.Error(err)
	}
	return readTree(t, dir)
}

func byUmoci(t *testing.T, layout string) tree {
	t.Helper()
	bundle := filepath.Join(t.TempDir(), "bundle")
	run(t, "umoci", "unpack", "--image", layout+":tag", bundle)
	return readTree(t, filepath.Join(bundle, "rootfs"))
}
