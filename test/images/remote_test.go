package images

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// fails runs pack unpack, which must fail with all of causes in its words and
// leave nothing.
func fails(t *testing.T, cmd *exec.Cmd, causes ...string) {
	t.Helper()
	beside := t.TempDir()
	cmd.Args = append(cmd.Args, filepath.Join(beside, "out"))
	said, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	if !errors.As(err, &failed) || failed.ExitCode() != 1 {
		t.Fatalf("%q: got %v, want exit status 1\n%s", cmd.Args, err, said)
	}
	for _, cause := range causes {
		if !strings.Contains(string(said), cause) {
			t.Errorf("%q said %s, want %q in it", cmd.Args, said, cause)
		}
	}
	if left, err := os.ReadDir(beside); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// gives runs pack unpack, which must make the tree want.
func gives(t *testing.T, want tree, cmd *exec.Cmd) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	cmd.Args = append(cmd.Args, dir)
	must(t, cmd)
	want.same(t, readTree(t, dir), nil)
}

// packed is the tree that an image by pack image is to have: its root is made
// anew.
func packed(t *testing.T, dir string) tree {
	t.Helper()
	want := readTree(t, dir)
	want["/"] = "mode 40755, owner 0:0, time 0.000000000"
	return want
}

func TestPull(t *testing.T) {
	suite(t, "docker-registry", "skopeo", "setfacl", "setfattr", "setcap")
	dir := source(t)
	layout, _ := layered(t, dir)
	want := readTree(t, dir)
	r := startRegistry(t, "", nil)
	run(t, "skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", "oci:"+layout+":tag", "docker://"+r.host+"/some/app:1.0")
	digest := run(t, "skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", "docker://"+r.host+"/some/app:1.0")

	t.Run("by tag", func(t *testing.T) { gives(t, want, pack(t, "unpack", r.host+"/some/app:1.0")) })
	t.Run("by digest", func(t *testing.T) { gives(t, want, pack(t, "unpack", r.host+"/some/app@"+digest)) })
	t.Run("by both", func(t *testing.T) { gives(t, want, pack(t, "unpack", r.host+"/some/app:1.0@"+digest)) })
	t.Run("another digest", func(t *testing.T) {
		fails(t, pack(t, "unpack", r.host+"/some/app@sha256:"+strings.Repeat("0", 64)), "cannot open the image")
	})
	t.Run("no such tag", func(t *testing.T) {
		fails(t, pack(t, "unpack", r.host+"/some/app:2"), "cannot open the image")
	})
	t.Run("no such name", func(t *testing.T) { fails(t, pack(t, "unpack", r.host+"/other"), "cannot open the image") })
	t.Run("plain HTTP", func(t *testing.T) {
		// The registry stands for one of the network, at its own address.
		proxied := func(args ...string) *exec.Cmd {
			cmd := pack(t, append([]string{"unpack", "10.1.2.3/some/app:1.0"}, args...)...)
			cmd.Env = append(os.Environ(), "HTTP_PROXY=http://"+r.host, "HTTPS_PROXY=http://"+r.host)
			return cmd
		}
		fails(t, proxied(), "--insecure 10.1.2.3")
		gives(t, want, proxied("--insecure", "10.1.2.3"))
	})
	t.Run("nobody there", func(t *testing.T) { fails(t, pack(t, "unpack", freePort(t)+"/x"), "connection refused") })
}

// TestPlatforms has one name for two images.
func TestPlatforms(t *testing.T) {
	suite(t, "docker-registry")
	r := startRegistry(t, "", nil)
	index, trees := v1.ImageIndex(empty.Index), map[string]tree{}
	for _, platform := range []v1.Platform{{OS: "linux", Architecture: "amd64"}, {OS: "linux", Architecture: "arm64", Variant: "v8"}} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "arch"), platform.Architecture)
		// As often, the config does not name the variant.
		_, im := layeredFor(t, dir, platform.Architecture)
		trees[platform.Architecture] = readTree(t, dir)
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: im, Descriptor: v1.Descriptor{Platform: &platform}})
	}
	ref, err := name.ParseReference(r.host + "/app")
	if err == nil {
		err = remote.WriteIndex(ref, index)
	}
	if err != nil {
		t.Fatal(err)
	}
	unpack := []string{"unpack", "--insecure", r.host, ref.String()}
	for arch, want := range trees {
		t.Run(arch, func(t *testing.T) { gives(t, want, pack(t, append(unpack, "--platform", "linux/"+arch)...)) })
	}
	t.Run("arm64/v8", func(t *testing.T) {
		gives(t, trees["arm64"], pack(t, append(unpack, "--platform", "linux/arm64/v8")...))
	})
	t.Run("this machine's", func(t *testing.T) { gives(t, trees[runtime.GOARCH], pack(t, unpack...)) })
	t.Run("another", func(t *testing.T) {
		fails(t, pack(t, append(unpack, "--platform", "linux/s390x")...), "linux/s390x", "linux/amd64, linux/arm64/v8")
	})
}

// dockerConfig is a directory with a config.json of docker.
func dockerConfig(t *testing.T, format string, args ...any) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config.json"), fmt.Sprintf(format, args...))
	return dir
}

func basic(password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

// TestCredentials pushes to and pulls from a registry that wants a password.
func TestCredentials(t *testing.T) {
	suite(t, "docker-registry")
	r := withPassword(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bin", "file"), "content")
	helpers := t.TempDir()
	helper := fmt.Sprintf("#!/bin/sh\nread -r server\n[ \"$1 $server\" = %q ] || { echo credentials not found in native keychain; exit 1; }\nprintf '{\"ServerURL\":\"%%s\",\"Username\":%q,\"Secret\":%q}' \"$server\"\n",
		"get "+r.host, user, password)
	write(t, filepath.Join(helpers, "docker-credential-packtest"), helper)
	if err := os.Chmod(filepath.Join(helpers, "docker-credential-packtest"), 0o755); err != nil {
		t.Fatal(err)
	}
	auths := `{"auths":{"%s":{"auth":"%s"}}}`
	as := func(t *testing.T, config string, args ...string) *exec.Cmd {
		cmd := pack(t, append(args, "--insecure", r.host)...)
		cmd.Env = append(os.Environ(), "DOCKER_CONFIG="+config, "PATH="+helpers+":"+os.Getenv("PATH"))
		return cmd
	}
	good := dockerConfig(t, auths, r.host, basic(password))
	wrong := dockerConfig(t, auths, r.host, basic("wrong"))
	none := dockerConfig(t, "{}")
	ref := r.host + "/app:1"

	t.Run("push without", func(t *testing.T) { refused(t, as(t, none, "image", ref, dir, "--push")) })
	t.Run("push with a wrong one", func(t *testing.T) { refused(t, as(t, wrong, "image", ref, dir, "--push")) })
	t.Run("push", func(t *testing.T) { must(t, as(t, good, "image", ref, dir, "--push")) })
	t.Run("pull", func(t *testing.T) { gives(t, packed(t, dir), as(t, good, "unpack", ref)) })
	t.Run("pull without", func(t *testing.T) { fails(t, as(t, none, "unpack", ref), "docker login") })
	t.Run("pull with a wrong one", func(t *testing.T) { fails(t, as(t, wrong, "unpack", ref), "docker login") })
	t.Run("another host's", func(t *testing.T) {
		fails(t, as(t, dockerConfig(t, auths, "registry.example", basic(password)), "unpack", ref), "docker login")
	})
	t.Run("helper", func(t *testing.T) {
		gives(t, packed(t, dir), as(t, dockerConfig(t, `{"credHelpers":{"%s":"packtest"}}`, r.host), "unpack", ref))
	})
	t.Run("store", func(t *testing.T) {
		gives(t, packed(t, dir), as(t, dockerConfig(t, `{"credsStore":"packtest"}`), "unpack", ref))
	})
}

// refused runs pack, which must fail for want of credentials.
func refused(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.Dir = t.TempDir()
	said, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "docker login") {
		t.Errorf("got %v, want a word about docker login\n%s", err, said)
	}
	if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestAuthority has a registry whose certificate only its own authority
// vouches for.
func TestAuthority(t *testing.T) {
	suite(t, "docker-registry")
	r := withTLS(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "content")
	ref, authority := r.host+"/app:1", filepath.Join(r.dir, "ca.crt")
	trusting := func(args ...string) *exec.Cmd {
		cmd := pack(t, args...)
		cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+authority)
		return cmd
	}
	t.Run("push untrusted", func(t *testing.T) {
		if said, err := pack(t, "image", ref, dir, "--push").CombinedOutput(); err == nil || !strings.Contains(string(said), "unknown authority") {
			t.Errorf("got %v\n%s", err, said)
		}
	})
	t.Run("push", func(t *testing.T) { must(t, trusting("image", ref, dir, "--push")) })
	t.Run("untrusted", func(t *testing.T) { fails(t, pack(t, "unpack", ref), "unknown authority") })
	t.Run("the system's", func(t *testing.T) { gives(t, packed(t, dir), trusting("unpack", ref)) })
	t.Run("insecure", func(t *testing.T) { gives(t, packed(t, dir), pack(t, "unpack", "--insecure", r.host, ref)) })
	t.Run("docker's for this host", func(t *testing.T) {
		certs := filepath.Join("/etc/docker/certs.d", r.host)
		_, existed := os.Stat("/etc/docker/certs.d")
		t.Cleanup(func() {
			os.RemoveAll(certs)
			if errors.Is(existed, fs.ErrNotExist) {
				os.Remove("/etc/docker/certs.d")
			}
		})
		text, err := os.ReadFile(authority)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(certs, "ca.crt"), string(text))
		gives(t, packed(t, dir), pack(t, "unpack", ref))
	})
}
