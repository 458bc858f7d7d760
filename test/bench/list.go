package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writeList writes the names of all files and links below out that the machine
// has too, relative to "/" and one a line for xargs, and says how much it is.
func writeList(out, list string) (about string, err error) {
	var files, links int
	var size int64
	var text strings.Builder
	err = filepath.WalkDir(out, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(out, name)
		if err != nil {
			return err
		}
		fi, err := os.Lstat("/" + rel)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.ContainsAny(rel, " \t\n'\"\\") {
			return fmt.Errorf("cannot pass %q through xargs", rel)
		}
		if fi.Mode().IsRegular() {
			files, size = files+1, size+fi.Size()
		} else {
			links++
		}
		fmt.Fprintln(&text, rel)
		return nil
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d files, %d links, %.1f MiB", files, links, float64(size)/(1<<20)), os.WriteFile(list, []byte(text.String()), 0o644)
}
