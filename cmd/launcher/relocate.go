package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/relink"
	"github.com/5bbb5df2/pack/pkg/treefd"
)

// relocate points the programs of the tree in dir to the tree's own loader,
// by the path it will have when the tree is at path.
func relocate(ctx context.Context, dir *os.File, path string, c *portable.Config) error {
	defer runtime.KeepAlive(dir)
	for _, name := range c.Interps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := pointInterp(int(dir.Fd()), name, path); err != nil {
			return fmt.Errorf("cannot change the loader of %s: %w", name, err)
		}
	}
	return nil
}

// pointInterp changes one file below root, which keeps its mode and time.
func pointInterp(root int, name, path string) error {
	was, err := makeWritable(root, name)
	if err != nil {
		return err
	}
	fd, err := treefd.Open(root, name, unix.O_RDWR, 0)
	if err != nil {
		return err
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	interp, err := relink.Interpreter(f, was.Size)
	if err != nil {
		return err
	}
	change, err := relink.Interp(f, was.Size, path+interp)
	if err != nil {
		return err
	}
	if err := change.Apply(f); err != nil {
		return err
	}
	if err := unix.Fchmod(fd, was.Mode&0o7777); err != nil {
		return err
	}
	return treefd.SetTimes(fd, was.Mtim)
}

// makeWritable lets the owner write a file, and tells how it was.
func makeWritable(root int, name string) (was unix.Stat_t, err error) {
	err = treefd.InParent(root, name, func(dir int, base string) error {
		if err := unix.Fstatat(dir, base, &was, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return err
		}
		if was.Mode&unix.S_IFMT != unix.S_IFREG {
			return unix.EINVAL
		}
		return unix.Fchmodat(dir, base, 0o600, 0)
	})
	return was, err
}

// original reads the files that relocate changed as they were unpacked. One
// that names another loader than it should reads as no ELF file: it differs, even
// if it is what was unpacked.
func original(path string, c *portable.Config) portable.Original {
	return func(e portable.Entry, f *os.File, size int64) (io.ReaderAt, int64, error) {
		if !slices.Contains(c.Interps, e.Path) {
			return f, size, nil
		}
		other := relink.Change{Edits: []relink.Edit{{Off: 0, Data: []byte{0}}}}.Over(f)
		change, err := relink.Restore(f, size, e.Size)
		if err != nil {
			return other, size, nil
		}
		was := change.Over(f)
		interp, err := relink.Interpreter(was, e.Size)
		if err != nil {
			return other, size, nil
		}
		want := path + interp + "\x00"
		tail := make([]byte, len(want))
		if _, err := f.ReadAt(tail, e.Size); err != nil || string(tail) != want || size != e.Size+int64(len(want)) {
			return other, size, nil
		}
		return was, e.Size, nil
	}
}
