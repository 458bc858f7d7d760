package pipeline

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
func (p *pyImports) settled(s *scripts.Python) {
	for _, i := range s.Instead {
		if !slices.ContainsFunc(i.Tried, func(t scripts.Import) bool { return !p.standard(t) }) {
			continue
		}
		p.settled(i.Does)
		s.Modules = append(s.Modules, i.Does.Modules...)
		s.Packages, s.Inside = append(s.Packages, i.Does.Packages...), s.Inside || i.Does.Inside
		s.Words = append(s.Words, i.Does.Words...)
		s.Computed, s.Runs, s.Metadata = s.Computed || i.Does.Computed, s.Runs || i.Does.Runs, s.Metadata || i.Does.Metadata
	}
}

// standard tells whether the standard library has a module, with the names.
func (p *pyImports) standard(t scripts.Import) bool {
	if p.library == "" || strings.HasPrefix(t.Module, ".") {
		return false
	}
	at := path.Join(p.library, strings.ReplaceAll(t.Module, ".", "/"))
	for _, file := range []string{at + ".py", at + "/__init__.py"} {
		if _, _, err := rootfs.Resolve(p.root, file); err != nil {
			continue
		}
		text, ok := p.read(file)
		return ok && !slices.ContainsFunc(t.Names, func(name string) bool { return !strings.Contains(text, name) })
	}
	compiled, err := glob.Expand(p.root, glob.Quote(path.Join(p.library, "lib-dynload", t.Module))+".*so")
	return err == nil && len(compiled) > 0
}
