package output

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// sinkSuite is what every Sink has to pass. New makes a sink that writes to
// dest, a path in a fresh directory; List returns the paths found in what is
// at dest, or nil if nothing is there; Traces says what else the sink left.
type sinkSuite struct {
	New    func(t *testing.T, dest string) Sink
	List   func(t *testing.T, dest string) []string
	Traces func(t *testing.T, dest string) []string
	// Special says that the sink takes devices and the like.
	Special bool
}

var when = time.Unix(1_600_000_000, 123456789)

// samplePlan has one entry of each sort, from memory.
func samplePlan(t *testing.T) *plan.Plan {
	t.Helper()
	p := plan.New(nil)
	add(t, p,
		file("/usr/bin/app", "the program"),
		plan.Entry{Path: "/usr/bin/twin", Mode: 0o755, ModTime: when, HardLink: "/usr/bin/app", Size: 11, From: plan.Source{Data: []byte("the program")}},
		file("/usr/lib/big", strings.Repeat("0123456789abcdef", 1<<16)),
		plan.Entry{Path: "/lib", Mode: fs.ModeSymlink | 0o777, ModTime: when, Link: "usr/lib"},
		plan.Entry{Path: "/tmp", Mode: fs.ModeDir | fs.ModeSticky | 0o777, ModTime: when},
		file("/usr/lib/\xff\xfe not utf-8", "x"),
		file("/usr/empty", ""),
	)
	return p
}

func file(name, content string) plan.Entry {
	return plan.Entry{Path: name, Mode: 0o755, ModTime: when, Size: int64(len(content)), From: plan.Source{Data: []byte(content)}}
}

func add(t *testing.T, p *plan.Plan, entries ...plan.Entry) {
	t.Helper()
	for _, e := range entries {
		if err := p.Add(e); err != nil {
			t.Fatal(err)
		}
	}
}

func planPaths(p *plan.Plan) []string {
	var out []string
	for e := range p.All() {
		if e.Path != "/" {
			out = append(out, e.Path)
		}
	}
	return out
}

// failFS is a root whose one file cannot be opened, or does what it is told.
type failFS struct {
	rootfs.FS
	open func() (rootfs.File, error)
}

func (f failFS) Name() string                          { return "/" }
func (f failFS) Open(name string) (rootfs.File, error) { return f.open() }

// memory is a file without an *os.File behind it.
type memory struct {
	*bytes.Reader
	stat func() (fs.FileInfo, error)
}

func (memory) Close() error                 { return nil }
func (m memory) Stat() (fs.FileInfo, error) { return m.stat() }

func brokenEntry(name string, size int64, open func() (rootfs.File, error)) plan.Entry {
	return plan.Entry{Path: name, Mode: 0o755, Size: size, From: plan.Source{FS: failFS{open: open}, Path: "/src" + name}}
}

func runSuite(t *testing.T, s sinkSuite) {
	dest := func(t *testing.T) string { return t.TempDir() + "/out" }
	nothing := func(t *testing.T, dest string) {
		t.Helper()
		if got := s.List(t, dest); got != nil {
			t.Errorf("the output exists: %q", got)
		}
		if got := s.Traces(t, dest); len(got) > 0 {
			t.Errorf("left behind: %q", got)
		}
	}
	t.Run("commit publishes every entry", func(t *testing.T) {
		d, p := dest(t), samplePlan(t)
		sink := s.New(t, d)
		if err := Write(t.Context(), p, sink); err != nil {
			t.Fatal(err)
		}
		if got := s.List(t, d); got != nil {
			t.Errorf("published before Commit: %q", got)
		}
		if err := sink.Commit(); err != nil {
			t.Fatal(err)
		}
		want := planPaths(p)
		if got := s.List(t, d); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		if err := sink.Abort(); err != nil {
			t.Error("Abort after Commit:", err)
		}
		if s.List(t, d) == nil {
			t.Error("Abort removed what was committed")
		}
		if got := s.Traces(t, d); len(got) > 0 {
			t.Errorf("left behind: %q", got)
		}
	})
	t.Run("abort leaves nothing", func(t *testing.T) {
		d := dest(t)
		sink := s.New(t, d)
		if err := Write(t.Context(), samplePlan(t), sink); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := sink.Abort(); err != nil {
				t.Fatal(err)
			}
		}
		nothing(t, d)
		if sink.Commit() == nil {
			t.Error("Commit after Abort succeeded")
		}
		nothing(t, d)
	})
	t.Run("source that cannot be opened", func(t *testing.T) {
		d, p := dest(t), samplePlan(t)
		add(t, p, brokenEntry("/usr/bin/secret", 3, func() (rootfs.File, error) {
			return nil, &fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}
		}))
		err := Write(t.Context(), p, s.New(t, d))
		if !errors.Is(err, fs.ErrPermission) || !strings.HasPrefix(fmt.Sprint(err), "cannot read /src/usr/bin/secret: ") {
			t.Errorf("error: %v", err)
		}
		nothing(t, d)
	})
	t.Run("source of another size than planned", func(t *testing.T) {
		d, p := dest(t), samplePlan(t)
		e := file("/usr/short", "abc")
		e.Size = 4
		add(t, p, e)
		if err := Write(t.Context(), p, s.New(t, d)); !errors.Is(err, ErrChanged) {
			t.Errorf("error: %v", err)
		}
		nothing(t, d)
	})
	t.Run("cancelled before and between entries", func(t *testing.T) {
		d, p := dest(t), samplePlan(t)
		ctx, cancel := context.WithCancel(t.Context())
		add(t, p, brokenEntry("/a", 0, func() (rootfs.File, error) {
			cancel()
			return rootfs.File(memory{bytes.NewReader(nil), func() (fs.FileInfo, error) { return info{}, nil }}), nil
		}))
		for range 2 {
			if err := Write(ctx, p, s.New(t, d)); !errors.Is(err, context.Canceled) {
				t.Errorf("error: %v", err)
			}
			nothing(t, d)
		}
	})
	t.Run("types and paths no sink may write", func(t *testing.T) {
		for _, e := range []plan.Entry{
			{Path: "/socket", Mode: fs.ModeSocket | 0o600},
			{Path: "/../up", Mode: 0o644},
			{Path: "relative", Mode: 0o644},
			{Path: "", Mode: 0o644},
			{Path: "/a//b", Mode: 0o644},
			{Path: "/a\x00b", Mode: 0o644},
		} {
			if s.Special && e.Mode.Type() != 0 {
				continue
			}
			d := dest(t)
			sink := s.New(t, d)
			opened := false
			if sink.Put(e, func() (rootfs.File, error) { opened = true; return nil, fs.ErrInvalid }) == nil {
				t.Errorf("%q was accepted", e.Path)
			}
			if err := sink.Abort(); err != nil {
				t.Error(err)
			}
			if opened {
				t.Errorf("%q was opened", e.Path)
			}
			nothing(t, d)
		}
	})
}

type info struct {
	fs.FileInfo
	size int64
	mode fs.FileMode
	at   time.Time
}

func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.at }
func (i info) Sys() any           { return nil }
