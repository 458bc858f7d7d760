package pipeline

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// maxWhole bounds, in bytes, an application that comes as a whole where its
// program finds it from its own place. Of a larger one comes what it names, and
// maxOwnDir bounds all of that.
const maxWhole = 64 << 20

// addApplications adds the applications that programs are a part of.
func (r *ruler) addApplications() error {
	list := r.apps
	r.apps = nil
	for _, a := range list {
		h := r.homeOf(a.real)
		text := r.scriptOf(a.real)
		var names []string
		switch {
		case text != "":
			names = r.ofScript(h, a.real, text)
		case h != nil && r.objects[a.real] != nil:
			for _, name := range r.ofProgram(h, a.real) {
				names = append(names, glob.Quote(name))
			}
			if err := r.calledBy(a.in, a.real); err != nil {
				return err
			}
		}
		if err := r.addParts(a.in, h, names); err != nil {
			return err
		}
	}
	return nil
}

// scriptOf is the text of a script, "" of anything else.
func (r *ruler) scriptOf(real string) string {
	if r.objects[real] != nil {
		return ""
	}
	text := r.readSmall(real)
	if !strings.HasPrefix(text, "#!") {
		return ""
	}
	return text
}

// addParts adds what there is of the names, which are globs, and what runs the
// scripts among it.
func (r *ruler) addParts(in *includer, h *home, names []string) error {
	skip := in.skip
	in.skip = func(real string) bool { return notShipped.MatchString(real) || skip != nil && skip(real) }
	left := int64(maxOwnDir)
	for _, name := range names {
		found, err := glob.Expand(r.root, name)
		if err != nil {
			continue
		}
		for _, at := range found {
			if err := r.addPart(in, h, at, glob.Quote(at) == name, &left); err != nil {
				return err
			}
		}
	}
	return r.closeOver(in.files, true)
}

// addPart adds one, if it is not larger than what is left for the application.
// Programs among what only a pattern matches are not all going to be run, and come
// without the commands that they run.
func (r *ruler) addPart(in *includer, h *home, name string, meant bool, left *int64) error {
	_, real, err := rootfs.Resolve(r.root, name)
	if err != nil || r.done["part "+real] {
		return nil
	}
	r.done["part "+real] = true
	fi, err := r.root.Lstat(real)
	if err != nil {
		return nil
	}
	mine, most := h.has(real), *left
	if !mine {
		most = min(most, maxNamedDir)
	}
	switch size := most; {
	case !mine && (isMachines(real) || !r.isReachable(real)):
		return nil
	case fi.IsDir() && (manyTops.MatchString(real) || common.MatchString(real) || h != nil && below(h.here, real) && real != h.dir):
		return nil
	case !r.measure(real, &size):
		return nil
	default:
		*left -= most - size
	}
	dirs := []string{real}
	if mine {
		dirs = append(dirs, h.dir)
	}
	defer in.within(dirs...)()
	n := len(in.files)
	if err := in.optional(name); err != nil {
		return err
	}
	for _, file := range slices.Clone(in.files[n:]) {
		if err := r.runsPart(in, h, file, meant); err != nil {
			return err
		}
	}
	return nil
}

// runsPart adds what runs a script of an application: if it is not where the
// application has its programs, that is a shell, or what the bundle has. Another
// is more likely to be of use to developers.
func (r *ruler) runsPart(in *includer, h *home, file string, meant bool) error {
	fi, err := r.root.Lstat(file)
	if err != nil || r.objects[file] != nil {
		return nil
	}
	if shellLibrary.MatchString(file) && r.runsShell() {
		if err := r.commandsOf(in, file, map[string]string{}); err != nil {
			return err
		}
	}
	if fi.Mode()&fs.FileMode(0o111) == 0 {
		return nil
	}
	if !meant {
		return nil
	}
	f, _, err := rootfs.OpenRegular(r.root, file)
	if err != nil {
		return nil
	}
	defer f.Close()
	head := make([]byte, len("#!"))
	if n, _ := f.ReadAt(head, 0); n < len(head) || !bytes.Equal(head, []byte("#!")) {
		return nil
	}
	p, err := r.finder.Find(file)
	if err != nil || len(p.Runs) == 0 {
		return nil
	}
	run := p.Runs[len(p.Runs)-1]
	dir := path.Dir(file)
	program := h != nil && (dir == h.here || path.Dir(dir) == h.dir && innerDir.MatchString(path.Base(dir)))
	if !program && !shells.MatchString(path.Base(run.Real)) && r.plan.Get(run.Real) == nil {
		return nil
	}
	return r.runs(file, in.why)
}

// runsShell tells whether a script of shell is among the programs.
func (r *ruler) runsShell() bool {
	return slices.ContainsFunc(r.programs, func(m *member) bool {
		return slices.ContainsFunc(m.Runs, func(run *Program) bool { return shells.MatchString(path.Base(run.Real)) })
	})
}
