package rules

import (
	"path"
	"slices"
	"strings"
)

//go:generate go test . -update

// index is what is asked of every file, taken from the rules. That of the table
// is written down as Go data (table_index.go), so that a program that no rule is
// about does not pay for them.
type index struct {
	Kinds []kindIndex
	// What is asked about symbols and texts, by Set's methods of these names.
	Imports, Defines, Texts, Words []string
}

// kindIndex is the evidence of one kind.
type kindIndex struct {
	Kind Kind
	List []reference
}

// reference is one piece of evidence of a rule.
type reference struct {
	Rule int // index into Set.rules
	Arg  string
	// Head and Tail are how many bytes of Arg come before the first star and
	// behind the last; both are 0 without a star.
	Head, Tail int
}

func newIndex(list []Rule) index {
	var x index
	var asked []Evidence // all that is asked about files
	for i := range list {
		r := &list[i]
		for _, e := range r.When {
			at := slices.IndexFunc(x.Kinds, func(k kindIndex) bool { return k.Kind == e.Kind })
			if at < 0 {
				at = len(x.Kinds)
				x.Kinds = append(x.Kinds, kindIndex{Kind: e.Kind})
			}
			x.Kinds[at].List = append(x.Kinds[at].List, newReference(i, e.Arg))
		}
		asked = append(append(append(asked, r.When...), r.And...), r.Unless...)
	}
	once := func(kinds ...Kind) []string {
		var out []string
		for _, e := range asked {
			if slices.Contains(kinds, e.Kind) {
				out = append(out, e.Arg)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	x.Imports, x.Defines, x.Texts, x.Words = once(Import, Main), once(Define, Main), once(Text), once(Word)
	return x
}

func newReference(rule int, arg string) reference {
	ref := reference{Rule: rule, Arg: arg}
	if i := strings.IndexByte(arg, '*'); i >= 0 {
		ref.Head, ref.Tail = i, len(arg)-1-strings.LastIndexByte(arg, '*')
	}
	return ref
}

func (x *index) of(kind Kind) []reference {
	for i := range x.Kinds {
		if x.Kinds[i].Kind == kind {
			return x.Kinds[i].List
		}
	}
	return nil
}

// mayMatch is false for most evidence that is not in f, and is cheap.
func (ref *reference) mayMatch(kind Kind, f *Fact) bool {
	switch kind {
	case Soname:
		return ref.fits(f.Soname) || ref.fits(path.Base(f.Path))
	case Path:
		return ref.fits(f.Path)
	case Start:
		return ref.fits(f.Start)
	}
	return true
}

// fits compares what the pattern has before and behind its stars.
func (ref *reference) fits(name string) bool {
	arg := ref.Arg
	if ref.Head == 0 && ref.Tail == 0 && !strings.HasPrefix(arg, "*") {
		return arg == name
	}
	return len(name) >= ref.Head+ref.Tail &&
		name[len(name)-ref.Tail:] == arg[len(arg)-ref.Tail:] && name[:ref.Head] == arg[:ref.Head]
}
