package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// Rules chooses among the rules.
type Rules struct {
	Set *rules.Set
	// With and Without name rules; Without may hold "all".
	With, Without []string
}

func (r *Rules) check() error {
	for _, name := range append(slices.Clone(r.With), r.Without...) {
		if r.Set.Rule(name) == nil && name != "all" {
			return usagef("pack rules lists them", "there is no rule %q", name)
		}
	}
	return nil
}

// on tells whether a rule applies where its evidence is found.
func (r *Rules) on(rule *rules.Rule) bool {
	switch {
	case slices.Contains(r.With, rule.Name):
		return true
	case slices.Contains(r.Without, rule.Name), slices.Contains(r.Without, "all"):
		return false
	}
	return rule.On
}

// ruler applies rules to a plan until nothing new is evidence.
type ruler struct {
	*builder
	rules *Rules
	// examined are the real paths that were looked at, done what was applied.
	examined map[string]bool
	done     map[string]bool
	makes    []late // the Make actions that need everything else to be there
	// objects are the ELF files that were looked at, by real path; noted are
	// those with notes that were not followed yet.
	objects   map[string]*closure.Node
	noted     []noted
	suggested []string
	hints     []hint
}

// applyRules adds what the programs need beyond what their headers name.
func (b *builder) applyRules() error {
	r := &ruler{builder: b, rules: b.spec.Rules, examined: map[string]bool{}, done: map[string]bool{}, objects: map[string]*closure.Node{}}
	switch {
	case r.rules == nil && b.spec.Dlopen == nil:
		return nil
	case r.rules == nil:
		r.rules = &Rules{Set: rules.NewSet()}
	}
	for {
		facts := r.newFacts()
		if len(facts) == 0 {
			break
		}
		for _, f := range facts {
			for _, m := range r.rules.Set.Match(f.Fact) {
				if err := r.apply(m, f.Path, f.member); err != nil {
					return err
				}
			}
		}
		if err := r.followNotes(); err != nil {
			return err
		}
	}
	if err := r.asked(); err != nil {
		return err
	}
	for _, m := range r.makes {
		if err := r.make(m.name, m.why); err != nil {
			return err
		}
	}
	r.hint()
	r.suggestions()
	return nil
}

type fact struct {
	rules.Fact
	member *member // in whose context
}

// newFacts describes the files that came into the plan since the last call.
func (r *ruler) newFacts() []fact {
	var out []fact
	for _, m := range r.programs {
		if m.Graph == nil {
			continue
		}
		for _, g := range m.graphs() {
			for _, n := range append(g.Objects(), g.Main) {
				if !r.examined[n.Real] {
					r.examined[n.Real] = true
					out = append(out, fact{r.objectFact(n, g, m), m})
				}
			}
		}
	}
	out = append(out, r.started()...)
	for e := range r.plan.All() {
		if e.Mode.IsRegular() && !r.examined[e.From.Path] {
			r.examined[e.From.Path] = true
			out = append(out, fact{rules.Fact{Path: e.From.Path}, r.programs[0]})
		}
	}
	return out
}

// objectFact tells which of the symbols the rules ask about a file has. The
// libc's own do not count: it imports what it calls itself.
func (r *ruler) objectFact(n *closure.Node, g *closure.Graph, m *member) rules.Fact {
	f := rules.Fact{Path: n.Real, Soname: n.Obj.Soname, ELF: true}
	r.objects[n.Real] = n
	if n == g.Interp || isLibc(n.Obj) {
		return f
	}
	x := r.evidence.of(n.Real)
	f.Imports, f.Defines = x.Imported, x.Defined
	if n == g.Main {
		f.Texts = r.evidence.textsOf(n.Real, r.evidence.texts)
	}
	r.note(m, n, x)
	return f
}

func isLibc(o *object.Object) bool {
	return o.Soname == "libc.so.6" || o.Soname == "libpthread.so.0" || o.Soname == "libc.so"
}

// apply does what a rule says, once for each set of things it may add.
func (r *ruler) apply(m rules.Match, file string, by *member) error {
	lib := libDirs(by)
	if !r.landmark(&m, lib) {
		return nil
	}
	if !r.rules.on(m.Rule) {
		if m.Rule.If != "" && !slices.Contains(r.rules.Without, "all") && !slices.Contains(r.rules.Without, m.Rule.Name) {
			r.hints = append(r.hints, hint{m, file, lib})
		}
		return nil
	}
	if !r.exists(m, lib) {
		return nil
	}
	why := plan.Reason{Kind: plan.Rule, By: m.Rule.Name, Via: strings.TrimSpace(file + " " + m.Evidence)}
	skip, err := newExcluder(m.Rule.Skip)
	if err != nil {
		return fmt.Errorf("rule %s: %w", m.Rule.Name, err)
	}
	in := &includer{builder: r.builder, why: why, seen: map[string]bool{}, quiet: true,
		skip: func(real string) bool { return skip.match([]string{real}) }}
	for _, a := range m.Rule.Do {
		for _, arg := range m.Expand(a.Arg, lib) {
			key := m.Rule.Name + " " + string(a.Verb) + " " + arg
			if a.Verb == rules.Make {
				key += " " + perFile(arg, file)
			}
			if r.done[key] {
				continue
			}
			r.done[key] = true
			if err := r.do(in, a, arg, r.caller(m, file, by)); err != nil {
				return fmt.Errorf("rule %s: %w", m.Rule.Name, err)
			}
		}
	}
	if err := r.closeOver(in.files, true); err != nil {
		return fmt.Errorf("rule %s: %w", m.Rule.Name, err)
	}
	r.done["rule "+m.Rule.Name] = true
	key := fmt.Sprint("after ", m.Rule.Name, m.Vars)
	if r.done[key] {
		return nil
	}
	r.done[key] = true
	for _, next := range r.rules.Set.After(m) {
		if err := r.apply(next, file, by); err != nil {
			return err
		}
	}
	return nil
}

// perFile is the file whose own text a Make reads, "" if it reads none.
func perFile(name, file string) string {
	switch name {
	case "commands", "calls", "named":
		return file
	}
	return ""
}

func libDirs(m *member) []string {
	if m == nil || m.Graph == nil || m.Graph.System == nil {
		return nil
	}
	return m.Graph.System.DefaultDirs
}

func (r *ruler) exists(m rules.Match, lib []string) bool {
	if len(m.Rule.Exists) == 0 {
		return true
	}
	for _, p := range m.Rule.Exists {
		for _, name := range m.Expand(p, lib) {
			if names, err := glob.Expand(r.root, name); err == nil && len(names) > 0 {
				return true
			}
		}
	}
	return false
}

func (r *ruler) do(in *includer, a rules.Action, arg string, by caller) error {
	switch a.Verb {
	case rules.Add, rules.Run:
		names, err := glob.Expand(r.root, arg)
		if err != nil {
			return err
		}
		for _, n := range names {
			if err := in.optional(n); err != nil {
				return err
			}
			if a.Verb == rules.Run {
				if err := r.runs(n, in.why); err != nil {
					return err
				}
			}
		}
	case rules.Load:
		_, err := r.open(by.member, by.node, arg, in.why)
		return err
	case rules.Dir:
		return r.makeDir(arg, a, in.why)
	case rules.File:
		return r.makeFile(arg, a.Text, in.why)
	case rules.Make:
		switch arg {
		case "nss":
			return r.nssModules(by.member, in.why)
		case "commands":
			return r.commands(by.file, in.why)
		case "calls":
			return r.calls(by.file, in.why)
		case "named":
			return r.namedFiles(in, by.file)
		}
		r.makes = append(r.makes, late{arg, in.why})
	}
	return nil
}

// optional adds a name that a rule wants; one that may not be read is left
// out, because nobody asked for it.
func (in *includer) optional(name string) error {
	err := in.name(name)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	var conflict *plan.ConflictError
	if errors.As(err, &conflict) {
		in.warn("%v", err)
		return nil
	}
	return err
}

// runs adds what a script is run by, if name is one.
func (r *ruler) runs(name string, why plan.Reason) error {
	_, real, err := rootfs.Resolve(r.root, name)
	if err != nil {
		return nil
	}
	if _, err := r.resolver.Read(real); !errors.Is(err, object.ErrNotELF) {
		return nil
	}
	p, err := r.finder.Find(name)
	if err != nil {
		return nil
	}
	p.Warnings = nil
	return r.addProgram(p, "", why)
}

// makeDir adds the root's directory, or where it has none, one of that mode.
func (r *ruler) makeDir(name string, a rules.Action, why plan.Reason) error {
	if _, real, err := rootfs.Resolve(r.root, name); err == nil {
		if fi, err := r.root.Lstat(real); err == nil && fi.IsDir() {
			return r.addPath(name, why)
		}
	}
	at, err := r.destination("rule", name)
	if err != nil || r.plan.Get(at) != nil {
		return err
	}
	return r.plan.Add(plan.Entry{
		Path: at, Mode: fs.ModeDir | a.Mode, UID: a.UID, GID: a.GID, ModTime: madeTime, Why: []plan.Reason{why},
	})
}

// makeFile adds the root's file, or where it has none, one with that text.
func (r *ruler) makeFile(name, text string, why plan.Reason) error {
	if _, err := rootfs.Trace(r.root, name); err == nil {
		return r.addPath(name, why)
	}
	return r.literal(name, text, why)
}

func (r *ruler) literal(name, text string, why plan.Reason) error {
	at, err := r.destination("rule", name)
	if err != nil || r.plan.Get(at) != nil {
		return err
	}
	return r.plan.Add(plan.Entry{
		Path: at, Mode: 0o644, ModTime: madeTime, Size: int64(len(text)),
		From: plan.Source{Data: []byte(text)}, Why: []plan.Reason{why},
	})
}

// asked applies the rules named by --with whose evidence is not there.
func (r *ruler) asked() error {
	for _, name := range r.rules.With {
		rule := r.rules.Set.Rule(name)
		if rule == nil || r.done["rule "+name] {
			continue
		}
		m := rules.Match{Rule: rule, Evidence: "asked for by --with"}
		if err := r.apply(m, "", r.programs[0]); err != nil {
			return err
		}
	}
	return nil
}
