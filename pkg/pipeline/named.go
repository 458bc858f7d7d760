package pipeline

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

const (
	// maxNamedDir bounds the files of a directory that a program names: a larger
	// one is hardly all meant. A script, which is of one package and names less
	// by the way, may mean more by maxScriptDir.
	maxNamedDir  = 4 << 20
	maxScriptDir = 8 << 20
	// maxNamedPaths bounds the paths of one script that are looked at.
	maxNamedPaths = 200
)

// namedPath is a path in the trees where packages keep what belongs to them.
var namedPath = lazyregexp.New(`(?:^|[^\w.~}/-])((?:/usr(?:/local)?/(?:share|lib|libexec)|/opt|/srv|/etc|/var/(?:cache|lib|log|spool))(?:/+[\w.+@-]*[\w+])+)`)

// common are directories of many packages; a script or program that names one
// means something in it.
var common = lazyregexp.New(`^/usr/(local/)?(share|lib|libexec)/(doc|man|info|locale|icons|applications|fonts|mime|zoneinfo|java|jvm|modules|systemd|debug|misc|perl|perl5|ruby|nodejs|tcltk|terminfo|xml|sgml|X11|[^/]*-linux-gnu[^/]*)$|^/usr/(local/)?lib/(python3$|debug/)|^/etc/[^/]*$`)

// ofLibc are paths that each program holds which the C library is linked into
// statically; rules of their own are about them.
var ofLibc = lazyregexp.New(`^/usr/lib(64)?/([^/]*-linux-[^/]*/)?(gconv|locale)(/|$)`)

// private are files of /etc that are the machine's, or the container's.
var private = strings.Fields(`/etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/hosts /etc/hostname /etc/resolv.conf /etc/fstab /etc/mtab /etc/machine-id /etc/ld.so.cache`)

// namedPaths returns the paths that the code of a script has written out, each
// once.
func namedPaths(text string) []string {
	var out []string
	for _, m := range namedPath.FindAllStringSubmatch(scripts.Uncommented(text), -1) {
		if name := path.Clean(m[1]); !slices.Contains(out, name) && len(out) < maxNamedPaths {
			out = append(out, name)
		}
	}
	return out
}

// namedFiles adds the files and small directories that a script names.
func (r *ruler) namedFiles(in *includer, script string) error {
	text := r.scriptText(script)
	if err := r.addState(scripts.Uncommented(text), in.why); err != nil {
		return err
	}
	names := append(namedPaths(text), joinedPaths(text)...)
	own := r.importedFrom(text, names)
	for _, name := range names {
		most := int64(maxScriptDir)
		if isNamedAs(path.Base(script), name) || own[packageOf(name)] {
			most = maxOwnDir
		}
		if err := r.namedFile(in, name, most); err != nil {
			return err
		}
	}
	return r.packageCommands(own, path.Dir(script), in.why)
}

var (
	// tree is a string that is one of the trees where packages keep directories,
	// and dirName one that may be the name of such a directory.
	tree    = lazyregexp.New(`["'](/usr(?:/local)?/(?:share|lib|libexec))/?["']`)
	dirName = lazyregexp.New(`["']([a-z][\w.+-]{2,})["']`)
)

// joinedPaths returns the paths that a script of Perl, Python or Ruby may make
// by joining a tree and a name that it has written out. Most of them are not
// there.
func joinedPaths(text string) []string {
	var out []string
	code := scripts.Uncommented(text)
	for _, dir := range tree.FindAllStringSubmatch(code, -1) {
		for _, name := range dirName.FindAllStringSubmatch(code, -1) {
			if full := dir[1] + "/" + name[1]; !slices.Contains(out, full) && len(out) < maxNamedPaths {
				out = append(out, full)
			}
		}
	}
	return out
}

// scriptText is the text of a script with what its variables stand for, where
// that can be told.
func (r *ruler) scriptText(script string) string {
	text := r.readSmall(script)
	if shellScript.MatchString(text) {
		text, _ = scripts.Settled(text, script, map[string]string{})
	}
	return text
}

// namedFile adds a file, or a directory of at most so many bytes, that is named
// by what needs it, unless it is one of many packages.
func (r *ruler) namedFile(in *includer, name string, most int64) error {
	_, real, err := rootfs.Resolve(r.root, name)
	if err != nil {
		return nil
	}
	if fi, err := r.root.Lstat(real); err == nil && fi.IsDir() && (common.MatchString(name) || common.MatchString(real)) {
		return nil
	}
	return r.ownFile(in, name, most)
}

// ownFile adds a file, or a directory of at most so many bytes, that belongs to
// what needs it.
func (r *ruler) ownFile(in *includer, name string, most int64) error {
	_, real, err := rootfs.Resolve(r.root, name)
	if err != nil || slices.Contains(private, real) || ofLibc.MatchString(name) || r.done["named "+real] {
		return nil
	}
	r.done["named "+real] = true
	fi, err := r.root.Lstat(real)
	if strings.HasPrefix(real, "/var/") {
		// What programs keep there is the machine's; they need the place.
		if err == nil && fi.IsDir() {
			return r.addPath(name, in.why)
		}
		return nil
	}
	if err == nil && in.isSecret(real, fi) {
		in.left = append(in.left, real)
		return nil
	}
	if err != nil || !r.isReachable(real) || !r.modest(real, fi, &most) {
		return nil
	}
	defer in.within(real)()
	if err := in.optional(name); err != nil {
		return err
	}
	return r.runs(name, in.why)
}

// modest tells whether everybody may read a file or directory, and whether what
// there is below it is at most left bytes, and takes them off. What is secret in
// a directory is left out of the bundle, and does not count.
func (r *ruler) modest(real string, fi fs.FileInfo, left *int64) bool {
	switch {
	case fi.IsDir():
	case fi.Mode().IsRegular():
		*left -= fi.Size()
	default:
		return fi.Mode()&fs.ModeSymlink != 0
	}
	if fi.Mode()&0o004 == 0 || *left < 0 {
		return false
	}
	if !fi.IsDir() {
		return true
	}
	list, err := r.root.ReadDir(real)
	if err != nil {
		return false
	}
	for _, e := range list {
		below := strings.TrimSuffix(real, "/") + "/" + e.Name()
		if *left -= 1 << 10; *left < 0 {
			return false
		}
		info, err := r.root.Lstat(below)
		if err == nil && info.Mode()&forOthers == 0 {
			continue
		}
		if err != nil || !r.modest(below, info, left) {
			return false
		}
	}
	return true
}
