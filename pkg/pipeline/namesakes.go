package pipeline

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/python"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

// versioned returns the directories that have a name and a version, such as
// share/povray-3.7 for povray: what a path is put together from when a program
// is compiled need not be one string in it.
func (r *ruler) versioned(prefix, name string) []string {
	found, err := glob.Expand(r.root, glob.Quote(prefix)+"/{share,lib,libexec}/"+glob.Quote(name)+"-[0-9]*")
	if err != nil {
		return nil
	}
	return found
}

// ofSearchPath returns the directories of the package that a program has private
// libraries in, if that has its name: for a DT_RUNPATH of lib/octave/9.4 these
// are those of lib/octave, which need not be named anywhere, but for the
// libraries themselves, and share/octave.
func (r *ruler) ofSearchPath(o *object.Object, real string) []string {
	var out []string
	for _, dir := range strings.Split(o.Rpath+":"+o.Runpath, ":") {
		m := packageDir.FindStringSubmatch(dir)
		if m == nil || !path.IsAbs(dir) || !sameWord(path.Base(real), m[1]) {
			continue
		}
		prefix, below, _ := strings.Cut(path.Clean(dir), m[0])
		at := prefix + m[0]
		out = append(out, prefix+"/share/"+m[1])
		for _, name := range append(strings.Split(strings.Trim(below, "/"), "/"), "") {
			list, err := r.root.ReadDir(at)
			if err != nil {
				break
			}
			for _, e := range list {
				if e.IsDir() && e.Name() != name {
					out = append(out, path.Join(at, e.Name()))
				}
			}
			at = path.Join(at, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// besideLibrary returns the directories beside a library that have its name,
// with all of its version or none: babl-0.1 for libbabl-0.1.so.0, and
// espeak-ng-data for libespeak-ng.so.1. Headers alone, and programs, which are run
// by their path, are no reason to add one.
func (r *ruler) besideLibrary(real, soname string) []string {
	stem, _, ok := strings.Cut(soname, ".so")
	stem, lib := strings.CutPrefix(stem, "lib")
	if !ok || !lib || len(stem) < 3 {
		return nil
	}
	var out []string
	for _, name := range []string{stem, stem + "-data"} {
		dir := path.Join(path.Dir(real), name)
		if _, at, err := rootfs.Resolve(r.root, dir); err != nil || at != dir {
			continue
		}
		list, err := r.root.ReadDir(dir)
		if err != nil {
			continue
		}
		if slices.ContainsFunc(list, func(e fs.DirEntry) bool { return r.isRead(dir, e) }) {
			out = append(out, dir)
		}
	}
	return out
}

// isRead tells whether a library may read something in a directory of its own.
func (r *ruler) isRead(dir string, e fs.DirEntry) bool {
	switch e.Name() {
	case "include", "pkgconfig", "cmake":
		return false
	}
	if !e.Type().IsRegular() || strings.Contains(e.Name(), ".so") {
		return true
	}
	fi, err := r.root.Lstat(dir + "/" + e.Name())
	return err == nil && fi.Mode()&0o111 == 0
}

// isNamedAsProgram tells whether a path is in a package's directory, or in one of
// /etc, that has the name of one of the programs.
func (r *ruler) isNamedAsProgram(name string) bool {
	etc, isEtc := strings.CutPrefix(name, "/etc/")
	return slices.ContainsFunc(r.programs, func(m *member) bool {
		program := path.Base(m.Real)
		return isNamedAs(program, name) || isEtc && sameWord(program, etc)
	})
}

// siblings returns the programs beside one that it has written out by name, and
// that are called as it is but for the rest: dbus-daemon for dbus-run-session.
// They are what it starts by a search along PATH.
func (r *ruler) siblings(real string) []string {
	if !slices.ContainsFunc(r.evidence.of(real).Imported, startsByName) {
		return nil
	}
	dir, name := path.Split(real)
	list, err := r.root.ReadDir(dir)
	if err != nil {
		return nil
	}
	var texts []string
	for _, e := range list {
		if e.Name() != name && strings.Contains(e.Name(), "-") && sameWord(e.Name(), name) {
			// A linker may have put it at the end of another string.
			texts = append(texts, e.Name()+"\x00")
		}
	}
	if len(texts) == 0 {
		return nil
	}
	var out []string
	for _, text := range r.evidence.textsOf(real, texts) {
		out = append(out, dir+strings.Trim(text, "\x00"))
	}
	return out
}

// startsByName tells whether a function of C searches PATH for a program.
func startsByName(function string) bool {
	switch function {
	case "execvp", "execlp", "posix_spawnp", "system", "popen":
		return true
	}
	return false
}

// importedFrom returns the packages that a script of Python has its modules from
// by putting a directory into sys.path: what else it names of these is as much a
// part of it.
func (r *ruler) importedFrom(text string, names []string) map[string]bool {
	if !strings.Contains(text, "sys.path") {
		return nil
	}
	out := map[string]bool{}
	modules := scripts.ScanPython(text).Modules
	for _, dir := range names {
		for _, module := range modules {
			module = python.TopModule(module)
			if module == "" {
				continue
			}
			for _, file := range []string{module + "/__init__.py", module + ".py"} {
				if _, _, err := rootfs.Resolve(r.root, dir+"/"+file); err == nil {
					out[packageOf(dir)] = true
				}
			}
		}
	}
	delete(out, "")
	return out
}

// packageCommands adds the programs of a directory that have the names of packages:
// their modules start these.
func (r *ruler) packageCommands(packages map[string]bool, dir string, why plan.Reason) error {
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		found, err := glob.Expand(r.root, glob.Quote(dir+"/"+name)+"-*")
		if err != nil {
			return err
		}
		for _, program := range found {
			if err := r.command(program, why); err != nil {
				return err
			}
		}
	}
	return nil
}

// packageOf is the name of the package's directory in a path, "" without one.
func packageOf(name string) string {
	if m := packageDir.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return ""
}
