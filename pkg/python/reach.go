package python

import (
	"path"
	"strings"
)

// reach notes that a module is imported, and with it the packages that it is in.
// The last words of the name may be something in the module.
func (f *Finder) reach(name string) {
	words := strings.FieldsFunc(name, func(c rune) bool { return c == '.' || c == ':' })
	if len(words) == 0 {
		return
	}
	for _, e := range f.units[words[0]] {
		for i := range words {
			key := moduleKey(path.Join(e.path, path.Join(words[1:i+1]...)))
			f.more = f.more || !f.reached[key]
			f.reached[key] = true
		}
	}
}

// reachAll notes that any module of a package may be imported.
func (f *Finder) reachAll(unit string) {
	f.more = f.more || !f.all[unit]
	f.all[unit] = true
}

// moduleKey is the path of a module without what makes it a file, or a package.
func moduleKey(file string) string {
	dir, name := path.Split(file)
	name, _, _ = strings.Cut(name, ".")
	if name == "__init__" {
		return path.Clean(dir)
	}
	return dir + name
}

// absolute is the full name of a module that a file of a package names
// relative to its own package: a dot is the package, one more each package
// that this is in.
func (f *Finder) absolute(name, file string) string {
	rest := strings.TrimLeft(name, ".")
	dots := len(name) - len(rest)
	if dots == 0 {
		return name
	}
	_, below, ok := f.searched(file)
	if !ok {
		return ""
	}
	words := strings.Split(path.Dir(below), "/")
	return strings.Join(append(words[:max(0, len(words)-dots+1)], rest), ".")
}
