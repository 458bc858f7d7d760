package oci_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/sys/unix"
)

// sound is a layer with nothing wrong.
var sound = archive(f("a", "x"))

// lie is a layout with one sound layer whose parts are made to lie about each
// other. change is called when the config is written, the manifest not yet.
type lie struct {
	name      string
	change    func(*parts)
	want, err string
}

var lies = []lie{
	{name: "none", change: func(*parts) {}, want: "/a x"},
	{name: "wrong diff ID", change: func(p *parts) {
		p.config.RootFS.DiffIDs[0] = digest(nil)
		p.manifest.Config = p.addJSON(types.OCIConfigJSON, p.config)
	}, err: "it is damaged"},
	{name: "layer that was changed", change: func(p *parts) { p.blobs[p.first()] = gzipped(archive(f("a", "y"))) }, err: "it is damaged"},
	{name: "layer that was compressed again", change: func(p *parts) { p.blobs[p.first()] = append(gzipped(sound), gzipped(nil)...) }, err: "it is damaged"},
	{name: "layer that is cut off", change: func(p *parts) { p.blobs[p.first()] = p.blobs[p.first()][:20] }, err: "unexpected EOF"},
	{name: "layer that is empty", change: func(p *parts) { p.blobs[p.first()] = nil }, err: "it is damaged"},
	{name: "layer that is missing", change: func(p *parts) { delete(p.blobs, p.first()) }, err: "no such file"},
	{name: "layer smaller than said", change: func(p *parts) { p.manifest.Layers[0].Size++ }, err: "it is damaged"},
	{name: "layer larger than said", change: func(p *parts) { p.manifest.Layers[0].Size-- }, err: "it is damaged"},
	{name: "layer of negative size", change: func(p *parts) { p.manifest.Layers[0].Size = -1 }, err: "it is damaged"},
	{name: "layer in two members", change: func(p *parts) { p.replace(append(gzipped(sound[:512]), gzipped(sound[512:])...)) }, want: "/a x"},
	{name: "layer with garbage behind", change: func(p *parts) { p.replace(append(gzipped(sound), "garbage"...)) }, err: "unexpected EOF"},
	{name: "layer with much behind its end", change: func(p *parts) { p.swap(append(sound, make([]byte, 32<<20)...)) }, err: "after its end"},
	{name: "layer padded as tar pads it", change: func(p *parts) { p.swap(append(sound, make([]byte, 10240-len(sound))...)) }, want: "/a x"},
	{name: "layer that is no archive", change: func(p *parts) { p.swap([]byte(strings.Repeat("nonsense", 1000))) }, err: "invalid tar header"},
	{name: "layer cut off in a header", change: func(p *parts) { p.swap(sound[:300]) }, err: "unexpected EOF"},
	{name: "layer cut off in a file", change: func(p *parts) { p.swap(archive(f("a", strings.Repeat("x", 2000)))[:1024]) }, err: "unexpected EOF"},
	{name: "layer without an end", change: func(p *parts) { p.swap(sound[:1024]) }, want: "/a x"},
	{name: "layer of no media type", change: func(p *parts) { p.manifest.Layers[0].MediaType = "text/html" }, want: "/a x"},
	{name: "layer that is elsewhere", change: func(p *parts) {
		p.manifest.Layers[0].URLs = []string{"http://127.0.0.1:1/x"}
		p.manifest.Layers[0].MediaType = types.DockerForeignLayer
		delete(p.blobs, p.first())
	}, err: "cannot unpack layer 1"},
	{name: "layer with an algorithm nobody knows", change: func(p *parts) { p.manifest.Layers[0].Digest.Algorithm = "../../canary" }, err: "unsupported hash"},
	{name: "manifest that was changed", change: func(p *parts) {
		d := p.addJSON(types.OCIManifestSchema1, p.manifest)
		p.index.Manifests = []v1.Descriptor{d}
		p.blobs[d.Digest.Hex][0] = ' '
	}, err: "it is damaged"},
	{name: "manifest of another size", change: func(p *parts) {
		d := p.addJSON(types.OCIManifestSchema1, p.manifest)
		d.Size--
		p.index.Manifests = []v1.Descriptor{d}
	}, err: "bytes, not"},
	{name: "config that was changed", change: func(p *parts) { p.blobs[p.manifest.Config.Digest.Hex][0] = ' ' }, err: "it is damaged"},
	{name: "fewer layers than the config has", change: func(p *parts) { p.manifest.Layers = nil }, err: "layers"},
	{name: "more layers than the config has", change: func(p *parts) { p.manifest.Layers = append(p.manifest.Layers, p.manifest.Layers[0]) }, err: "layers"},
	{name: "no image", change: func(p *parts) { p.index.Manifests = []v1.Descriptor{} }, err: "no image"},
	{name: "index that names itself", change: func(p *parts) {
		// Its digest cannot be known to itself; the name of the file can.
		self := v1.Descriptor{MediaType: types.OCIImageIndex, Digest: digest(sound), Size: 1000}
		data, _ := json.Marshal(v1.IndexManifest{SchemaVersion: 2, Manifests: []v1.Descriptor{self}})
		self.Size = int64(len(data))
		p.blobs[self.Digest.Hex] = data
		p.index.Manifests = []v1.Descriptor{self}
	}, err: "it is damaged"},
	{name: "indexes too deep", change: func(p *parts) { p.nest(10, 1, p.addJSON(types.OCIManifestSchema1, p.manifest)) }, err: "nested too deeply"},
	{name: "indexes that multiply", change: func(p *parts) { p.nest(4, 1000, p.addJSON(types.OCIManifestSchema1, p.manifest)) }, err: "too many"},
	{name: "indexes that multiply nothing", change: func(p *parts) {
		p.nest(3, 1000, p.addJSON(types.OCIImageIndex, v1.IndexManifest{SchemaVersion: 2}))
	}, err: "too many"},
}

// first is the name of the first layer.
func (p *parts) first() string { return p.manifest.Layers[0].Digest.Hex }

// replace puts another way to compress the layer in its place, properly.
func (p *parts) replace(compressed []byte) {
	p.manifest.Layers[0] = p.add(types.OCILayer, compressed)
}

// swap puts another archive in the layer's place, properly.
func (p *parts) swap(data []byte) {
	p.replace(gzipped(data))
	p.config.RootFS.DiffIDs[0] = digest(data)
	p.manifest.Config = p.addJSON(types.OCIConfigJSON, p.config)
}

// nest makes indexes of indexes, each with the next n times, and d in the last.
func (p *parts) nest(levels, n int, d v1.Descriptor) {
	for range levels {
		index := v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex}
		for range n {
			index.Manifests = append(index.Manifests, d)
		}
		d = p.addJSON(types.OCIImageIndex, index)
	}
	p.index.Manifests = []v1.Descriptor{d}
}

func TestHostileLayouts(t *testing.T) {
	for _, tt := range lies {
		t.Run(tt.name, func(t *testing.T) {
			a := newArena(t)
			err := a.unpack(t, newParts(sound).write(t, filepath.Join(a.dir, "image"), tt.change))
			a.expect(t, err, tt.want, tt.err)
		})
	}
}

// TestHostileLayoutFiles has layouts that are not made of plain files. blob is
// the layer's file.
func TestHostileLayoutFiles(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(out, dir, blob string) error
		err    string
	}{
		{"blob that links out", func(out, dir, blob string) error {
			return errors.Join(os.Rename(blob, out+"/../blob"), os.Symlink(out+"/../blob", blob))
		}, "escapes"},
		{"blob that is a directory", func(_, _, blob string) error { return errors.Join(os.Remove(blob), os.Mkdir(blob, 0o755)) }, "not a regular file"},
		{"blob that is a named pipe", func(_, _, blob string) error { return errors.Join(os.Remove(blob), unix.Mkfifo(blob, 0o644)) }, "not a regular file"},
		{"blob that is a device", func(_, _, blob string) error { return errors.Join(os.Remove(blob), os.Symlink("/dev/zero", blob)) }, "escapes"},
		{"blobs that link out", func(out, dir, _ string) error {
			return errors.Join(os.Rename(dir+"/blobs", out+"/../blobs"), os.Symlink("../blobs", dir+"/blobs"))
		}, "escapes"},
		{"index that links out", func(out, dir, _ string) error {
			return errors.Join(os.Remove(dir+"/index.json"), os.Symlink(out+"/secret", dir+"/index.json"))
		}, "escapes"},
		{"index that is a named pipe", func(_, dir, _ string) error {
			return errors.Join(os.Remove(dir+"/index.json"), unix.Mkfifo(dir+"/index.json", 0o644))
		}, "not a regular file"},
		{"index of a tebibyte", func(_, dir, _ string) error { return os.Truncate(dir+"/index.json", 1<<40) }, "too large"},
		{"layer of a tebibyte", func(_, _, blob string) error { return os.Truncate(blob, 1<<40) }, "invalid header"},
		{"index that is not JSON", func(_, dir, _ string) error { return os.WriteFile(dir+"/index.json", []byte("nonsense"), 0o644) }, "invalid character"},
		{"index that is deep", func(_, dir, _ string) error {
			return os.WriteFile(dir+"/index.json", []byte(strings.Repeat("[", 1<<20)), 0o644)
		}, "exceeded max depth"},
		{"index that is a number", func(_, dir, _ string) error { return os.WriteFile(dir+"/index.json", []byte("7"), 0o644) }, "cannot unmarshal"},
		{"digest with a path", func(_, dir, _ string) error {
			return os.WriteFile(dir+"/index.json", []byte(`{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,"digest":"sha256:../../../canary/secret"}]}`), 0o644)
		}, "hash"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newArena(t)
			p, dir := newParts(sound), filepath.Join(a.dir, "image")
			ref := p.write(t, dir, nil)
			must(t, tt.change(a.canary(), dir, filepath.Join(dir, "blobs", "sha256", p.first())))
			a.expect(t, a.unpack(t, ref), "", tt.err)
		})
	}
}

// TestHostileArchives has archives as docker save writes them, but for what
// they name. {out} is the canary's path in them.
func TestHostileArchives(t *testing.T) {
	config := func(ids ...v1.Hash) string {
		data, _ := json.Marshal(v1.ConfigFile{OS: "linux", Architecture: "amd64", RootFS: v1.RootFS{Type: "layers", DiffIDs: ids}})
		return string(data)
	}
	manifest := func(config string, layers ...string) ent {
		data, _ := json.Marshal([]any{map[string]any{"Config": config, "Layers": layers}})
		return f("manifest.json", string(data))
	}
	good := f("config.json", config(digest(sound)))
	layer := f("layer.tar", string(sound))
	hole := "GNU.sparse.major=1\nGNU.sparse.minor=0\nGNU.sparse.realsize=1152921504606846976\nGNU.sparse.name="
	for _, tt := range []struct {
		name      string
		ents      []ent
		want, err string
	}{
		{"sound", []ent{manifest("config.json", "layer.tar"), good, layer}, "/a x", ""},
		{"layer by a link", []ent{manifest("config.json", "l/layer.tar"), good, layer, l("l/layer.tar", "../layer.tar")}, "/a x", ""},
		{"layer by a hard link", []ent{manifest("config.json", "b"), good, layer, h("b", "layer.tar")}, "/a x", ""},
		{"layer by a link out", []ent{manifest("config.json", "b"), good, layer, l("b", "{out}/secret")}, "", "no such file|not exist"},
		{"layer by a relative link out", []ent{manifest("config.json", "b"), good, layer, l("b", "../canary/secret")}, "", "not exist"},
		{"config out", []ent{manifest("../../canary/secret", "layer.tar"), good, layer}, "", "not exist"},
		{"config absolute", []ent{manifest("{out}/secret", "layer.tar"), good, layer}, "", "not exist"},
		{"layer out", []ent{manifest("config.json", "../canary/secret"), good, layer}, "", "not exist"},
		{"layer absolute", []ent{manifest("config.json", "{out}/secret"), good, layer}, "", "not exist"},
		{"layer that is a directory", []ent{manifest("config.json", "b"), good, d("b")}, "", "not exist"},
		{"layer that is a named pipe", []ent{manifest("config.json", "b"), good, {typ: '6', name: "b"}}, "", "not exist"},
		{"links in a circle", []ent{manifest("config.json", "b"), good, l("b", "c"), l("c", "b")}, "", "circle"},
		{"no manifest", []ent{good, layer}, "", "manifest.json"},
		{"no image", []ent{f("manifest.json", "[]"), good, layer}, "", "no image"},
		{"null for an image", []ent{f("manifest.json", "[null]"), good, layer}, "", "not exist|cannot|no"},
		{"null for a manifest", []ent{f("manifest.json", "null"), good, layer}, "", "no image"},
		{"null for a config", []ent{manifest("config.json", "layer.tar"), f("config.json", "null"), layer}, "", "layers"},
		{"wrong diff ID", []ent{manifest("config.json", "layer.tar"), f("config.json", config(digest(nil))), layer}, "", "it is damaged"},
		{"more layers than the config has", []ent{manifest("config.json", "layer.tar", "layer.tar"), good, layer}, "", "layers"},
		{"fewer layers than the config has", []ent{manifest("config.json"), good, layer}, "", "layers"},
		{"diff ID that is no digest", []ent{manifest("config.json", "layer.tar"), f("config.json", `{"rootfs":{"type":"layers","diff_ids":["sha256:../../x"]}}`), layer}, "", "hash"},
		{"same layer twice", []ent{manifest("config.json", "layer.tar", "b"), f("config.json", config(digest(sound), digest(sound))), layer, f("b", string(sound))}, "/a x", ""},
		{"manifest that is a hole", []ent{{typ: '0', body: noData, pax: hole + "manifest.json"}, good, layer}, "", "manifest.json"},
		{"config that is a hole", []ent{manifest("config.json", "layer.tar"), {typ: '0', body: noData, pax: hole + "config.json"}, layer}, "", "config.json"},
		{"layer that is a hole", []ent{manifest("config.json", "layer.tar"), good, {typ: '0', body: noData, pax: hole + "layer.tar"}}, "", "layer.tar"},
		{"layer cut off", []ent{manifest("config.json", "layer.tar"), good, {raw: string(ent{typ: '0', name: "layer.tar", size: 1 << 40}.header())}}, "", "cut off|unexpected EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newArena(t)
			image := filepath.Join(a.dir, "image.tar")
			for i := range tt.ents {
				tt.ents[i] = tt.ents[i].in(a.canary())
			}
			must(t, os.WriteFile(image, archive(tt.ents...), 0o644))
			a.expect(t, a.unpack(t, image), tt.want, tt.err)
		})
	}
}

// TestHostileLayerCount has more layers than an engine would make.
func TestHostileLayerCount(t *testing.T) {
	var layers [][]byte
	for i := range 500 {
		layers = append(layers, archive(f("a", fmt.Sprint(i))))
	}
	a := newArena(t)
	err := a.unpack(t, newParts(append(layers, sound)...).write(t, filepath.Join(a.dir, "image"), nil))
	a.expect(t, err, "/a x", "")
}
