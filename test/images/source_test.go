package images

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/sys/unix"
)

// source is a directory with everything that a layer can keep.
func source(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "source")
	run(t, "mkdir", "-p", dir)
	run(t, "bash", "-euc", `cd "$1"
mkdir -p bin etc/deep/er empty dev
printf '#!/bin/sh\n' >bin/su; chmod 6755 bin/su; ln bin/su etc/su
printf capable >bin/capable; chown 12:34 bin/capable; chmod 750 bin/capable; setcap cap_net_bind_service+ep bin/capable
printf attributes >etc/attributes; setfattr -n user.comment -v "a value" etc/attributes
setfacl -m u:1000:r,d:g:5:rx etc/deep; setfacl -m u:1001:rw etc/attributes
ln -s ../bin/su etc/link; ln -P etc/link etc/link2; chown -h 7:8 etc/link; touch -hd 2002-02-02T02:02:02.123456789Z etc/link
mknod dev/null c 1 3; mknod dev/disk b 259 70000; mkfifo -m 640 dev/pipe
truncate -s 300M sparse; printf middle | dd of=sparse bs=1 seek=100M conv=notrunc status=none; printf end >>sparse
truncate -s 5M hole
printf old >old; touch -d 1901-01-01T00:00:00.5Z old; printf new >new; touch -d 2200-01-01T00:00:00.25Z new
printf x >$'odd \n\\ \xff'; printf x >"$(printf 'n%.0s' $(seq 255))"; printf x >.wh; printf x >'=:,'
chown 4294967294:4294967294 old; chmod 1777 empty; touch -d 2003-03-03T03:03:03.000000003Z etc empty; chmod 555 etc/deep
chmod 711 .; touch -d 2004-04-04T04:04:04.4Z .`, "source", dir)
	return dir
}

// layered makes an OCI image layout of a directory: a layer of its bin by GNU
// tar, one of everything else, and one of noise, which cannot be compressed.
// The image is also returned, for go-containerregistry to push.
func layered(t *testing.T, dir string) (string, v1.Image) {
	t.Helper()
	return layeredFor(t, dir, runtime.GOARCH)
}

func layeredFor(t *testing.T, dir, arch string) (string, v1.Image) {
	t.Helper()
	work := t.TempDir()
	noise := filepath.Join(work, "noise")
	data := make([]byte, 3<<20)
	rand.Read(data)
	if err := os.WriteFile(noise, data, 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, "cp", noise, filepath.Join(dir, "noise"))
	run(t, "touch", "-d", "2004-04-04T04:04:04.4Z", dir)
	im, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: "linux", Architecture: arch, RootFS: v1.RootFS{Type: "layers"}})
	if err != nil {
		t.Fatal(err)
	}
	im = mutate.ConfigMediaType(mutate.MediaType(im, types.OCIManifestSchema1), types.OCIConfigJSON)
	for i, args := range [][]string{{"./noise"}, {"--exclude", "./noise", "."}} {
		file := filepath.Join(work, string(rune('0'+i))+".tar")
		run(t, append([]string{"tar", "-C", dir, "--format=posix", "--numeric-owner", "--sort=name", "--sparse",
			"--xattrs", "--xattrs-include=*", "--pax-option=exthdr.name=%d/pax/%f", "-cf", file}, args...)...)
		layer, err := tarball.LayerFromFile(file, tarball.WithMediaType(types.OCILayer))
		if err != nil {
			t.Fatal(err)
		}
		if im, err = mutate.AppendLayers(im, layer); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(work, "layout")
	path, err := layout.Write(name, empty.Index)
	if err == nil {
		err = path.AppendImage(im, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": "tag"}))
	}
	if err != nil {
		t.Fatal(err)
	}
	return name, im
}

// TestEverything has every kind of file and of its metadata, in layers by GNU
// tar.
func TestEverything(t *testing.T) {
	suite(t, "umoci", "skopeo", "setfacl", "setfattr", "setcap")
	dir := source(t)
	layout, _ := layered(t, dir)
	want := readTree(t, dir)
	t.Run("pack", func(t *testing.T) { want.same(t, unpacked(t, "oci:"+layout), nil) })
	t.Run("umoci", func(t *testing.T) { byUmoci(t, layout).same(t, unpacked(t, "oci:"+layout), nil) })
	t.Run("archives of skopeo", func(t *testing.T) {
		for _, transport := range []string{"docker-archive", "oci-archive"} {
			file := filepath.Join(t.TempDir(), transport)
			run(t, "skopeo", "--insecure-policy", "copy", "oci:"+layout+":tag", transport+":"+file+":name:tag")
			want.same(t, unpacked(t, file), nil)
		}
	})
	t.Run("holes stay holes", func(t *testing.T) {
		out := filepath.Join(t.TempDir(), "out")
		must(t, pack(t, "unpack", "oci:"+layout, out))
		var st unix.Stat_t
		if err := unix.Stat(filepath.Join(out, "sparse"), &st); err != nil || st.Blocks*512 > 8<<20 {
			t.Errorf("sparse takes %d bytes of %d, %v", st.Blocks*512, st.Size, err)
		}
	})
}
