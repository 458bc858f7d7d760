package image

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/5bbb5df2/pack/pkg/output"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/spool"
)

// sample is a plan with a file larger than several chunks, which compresses.
func sample(t *testing.T) *plan.Plan {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 3<<20)
	for i := range data {
		data[i] = byte(r.UintN(16))
	}
	p := plan.New(nil)
	for _, e := range []plan.Entry{
		{Path: "/bin/app", Mode: 0o4755, UID: 3, Size: int64(len(data)), From: plan.Source{Data: data}, Xattrs: map[string][]byte{"user.x": {0, 1}}},
		{Path: "/bin/twin", Mode: 0o4755, HardLink: "/bin/app", Size: int64(len(data)), From: plan.Source{Data: data}},
		{Path: "/lib", Mode: fs.ModeSymlink | 0o777, Link: "usr/lib"},
		{Path: "/etc/text", Mode: 0o644, Size: 4, From: plan.Source{Data: []byte("text")}},
	} {
		if err := p.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func compression(t *testing.T, name string) Compression {
	t.Helper()
	c, err := NewCompression(name, 0)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func build(t *testing.T, o Options) *Image {
	t.Helper()
	if o.TempDir == "" {
		o.TempDir = t.TempDir()
	}
	im, err := Build(t.Context(), sample(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { im.Close() })
	return im
}

func options(t *testing.T, compressed string) Options {
	return Options{
		Platform: v1.Platform{OS: "linux", Architecture: "arm64"}, Created: time.Unix(1_600_000_000, 0),
		Config: Config{Entrypoint: []string{"/bin/app"}}, Compression: compression(t, compressed),
	}
}

func TestTheSameBytesOnAnyNumberOfCPUs(t *testing.T) {
	for _, name := range Compressions() {
		t.Run(name, func(t *testing.T) {
			before := runtime.GOMAXPROCS(1)
			defer runtime.GOMAXPROCS(before)
			one := build(t, options(t, name))
			runtime.GOMAXPROCS(7)
			seven := build(t, options(t, name))
			if !bytes.Equal(one.manifest, seven.manifest) || !bytes.Equal(one.config, seven.config) {
				t.Errorf("%s\n%s", one.manifest, seven.manifest)
			}
		})
	}
}

// write writes the files of an image to an archive or a directory.
func write(t *testing.T, im *Image, name string, docker bool) string {
	t.Helper()
	tag, err := ParseName("example.com/some/app:v1")
	if err != nil {
		t.Fatal(err)
	}
	p, err := im.Files(t.Context(), tag, docker)
	if err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(t.TempDir(), name)
	var sink output.Sink
	if filepath.Ext(name) == ".tar" {
		f, err := output.NewFile(name, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		sink = output.NewTar(f, f.Commit, f.Abort)
	} else if sink, err = output.NewDir(name, output.DirOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := output.Write(t.Context(), p, sink); err != nil {
		t.Fatal(err)
	}
	if err := sink.Commit(); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestReadBack has others read what is written, who check every digest.
func TestReadBack(t *testing.T) {
	for _, name := range []string{"gzip", "none"} {
		im := build(t, options(t, name))
		archive := write(t, im, "image.tar", true)
		tag, _ := ParseName("example.com/some/app:v1")
		docker, err := tarball.ImageFromPath(archive, &tag)
		if err != nil {
			t.Fatal(err)
		}
		isWhole(t, docker)
		got, err := docker.RawConfigFile()
		if err != nil || !bytes.Equal(got, im.config) {
			t.Errorf("%s, %v", got, err)
		}
	}
	for _, name := range Compressions() {
		im := build(t, options(t, name))
		index, err := layout.ImageIndexFromPath(write(t, im, "layout", false))
		if err != nil {
			t.Fatal(err)
		}
		m, err := index.IndexManifest()
		if err != nil || len(m.Manifests) != 1 || m.Manifests[0].Annotations["org.opencontainers.image.ref.name"] != "v1" ||
			m.Manifests[0].Annotations["io.containerd.image.name"] != "example.com/some/app:v1" || m.Manifests[0].Platform.Architecture != "arm64" {
			t.Fatalf("%+v, %v", m, err)
		}
		got, err := index.Image(m.Manifests[0].Digest)
		if err != nil {
			t.Fatal(err)
		}
		isWhole(t, got)
	}
}

// isWhole makes sure that everything in an image has the digest by which it is
// named.
func isWhole(t *testing.T, im v1.Image) {
	t.Helper()
	config, err := im.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	layers, err := im.Layers()
	if err != nil || len(layers) != len(config.RootFS.DiffIDs) {
		t.Fatalf("%d layers, %d in the config, %v", len(layers), len(config.RootFS.DiffIDs), err)
	}
	sum := func(open func() (io.ReadCloser, error)) v1.Hash {
		r, err := open()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		h, _, err := v1.SHA256(r)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	for i, l := range layers {
		want, err := l.Digest()
		if got := sum(l.Compressed); err != nil || got != want {
			t.Errorf("layer %d: %s, not %s: %v", i, got, want, err)
		}
		if got := sum(l.Uncompressed); got != config.RootFS.DiffIDs[i] {
			t.Errorf("layer %d: uncompressed %s, not %s", i, got, config.RootFS.DiffIDs[i])
		}
	}
	m, err := im.Manifest()
	raw, rerr := im.RawConfigFile()
	if err != nil || rerr != nil || m.Config.Digest != digestOf(raw) {
		t.Errorf("the config is not that of the manifest: %v, %v", err, rerr)
	}
}

func TestStream(t *testing.T) {
	for _, name := range Compressions() {
		c := compression(t, name)
		for _, size := range []int{0, 1, c.kind.chunk - 1, c.kind.chunk, c.kind.chunk + 1, 3 * c.kind.chunk} {
			t.Run(fmt.Sprintf("%s %d", name, size), func(t *testing.T) {
				data := bytes.Repeat([]byte("0123456789abcde"), size/15+1)[:size]
				s, err := spool.New(t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				im := &Image{spool: s, blobs: map[v1.Hash]spool.Part{}}
				l, err := im.compressed(t.Context(), c, func(w io.Writer) error {
					for part := range slices.Chunk(data, 70_001) {
						if _, err := w.Write(part); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				r, err := l.Uncompressed()
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(r)
				if err != nil || !bytes.Equal(got, data) {
					t.Errorf("%d bytes, not %d: %v", len(got), len(data), err)
				}
				if diff, _ := l.DiffID(); diff.Hex != fmt.Sprintf("%x", sha256.Sum256(data)) {
					t.Errorf("the DiffID is %s", diff)
				}
			})
		}
	}
}

func TestBase(t *testing.T) {
	base, err := random.Image(1000, 2)
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, "gzip")
	o.Platform = v1.Platform{}
	o.Base = base
	im := build(t, o)
	layers, _ := im.Layers()
	lower, _ := base.Layers()
	for i, l := range lower {
		want, _ := l.Digest()
		if got, _ := layers[i].Digest(); got != want {
			t.Errorf("layer %d was stored anew", i)
		}
		if media, _ := layers[i].MediaType(); media != types.OCILayer {
			t.Errorf("layer %d is of the type %s", i, media)
		}
	}
	if len(layers) != 3 {
		t.Errorf("%d layers", len(layers))
	}
	docker, err := tarball.ImageFromPath(write(t, im, "image.tar", true), nil)
	if err != nil {
		t.Fatal(err)
	}
	isWhole(t, docker)
}

// What a Dockerfile on the base was to begin with is not to be done again by one
// on the image.
func TestTriggersOfABase(t *testing.T) {
	base, err := random.Image(100, 1)
	if err == nil {
		base, err = mutate.Config(base, v1.Config{OnBuild: []string{"RUN true"}, Hostname: "builder", Env: []string{"A=1"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, "gzip")
	o.Platform, o.Base = v1.Platform{}, base
	c, err := build(t, o).ConfigFile()
	if err != nil || c.Config.OnBuild != nil || c.Config.Hostname != "" || !slices.Equal(c.Config.Env, []string{"A=1"}) {
		t.Errorf("%+v, %v", c, err)
	}
}

// named is an image whose layers have a media type.
type named struct {
	v1.Image
	media types.MediaType
}

func (n named) Layers() ([]v1.Layer, error) {
	layers, err := n.Image.Layers()
	for i, l := range layers {
		layers[i] = namedLayer{l, n.media}
	}
	return layers, err
}

type namedLayer struct {
	v1.Layer
	media types.MediaType
}

func (n namedLayer) MediaType() (types.MediaType, error) { return n.media, nil }

func TestMediaTypesOfABase(t *testing.T) {
	for _, c := range []struct{ has, want types.MediaType }{
		{types.DockerLayer, types.OCILayer},
		{types.OCILayer, types.OCILayer},
		{"application/vnd.docker.image.rootfs.diff.tar.zstd", types.OCILayerZStd},
		{types.OCILayerZStd, types.OCILayerZStd},
		{types.DockerForeignLayer, ""},
	} {
		base, err := random.Image(100, 1)
		if err != nil {
			t.Fatal(err)
		}
		o := options(t, "gzip")
		o.Platform, o.Base, o.TempDir = v1.Platform{}, named{base, c.has}, t.TempDir()
		im, err := Build(t.Context(), sample(t), o)
		if (err == nil) != (c.want != "") {
			t.Errorf("%s: %v", c.has, err)
		}
		if err != nil {
			continue
		}
		if m, err := im.Manifest(); err != nil || m.Layers[0].MediaType != c.want {
			t.Errorf("%s became %s, %v", c.has, m.Layers[0].MediaType, err)
		}
		im.Close()
	}
}

// wrong is a layer that is not what its digest says.
type wrong struct{ v1.Layer }

func (wrong) Compressed() (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader([]byte("something else"))), nil
}

type wrongImage struct{ v1.Image }

func (w wrongImage) Layers() ([]v1.Layer, error) {
	layers, err := w.Image.Layers()
	for i := range layers {
		layers[i] = wrong{layers[i]}
	}
	return layers, err
}

func TestDamagedBase(t *testing.T) {
	base, err := random.Image(1000, 1)
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, "gzip")
	o.Platform, o.Base = v1.Platform{}, wrongImage{base}
	im := build(t, o)
	tag, _ := ParseName("app")
	if _, err := im.Files(t.Context(), tag, true); err == nil {
		t.Error("it was written")
	}
}

// inRegistry is an image whose layers know the registry they are in.
type inRegistry struct {
	v1.Image
	ref name.Reference
}

func (r inRegistry) Layers() ([]v1.Layer, error) {
	layers, err := r.Image.Layers()
	for i, l := range layers {
		layers[i] = &remote.MountableLayer{Layer: l, Reference: r.ref}
	}
	return layers, err
}

func TestLayersOfARegistryStayThere(t *testing.T) {
	base, err := random.Image(1000, 1)
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, "gzip")
	o.Platform, o.Base = v1.Platform{}, inRegistry{base, name.MustParseReference("registry.example/base")}
	layers, _ := build(t, o).Layers()
	if l, ok := layers[0].(*remote.MountableLayer); !ok || l.Reference.String() != "registry.example/base" {
		t.Errorf("the base's layer is a %T", layers[0])
	}
	if _, ok := layers[1].(*remote.MountableLayer); ok {
		t.Error("so is the new one")
	}
}

func TestUncompressedBase(t *testing.T) {
	base := build(t, options(t, "none"))
	o := options(t, "gzip")
	o.Base = base
	im := build(t, o)
	layers, _ := im.Layers()
	if media, _ := layers[0].MediaType(); media != types.OCILayer {
		t.Errorf("it is still of the type %s", media)
	}
}

func TestOtherPlatform(t *testing.T) {
	o := options(t, "gzip")
	o.Base = build(t, o)
	o.Platform.Architecture = "amd64"
	if _, err := Build(t.Context(), sample(t), o); err == nil {
		t.Error("programs for amd64 were put on an image for arm64")
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("somebody said so")
	cancel(why)
	dir := t.TempDir()
	o := options(t, "gzip")
	o.TempDir = dir
	if _, err := Build(ctx, sample(t), o); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
