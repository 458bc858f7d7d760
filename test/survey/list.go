package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// program is an executable under one of its names: programs that are families
// behave by the name they are called by, so each name counts.
type program struct {
	Path string
	// ID changes with the file that Path leads to.
	ID string
}

// executables lists what is executable in dirs, links to such files included.
func executables(dirs []string) ([]program, error) {
	var list []program
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			path := filepath.Join(dir, entry.Name())
			info, err := os.Stat(path)
			if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
				continue
			}
			list = append(list, program{path, fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano())})
		}
	}
	return list, nil
}

func named(list []program, names []string) []program {
	return slices.DeleteFunc(list, func(p program) bool {
		return !slices.Contains(names, filepath.Base(p.Path)) && !slices.Contains(names, p.Path)
	})
}

// sample chooses n by a hash of their paths: one more program installed
// exchanges one of the sample at most.
func sample(list []program, n int) []program {
	if n >= len(list) {
		return list
	}
	rank := func(p program) string {
		sum := sha256.Sum256([]byte(p.Path))
		return string(sum[:])
	}
	chosen := slices.Clone(list)
	slices.SortFunc(chosen, func(a, b program) int { return strings.Compare(rank(a), rank(b)) })
	chosen = chosen[:n]
	slices.SortFunc(chosen, func(a, b program) int { return strings.Compare(a.Path, b.Path) })
	return chosen
}
