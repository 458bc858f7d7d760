package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// apply does what a rule says where its conditions hold.
func (r *ruler) apply(m rules.Match, file string, by *member) error {
	if m.Kind == rules.Soname && !looksForOwn(m.Rule) {
		r.spoken[file] = true
	}
	lib := libDirs(by)
	if !r.landmark(&m, file, by, lib) {
		return nil
	}
	if !r.rules.on(m.Rule) {
		if m.Rule.If != "" && !slices.Contains(r.rules.Without, "all") && !slices.Contains(r.rules.Without, m.Rule.Name) {
			r.hints = append(r.hints, hint{m, file, by})
		}
		return nil
	}
	if !r.exists(m, lib) {
		return nil
	}
	if err := r.add(m, file, by, lib); err != nil {
		return fmt.Errorf("rule %s: %w", m.Rule.Name, err)
	}
	after := r.rules.Set.After(m)
	if len(after) == 0 {
		return nil
	}
	key := fmt.Sprint("after ", m.Rule.Name, m.Vars)
	if r.done[key] {
		return nil
	}
	r.done[key] = true
	for _, next := range after {
		if err := r.apply(next, file, by); err != nil {
			return err
		}
	}
	return nil
}

// add does what a rule adds, each thing once.
func (r *ruler) add(m rules.Match, file string, by *member, lib []string) error {
	why := plan.Reason{Kind: plan.Rule, By: m.Rule.Name, Via: strings.TrimSpace(file + " " + m.Evidence)}
	in := &includer{builder: r.builder, why: why, seen: map[string]bool{}, quiet: true, public: true}
	if len(m.Rule.Skip) > 0 {
		in.leaveOut(m, lib)
	}
	for _, a := range m.Rule.Do {
		for _, arg := range m.Expand(a.Arg, lib) {
			of := ""
			if a.Verb == rules.Modules || a.Verb == rules.Make && readsEvidence(rules.Making(arg)) {
				of = file
			}
			key := m.Rule.Name + " " + string(a.Verb) + " " + arg + " " + of
			if r.done[key] {
				continue
			}
			r.done[key] = true
			found, err := r.do(in, a, arg, r.caller(m, file, by))
			if err != nil {
				return err
			}
			r.found[m.Rule.Name] = r.found[m.Rule.Name] || found
		}
	}
	return r.closeOver(in.files, true)
}

// leaveOut makes the includer skip what the rule of m says. The globs are
// compiled when there is something that might be, which is seldom.
func (in *includer) leaveOut(m rules.Match, lib []string) {
	var x *excluder
	in.skip = func(real string) bool {
		if x == nil {
			var skips []string
			for _, s := range m.Rule.Skip {
				skips = append(skips, m.Expand(s, lib)...)
			}
			// Parse has checked the globs, and what variables stand for is quoted.
			var err error
			if x, err = newExcluder(skips); err != nil {
				x = &excluder{}
			}
		}
		return x.match([]string{real})
	}
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

// do is one action. It tells whether there was anything to add, in the bundle
// already or not.
func (r *ruler) do(in *includer, a rules.Action, arg string, by caller) (found bool, err error) {
	switch a.Verb {
	case rules.Load:
		return r.open(by.member, by.node, arg, in.why)
	case rules.Dir:
		return true, r.makeDir(arg, a, in.why)
	case rules.File:
		return true, r.makeFile(in, arg, a.Text)
	case rules.Make:
		return by.file != "" || !readsEvidence(rules.Making(arg)), r.make(in, rules.Making(arg), by)
	}
	names, err := glob.Expand(r.root, arg)
	if err != nil {
		return false, err
	}
	for _, n := range names {
		if a.Verb == rules.Modules {
			r.modules(in, n, by.file)
			continue
		}
		if err := in.optional(n); err != nil {
			return false, err
		}
		if slices.Contains(in.left, n) {
			r.leftOut(&includer{why: in.why, left: []string{n}})
		}
		if a.Verb == rules.Run {
			if err := r.runs(n, in.why); err != nil {
				return false, err
			}
		}
	}
	return len(names) > 0, nil
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

// makeFile adds the root's file, or where it has none that may be added, one
// with that text.
func (r *ruler) makeFile(in *includer, name, text string) error {
	if _, real, err := rootfs.Resolve(r.root, name); err == nil {
		if fi, err := r.root.Lstat(real); err == nil && fi.Mode().IsRegular() && !in.isSecret(real, fi) {
			return in.optional(name)
		}
	}
	return r.literal(name, text, in.why)
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
