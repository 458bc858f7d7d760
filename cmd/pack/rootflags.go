package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// rootFlags choose the root file system and how its loader is asked.
type rootFlags struct {
	Root, LibraryPath string
}

func (f *rootFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.Root, "root", "", "analyse `DIR` as the root file system; inputs and globs are paths inside it")
	c.Flags().StringVar(&f.LibraryPath, "library-path", "", "search `DIRS` as LD_LIBRARY_PATH (its default, empty with --root)")
}

// where is the root to look at, and what the environment says about it.
type where struct {
	FS                     rootfs.FS
	Foreign                bool
	Cwd, Path, LibraryPath string
	close                  func()
}

// open finds the root. Without --root the environment counts: working
// directory, PATH and LD_LIBRARY_PATH; with it, nothing of the host's does.
func (f *rootFlags) open(c *cobra.Command, env *environment) (where, error) {
	w := where{FS: rootfs.Host(), LibraryPath: f.LibraryPath, close: func() {}}
	if f.Root != "" {
		real, err := filepath.EvalSymlinks(f.Root)
		if err != nil {
			return w, &pipeline.HintError{Err: fmt.Errorf("cannot open the root %s: %w", f.Root, pathCause(err)), Advice: "--root takes an existing directory"}
		}
		if real, err = filepath.Abs(real); err != nil {
			return w, err
		}
		w.Cwd, w.Path, w.Foreign = "/", pipeline.DefaultPath, real != "/"
		if !w.Foreign {
			return w, nil
		}
		dir, err := rootfs.OpenDir(real)
		if err != nil {
			return w, &pipeline.HintError{Err: fmt.Errorf("cannot open the root %s: %w", f.Root, pathCause(err)), Advice: "--root takes an existing directory"}
		}
		w.FS, w.close = dir, func() { dir.Close() }
		return w, nil
	}
	cwd, err := env.Getwd()
	if err != nil {
		return w, &pipeline.HintError{Err: fmt.Errorf("cannot find the working directory: %w", syscallCause(err)), Advice: "cd to a directory that exists"}
	}
	w.Cwd, w.Path = cwd, env.Getenv("PATH")
	if !c.Flags().Changed("library-path") {
		w.LibraryPath = env.Getenv("LD_LIBRARY_PATH")
	}
	return w, nil
}

func syscallCause(err error) error {
	if se, ok := err.(*os.SyscallError); ok {
		return se.Err
	}
	return err
}

func pathCause(err error) error {
	if pe, ok := err.(*os.PathError); ok {
		return pe.Err
	}
	return err
}
