package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// imageSources are sources with the roots they are in.
type imageSources struct {
	list   []pipeline.ImageSource
	closes []func() error
}

func (s *imageSources) close() {
	for _, c := range s.closes {
		c()
	}
}

func openImageSources(names []string) (*imageSources, error) {
	s := &imageSources{}
	for _, name := range names {
		if err := s.open(name); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

// open opens a directory, or the directory a file lies in. A link is what it
// leads to, under its own name.
func (s *imageSources) open(name string) error {
	real, err := filepath.EvalSymlinks(name)
	var fi os.FileInfo
	if err == nil {
		fi, err = os.Stat(real)
	}
	src := pipeline.ImageSource{Name: name}
	switch {
	case err != nil:
		return &pipeline.HintError{Err: fmt.Errorf("cannot open %s: %w", name, pathCause(err)), Advice: "name a directory or file that exists"}
	case fi.Mode().IsRegular():
		src.File, src.At = "/"+filepath.Base(real), "/"+filepath.Base(name)
		real = filepath.Dir(real)
	case !fi.IsDir():
		return &pipeline.HintError{Err: fmt.Errorf("cannot pack %s: it is neither a file nor a directory", name), Advice: "name the directory it lies in"}
	}
	root, err := openRoot(real)
	if err != nil {
		return err
	}
	src.Root = root
	s.list, s.closes = append(s.list, src), append(s.closes, root.Close)
	return nil
}
