package glob

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"

	gobwas "github.com/gobwas/glob"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Expand returns the names in f that an absolute pattern matches, sorted; none
// is not an error. See the package comment for the syntax.
//
// Names keep the spelling of the pattern: /lib/libz* gives /lib/libz.so.1 even
// where /lib is a link to usr/lib. Directories of the pattern are entered
// through symbolic links, whether it names them or matches them, but a last
// component that is a link stands for the link, dangling or not; and "**" does
// not look below links. It also leaves out /proc, /sys and /dev, unless the
// part of the pattern before the first wildcard leads into them. A "/" at the
// end leaves only what is a directory, perhaps through a link.
//
// A bad pattern gives a *SyntaxError. A directory that cannot be read is an
// error if the pattern names it, and passed over if a wildcard matched it.
func Expand(f rootfs.FS, pattern string) ([]string, error) {
	alternatives, err := parse(pattern)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, tokens := range alternatives {
		if len(tokens) == 0 || !tokens[0].is('/') {
			return nil, &SyntaxError{pattern, "it is not an absolute path"}
		}
		x := &expansion{fs: f, found: found, fixed: "/", literal: true}
		parts, err := x.split(tokens)
		if err != nil {
			return nil, &SyntaxError{pattern, err.Error()}
		}
		if err := x.expand(place{real: "/"}, parts); err != nil {
			return nil, fmt.Errorf("cannot expand %q: %w", pattern, err)
		}
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

// part is a component of a pattern.
type part struct {
	name    string          // if it has no wildcards
	match   *gobwas.Pattern // otherwise, unless it is "**"
	subtree bool            // match is for the path from here, not for a name
}

func (p part) deep() bool { return p.name == "" && p.match == nil }

// place is a directory, as the pattern spells it ("" is the root) and as it
// really is.
type place struct{ spelled, real string }

func (p place) child(name string) place {
	return place{p.spelled + "/" + name, path.Join(p.real, name)}
}

// expansion is the work on one alternative of a pattern.
type expansion struct {
	fs      rootfs.FS
	found   map[string]bool
	dirs    bool          // only directories are wanted
	literal bool          // no wildcard was met so far
	fixed   string        // real path of the literal beginning
	first   []fs.DirEntry // what is in fixed, once a wildcard was met
}

// split cuts an absolute pattern into parts. A "**" that is not a component of
// its own crosses slashes, so it and all behind it become one part.
func (x *expansion) split(tokens []token) ([]part, error) {
	var parts []part
	for len(tokens) > 0 {
		tokens = tokens[1:] // the slash
		n := slices.IndexFunc(tokens, func(t token) bool { return t.is('/') })
		if n < 0 {
			n = len(tokens)
		}
		here := tokens[:n]
		subtree := len(here) > 1 && slices.ContainsFunc(here, func(t token) bool { return t.kind == deep })
		if subtree {
			here, x.dirs = trimSlashes(tokens)
			n = len(tokens)
		}
		tokens = tokens[n:]
		if name, ok := name(here); ok {
			if x.dirs = name == "" || name == "."; !x.dirs {
				parts = append(parts, part{name: name})
			}
			continue
		}
		if !subtree {
			x.dirs = false
		}
		var err error
		if parts, err = appendWild(parts, here, subtree); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func appendWild(parts []part, tokens []token, subtree bool) ([]part, error) {
	if len(tokens) == 1 && tokens[0].kind == deep {
		if n := len(parts); n > 0 && parts[n-1].deep() {
			return parts, nil
		}
		return append(parts, part{}), nil
	}
	m, err := compile(tokens, subtree)
	return append(parts, part{match: m, subtree: subtree}), err
}

func trimSlashes(tokens []token) ([]token, bool) {
	n := len(tokens)
	for n > 0 && tokens[n-1].is('/') {
		n--
	}
	return tokens[:n], n < len(tokens)
}

// name returns what tokens stand for if that is one name.
func name(tokens []token) (string, bool) {
	var b strings.Builder
	for _, t := range tokens {
		if t.kind != literal {
			return "", false
		}
		b.WriteString(decode(t.char))
	}
	return b.String(), true
}

// expand finds what parts match from a directory on.
func (x *expansion) expand(at place, parts []part) error {
	switch {
	case len(parts) == 0:
		x.found[cmp.Or(at.spelled, "/")] = true
		return nil
	case parts[0].name == "..":
		return x.expand(place{at.spelled + "/..", path.Dir(at.real)}, parts[1:])
	case parts[0].name != "":
		return x.named(at.child(parts[0].name), parts[1:])
	}
	if x.literal {
		entries, err := x.fs.ReadDir(at.real)
		if err != nil {
			return ignoreMissing(err)
		}
		x.literal, x.fixed, x.first = false, at.real, entries
	}
	switch {
	case parts[0].subtree:
		x.subtree(at, "", parts[0].match)
		return nil
	case parts[0].deep():
		return x.below(at, parts[1:])
	}
	return x.matched(at, parts)
}

// named goes on at a name that the pattern gives in full.
func (x *expansion) named(at place, rest []part) error {
	fi, err := x.fs.Lstat(at.real)
	if err != nil {
		return x.ignore(err)
	}
	return x.entry(at, fi.Mode(), rest)
}

// entry goes on at a name that exists.
func (x *expansion) entry(at place, mode fs.FileMode, rest []part) error {
	if len(rest) == 0 && !x.dirs {
		x.found[at.spelled] = true
		return nil
	}
	if mode&fs.ModeSymlink != 0 {
		_, real, err := rootfs.Resolve(x.fs, at.real)
		if err != nil {
			return x.ignore(err)
		}
		fi, err := x.fs.Lstat(real)
		if err != nil {
			return x.ignore(err)
		}
		at.real, mode = real, fi.Mode()
	}
	if !mode.IsDir() {
		return nil
	}
	return x.expand(at, rest)
}

// matched goes on at every name in a directory that the next part matches.
func (x *expansion) matched(at place, parts []part) error {
	for _, e := range x.list(at) {
		if !parts[0].match.Match(encode(e.Name())) {
			continue
		}
		if err := x.entry(at.child(e.Name()), e.Type(), parts[1:]); err != nil {
			return err
		}
	}
	return nil
}

// below goes on in a directory and all directories below it; with nothing to
// go on with, it takes all that is below.
func (x *expansion) below(at place, rest []part) error {
	if x.kernels(at.real) {
		return nil
	}
	if len(rest) > 0 {
		if err := x.expand(at, rest); err != nil {
			return err
		}
	}
	for _, e := range x.list(at) {
		child := at.child(e.Name())
		if x.kernels(child.real) {
			continue
		}
		if len(rest) == 0 && (e.IsDir() || !x.dirs) {
			x.found[child.spelled] = true
		}
		if !e.IsDir() {
			continue
		}
		if err := x.below(child, rest); err != nil {
			return err
		}
	}
	return nil
}

// subtree takes what is below a directory and matches by its path from where
// the walk began, of which prefix is the part walked so far.
func (x *expansion) subtree(at place, prefix string, match *gobwas.Pattern) {
	if x.kernels(at.real) {
		return
	}
	for _, e := range x.list(at) {
		child := at.child(e.Name())
		if x.kernels(child.real) {
			continue
		}
		if (e.IsDir() || !x.dirs) && match.Match(encode(prefix+e.Name())) {
			x.found[child.spelled] = true
		}
		if e.IsDir() {
			x.subtree(child, prefix+e.Name()+"/", match)
		}
	}
}

// kernels says whether a walk must stay out of a directory because the kernel
// makes it up.
func (x *expansion) kernels(real string) bool {
	for _, dir := range []string{"/proc", "/sys", "/dev"} {
		if inside(real, dir) && !inside(x.fixed, dir) {
			return true
		}
	}
	return false
}

func inside(name, dir string) bool {
	return name == dir || strings.HasPrefix(name, dir+"/")
}

// list reads a directory behind a wildcard. One that cannot be read is empty.
func (x *expansion) list(at place) []fs.DirEntry {
	if at.real == x.fixed {
		return x.first
	}
	entries, err := x.fs.ReadDir(at.real)
	if err != nil {
		return nil
	}
	return entries
}

// ignore drops errors behind a wildcard, and those that mean "no such name".
func (x *expansion) ignore(err error) error {
	if !x.literal {
		return nil
	}
	return ignoreMissing(err)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	return err
}
