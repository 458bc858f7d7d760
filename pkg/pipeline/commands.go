package pipeline

import (
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

// commands adds the programs a shell script calls, as far as its text shows
// them.
func (r *ruler) commands(in *includer, script string) error {
	return r.commandsOf(in, script, map[string]string{})
}

// commandsOf does so for a script that knows the values of some variables.
func (r *ruler) commandsOf(in *includer, script string, known map[string]string) error {
	if r.done["commands of "+script] {
		return nil
	}
	r.done["commands of "+script] = true
	text := scripts.Embedded(r.readSmall(script))
	plain, values := scripts.Settled(text, script, known)
	if err := r.programsOf(scripts.Interpreted(plain), in.why); err != nil {
		return err
	}
	asked, search := scripts.LookedFor(text), scripts.SearchPath(plain)
	// The settled text lacks the commands that told where the script is.
	for _, s := range []*scripts.Shell{scripts.ScanShell(text), scripts.ScanShell(plain)} {
		for _, name := range s.Beside() {
			name = strings.Replace(name, "$0", path.Base(script), 1)
			if err := r.command(path.Dir(script)+"/"+name, in.why); err != nil {
				return err
			}
		}
		for _, name := range s.Sources() {
			sourced, _ := scripts.Settled(r.readSmall(name), name, values)
			search = append(search, scripts.SearchPath(sourced)...)
		}
		without, needed := asked.Split(s.Commands())
		r.guardedOf(without, in.why)
		if err := r.programsOn(search, needed, in.why); err != nil {
			return err
		}
		for _, name := range s.Sources() {
			if err := r.sourced(in, name, values); err != nil {
				return err
			}
		}
	}
	return nil
}

// sourced adds a file that a script reads as a part of itself, what that calls
// and what it names.
func (r *ruler) sourced(in *includer, name string, known map[string]string) error {
	_, real, err := rootfs.Resolve(r.root, name)
	if err != nil {
		return nil
	}
	if fi, err := r.root.Lstat(real); err != nil || !fi.Mode().IsRegular() || fi.Mode()&0o004 == 0 || !r.isReachable(real) || in.isSecret(real, fi) {
		return nil
	}
	if err := r.addPath(name, in.why); err != nil {
		return err
	}
	text, _ := scripts.Settled(r.readSmall(real), real, known)
	for _, name := range namedPaths(text) {
		if err := r.namedFile(in, name, maxNamedDir); err != nil {
			return err
		}
	}
	return r.commandsOf(in, real, known)
}

// programsOf adds the programs that words stand for on the search path. What is
// not there is passed over: a script may ask first.
func (r *ruler) programsOf(words []string, why plan.Reason) error {
	return r.programsOn(nil, words, why)
}

// programsOn does so where some directories are searched first.
func (r *ruler) programsOn(search, words []string, why plan.Reason) error {
	finder := *r.finder
	finder.Path = strings.Join(append(search, finder.path()), ":")
	for _, word := range words {
		full, ok := word, path.IsAbs(word)
		if !ok {
			full, ok = finder.onPath(word)
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
