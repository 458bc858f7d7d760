package pipeline

import (
	"slices"
	"strings"
)

// dataOf adds the files and directories that a module has written out and that
// have the name of its package: distributions of Linux keep there what is not
// code.
func (p *pyImports) dataOf(text, real, module string) error {
	if !strings.Contains(text, "/usr/") && !strings.Contains(text, "/etc/") {
		return nil
	}
	i := slices.IndexFunc(p.dirs, func(d pyEntry) bool { return below(real, d.path) })
	if i < 0 {
		return nil
	}
	in := *p.dirs[i].in
	in.builder, in.seen, in.files = p.builder, map[string]bool{}, nil
	in.why.Via = "for " + real
	for _, name := range namedPaths(text) {
		var err error
		switch {
		case isNamedAs(module, name):
			err = p.namedFile(&in, name, maxOwnDir)
		case isConfiguration(name) && sameWord(module, topOfEtc(name)):
			err = p.ownFile(&in, name, maxOwnDir)
		}
		if err != nil {
			return err
		}
	}
	return p.closeOver(in.files, true)
}
