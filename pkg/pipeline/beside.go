package pipeline

import (
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

// maxBeside bounds the files of one script that are looked for beside it.
const maxBeside = 2000

// here is an expression for the directory of the file that it stands in: perl's
// FindBin(3perl), and what the others have of their own.
const here = `(?:\b__dir__\b|\b__DIR__\b|\b__dirname\b|\bimport\.meta\.dirname\b|\$\{?(?:FindBin::)?(?:Real)?Bin\b\}?` +
	`|\bdirname\s*\(?\s*(?:[\w.]*\(\s*)*(?:__FILE__|__file__|\$0)\s*\)*|\bPath\(__file__\)(?:\.\w+\(\))?\.parent|\[\s*file\s+dirname\s+\[[^\]\n]*info\s+script\]\s*\])`

// tail is what may be put behind it.
const tail = `((?:\)*\s*[.+,/]\s*["'][\w./+-]+["'])+|/[\w./+-]+| [\w.+-]+(?:/[\w.+-]+)*\])`

var (
	ownDirectory = lazyregexp.New(here)

	fromHere = lazyregexp.New(here + tail)
	hereIs   = lazyregexp.New(`(?m)([$@]?\b\w+)\s*=\s*(?:[\w.]+\()*(?:os\.path\.|File\.)?` + here + `[\s);]*$`)
	expanded = lazyregexp.New(`\bexpand_path[\s(]*["']([\w./+-]+)["']\s*,\s*(__FILE__|__dir__)`)
	pieces   = lazyregexp.New(`["']([\w./+-]+)["']`)
)

// namesHere returns the paths, relative to the directory of a script, of what
// the script names by an expression for that directory.
func namesHere(text string) []string {
	var out []string
	add := func(re *lazyregexp.Regexp) {
		for _, m := range re.FindAllStringSubmatch(text, maxBeside) {
			rest := m[len(m)-1]
			if parts := pieces.FindAllStringSubmatch(rest, -1); parts != nil {
				rest = ""
				for _, p := range parts {
					rest += "/" + p[1]
				}
			}
			out = append(out, path.Clean("./"+strings.Trim(rest, " ]")))
		}
	}
	add(fromHere)
	for _, m := range hereIs.FindAllStringSubmatch(text, 20) {
		add(lazyregexp.New(`(?:^|[^\w$])` + regexp.QuoteMeta(m[1]) + `\b\}?` + tail))
	}
	for _, m := range expanded.FindAllStringSubmatch(text, maxBeside) {
		name := m[1]
		if m[2] == "__FILE__" {
			name = "file/" + name
		}
		out = append(out, path.Clean("./"+name))
	}
	return out
}

// neighbours adds what a script names that lies beside it: files by a path
// relative to its own, and modules in the directories that it searches. What
// that names comes too.
type neighbours struct {
	*ruler
	in   *includer
	how  *dialect
	dirs []string // that are searched for modules
	seen map[string]bool
}

// beside adds the neighbours of a script.
func (r *ruler) beside(in *includer, script string) error {
	text := r.readSmall(script)
	for i := range dialects {
		if dialects[i].runBy.MatchString(text) {
			n := &neighbours{ruler: r, in: in, how: &dialects[i], seen: map[string]bool{script: true}}
			if n.how.own {
				n.dirs = []string{path.Dir(script)}
			}
			return n.scan(script, text)
		}
	}
	return nil
}

// scan follows what a file of the script's language names.
func (n *neighbours) scan(file, text string) error {
	dir := path.Dir(file)
	if n.how.runBy == shellScript {
		return n.scanShell(file, text)
	}
	text = scripts.Uncommented(text)
	var names []string
	for _, name := range namesHere(text) {
		names = append(names, path.Join(dir, name))
	}
	for _, name := range submatches(n.how.reads, text) {
		names = append(names, path.Join(dir, name))
	}
	if ownDirectory.MatchString(text) {
		n.addDir(dir)
	}
	for _, name := range names {
		if err := n.named(name); err != nil {
			return err
		}
	}
	modules := submatches(n.how.uses, text)
	if n.how.modules != nil {
		modules = n.how.modules(text)
	}
	for _, name := range modules {
		for _, name := range strings.Split(name, ",") {
			if err := n.module(dir, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// scanShell is scan for a script of shell, which names by its own directory
// whatever it will.
func (n *neighbours) scanShell(file, text string) error {
	plain, _ := scripts.Settled(text, file, map[string]string{})
	below := lazyregexp.New(regexp.QuoteMeta(path.Dir(file)) + `/[\w./+-]*\w`)
	for _, name := range below.FindAllString(scripts.Uncommented(plain), maxNamedPaths) {
		if err := n.named(path.Clean(name)); err != nil {
			return err
		}
	}
	return nil
}

func submatches(re *lazyregexp.Regexp, text string) []string {
	if re == nil {
		return nil
	}
	var out []string
	for _, m := range re.FindAllStringSubmatch(text, maxBeside) {
		out = append(out, strings.Join(m[1:], ""))
	}
	return out
}

// module adds a module that is in one of the directories searched; with leading
// dots, Python looks for it from the file's own package.
func (n *neighbours) module(dir, name string) error {
	name, _, _ = strings.Cut(strings.TrimSpace(name), " ") // import a as b
	dirs := n.dirs
	if rest := strings.TrimLeft(name, "."); rest != name {
		for range len(name) - len(rest) - 1 {
			dir = path.Dir(dir)
		}
		dirs, name = []string{dir}, rest
	}
	name = strings.ReplaceAll(strings.ReplaceAll(name, "::", "/"), ".", "/")
	for _, d := range dirs {
		for _, candidate := range []string{name, strings.Split(name, "/")[0]} {
			if candidate == "" {
				continue
			}
			if err := n.existing(d+"/"+candidate, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// named adds a file that is named, or a directory, which may also be one that is
// searched.
func (n *neighbours) named(name string) error {
	n.addDir(name)
	return n.existing(name, false)
}

func (n *neighbours) addDir(name string) {
	_, real, err := rootfs.Resolve(n.root, name)
	if err != nil {
		return
	}
	if fi, err := n.root.Lstat(real); err == nil && fi.IsDir() && len(n.dirs) < maxNamedPaths {
		n.dirs = append(n.dirs, real)
	}
}

// existing adds what there is of that name, and follows it. A module's file has
// an ending.
func (n *neighbours) existing(name string, module bool) error {
	for _, end := range n.how.ends {
		_, real, err := rootfs.Resolve(n.root, name+end)
		if err != nil || n.seen[real] || len(n.seen) > maxBeside {
			continue
		}
		n.seen[real] = true
		fi, err := n.root.Lstat(real)
		if err != nil || fi.IsDir() && !n.isOwnDir(real) || !fi.IsDir() && module && end == "" {
			continue
		}
		if left := int64(maxOwnDir); !n.isReachable(real) || !n.modest(real, fi, &left) {
			continue
		}
		back := n.in.within(real)
		err = n.in.optional(name + end)
		back()
		if err != nil {
			return err
		}
		if !module && fi.Mode().IsRegular() && fi.Mode()&0o111 != 0 {
			// It may be started, and is then a script with needs of its own.
			if err := n.runs(name+end, n.in.why); err != nil {
				return err
			}
		}
		if err := n.follow(real, fi); err != nil {
			return err
		}
	}
	return nil
}

// isOwnDir tells whether a directory may be a script's own: one of the system
// is not.
func (n *neighbours) isOwnDir(real string) bool {
	return !common.MatchString(real) && !systemDir.MatchString(real)
}

// systemDir are the directories that many packages share.
var systemDir = lazyregexp.New(`^/$|^/(?:usr/|usr/local/|opt/)?\w*$|^/(?:home|root|tmp|var|etc|srv)(?:/[^/]*)?$|-packages$|/(?:bin|sbin)$`)

// follow looks into a file, or into those of a directory.
func (n *neighbours) follow(real string, fi fs.FileInfo) error {
	const longest = 1 << 20
	if !fi.IsDir() {
		if fi.Size() > longest {
			return nil
		}
		return n.scan(real, n.readSmall(real))
	}
	list, err := n.root.ReadDir(real)
	if err != nil {
		return nil
	}
	for _, e := range list {
		below := real + "/" + e.Name()
		if info, err := n.root.Lstat(below); err == nil && !n.seen[below] && len(n.seen) <= maxBeside && info.Mode()&fs.ModeSymlink == 0 {
			n.seen[below] = true
			if err := n.follow(below, info); err != nil {
				return err
			}
		}
	}
	return nil
}
