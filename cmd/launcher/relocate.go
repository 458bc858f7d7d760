package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/relink"
)

// relocate points the programs of the tree in dir to the tree's own loader,
// by the path it will have when the tree is at path.
func relocate(ctx context.Context, dir *os.File, path string, c *portable.Config) error {
	root, err := os.OpenRoot(fmt.Sprintf("/proc/self/fd/%d", dir.Fd()))
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range c.Interps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := pointInterp(root, name[1:], path); err != nil {
			return fmt.Errorf("cannot change the loader of %s: %w", name, err)
		}
	}
	return nil
}

// pointInterp changes one file, which keeps its mode and time.
func pointInterp(root *os.Root, name, path string) error {
	fi, err := root.Stat(name)
	if err != nil {
		return err
	}
	if err := root.Chmod(name, 0o600); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	interp, err := relink.Interpreter(f, fi.Size())
	if err != nil {
		return err
	}
	change, err := relink.Interp(f, fi.Size(), path+interp)
	if err != nil {
		return err
	}
	if err := change.Apply(f); err != nil {
		return err
	}
	const modeBits = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky
	if err := f.Chmod(fi.Mode() & modeBits); err != nil {
		return err
	}
	return root.Chtimes(name, time.Time{}, fi.ModTime())
}

// original reads the files that relocate changed as they were unpacked. One
// that names another loader than it should is handed out as it is, and differs.
func original(path string, c *portable.Config) portable.Original {
	return func(e portable.Entry, f *os.File, size int64) (io.ReaderAt, int64, error) {
		if !slices.Contains(c.Interps, e.Path) {
			return f, size, nil
		}
		change, err := relink.Restore(f, size, e.Size)
		if err != nil {
			return f, size, nil
		}
		was := change.Over(f)
		interp, err := relink.Interpreter(was, e.Size)
		if err != nil {
			return f, size, nil
		}
		want := path + interp + "\x00"
		tail := make([]byte, len(want))
		if _, err := f.ReadAt(tail, e.Size); err != nil || string(tail) != want || size != e.Size+int64(len(want)) {
			return f, size, nil
		}
		return was, e.Size, nil
	}
}
