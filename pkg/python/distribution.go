package python

import (
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// distribution is a distribution of Python: what pip or a package of the system
// installed as one thing, and describes by a directory (or one file) NAME.dist-info
// or NAME.egg-info (packaging.python.org, Recording installed projects).
type distribution struct {
	name  string // normalized
	info  string // the path of its description
	place Place
	// entries are the entries of the search directory that belong to it.
	entries  []string
	requires []string // the names of what it requires without extras, normalized
	groups   []string // of its entry points
	commands []string // that its entry points make
	objects  []string // the modules, and names in them, that entry points are
}

var (
	infoName     = lazyregexp.New(`^([A-Za-z0-9][\w.]*)(?:-[^/]*)?\.(?:dist|egg)-info$`)
	requiredWord = lazyregexp.New(`^[A-Za-z0-9][\w.-]*`)
	separators   = lazyregexp.New(`[-_.]+`)
)

// normalized is how the name of a distribution is compared
// (packaging.python.org, Names and normalization).
func normalized(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}

// readDescription reads the description at a path; nil if it is none.
func (p *places) readDescription(info string) *distribution {
	m := infoName.FindStringSubmatch(path.Base(info))
	if m == nil {
		return nil
	}
	d := &distribution{name: normalized(m[1]), info: info}
	for _, name := range []string{"/METADATA", "/PKG-INFO", ""} {
		d.header(rootfs.ReadSmall(p.root, info+name))
	}
	d.required(rootfs.ReadSmall(p.root, info+"/requires.txt"))
	d.entryPoints(rootfs.ReadSmall(p.root, info+"/entry_points.txt"))
	for line := range strings.Lines(rootfs.ReadSmall(p.root, info+"/RECORD")) {
		file, _, _ := strings.Cut(line, ",")
		d.entry(strings.Trim(file, `"`))
	}
	for line := range strings.Lines(rootfs.ReadSmall(p.root, info+"/installed-files.txt")) {
		if file, ok := strings.CutPrefix(strings.TrimSpace(line), "../"); ok {
			d.entry(file)
		}
	}
	for line := range strings.Lines(rootfs.ReadSmall(p.root, info+"/top_level.txt")) {
		d.entry(strings.TrimSpace(line))
	}
	return d
}

// entry notes that a file, relative to the search directory, is the
// distribution's.
func (d *distribution) entry(file string) {
	first, _, _ := strings.Cut(file, "/")
	if first == "" || first == ".." || first == "__pycache__" || infoName.MatchString(first) {
		return
	}
	if n := len(d.entries); n == 0 || d.entries[n-1] != first {
		d.entries = append(d.entries, first)
	}
}

// header reads the requirements of METADATA or PKG-INFO (packaging.python.org,
// Core metadata).
func (d *distribution) header(text string) {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			return
		}
		if rest, ok := strings.CutPrefix(line, "Requires-Dist:"); ok && !strings.Contains(rest, "extra ") && !strings.Contains(rest, "extra=") {
			d.require(rest)
		}
	}
}

// required reads requires.txt of setuptools: sections are for extras, or for
// conditions if they begin with a colon.
func (d *distribution) required(text string) {
	extra := false
	for line := range strings.Lines(text) {
		if section, ok := strings.CutPrefix(line, "["); ok {
			extra = !strings.HasPrefix(section, ":")
		} else if !extra {
			d.require(line)
		}
	}
}

func (d *distribution) require(text string) {
	if name := requiredName(text); name != "" {
		d.requires = append(d.requires, name)
	}
}

// requiredName is the name of the distribution that a requirement begins with,
// normalized; "" if it is none.
func requiredName(requirement string) string {
	m := requiredWord.FindStringSubmatch(strings.TrimSpace(requirement))
	if m == nil {
		return ""
	}
	return normalized(m[0])
}

// entryPoints reads entry_points.txt (packaging.python.org, Entry points
// specification).
func (d *distribution) entryPoints(text string) {
	commands := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, object, ok := strings.Cut(line, "=")
		switch {
		case strings.HasPrefix(line, "["):
			group := strings.Trim(line, "[]")
			commands = group == "console_scripts" || group == "gui_scripts"
			if !commands {
				d.groups = append(d.groups, group)
			}
		case ok && !strings.HasPrefix(line, "#"):
			if commands {
				d.commands = append(d.commands, strings.TrimSpace(name))
			}
			object = strings.TrimSpace(object)
			d.objects = append(d.objects, object)
			d.entry(TopModule(object))
		}
	}
}

// TopModule is the package that the dotted name of a module, or of something in
// one (a.b:c), begins with; "" for a name of the own package.
func TopModule(name string) string {
	if end := strings.IndexAny(name, ".: ["); end >= 0 {
		return name[:end]
	}
	return name
}
