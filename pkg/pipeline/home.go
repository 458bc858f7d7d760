package pipeline

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
)

var (
	// innerDir are the names of directories in which an application that is a
	// directory of its own keeps its programs.
	innerDir = lazyregexp.New(`^(?:s?bin|libexec|lib(?:32|64)?|exe|program|scripts?|usr|\.libs|(?:linux|unix)?[_-]?(?:x86[_-]64|x64|amd64|aarch64|arm64)|linux[_-]?(?:x86[_-]64|x64|amd64|aarch64|arm64)?)$`)
	// ofMany are directories in which many put something, the same on each machine.
	ofMany = lazyregexp.New(topDirs)
	// manyTops are these and others of which none is one application: what is below
	// belongs to the system, or to whoever put something there.
	manyTops = lazyregexp.New(topDirs + `|^/(?:bin|sbin|lib\w*|boot|dev|etc|proc|sys)/` +
		`|^/usr/local(?:/(?:s?bin|lib\w*|share|etc|include|src|games|man|var))?$` +
		`|^/(?:home/[^/]+|root)/(?:\.\w[^/]*|go|bin)(?:/(?:bin|lib|share))?$`)
	// systems are the places of a distribution's own packages.
	systems = lazyregexp.New(`^/usr/(?:s?bin|lib\w*|share|games|include|src)(?:/|$)`)
	// systemTrees are the system's and the machine's.
	systemTrees = lazyregexp.New(`^/(?:(?:bin|sbin|lib\w*|boot|dev|etc|proc|sys|run|tmp|var/(?:cache|lib|log|mail|run|spool|tmp))(?:/|$)|usr$|usr/[^/]*$)`)
	// manyMarks are entries of a directory that many packages, or versions, share.
	manyMarks = []string{"conda-meta", "Cellar", "pyvenv.cfg", "dist-packages", "site-packages"}
	// builtMarks are entries of a directory where a program is built, and not only
	// kept.
	builtMarks = lazyregexp.New(`^(?:CMakeCache\.txt|build\.ninja|config\.status|configure|configure\.ac|[Mm]akefile|Cargo\.toml|go\.mod|meson\.build|WORKSPACE|\.fingerprint|\.git)$|\.(?:o|lo|c|cc|cpp|cxx|go|rs|hs|d|v|zig|nim|swift)$`)
)

// topDirs are the directories at the top of a root, and those of people.
const topDirs = `^/(?:bin|boot|data|dev|etc|export|gnu|home|lib\w*|media|mnt|nix|opt|proc|root|run|sbin|scratch|snap|srv|sys|tmp|usr|var)?$` +
	`|^/(?:gnu|home|nix|snap|usr|var)/[^/]+$`

// home is where a program lies that no package of the system has there, and the
// application that it is a part of.
type home struct {
	here string // the directory of the program
	// dir is the directory of the application: here without the "bin" at its end;
	// "" if it is none of its own, but where many put something.
	dir string
	// entries are those of dir and of here, by path.
	entries []string
	built   bool // a program is built there
	small   bool // it is not too large to come as a whole
}

// has tells whether something at a path is the application's.
func (h *home) has(name string) bool {
	return h != nil && h.dir != "" && (name == h.dir || below(name, h.dir))
}

// homeOf returns where the program at a real path lies; nil if that is a place of
// the system's own packages.
func (r *ruler) homeOf(real string) *home {
	if isSystemPath(real) && !below(real, "/tmp") {
		return nil
	}
	here := path.Dir(real)
	h := r.homes[here]
	if h == nil {
		if r.homes == nil {
			r.homes = map[string]*home{}
		}
		h = r.homeAt(here)
		r.homes[here] = h
	}
	return h
}

// homeAt is the home of the programs in a directory.
func (r *ruler) homeAt(here string) *home {
	h := &home{here: here}
	for h.dir = h.here; innerDir.MatchString(path.Base(h.dir)) && !manyTops.MatchString(path.Dir(h.dir)); {
		h.dir = path.Dir(h.dir)
	}
	if manyTops.MatchString(h.dir) || innerDir.MatchString(path.Base(h.dir)) {
		h.dir = ""
		return h
	}
	for _, dir := range slices.Compact([]string{h.dir, h.here}) {
		list, err := r.root.ReadDir(dir)
		if err != nil {
			h.dir = ""
			return h
		}
		for _, e := range list {
			name := e.Name()
			if slices.Contains(manyMarks, name) {
				h.dir = ""
				return h
			}
			h.built = h.built || builtMarks.MatchString(name)
			if below := dir + "/" + name; below != h.here && !strings.HasPrefix(h.here, below+"/") {
				h.entries = append(h.entries, below)
			}
		}
	}
	whole := int64(maxWhole)
	h.small = r.measure(h.dir, &whole)
	return h
}

// isMachines tells whether something at a real path is what one machine has, or
// another program keeps there. A program that lies in /tmp has files there.
func isMachines(real string) bool {
	return slices.Contains(private, real) || systemTrees.MatchString(real) && !below(real, "/tmp")
}

// isSystemPath tells whether a path is where other rules look.
func isSystemPath(name string) bool {
	return systems.MatchString(name) || systemTrees.MatchString(name)
}

// notShipped are what is left out of an application: how it was made.
var notShipped = lazyregexp.New(`/(?:\.git|\.hg|\.svn)$`)

// measure takes the sizes of what is at a real path off left; false if that is
// too little.
func (b *builder) measure(real string, left *int64) bool {
	fi, err := b.root.Lstat(real)
	if err != nil {
		return true
	}
	const entry = 1 << 10
	*left -= entry
	switch {
	case *left < 0:
		return false
	case fi.Mode().IsRegular():
		*left -= fi.Size()
	case fi.IsDir() && !notShipped.MatchString(real) && fi.Mode()&forOthers != 0:
		list, err := b.root.ReadDir(real)
		if err != nil {
			return true
		}
		return !slices.ContainsFunc(list, func(e fs.DirEntry) bool { return !b.measure(strings.TrimSuffix(real, "/")+"/"+e.Name(), left) })
	}
	return *left >= 0
}
