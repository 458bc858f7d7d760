package pipeline

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

const (
	// maxNamedDir bounds the files of a directory that a script names: a larger
	// one is hardly all meant.
	maxNamedDir = 4 << 20
	// maxNamedPaths bounds the paths of one script that are looked at.
	maxNamedPaths = 200
)

// namedPath is a path in the trees where packages keep what belongs to them.
var namedPath = regexp.MustCompile(`(?:^|[^\w.~}/-])((?:/usr(?:/local)?/(?:share|lib|libexec)|/etc|/var/(?:cache|lib|log|spool))(?:/[\w.+@-]*\w)+)`)

// common are directories of many packages; a script that names one means
// something in it.
var common = regexp.MustCompile(`^/usr/(local/)?(share|lib|libexec)/(doc|man|info|locale|icons|applications|fonts|mime|zoneinfo|java|jvm|modules|systemd|[^/]*-linux-gnu[^/]*)$|^/etc/[^/]*$`)

// private are files of /etc that are the machine's, or the container's.
var private = strings.Fields(`/etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/hosts /etc/hostname /etc/resolv.conf /etc/fstab /etc/mtab /etc/machine-id /etc/ld.so.cache`)

// namedPaths returns the paths that the code of a script has written out, each
// once.
func namedPaths(text string) []string {
	var out []string
	for _, m := range namedPath.FindAllStringSubmatch(uncommented(text), -1) {
		if name := m[1]; !slices.Contains(out, name) && len(out) < maxNamedPaths {
			out = append(out, name)
		}
	}
	return out
}

// namedFiles adds the files and small directories that a script names.
func (r *ruler) namedFiles(in *includer, script string) error {
	for _, name := range namedPaths(r.readSmall(script)) {
		_, real, err := rootfs.Resolve(r.root, name)
		if err != nil || slices.Contains(private, real) || r.done["named "+real] {
			continue
		}
		r.done["named "+real] = true
		fi, err := r.root.Lstat(real)
		if strings.HasPrefix(real, "/var/") {
			// What programs keep there is the machine's; they need the place.
			if err == nil && fi.IsDir() {
				if err := r.addPath(name, in.why); err != nil {
					return err
				}
			}
			continue
		}
		if err != nil || fi.IsDir() && (common.MatchString(name) || common.MatchString(real)) {
			continue
		}
		if left := int64(maxNamedDir); !r.modest(real, fi, &left) {
			continue
		}
		if err := in.optional(name); err != nil {
			return err
		}
		if err := r.runs(name, in.why); err != nil {
			return err
		}
	}
	return nil
}

// modest tells whether everybody may read a file or all below a directory, and
// whether that is at most left bytes, and takes them off. What is secret does
// not get into a bundle because a script names it.
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
		if info, err := r.root.Lstat(below); err != nil || !r.modest(below, info, left) {
			return false
		}
	}
	return true
}
