package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// makeTrees makes the bundles that are measured.
func (b *bench) makeTrees(ctx context.Context) error {
	program, err := exec.LookPath("clang-format")
	if err == nil {
		program, err = filepath.EvalSymlinks(program)
	}
	if err != nil {
		return err
	}
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		return err
	}
	b.program, b.tree, b.small = program, filepath.Join(b.work, "tree"), filepath.Join(b.work, "small")
	for exe, dir := range map[string]string{program: b.tree, busybox: b.small} {
		if out, err := exec.CommandContext(ctx, b.pack, exe, dir).CombinedOutput(); err != nil {
			return fmt.Errorf("cannot bundle %s: %w\n%s", exe, err, out)
		}
	}
	return os.Symlink(busybox, filepath.Join(b.small, "cat"))
}

// bundle makes a portable file of a tree.
func (b *bench) bundle(ctx context.Context, dir, name, root string, entrypoint ...string) (string, error) {
	file := filepath.Join(b.work, name)
	args := append(b.bundleArgs(dir, file), "--app-root", root, "--args", "app", "--entrypoint", entrypoint[0])
	if out, err := exec.CommandContext(ctx, b.pack, args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot make %s: %w\n%s", name, err, out)
	}
	return file, nil
}

func (b *bench) bundleArgs(dir, file string) []string {
	return []string{"bundle", "--directory", dir, "--output", file}
}

// treeSize is the number of bytes of the files below dir.
func treeSize(dir string) (int64, error) {
	total := int64(0)
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		fi, err := d.Info()
		if err == nil {
			total += fi.Size()
		}
		return err
	})
	return total, err
}

// libraryDirs are the directories of a bundle that hold libraries, for its
// loader to be called by hand, and that loader.
func libraryDirs(tree string) (dirs []string, loader string, err error) {
	err = filepath.WalkDir(tree, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(d.Name(), ".so") {
			return err
		}
		if dir := filepath.Dir(name); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		if strings.HasPrefix(d.Name(), "ld-linux") {
			loader = name
		}
		return nil
	})
	if err == nil && loader == "" {
		err = errors.New("the bundle of clang-format has no loader")
	}
	return dirs, loader, err
}

// makeLarge makes a tree of 1 GiB, half of it random, and small's program.
func (b *bench) makeLarge(dir string) error {
	if err := os.CopyFS(dir, os.DirFS(b.small)); err != nil {
		return err
	}
	source := rand.NewChaCha8([32]byte{})
	page := make([]byte, 8<<10)
	for i := range 64 {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("data%02d", i)))
		if err != nil {
			return err
		}
		for range 16 << 20 / len(page) {
			if _, err = io.ReadFull(source, page[:len(page)/2]); err == nil {
				_, err = f.Write(page)
			}
			if err != nil {
				break
			}
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}
