package output

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// plainCodec does not compress.
func plainCodec() (portable.Compress, error) {
	return func(dst, src []byte) ([]byte, error) { return append(dst, src...), nil }, nil
}

var plainDecoders = portable.Decoders{"plain": func(int) (portable.Decompress, error) {
	return func(dst, src []byte) error {
		if copy(dst, src) != len(dst) || len(src) != len(dst) {
			return errors.New("another size")
		}
		return nil
	}, nil
}}

func newPortable(t *testing.T, dest string) *Portable {
	t.Helper()
	f, err := NewFile(dest, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPortable(t.Context(), f, portable.WriterOptions{
		Launcher: strings.NewReader("launcher"), Codec: "plain", Compress: plainCodec,
		Config: portable.Config{Name: "x", Entrypoint: []string{"/x"}, Root: portable.Merged, Fallback: portable.FallbackFail, ArgsMode: portable.ArgsApp},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Abort() })
	return p
}

// openPortable reads the file at dest, or is nil if there is none.
func openPortable(t *testing.T, dest string) *portable.Payload {
	t.Helper()
	f, err := os.Open(dest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	fi, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	p, err := portable.Open(f, fi.Size(), plainDecoders)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPortableIsASink(t *testing.T) {
	runSuite(t, sinkSuite{
		New: func(t *testing.T, dest string) Sink { return newPortable(t, dest) },
		List: func(t *testing.T, dest string) []string {
			p := openPortable(t, dest)
			if p == nil {
				return nil
			}
			entries, err := p.Entries()
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for e := range entries {
				if e.Path != "/" {
					out = append(out, e.Path)
				}
			}
			return out
		},
		Traces:  func(t *testing.T, dest string) []string { return siblings(t, dest) },
		Special: true,
	})
}

func TestTarIsASink(t *testing.T) {
	runSuite(t, sinkSuite{
		New: func(t *testing.T, dest string) Sink {
			f, err := NewFile(dest, 0o644)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Abort() })
			return NewTar(f, f.Commit, f.Abort)
		},
		List: func(t *testing.T, dest string) []string {
			f, err := os.Open(dest)
			if err != nil {
				return nil
			}
			defer f.Close()
			var out []string
			for r := tar.NewReader(f); ; {
				h, err := r.Next()
				if err == io.EOF {
					return out
				}
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, path.Join("/", h.Name))
			}
		},
		Traces:  func(t *testing.T, dest string) []string { return siblings(t, dest) },
		Special: true,
	})
}

// TestPortableHoles: what lies between the data of a sparse file is not read.
func TestPortableHoles(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "sparse")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	_, werr := f.WriteAt([]byte("data"), 64<<20)
	if err := errors.Join(werr, f.Truncate(128<<20), f.Close()); err != nil {
		t.Fatal(err)
	}
	p := plan.New(nil)
	add(t, p, plan.Entry{Path: "/sparse", Mode: 0o644, ModTime: when, Size: 128 << 20, From: plan.Source{FS: rootfs.Host(), Path: name}})
	dest := filepath.Join(dir, "out")
	sink := newPortable(t, dest)
	if err := errors.Join(Write(t.Context(), p, sink), sink.Commit()); err != nil {
		t.Fatal(err)
	}
	if size := openPortable(t, dest).Info().TreeSize; size == 0 || size > 1<<20 {
		t.Errorf("%d bytes of data in a file with 4", size)
	}
}

func TestFileReplaces(t *testing.T) {
	dest := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dest, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	stale := filepath.Join(filepath.Dir(dest), tempName("file"))
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := NewFile(dest, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewFile(dest, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if got := siblings(t, dest); len(got) != 2 || slices.Contains(got, filepath.Base(stale)) {
		t.Errorf("beside it: %q", got)
	}
	if _, err := f.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(dest); string(got) != "old" {
		t.Errorf("before Commit: %q", got)
	}
	if err := errors.Join(f.Commit(), other.Abort()); err != nil {
		t.Fatal(err)
	}
	fi, err := os.Stat(dest)
	if got, _ := os.ReadFile(dest); err != nil || string(got) != "new" || fi.Mode() != 0o755 {
		t.Errorf("after Commit: %q, %v, %v", got, fi.Mode(), err)
	}
	if got := siblings(t, dest); len(got) > 0 {
		t.Errorf("left behind: %q", got)
	}
}
