package python

import (
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

// settled adds to a source what it does instead where what it tried cannot be
// told to work: where that is not all in the standard library.
func (f *Finder) settled(s *scripts.Python) {
	for _, i := range s.Instead {
		if !slices.ContainsFunc(i.Tried, func(t scripts.Import) bool { return !f.standard(t) }) {
			continue
		}
		f.settled(i.Does)
		s.Modules = append(s.Modules, i.Does.Modules...)
		s.Packages, s.Inside = append(s.Packages, i.Does.Packages...), s.Inside || i.Does.Inside
		s.Words = append(s.Words, i.Does.Words...)
		s.Computed, s.Runs, s.Metadata = s.Computed || i.Does.Computed, s.Runs || i.Does.Runs, s.Metadata || i.Does.Metadata
	}
}

// standard tells whether the standard library has a module, with the names.
func (f *Finder) standard(t scripts.Import) bool {
	if f.library == "" || strings.HasPrefix(t.Module, ".") {
		return false
	}
	at := path.Join(f.library, strings.ReplaceAll(t.Module, ".", "/"))
	for _, file := range []string{at + ".py", at + "/__init__.py"} {
		if _, _, err := rootfs.Resolve(f.root, file); err != nil {
			continue
		}
		text, ok := f.read(file)
		return ok && !slices.ContainsFunc(t.Names, func(name string) bool { return !strings.Contains(text, name) })
	}
	compiled, err := glob.Expand(f.root, glob.Quote(path.Join(f.library, "lib-dynload", t.Module))+".*so")
	return err == nil && len(compiled) > 0
}
