package pipeline

import "github.com/5bbb5df2/pack/pkg/closure"

// member is a program of the bundle: where it is there, and the plugins that
// were resolved in its context.
type member struct {
	*Program
	At     string // its path in the bundle
	Opened []opened
	// started tells that the rules were asked about its start.
	started bool
}

// opened is what a program loads besides its closure.
type opened struct {
	*closure.Graph
	Name string // the path or the soname it is opened by
	// By opens Node by its soname; both are nil where Name is a path.
	By, Node *closure.Node
}

// graphs are the program's closure, and what it opens.
func (m *member) graphs() []*closure.Graph {
	out := []*closure.Graph{m.Graph}
	for _, o := range m.Opened {
		out = append(out, o.Graph)
	}
	return out
}
