package pipeline

import (
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// commands adds the programs a shell script calls, as far as its text shows
// them.
func (r *ruler) commands(script string, why plan.Reason) error {
	if r.done["commands of "+script] {
		return nil
	}
	r.done["commands of "+script] = true
	s := scanShell(r.readSmall(script))
	for _, name := range s.beside {
		name = strings.Replace(name, "$0", path.Base(script), 1)
		if err := r.command(path.Dir(script)+"/"+name, why); err != nil {
			return err
		}
	}
	for _, name := range s.sources() {
		if err := r.sourced(name, why); err != nil {
			return err
		}
	}
	return r.programsOf(s.commands(), why)
}

// sourced adds a file that a script reads as a part of itself, and what that
// calls.
func (r *ruler) sourced(name string, why plan.Reason) error {
	_, real, err := rootfs.Resolve(r.root, name)
	if err != nil {
		return nil
	}
	if fi, err := r.root.Lstat(real); err != nil || !fi.Mode().IsRegular() || fi.Mode()&0o004 == 0 {
		return nil
	}
	if err := r.addPath(name, why); err != nil {
		return err
	}
	return r.commands(real, why)
}

// programsOf adds the programs that words stand for on the search path. What is
// not there is passed over: a script may ask first.
func (r *ruler) programsOf(words []string, why plan.Reason) error {
	for _, word := range words {
		full, ok := word, path.IsAbs(word)
		if !ok {
			full, ok = r.finder.onPath(word)
		}
		if !ok {
			continue
		}
		if err := r.command(full, why); err != nil {
			return err
		}
	}
	return nil
}

// command adds the program at a path, if there is one that can be started.
func (r *ruler) command(full string, why plan.Reason) error {
	if r.done["command "+full] {
		return nil
	}
	r.done["command "+full] = true
	p, err := r.finder.Find(full)
	if err != nil || p.Graph != nil && len(p.Graph.Problems) > 0 {
		return nil
	}
	p.Warnings = nil
	return r.addProgram(p, "", why)
}
