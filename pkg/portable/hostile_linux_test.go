package portable

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/codec"
)

// forgery makes a file whose parts match their hashes and mean harm.
type forgery struct {
	entries []byte // of the index
	count   int64
	data    []byte   // one frame
	frames  [][]byte // compressed; nil is data compressed
	table   []byte   // nil is the table of frames
	change  func(t *trailer)
}

// raw appends an entry as it is, checked by nothing. A regular file has size bytes.
func (f *forgery) raw(name string, mode uint32, size int64, link string) *forgery {
	w := indexWriter{}
	w.uint(0)
	w.string(name)
	w.uint(0)
	w.uint(uint64(mode))
	for range 4 { // uid gid seconds nanoseconds
		w.uint(0)
	}
	switch mode & sIFMT {
	case sIFREG:
		w.uint(uint64(size))
	case sIFLNK:
		w.string(link)
	case sIFCHR, sIFBLK:
		w.uint(0x103)
	}
	return f.bytes(w.buf)
}

func (f *forgery) dir(name string) *forgery         { return f.raw(name, sIFDIR|0o755, 0, "") }
func (f *forgery) file(name string) *forgery        { return f.raw(name, sIFREG|0o644, 0, "") }
func (f *forgery) symlink(name, to string) *forgery { return f.raw(name, sIFLNK|0o777, 0, to) }
func (f *forgery) bytes(b []byte) *forgery          { f.entries = append(f.entries, b...); f.count++; return f }
func (f *forgery) hardLink(name string, n uint64) *forgery {
	w := indexWriter{}
	w.uint(0)
	w.string(name)
	w.uint(flagHardLink)
	w.uint(n)
	return f.bytes(w.buf)
}

func (f *forgery) build(t testing.TB) []byte {
	t.Helper()
	c, err := codec.Find("zst")
	if err != nil {
		t.Fatal(err)
	}
	pack, err := c.Compressor(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	compress := func(b []byte) []byte {
		out, err := pack(nil, b)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if f.frames == nil && len(f.data) > 0 {
		f.frames = [][]byte{compress(f.data)}
	}
	w := indexWriter{buf: f.entries}
	var frames []byte
	for _, b := range f.frames {
		w.frame(len(b), digestOf(b))
		frames = append(frames, b...)
	}
	if f.table != nil {
		w.buf = append(bytes.Clone(f.entries), f.table...)
	}
	index := compress(w.buf)
	cfg := sampleConfig()
	config, err := cfg.encode()
	if err != nil {
		t.Fatal(err)
	}
	tr := trailer{
		codec: "zst", frames: int64(len(frames)), index: int64(len(index)), config: int64(len(config)),
		frameSize: 1 << 10, indexRaw: int64(len(w.buf)), entries: f.count, treeSize: int64(len(f.data)),
		digest: digestOf(index), configDigest: digestOf(config), launcherDigest: digestOf(nil),
	}
	if f.change != nil {
		f.change(&tr)
	}
	return bytes.Join([][]byte{frames, index, config, tr.encode()}, nil)
}

func TestHostile(t *testing.T) {
	tree := func() *forgery { return new(forgery).dir("") }
	huge := binary.AppendUvarint(nil, 1<<62)
	for _, c := range []struct {
		name string
		f    *forgery
		want string // of the message
	}{
		{"..", tree().file("../outside"), "not a clean path"},
		{".. alone", tree().file(".."), "not a clean path"},
		{".. within", tree().dir("a").file("a/../../outside"), "not a clean path"},
		{"absolute", tree().file("/etc/passwd"), "not a clean path"},
		{"dot", tree().file("./a"), "not a clean path"},
		{"slash at the end", tree().dir("a/"), "not a clean path"},
		{"NUL", tree().file("a\x00b"), "not a path"},
		{"long name", tree().file(strings.Repeat("n", 256)), "not a clean path"},
		{"long path", tree().file(strings.Repeat("n/", 2048) + "n"), "too large"},
		{"below a link", tree().symlink("a", "/etc").file("a/passwd"), "not in a directory"},
		{"below a file", tree().file("a").file("a/b"), "not in a directory"},
		{"below nothing", tree().file("a/b"), "not in a directory"},
		{"twice", tree().file("a").file("a"), "not the only one"},
		{"link and then file", tree().symlink("a", "/etc/passwd").file("a"), "not the only one"},
		{"out of order", tree().file("b").file("a"), "not in order"},
		{"root twice", tree().dir(""), "not the only one"},
		{"no root", new(forgery).file("a"), "not the root"},
		{"root is a link", new(forgery).symlink("", "/etc"), "not the root"},
		{"nothing", new(forgery), "its files have 0 bytes"},
		{"hard link to a link", tree().symlink("a", "/etc/passwd").hardLink("b", 1), "not a regular file"},
		{"hard link to a directory", tree().hardLink("b", 0), "not a regular file"},
		{"hard link to a hard link", tree().file("a").hardLink("b", 1).hardLink("c", 2), "not a regular file"},
		{"hard link to itself", tree().hardLink("a", 1), "not a regular file"},
		{"hard link to what comes", tree().hardLink("a", 2).file("b"), "not a regular file"},
		{"empty link", tree().symlink("a", ""), "not a link's target"},
		{"no such type", tree().raw("a", 0o170644, 0, ""), "no such mode"},
		{"bits beyond a mode", tree().raw("a", 0o1100644, 0, ""), "no such mode"},
		{"negative size", tree().raw("a", sIFREG, -1, ""), "too large"},
		{"more data than declared", tree().raw("a", sIFREG, 100, ""), "more data"},
		{"less data than declared", &forgery{entries: tree().entries, count: 1, data: []byte("data")}, "0 bytes of data"},
		{"suffix beyond the end", tree().bytes(append([]byte{0}, huge...)), "too large"},
		{"prefix of nothing", tree().bytes([]byte{9, 0, 0}), "too large"},
		{"cut off", tree().bytes([]byte{0, 1, 'a'}), "cut off"},
		{"more entries than there are", &forgery{entries: tree().entries, count: 2}, "cut off"},
		{"many more entries", &forgery{entries: tree().entries, count: 1 << 40}, "entries"},
		{"something after the frames", &forgery{entries: tree().entries, count: 1, table: []byte{0}}, "do not add up"},
		{"no table", &forgery{entries: tree().file("a").entries, count: 2, change: func(t *trailer) { t.treeSize = 1 << 40 }}, "entries and"},
		{"index bomb", &forgery{entries: tree().entries, count: 1, change: func(t *trailer) { t.indexRaw = 400 << 20 }}, "an index of"},
		{"index of another size", &forgery{entries: tree().entries, count: 1, change: func(t *trailer) { t.indexRaw++ }}, "where"},
		{"index larger than declared", &forgery{entries: tree().entries, count: 1, change: func(t *trailer) { t.indexRaw-- }}, "its index"},
		{"frames too small", &forgery{entries: tree().entries, count: 1, change: func(t *trailer) { t.frameSize = 1 }}, "frames of"},
		{"frames too large", &forgery{entries: tree().entries, count: 1, change: func(t *trailer) { t.frameSize = 1 << 30 }}, "frames of"},
		{"sizes that overflow", &forgery{entries: tree().entries, count: 1, change: func(t *trailer) { t.launcher, t.frames = 1<<62, 1<<62 }}, "shorter than"},
		{"frame that is longer", bomb(t, make([]byte, 1<<20)), "frame 1 of 1"},
		{"frame that is shorter", bomb(t, make([]byte, 99)), "frame 1 of 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tryUnpack(t, c.f.build(t))
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error: %v; want one with %q", err, c.want)
			}
		})
	}
}

// bomb is a tree of one file of 100 bytes whose frame holds content instead.
func bomb(t *testing.T, content []byte) *forgery {
	t.Helper()
	c, err := codec.Find("zst")
	if err != nil {
		t.Fatal(err)
	}
	pack, err := c.Compressor(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := pack(nil, content)
	if err != nil {
		t.Fatal(err)
	}
	return new(forgery).dir("").raw("a", sIFREG|0o644, 100, "").with(make([]byte, 100), frame)
}

func (f *forgery) with(data, frame []byte) *forgery {
	f.data, f.frames = data, [][]byte{frame}
	return f
}

// TestForgeryIsSound: what the others share makes a file that is right.
func TestForgeryIsSound(t *testing.T) {
	f := new(forgery).dir("").raw("a", sIFREG|0o644, 4, "").hardLink("b", 1).symlink("c", "/etc")
	f.data = []byte("data")
	if _, err := tryUnpack(t, f.build(t)); err != nil {
		t.Error(err)
	}
}

// TestDecoderFails: a decompressor that fills too little or fails is an
// error of the file, and leaves nothing.
func TestDecoderFails(t *testing.T) {
	b := small(t)
	bad := errors.New("no such thing")
	calls := 0
	d := Decoders{"zst": func(window int) (Decompress, error) {
		good, err := zstd["zst"](window)
		return func(dst, src []byte) error {
			if calls++; calls > 1 {
				return bad
			}
			return good(dst, src)
		}, err
	}}
	p, err := Open(bytes.NewReader(b), int64(len(b)), d)
	if err != nil {
		t.Fatal(err)
	}
	dir := emptyDirectory(t)
	if err := p.Unpack(context.Background(), dir, UnpackOptions{Workers: 1}); !errors.Is(err, ErrDamaged) || !errors.Is(err, bad) {
		t.Errorf("error: %v", err)
	}
	mustBeEmpty(t, dir)
}

// TestDeviceNodes: root gets them, anybody else is told.
func TestDeviceNodes(t *testing.T) {
	b := new(forgery).dir("").raw("null", sIFCHR|0o666, 0, "").build(t)
	d := emptyDirectory(t)
	lost := ""
	err := open(t, b).Unpack(t.Context(), d, UnpackOptions{Owner: true, Lost: func(path, what string) { lost += path + ": " + what }})
	if err != nil {
		t.Fatal(err)
	}
	fi, err := os.Lstat(d.Name() + "/null")
	if err == nil && (fi.Mode() != os.ModeDevice|os.ModeCharDevice|0o666 || !isRoot()) {
		t.Errorf("made %v", fi.Mode())
	}
	if err != nil && !strings.Contains(lost, "/null: device") {
		t.Errorf("%v, and lost is %q", err, lost)
	}
}
