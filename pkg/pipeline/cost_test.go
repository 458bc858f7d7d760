package pipeline_test

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// counted is a root that counts what is asked of it.
type counted struct {
	rootfs.FS
	calls int
	bytes int
}

func (c *counted) Lstat(name string) (fs.FileInfo, error) { c.calls++; return c.FS.Lstat(name) }
func (c *counted) Readlink(name string) (string, error)   { c.calls++; return c.FS.Readlink(name) }
func (c *counted) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := c.FS.ReadDir(name)
	c.calls += 1 + len(list)
	return list, err
}

func (c *counted) Open(name string) (rootfs.File, error) {
	c.calls++
	f, err := c.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return countedFile{f, c}, nil
}

type countedFile struct {
	rootfs.File
	of *counted
}

func (f countedFile) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(b, off)
	f.of.calls++
	f.of.bytes += n
	return n, err
}

func (f countedFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	f.of.calls++
	f.of.bytes += n
	return n, err
}

var _ io.ReaderAt = countedFile{}

// TestPlainProgramPaysNothing compares what it takes to plan a program that no
// rule is about, with the rules and without: memory allocated, calls to the
// root, and bytes read. Nothing of that depends on the machine's speed.
func TestPlainProgramPaysNothing(t *testing.T) {
	program := buildPlain(t)
	cost := func(choice func() *pipeline.Rules) (allocations, calls, bytes int) {
		root := &counted{FS: rootfs.Host()}
		plan := func() {
			*root = counted{FS: rootfs.Host()}
			r, err := pipeline.Plan(context.Background(), &pipeline.Spec{Root: root, Inputs: []string{program}, Output: "/bundle", Rules: choice()})
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
		}
		return int(testing.AllocsPerRun(20, plan)), root.calls, root.bytes
	}
	a, c, n := cost(func() *pipeline.Rules { return nil })
	a1, c1, n1 := cost(func() *pipeline.Rules { return &pipeline.Rules{Set: rules.NewDefaultSet()} })
	t.Logf("%d → %d allocations, %d → %d calls, %d → %d bytes read", a, a1, c, c1, n, n1)
	for _, x := range []struct {
		what          string
		without, with int
	}{{"allocations", a, a1}, {"calls", c, c1}, {"bytes read", n, n1}} {
		if x.without == 0 || x.with*10 > x.without*11 {
			t.Errorf("%d %s with the rules, %d without", x.with, x.what, x.without)
		}
	}
}

// buildPlain builds a C program that computes and prints.
func buildPlain(t testing.TB) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	source := "#include <stdio.h>\nint main(int n, char **v) { (void)v; return printf(\"%d\\n\", n) < 0; }\n"
	if err := os.WriteFile(dir+"/plain.c", []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	gcc(t, dir, "-o", "plain", "plain.c")
	return dir + "/plain"
}
