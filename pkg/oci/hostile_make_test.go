package oci_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// ent is an entry of a layer. It need not make sense, and so it is written
// here byte by byte: archive/tar refuses to.
type ent struct {
	typ              byte
	name, link, body string
	mode             int64 // 0 is 0755 for directories, else 0644
	uid, gid, mtime  int64
	size             int64  // what the header says; 0 is the length of the body
	pax              string // records KEY=VALUE, a line each
	raw              string // the bytes in place of all that
	change           func(header []byte)
}

func f(name, body string) ent   { return ent{typ: '0', name: name, body: body} }
func d(name string) ent         { return ent{typ: '5', name: name} }
func l(name, target string) ent { return ent{typ: '2', name: name, link: target} }
func h(name, target string) ent { return ent{typ: '1', name: name, link: target} }

// in puts what a test calls {out}, a directory beside the output, into e.
func (e ent) in(out string) ent {
	for _, s := range []*string{&e.name, &e.link, &e.body, &e.pax} {
		*s = strings.ReplaceAll(*s, "{out}", out)
	}
	return e
}

// bytes is the entry in an archive. Names that are too long for the header are
// in PAX records, as every program does it.
func (e ent) bytes() []byte {
	if e.raw != "" {
		return []byte(e.raw)
	}
	var b bytes.Buffer
	if len(e.name) > 100 {
		e.pax, e.name = e.pax+"\npath="+e.name, "long"
	}
	if len(e.link) > 100 {
		e.pax, e.link = e.pax+"\nlinkpath="+e.link, "long"
	}
	if records := strings.Trim(e.pax, "\n"); records != "" {
		b.Write(ent{typ: 'x', name: "pax", body: paxRecords(records)}.bytes())
	}
	header := e.header()
	b.Write(header)
	b.WriteString(e.body)
	b.Write(make([]byte, -len(e.body)&511))
	return b.Bytes()
}

// header is laid out as POSIX pax says under "ustar Interchange Format".
func (e ent) header() []byte {
	if e.mode == 0 {
		e.mode = map[bool]int64{true: 0o755, false: 0o644}[e.typ == '5']
	}
	if e.size == 0 {
		e.size = int64(len(e.body))
	}
	b := make([]byte, 512)
	copy(b[0:100], e.name)
	copy(b[157:257], e.link)
	copy(b[257:], "ustar\x0000")
	b[156] = e.typ
	for _, n := range []struct {
		at, len int
		value   int64
	}{{100, 8, e.mode}, {108, 8, e.uid}, {116, 8, e.gid}, {124, 12, e.size}, {136, 12, e.mtime}} {
		number(b[n.at:n.at+n.len], n.value)
	}
	if e.typ == '3' || e.typ == '4' {
		number(b[329:337], 1)
		number(b[337:345], 3)
	}
	if e.change != nil {
		e.change(b)
	}
	return checksum(b)
}

func checksum(b []byte) []byte {
	copy(b[148:156], "        ")
	sum := 0
	for _, c := range b {
		sum += int(c)
	}
	copy(b[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

// number is octal, or where that does not do, in base 256 as GNU tar has it.
func number(field []byte, n int64) {
	digits := len(field) - 1
	if n >= 0 && n < 1<<(3*digits) {
		copy(field, fmt.Sprintf("%0*o", digits, n))
		return
	}
	for i := range field {
		field[len(field)-1-i] = byte(n >> min(63, 8*i))
	}
	field[0] |= 0x80
}

func paxRecords(lines string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(lines, "\n") {
		n := len(line) + 3
		for len(fmt.Sprint(n))+len(line)+2 != n {
			n++
		}
		fmt.Fprintf(&b, "%d %s\n", n, line)
	}
	return b.String()
}

// archive is a whole one.
func archive(ents ...ent) []byte {
	var b bytes.Buffer
	for _, e := range ents {
		b.Write(e.bytes())
	}
	return append(b.Bytes(), make([]byte, 1024)...)
}

// parts is an OCI image layout before it is written: what is changed in it
// changes nothing else, so that each part can lie about the others.
type parts struct {
	blobs    map[string][]byte // by digest, without its algorithm
	config   v1.ConfigFile
	manifest v1.Manifest
	index    v1.IndexManifest
}

// newParts is a sound image of layers.
func newParts(layers ...[]byte) *parts {
	p := &parts{blobs: map[string][]byte{}}
	p.config = v1.ConfigFile{OS: "linux", Architecture: "amd64", RootFS: v1.RootFS{Type: "layers"}}
	p.manifest = v1.Manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1}
	p.index = v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex}
	for _, data := range layers {
		p.config.RootFS.DiffIDs = append(p.config.RootFS.DiffIDs, digest(data))
		p.manifest.Layers = append(p.manifest.Layers, p.add(types.OCILayer, gzipped(data)))
	}
	return p
}

func (p *parts) add(t types.MediaType, data []byte) v1.Descriptor {
	sum := digest(data)
	p.blobs[sum.Hex] = data
	return v1.Descriptor{MediaType: t, Size: int64(len(data)), Digest: sum}
}

func (p *parts) addJSON(t types.MediaType, v any) v1.Descriptor {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return p.add(t, data)
}

// write writes the layout and returns how it is named. change, if there is
// one, is called for the manifest and the index when what they name is there.
func (p *parts) write(t testing.TB, dir string, change func(*parts)) string {
	t.Helper()
	p.manifest.Config = p.addJSON(types.OCIConfigJSON, p.config)
	if change != nil {
		change(p)
	}
	if p.index.Manifests == nil {
		p.index.Manifests = []v1.Descriptor{p.addJSON(types.OCIManifestSchema1, p.manifest)}
	}
	index, err := json.Marshal(p.index)
	must(t, err)
	blobs := filepath.Join(dir, "blobs", "sha256")
	must(t, os.MkdirAll(blobs, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "index.json"), index, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o644))
	for name, data := range p.blobs {
		must(t, os.WriteFile(filepath.Join(blobs, name), data, 0o644))
	}
	return "oci:" + dir
}

func digest(data []byte) v1.Hash {
	sum := sha256.Sum256(data)
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum[:])}
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
