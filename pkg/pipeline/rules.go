package pipeline

import (
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/object"
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
		if name == "all" && slices.Contains(r.With, name) {
			return usagef("name those that are wanted; pack rules lists them", "--with takes no %q: most rules have nothing to do with any one program", name)
		}
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
	// examined are the real paths that were looked at, done what was applied,
	// and found the names of the rules that had something to add.
	examined map[string]bool
	listed   int // how many entries were added to the plan when they were last looked at
	done     map[string]bool
	found    map[string]bool
	last     []func() error // what needs everything else to be there
	own      []ownFiles
	apps     []ownFiles       // programs whose applications are still to be looked for
	homes    map[string]*home // of the programs in a directory
	python   *pythonPackages
	guarded  []guardedCommand
	// spoken are the libraries that a rule speaks of, by real path; packages are
	// the first words of the directories of packages, and where these are.
	spoken, packages map[string]bool
	// objects are the ELF files that were looked at, by real path; noted are
	// those with notes that were not followed yet.
	objects map[string]*closure.Node
	noted   []noted
	// services tells that the accounts of services are wanted.
	services  bool
	suggested []string
	hints     []hint
}

// applyRules adds what the programs need beyond what their headers name.
func (b *builder) applyRules() error {
	if b.spec.Rules == nil && b.spec.Dlopen == nil {
		return nil
	}
	r := &ruler{builder: b, rules: b.spec.Rules, examined: map[string]bool{}, done: map[string]bool{}, found: map[string]bool{}, spoken: map[string]bool{}, objects: map[string]*closure.Node{}}
	if r.rules == nil {
		r.rules = &Rules{Set: rules.NewSet()}
	}
	if err := r.settle(); err != nil {
		return err
	}
	if err := r.addGuarded(); err != nil {
		return err
	}
	if err := r.asked(); err != nil {
		return err
	}
	if err := r.finish(); err != nil {
		return err
	}
	if err := r.hint(); err != nil {
		return err
	}
	r.suggestions()
	return nil
}

// settle applies rules until nothing new is evidence.
func (r *ruler) settle() error {
	for {
		facts := r.newFacts()
		if len(facts) == 0 {
			more, err := r.addModules()
			switch {
			case err != nil || more:
			case len(r.own) > 0:
				err = r.addOwn()
			case len(r.apps) > 0:
				err = r.addApplications()
			default:
				return nil
			}
			if err != nil {
				return err
			}
			continue
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
}

// finish does what was put off.
func (r *ruler) finish() error {
	for _, do := range r.last {
		if err := do(); err != nil {
			return err
		}
	}
	r.last = nil
	return nil
}

type fact struct {
	rules.Fact
	member *member // in whose context
}

// newFacts describes the files that came into the plan since the last call.
func (r *ruler) newFacts() []fact {
	var out []fact
	look := func(n *closure.Node, g *closure.Graph, m *member) {
		if !r.examined[n.Real] {
			r.examined[n.Real] = true
			if out == nil {
				const usual = 16
				out = make([]fact, 0, usual)
			}
			out = append(out, fact{r.objectFact(n, g, m), m})
		}
	}
	lookAll := func(g *closure.Graph, m *member) {
		for _, n := range g.Objects() {
			look(n, g, m)
		}
		look(g.Main, g, m)
	}
	for _, m := range r.programs {
		if m.Graph == nil {
			continue
		}
		lookAll(m.Graph, m)
		for _, o := range m.Opened {
			lookAll(o.Graph, m)
		}
	}
	out = append(out, r.started()...)
	added, listed := r.plan.Since(r.listed)
	r.listed = listed
	for _, e := range added {
		if e.From.FS != nil && !r.examined[e.From.Path] {
			r.examined[e.From.Path] = true
			out = append(out, fact{rules.Fact{Path: e.From.Path}, r.context(r.programs[0])})
		}
	}
	return out
}

// objectFact tells which of the symbols the rules ask about a file has. The
// libc's own do not count: it imports what it calls itself.
func (r *ruler) objectFact(n *closure.Node, g *closure.Graph, m *member) rules.Fact {
	r.objects[n.Real] = n
	if n == g.Interp || isLibc(n.Obj) {
		return rules.Fact{Path: n.Real, Soname: n.Obj.Soname, ELF: true}
	}
	r.note(m, n, r.evidence.of(n.Real))
	return r.evidence.fact(n, n == g.Main)
}

// isSystems tells by a soname that a file is the C library or a loader: what
// these import and define is no evidence.
func isSystems(soname string) bool { return isLibcName(soname) || strings.HasPrefix(soname, "ld-") }

func isLibcName(soname string) bool {
	return soname == "libc.so.6" || soname == "libpthread.so.0" || soname == "libc.so"
}

func isLibc(o *object.Object) bool { return isLibcName(o.Soname) }
