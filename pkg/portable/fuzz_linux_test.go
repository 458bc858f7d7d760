package portable

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzFile: whatever the bytes, a file is refused or unpacks into its place.
// The hashes are put right, so that what they guard is reached.
func FuzzFile(f *testing.F) {
	f.Add(small(f), uint16(0), []byte{})
	f.Add(new(forgery).dir("").symlink("a", "/").build(f), uint16(3), []byte("../../x"))
	f.Fuzz(func(t *testing.T, b []byte, at uint16, patch []byte) {
		if i := int(at); i < len(b) {
			copy(b[i:], patch)
		}
		_, _ = tryUnpack(t, resign(b))
	})
}

// resign puts the hashes of a file right, as far as its trailer can be read.
func resign(b []byte) []byte {
	if len(b) < trailerSize {
		return b
	}
	b = bytes.Clone(b)
	end := b[len(b)-trailerSize:]
	own := digestOf(end[:trailerSize-32])
	copy(end[trailerSize-32:], own[:])
	t, err := decodeTrailer(end, int64(len(b)))
	if err != nil {
		return b
	}
	t.digest = digestOf(b[t.launcher+t.frames:][:t.index])
	t.configDigest = digestOf(b[t.launcher+t.frames+t.index:][:t.config])
	return append(b[:len(b)-trailerSize], t.encode()...)
}

func FuzzTrailer(f *testing.F) {
	b := small(f)
	f.Add(b[len(b)-trailerSize:], int64(len(b)))
	f.Fuzz(func(t *testing.T, b []byte, size int64) {
		if len(b) == trailerSize {
			own := digestOf(b[:trailerSize-32])
			copy(b[trailerSize-32:], own[:])
		}
		tr, err := decodeTrailer(b, size)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotPortable) {
				t.Error(err)
			}
			return
		}
		if sum := tr.launcher + tr.frames + tr.index + tr.config + trailerSize; sum != size {
			t.Errorf("%d bytes of %d", sum, size)
		}
		if tr.encode() == nil || tr.codec != "" && bytes.Contains([]byte(tr.codec), []byte{0}) {
			t.Errorf("codec %q", tr.codec)
		}
	})
}

func FuzzIndex(f *testing.F) {
	var w indexWriter
	for _, i := range sample() {
		if err := w.add(&i.Entry); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(w.buf, uint16(w.count), uint32(0))
	f.Fuzz(func(t *testing.T, b []byte, entries uint16, size uint32) {
		tr := &trailer{frameSize: minFrameSize, frames: 1 << 40, indexRaw: int64(len(b)), entries: int64(entries), treeSize: int64(size)}
		x, err := decodeIndex(b, tr)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Error(err)
			}
			return
		}
		checkIndex(t, x, tr)
	})
}

// checkIndex makes sure of what Unpack relies on.
func checkIndex(t *testing.T, x *index, tr *trailer) {
	t.Helper()
	known := map[string]*Entry{}
	total := int64(0)
	for i := range x.entries {
		e := &x.entries[i]
		if i > 0 && (known[parentOf(e.Path)] == nil || !known[parentOf(e.Path)].Mode.IsDir()) {
			t.Errorf("%q is in no directory", e.Path)
		}
		if known[e.Path] != nil || checkPath(e.Path) != nil {
			t.Errorf("%q", e.Path)
		}
		if target := known[e.HardLink]; e.HardLink != "" && (target == nil || !target.Mode.IsRegular()) {
			t.Errorf("%q is another name of %q", e.Path, e.HardLink)
		}
		end := int64(0)
		for _, d := range e.data() {
			if d.Offset < end || d.Size <= 0 || d.Offset+d.Size > e.Size {
				t.Errorf("%q: extents %v of %d bytes", e.Path, e.Extents, e.Size)
			}
			end, total = d.Offset+d.Size, total+d.Size
		}
		known[e.Path] = e
	}
	for _, f := range x.frames {
		total -= int64(f.raw)
	}
	if total != 0 || int64(len(x.frames)) != tr.frameCount() {
		t.Errorf("%d frames do not make up the data", len(x.frames))
	}
}

func FuzzConfig(f *testing.F) {
	c := sampleConfig()
	b, err := c.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"name":"x","entrypoint":["/x"],"root":"host","fallback":"host","argsMode":"pack","env":["A=b"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := decodeConfig(b)
		if err != nil {
			return
		}
		again, err := c.encode()
		if err != nil {
			t.Fatal(err)
		}
		if d, err := decodeConfig(again); err != nil || d.Name != c.Name || len(d.Env) != len(c.Env) {
			t.Errorf("does not come back: %v", err)
		}
		if p := label(c.Name); p == "" || p[0] == '.' || bytes.ContainsAny([]byte(p), "/\x00") || len(p) > nameMax {
			t.Errorf("a directory called %q", p)
		}
	})
}
