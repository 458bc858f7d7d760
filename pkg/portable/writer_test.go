package portable

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
)

func TestWriterRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(o *WriterOptions)
	}{
		{"no name", func(o *WriterOptions) { o.Config.Name = "" }},
		{"no entrypoint", func(o *WriterOptions) { o.Config.Entrypoint = nil }},
		{"relative entrypoint", func(o *WriterOptions) { o.Config.Entrypoint = []string{"bin/app"} }},
		{"no such root", func(o *WriterOptions) { o.Config.Root = "nowhere" }},
		{"variable without a name", func(o *WriterOptions) { o.Config.Env = []string{"=x"} }},
		{"NUL", func(o *WriterOptions) { o.Config.Args = []string{"a\x00b"} }},
		{"long codec", func(o *WriterOptions) { o.Codec = "zstandard" }},
		{"tiny frames", func(o *WriterOptions) { o.FrameSize = 1 }},
	} {
		o := options(t, "zst")
		c.change(&o)
		if _, err := NewWriter(t.Context(), io.Discard, o); err == nil {
			t.Errorf("%s: accepted", c.name)
		}
	}
}

// errWriter fails after so many bytes.
type errWriter struct{ left int }

var errNoSpace = errors.New("no space")

func (w *errWriter) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, errNoSpace
	}
	return len(b), nil
}

// add writes the sample and then last, and returns the first error.
func add(ctx context.Context, out io.Writer, o WriterOptions, last item, open func() (Content, error)) error {
	w, err := NewWriter(ctx, out, o)
	if err != nil {
		return err
	}
	defer w.Abort()
	for _, i := range sample() {
		if err := w.Add(i.Entry, func() (Content, error) { return memory{bytes.NewReader([]byte(i.data))}, nil }); err != nil {
			return err
		}
	}
	if err := w.Add(last.Entry, open); err != nil {
		return err
	}
	_, err = w.Close()
	return err
}

func TestWriterFails(t *testing.T) {
	content := func(s string) func() (Content, error) {
		return func() (Content, error) { return memory{bytes.NewReader([]byte(s))}, nil }
	}
	last := fileItem("/z", strings.Repeat("z", 50_000), 0o644)
	bad := errors.New("no such thing")
	done, cancel := context.WithCancel(t.Context())
	cancel()
	broken := options(t, "zst")
	broken.Compress = func() (Compress, error) {
		return func(dst, src []byte) ([]byte, error) { return nil, bad }, nil
	}
	for _, c := range []struct {
		name string
		ctx  context.Context
		out  io.Writer
		o    WriterOptions
		last item
		open func() (Content, error)
		want error
	}{
		{"shorter", t.Context(), io.Discard, options(t, "zst"), last, content(last.data[1:]), ErrChanged},
		{"longer", t.Context(), io.Discard, options(t, "zst"), last, content(last.data + "z"), ErrChanged},
		{"not to be opened", t.Context(), io.Discard, options(t, "zst"), last, func() (Content, error) { return nil, fs.ErrPermission }, fs.ErrPermission},
		{"no space for the launcher", t.Context(), &errWriter{3}, options(t, "zst"), last, content(last.data), errNoSpace},
		{"no space for frames", t.Context(), &errWriter{10_000}, options(t, "zst"), last, content(last.data), errNoSpace},
		{"compressor", t.Context(), io.Discard, broken, last, content(last.data), bad},
		{"cancelled", done, io.Discard, options(t, "zst"), last, content(last.data), context.Canceled},
	} {
		if err := add(c.ctx, c.out, c.o, c.last, c.open); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestWriterOrder(t *testing.T) {
	for _, last := range []item{
		fileItem("/data/text", "", 0o644),
		fileItem("/etc/passwd", "", 0o644),
		fileItem("relative", "", 0o644),
		fileItem("/z/../x", "", 0o644),
		fileItem("/zz/x", "", 0o644),
		{Entry: Entry{Path: "/z", HardLink: "/lib"}},
		{Entry: Entry{Path: "/z", Size: 5, Sparse: true, Extents: []Extent{{4, 2}}}},
		linkItem("/z", ""),
	} {
		err := add(t.Context(), io.Discard, options(t, "zst"), last, func() (Content, error) { return nil, fs.ErrInvalid })
		if err == nil || !strings.HasPrefix(err.Error(), "cannot add ") {
			t.Errorf("%q: %v", last.Path, err)
		}
	}
}

// TestTreeIsBounded has an index that says in few bytes what takes much memory.
func TestTreeIsBounded(t *testing.T) {
	w := indexWriter{}
	if err := w.add(&Entry{Path: "/", Mode: fs.ModeDir | 0o755}); err != nil {
		t.Fatal(err)
	}
	dir := ""
	for range 15 {
		dir += "/" + strings.Repeat("d", 250)
		if err := w.add(&Entry{Path: dir, Mode: fs.ModeDir | 0o755}); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	n := 0
	for ; err == nil && n < maxTree/1000; n++ {
		err = w.add(&Entry{Path: fmt.Sprintf("%s/%08d", dir, n), Mode: fs.ModeNamedPipe})
	}
	if err == nil || !strings.Contains(err.Error(), "too many files") {
		t.Errorf("%d files of %d bytes each: %v", n, len(dir), err)
	}
}
