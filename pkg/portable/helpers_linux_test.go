package portable

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/codec"
	"github.com/5bbb5df2/pack/pkg/codec/zst"
	"github.com/5bbb5df2/pack/pkg/treefd"
)

var zstd = Decoders{"zst": zst.Decompressor}

// memory is the content of a file.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// item is an entry with its content.
type item struct {
	Entry
	data string
}

var when = time.Unix(1_600_000_000, 123456789)

func dirItem(name string, mode fs.FileMode) item {
	return item{Entry: Entry{Path: name, Mode: fs.ModeDir | mode, ModTime: when}}
}

func fileItem(name, data string, mode fs.FileMode) item {
	return item{Entry{Path: name, Mode: mode, ModTime: when, Size: int64(len(data))}, data}
}

func linkItem(name, target string) item {
	return item{Entry: Entry{Path: name, Mode: fs.ModeSymlink | 0o777, ModTime: when, Link: target}}
}

// noise is n bytes that compress badly and are the same in every run.
func noise(n int) string {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{7})
	r.Read(b)
	return string(b)
}

// sample is a tree with an entry of each sort, in path order.
func sample() []item {
	hole := make([]byte, 3<<20)
	hollow := fileItem("/data/hollow", string(hole[:100_000]), 0o644)
	hollow.Sparse = true
	copy(hole[1<<20:], "in the middle")
	sparse := fileItem("/data/sparse", string(hole), 0o600)
	sparse.Sparse, sparse.Extents = true, []Extent{{1 << 20, 4096}}
	labelled := fileItem("/data/labelled", "x", 0o644)
	labelled.Xattrs = map[string][]byte{"user.b": {0, 1}, "user.a": []byte("text")}
	return sorted([]item{
		dirItem("/", 0o755),
		dirItem("/bin", 0o555),
		fileItem("/bin/app", noise(20_000), 0o755),
		fileItem("/bin/su", "set-id", fs.ModeSetuid|0o755),
		{Entry: Entry{Path: "/bin/twin", Mode: 0o755, HardLink: "/bin/app"}},
		dirItem("/data", 0o700),
		fileItem("/data/\xff\xfe not utf-8", "y", 0o400),
		fileItem("/data/empty", "", 0o644),
		{Entry: Entry{Path: "/data/fifo", Mode: fs.ModeNamedPipe | 0o640, ModTime: when}},
		hollow,
		labelled,
		sparse,
		fileItem("/data/text", strings.Repeat("the same again ", 3000), 0o644),
		linkItem("/etc", "/usr/../data"),
		linkItem("/lib", "../../../../.."),
		dirItem("/tmp", fs.ModeSticky|0o777),
	})
}

func sorted(items []item) []item {
	slices.SortFunc(items, func(a, b item) int { return comparePaths(a.Path, b.Path) })
	return items
}

func sampleConfig() Config {
	return Config{
		Name: "sample app", Version: "1.0", Entrypoint: []string{"/bin/app"},
		Root: Merged, Fallback: FallbackFail, ArgsMode: ArgsApp, Platform: "linux/amd64",
	}
}

func options(t testing.TB, name string) WriterOptions {
	t.Helper()
	c, err := codec.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	const size = 8 << 10
	return WriterOptions{
		Launcher: strings.NewReader("\x7fELF the launcher"), Config: sampleConfig(), Codec: name, FrameSize: size, Workers: 2,
		Compress: func() (Compress, error) { return c.Compressor(size) },
	}
}

// build makes a file of items.
func build(t testing.TB, o WriterOptions, items []item) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(context.Background(), &out, o)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, i := range items {
		if err := w.Add(i.Entry, func() (Content, error) { return memory{bytes.NewReader([]byte(i.data))}, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// version is the file of a tree that differs from that of any other version.
func version(t testing.TB, v string, items ...item) *Payload {
	t.Helper()
	o := options(t, "zst")
	o.Config.Version = v
	all := []item{dirItem("/", 0o755), dirItem("/bin", 0o755), fileItem("/bin/app", noise(100_000)+v, 0o755)}
	return open(t, build(t, o, sorted(append(all, items...))))
}

func open(t testing.TB, b []byte) *Payload {
	t.Helper()
	p, err := Open(bytes.NewReader(b), int64(len(b)), zstd)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// emptyDirectory opens a new directory, removed in the end however it is protected.
func emptyDirectory(t testing.TB) *os.File {
	t.Helper()
	parent, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := RemoveTree(parent, "tree"); err != nil {
			t.Error(err)
		}
		parent.Close()
	})
	if err := os.Mkdir(parent.Name()+"/tree", 0o700); err != nil {
		t.Fatal(err)
	}
	d, err := os.Open(parent.Name() + "/tree")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// dump describes a tree, one line a path: type and mode, links, time, content.
func dump(t testing.TB, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		st := fi.Sys().(*syscall.Stat_t)
		fmt.Fprintf(&b, "%q %v %d:%d %d", strings.TrimPrefix(name, dir), fi.Mode(), st.Uid, st.Gid, fi.ModTime().UnixNano())
		switch {
		case fi.Mode().IsRegular():
			content, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " links=%d size=%d %s", st.Nlink, st.Size, digestOf(content))
		case fi.Mode()&fs.ModeSymlink != 0:
			target, _ := os.Readlink(name)
			fmt.Fprintf(&b, " -> %q", target)
		}
		b.WriteString("\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// mustBeEmpty fails when anything is in d.
func mustBeEmpty(t testing.TB, d *os.File) {
	t.Helper()
	names, err := treefd.List(int(d.Fd()))
	if err != nil || len(names) > 0 {
		t.Errorf("left behind: %q, %v", names, err)
	}
}

func isRoot() bool { return unix.Geteuid() == 0 }

func itoa(fd uintptr) string { return strconv.Itoa(int(fd)) }
