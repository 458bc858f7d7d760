package pipeline

import (
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

// maxOwnDir bounds a directory that has the name of the program that needs it:
// without what it reads there it hardly works.
const maxOwnDir = 512 << 20

// ownFiles is a program or library whose files are still to be looked for.
type ownFiles struct {
	in   *includer
	real string // its path
}

// addOwn adds the files and directories that programs have written out as
// strings, which is how the place that a package was configured for gets into
// them, and directories of the program's name. It comes after the other rules:
// where one of these has been, it knows better what is needed.
func (r *ruler) addOwn() error {
	list := r.own
	r.own = nil
	var ruled map[string]bool
	for _, o := range list {
		names, commands, state := r.ownNames(o.real)
		if err := r.addState(state, o.in.why); err != nil {
			return err
		}
		if len(names)+len(commands) > 0 && ruled == nil {
			ruled = r.ruledDirs()
		}
		for _, name := range names {
			if _, real, err := rootfs.Resolve(r.root, name); err != nil || ruled[real] {
				continue
			}
			most := int64(maxNamedDir)
			if !isConfiguration(o.real) && (isNamedAs(path.Base(o.real), name) || r.isHome(name) || r.isNamedAsProgram(name)) {
				most = maxOwnDir
			}
			add := r.namedFile
			if dir, last := path.Split(name); dir == "/etc/" && sameWord(path.Base(o.real), last) {
				add = r.ownFile
			}
			if err := add(o.in, name, most); err != nil {
				return err
			}
		}
		if err := r.closeOver(o.in.files, true); err != nil {
			return err
		}
		if r.named[o.real] {
			r.leftOut(o.in)
		}
		for _, name := range commands {
			if dir := path.Dir(name); ruled[dir] && !systemDir.MatchString(dir) {
				continue
			}
			if err := r.helper(name, o.in.why); err != nil {
				return err
			}
		}
	}
	return nil
}

// ownNames returns the files and directories that a program, library or
// configuration file may need, the programs, and the text that names where a
// program keeps what it makes. Of what a library has written out, that is what
// has its name; one that the table speaks of is left to the table.
func (r *ruler) ownNames(real string) (names, commands []string, state string) {
	n, library := r.objects[real], isSharedObject(real)
	if n == nil && isConfiguration(real) {
		text := r.configuration(real)
		return r.configured(real, text), nil, scripts.Uncommented(text)
	}
	if library && (n == nil || isLibc(n.Obj) || r.spoken[real] || !r.hasPackage(real) && !r.isOfProgram(real)) {
		return nil, nil, ""
	}
	if !library && n != nil && !r.evidence.isPlaced(real) {
		return nil, r.siblings(real), ""
	}
	if !library {
		names = r.namesakes(real)
	}
	if n == nil {
		return names, nil, ""
	}
	if library {
		names = r.besideLibrary(real, n.Obj.Soname)
	} else {
		names = append(names, r.ofSearchPath(n.Obj, real)...)
	}
	ofProgram := library && r.isOfProgram(real)
	text := r.evidence.written(real).paths
	for _, name := range namedPaths(text) {
		if !inSearchPath(n.Obj, name) && (!library || isNamedAs(path.Base(real), name) || r.isHome(name) || ofProgram && r.isNamedAsProgram(name)) {
			names = append(names, name)
		}
	}
	if library {
		return names, nil, ""
	}
	state = text
	if closure.Classify(n.Obj) == closure.Static {
		state = strings.ReplaceAll(text, libcState, "") // it may be the C library's
	}
	return names, append(helpers(text), r.siblings(real)...), state
}

// libcState is what the C library itself names.
const libcState = "/var/tmp"

// looksForOwn tells whether a rule is about all libraries.
func looksForOwn(rule *rules.Rule) bool {
	return slices.ContainsFunc(rule.Do, func(a rules.Action) bool { return a.Verb == rules.Make && a.Arg == "own" })
}

func isSharedObject(real string) bool {
	return strings.HasPrefix(path.Base(real), "lib") && strings.Contains(path.Base(real), ".so")
}

// hasPackage tells whether there is a directory of a library's name where
// packages have theirs: reading through each library for its strings takes time.
func (r *ruler) hasPackage(real string) bool {
	if r.packages == nil {
		r.packages = map[string]bool{}
	}
	for _, dir := range []string{"/usr/share", "/usr/lib", path.Dir(real)} {
		if r.packages[dir] {
			continue
		}
		r.packages[dir] = true
		list, err := r.root.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range list {
			if e.IsDir() {
				r.packages[firstWord(e.Name())] = true
			}
		}
	}
	return r.packages[firstWord(path.Base(real))]
}

// isOfProgram tells whether a library has the name of one of the programs, or a
// name that begins with it.
func (r *ruler) isOfProgram(real string) bool {
	library := firstWord(path.Base(real))
	return slices.ContainsFunc(r.programs, func(m *member) bool {
		program := firstWord(path.Base(m.Real))
		return program != "" && (program == library || len(program) > 2 && strings.HasPrefix(library, program))
	})
}

// isHome tells whether a directory is a package's that one of the programs lies
// in, as bin/swipl does that is a link to lib/swi-prolog/bin/x86_64-linux/swipl.
func (r *ruler) isHome(dir string) bool {
	m := packageDir.FindStringSubmatch(dir)
	return m != nil && strings.HasSuffix(dir, m[0]) &&
		slices.ContainsFunc(r.programs, func(m *member) bool { return strings.HasPrefix(m.Real, dir+"/") })
}

// namesakes returns the directories where packages keep what belongs to a
// program that is called NAME, or whose file is: share/NAME, lib/NAME and
// libexec/NAME beside the bin that it is in, the same with a version, /etc/NAME,
// and where NAME is several words, the first of them there. They need not be
// there.
func (r *ruler) namesakes(real string) []string {
	programs := []string{real}
	for _, m := range r.programs {
		if m.Real == real {
			programs = append(programs, m.Path)
		}
	}
	var out []string
	for _, program := range programs {
		bin, name := path.Split(program)
		prefix, ok := strings.CutSuffix(strings.Replace(bin, "/sbin/", "/bin/", 1), "/bin/")
		if !ok || len(name) < 2 {
			continue
		}
		if prefix == "" {
			prefix = "/usr"
		}
		for _, place := range []string{"share", "lib", "libexec"} {
			out = append(out, path.Join(prefix, place, name))
		}
		out = append(out, r.versioned(prefix, name)...)
		out = append(out, path.Join("/etc", name))
		if word := firstWord(name); len(word) > 2 && word != name {
			out = append(out, path.Join("/etc", word))
		}
	}
	return out
}

// compiledCommand is the path of a program that a string begins with.
var compiledCommand = lazyregexp.New(`(?m)^(?:/usr(?:/local)?)?/s?bin/[\w.+@-]*\w(?: |$)`)

// helpers returns the programs that strings begin with.
func helpers(text string) []string {
	var out []string
	for _, name := range compiledCommand.FindAllString(text, maxNamedPaths) {
		out = append(out, strings.TrimSpace(name))
	}
	return out
}

// helper adds a program that another names. A link is what the user of a
// machine chose, an editor for one, and a shell has a rule of its own.
func (r *ruler) helper(name string, why plan.Reason) error {
	_, real, err := rootfs.Resolve(r.root, name)
	if err != nil || path.Base(real) != path.Base(name) || shells.MatchString(path.Base(real)) {
		return nil
	}
	if fi, err := r.root.Lstat(real); err != nil || !fi.Mode().IsRegular() || fi.Size() > maxNamedDir {
		return nil
	}
	return r.command(name, why)
}

// shells are the interpreters of commands.
var shells = lazyregexp.New(`^(?:ba|da|a|k|mk|z|c|tc|fi)?sh$|^busybox$`)

// ruledDirs are the directories of which a rule says what is needed, and that
// is not only what a script names.
func (r *ruler) ruledDirs() map[string]bool {
	out := map[string]bool{}
	for e := range r.plan.Each() {
		if !slices.ContainsFunc(e.Why, func(w plan.Reason) bool { return w.Kind == plan.Rule && r.listsFiles(w.By) }) {
			continue
		}
		for dir := path.Dir(e.Path); dir != "/" && !out[dir]; dir = path.Dir(dir) {
			out[dir] = true
		}
	}
	return out
}

// listsFiles tells whether the table has for a rule what it adds.
func (r *ruler) listsFiles(name string) bool {
	rule := r.rules.Set.Rule(name)
	return rule != nil && slices.ContainsFunc(rule.Do, func(a rules.Action) bool {
		return a.Verb == rules.Add || a.Verb == rules.Run || a.Verb == rules.Load || a.Verb == rules.Modules
	})
}

// inSearchPath tells whether the loader is who reads a directory, as
// DT_RUNPATH says.
func inSearchPath(o *object.Object, dir string) bool {
	return slices.Contains(strings.Split(o.Rpath+":"+o.Runpath, ":"), dir)
}

// firstWord is what a name begins with before versions and variants, without
// the "lib" of a library; "" if that is too little to tell names apart.
func firstWord(name string) string {
	m := leadingWord.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	return m[1]
}

var leadingWord = lazyregexp.New(`^(?:lib)?([A-Za-z]{2,})`)

// packageDir is the directory of a package in a path.
var packageDir = lazyregexp.New(`/(?:share|lib|libexec)/(?:[^/]*-linux-[^/]*/)?([^/]+)`)

// isNamedAs tells whether a path is in a package's directory that has the name
// of a program or library.
func isNamedAs(file, name string) bool {
	m := packageDir.FindStringSubmatch(name)
	return m != nil && sameWord(file, m[1])
}

// sameWord tells whether two names begin with the same word, or one that a
// daemon is called as, cupsd for what belongs to cups.
func sameWord(a, b string) bool {
	a, b = firstWord(a), firstWord(b)
	return a != "" && (a == b || a == b+"d" && len(b) > 2)
}
