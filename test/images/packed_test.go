package images

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/engine"
)

// TestPacked has an image by pack image read by everybody else.
func TestPacked(t *testing.T) {
	suite(t, "umoci", "skopeo", "docker-registry", "setfacl", "setfattr", "setcap")
	dir, work := source(t), t.TempDir()
	run(t, "touch", "-d", "2003-03-03T03:03:03.000000003Z", filepath.Join(dir, "etc"))
	want := packed(t, dir)
	file := filepath.Join(work, "image.tar")
	printed := must(t, pack(t, "image", "pack-test/packed:1", dir, "--destination", file))

	t.Run("by pack", func(t *testing.T) { want.same(t, unpacked(t, file), nil) })
	for _, transport := range []string{"docker-archive", "oci-archive"} {
		t.Run("by umoci, a "+transport, func(t *testing.T) {
			layout := filepath.Join(t.TempDir(), "layout")
			run(t, "skopeo", "--insecure-policy", "copy", transport+":"+file, "oci:"+layout+":tag")
			want.same(t, byUmoci(t, layout), nil)
		})
	}
	t.Run("by umoci, a directory", func(t *testing.T) {
		layout := filepath.Join(t.TempDir(), "layout")
		must(t, pack(t, "image", "packed:tag", dir, "--format", "oci-dir", "--destination", layout))
		want.same(t, byUmoci(t, layout), nil)
	})
	t.Run("by docker", func(t *testing.T) {
		c := docker(t)
		must(t, c.Command(t.Context(), "load", "-i", file))
		t.Cleanup(func() { exec.Command(c.Path, "rmi", "-f", "pack-test/packed:1").Run() })
		want.loose().withoutUser().same(t, exported(t, c, "pack-test/packed:1").loose().withoutUser(), engines)
	})
	t.Run("pushed", func(t *testing.T) {
		r := startRegistry(t, "", nil)
		ref := r.host + "/some/packed:1"
		pushed := must(t, pack(t, "image", ref, dir, "--push", "--insecure", r.host))
		digest := regexp.MustCompile("sha256:[0-9a-f]{64}$").FindString(pushed)
		if got := run(t, "skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", "docker://"+ref); got != digest {
			t.Errorf("the registry has %s, pack printed %s", got, pushed)
		}
		if first := regexp.MustCompile("sha256:.*").FindString(printed); first != digest {
			t.Errorf("the same input gave %s before and %s now", first, digest)
		}
		layout := filepath.Join(t.TempDir(), "layout")
		run(t, "skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", "docker://"+ref, "oci:"+layout+":tag")
		want.same(t, byUmoci(t, layout), nil)
	})
}

// TestDockerPush has the engine push to a registry that pack pulls from, and
// pull what pack has pushed.
func TestDockerPush(t *testing.T) {
	suite(t, "docker-registry")
	c := docker(t)
	r := startRegistry(t, "", nil)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "content")
	want := packed(t, dir)
	must(t, pack(t, "image", r.host+"/by-pack", dir, "--push", "--insecure", r.host))
	pulled, err := c.Command(t.Context(), "pull", r.host+"/by-pack").CombinedOutput()
	if regexp.MustCompile("connection refused").Match(pulled) {
		t.Skipf("the engine does not see this machine's loopback: %s", pulled)
	}
	if err != nil {
		t.Fatalf("docker pull: %v\n%s", err, pulled)
	}
	t.Cleanup(func() { forget(c, r.host+"/by-pack", r.host+"/by-docker") })
	must(t, c.Command(t.Context(), "tag", r.host+"/by-pack", r.host+"/by-docker"))
	must(t, c.Command(t.Context(), "push", r.host+"/by-docker"))
	gives(t, want, pack(t, "unpack", "--insecure", r.host, r.host+"/by-docker"))
}

func forget(c engine.Client, images ...string) {
	for _, image := range images {
		exec.Command(c.Path, "rmi", "-f", image).Run()
	}
}
