package launchers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/5bbb5df2/pack/pkg/codec"
	"github.com/5bbb5df2/pack/pkg/portable"
)

// launcher reads one, or skips the test where none was built.
func launcher(t *testing.T, platform, codec string) []byte {
	t.Helper()
	r, err := Launcher(platform, codec)
	var missing *NotBuiltError
	if errors.As(err, &missing) {
		t.Skip(missing.Hint())
	}
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return content
}

// TestSmall: what a portable file grows by is at most 3 MB.
func TestSmall(t *testing.T) {
	for _, platform := range Platforms() {
		if n := len(launcher(t, platform, SmallCodec)); n > 3_000_000 {
			t.Errorf("%s: %d bytes", platform, n)
		}
	}
}

// TestDecode: the launchers, from whose libraries much was left out, decompress
// all that codecs compress.
func TestDecode(t *testing.T) {
	for _, name := range codec.Names() {
		t.Run(name, func(t *testing.T) {
			content := launcher(t, runtime.GOOS+"/"+runtime.GOARCH, name)
			want := samples(t, content[:1<<20])
			dir := t.TempDir()
			file := filepath.Join(dir, "file")
			if err := os.WriteFile(file, portableFile(t, content, name, want), 0o755); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(file, "--pack-extract", filepath.Join(dir, "tree")).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for i, data := range want {
				got, err := os.ReadFile(filepath.Join(dir, "tree", sampleName(i)))
				if err != nil || !bytes.Equal(got, data) {
					t.Errorf("sample %d of %d bytes does not come back: %v", i, len(data), err)
				}
			}
		})
	}
}

// samples make use of all that a format has: long and short matches, few and
// many symbols, and none.
func samples(t *testing.T, program []byte) [][]byte {
	t.Helper()
	random := make([]byte, 300_000)
	source := rand.NewChaCha8([32]byte{})
	if _, err := source.Read(random); err != nil {
		t.Fatal(err)
	}
	few := bytes.Clone(random)
	for i := range few {
		few[i] = "abc\n"[few[i]&3]
	}
	return [][]byte{
		{}, {1}, make([]byte, 1<<20), random, few, program,
		bytes.Repeat([]byte("cannot read the file: it is damaged\n"), 9000),
		slicesOf(random, program),
	}
}

// slicesOf alternates between two kinds of data.
func slicesOf(a, b []byte) []byte {
	var out []byte
	for i := 0; i+4096 < len(a); i += 4096 {
		out = append(append(out, a[i:i+i/64]...), b[i:i+4096]...)
	}
	return out
}

func sampleName(i int) string { return string(rune('a' + i)) }

func portableFile(t *testing.T, launcher []byte, name string, contents [][]byte) []byte {
	t.Helper()
	c, err := codec.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	const frame = 1 << 20
	var out bytes.Buffer
	w, err := portable.NewWriter(context.Background(), &out, portable.WriterOptions{
		Launcher: bytes.NewReader(launcher), Codec: name, FrameSize: frame,
		Compress: func() (portable.Compress, error) { return c.Compressor(frame) },
		Config: portable.Config{
			Name: "sample", Entrypoint: []string{"/a"}, Platform: runtime.GOOS + "/" + runtime.GOARCH,
			Root: portable.Merged, Fallback: portable.FallbackFail, ArgsMode: portable.ArgsApp,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	entries := []portable.Entry{{Path: "/", Mode: fs.ModeDir | 0o755}}
	for i, data := range contents {
		entries = append(entries, portable.Entry{Path: "/" + sampleName(i), Mode: 0o644, Size: int64(len(data))})
	}
	for i, e := range entries {
		read := func() (portable.Content, error) { return memory{bytes.NewReader(contents[i-1])}, nil }
		if err := w.Add(e, read); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }
