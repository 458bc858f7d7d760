//go:build linux

package oracle

import (
	"cmp"
	"debug/elf"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// subject is one file to resolve twice: by its loader and by us.
type subject struct {
	file string // real path inside the root
	facts
	loader     string // the loader that is the oracle for it
	executable bool   // may be run by itself; otherwise its loader is given its name
}

// find lists the subjects below dirs of the root, one for each inode, sorted
// by name, and logs what it left out and why. exists tells which loaders can
// be asked.
func find(t *testing.T, root string, dirs []string, loaders []loader) []subject {
	t.Helper()
	var found []subject
	leftOut := map[string]int{}
	type inode struct{ dev, ino uint64 }
	seen := map[inode]bool{}
	top, err := os.Stat(root)
	if err != nil {
		t.Fatal(err)
	}
	device := top.Sys().(*syscall.Stat_t).Dev

	visit := func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // vanished, or not ours to read
		}
		if d.IsDir() {
			return enter(name, d, device)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		fi, err := d.Info()
		if err != nil || fi.Size() < 52 {
			return nil
		}
		st := fi.Sys().(*syscall.Stat_t)
		if seen[inode{st.Dev, st.Ino}] {
			return nil
		}
		fx, ok := readFacts(name)
		if !ok || fx.typ != elf.ET_EXEC && fx.typ != elf.ET_DYN {
			return nil
		}
		seen[inode{st.Dev, st.Ino}] = true
		s := subject{file: path.Join("/", strings.TrimPrefix(name, root)), facts: fx}
		if why := s.choose(name, fi, loaders); why != "" {
			leftOut[why]++
			return nil
		}
		found = append(found, s)
		return nil
	}
	for _, dir := range dirs {
		if fi, err := os.Lstat(filepath.Join(root, dir)); err == nil && fi.IsDir() {
			filepath.WalkDir(filepath.Join(root, dir), visit)
		}
	}
	for _, why := range slices.Sorted(maps.Keys(leftOut)) {
		t.Logf("left out: %d %s", leftOut[why], why)
	}
	slices.SortFunc(found, func(a, b subject) int { return cmp.Compare(a.file, b.file) })
	return found
}

// enter decides whether a walk goes into a directory: not to another file
// system, and not to debug symbols, whose dynamic sections are empty shells.
func enter(name string, d fs.DirEntry, device uint64) error {
	if strings.HasSuffix(name, "/usr/lib/debug") {
		return fs.SkipDir
	}
	if fi, err := d.Info(); err != nil || fi.Sys().(*syscall.Stat_t).Dev != device {
		return fs.SkipDir
	}
	return nil
}

// choose picks the loader for s, or says why there is no oracle for it.
func (s *subject) choose(name string, fi fs.FileInfo, loaders []loader) (leftOut string) {
	if !s.dynamic {
		return "static"
	}
	if s.interp == "" && !s.library() {
		return "static-pie"
	}
	// Trace mode is a promise of glibc's loader alone. Under any other
	// interpreter, or with privileges (then glibc ignores the variable too),
	// the program would simply run.
	if fi.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
		return "set-id"
	}
	if n, _ := syscall.Getxattr(name, "security.capability", nil); n > 0 {
		return "with file capabilities"
	}
	for _, l := range loaders {
		if l.class != s.class || l.machine != s.machine || s.interp != "" && l.interp != s.interp {
			continue
		}
		if strings.HasPrefix(path.Base(s.file), "ld-linux") || strings.HasPrefix(path.Base(s.file), "ld-2.") {
			return "a loader itself"
		}
		s.loader, s.executable = l.interp, s.interp != "" && fi.Mode()&0o111 != 0
		return ""
	}
	if s.interp != "" {
		return "for the loader " + s.interp + ", which cannot be asked here"
	}
	return "library for " + s.machine.String() + ", whose loader cannot be asked here"
}

// sample thins subjects out evenly to about n of them.
func sample(subjects []subject, n int) []subject {
	step := (len(subjects) + n - 1) / n
	if step <= 1 {
		return subjects
	}
	var kept []subject
	for i := 0; i < len(subjects); i += step {
		kept = append(kept, subjects[i])
	}
	return kept
}
