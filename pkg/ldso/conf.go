package ldso

import (
	"io/fs"
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

const (
	// maxConfFiles bounds the include directives followed in one ld.so.conf.
	maxConfFiles = 1000
	// maxConfDirs bounds the directories it names: each is asked for each library.
	maxConfDirs = 4096
	// maxConfLookups bounds the names looked at to expand the include
	// directives: with links back up, a few "*" match names without end.
	maxConfLookups = 200_000
)

// lookups is a root that finds nothing any more after a number of names.
type lookups struct {
	rootfs.FS
	left int
}

func (l *lookups) Lstat(name string) (fs.FileInfo, error) {
	if l.left--; l.left < 0 {
		return nil, fs.ErrNotExist
	}
	return l.FS.Lstat(name)
}

func (l *lookups) ReadDir(name string) ([]fs.DirEntry, error) {
	if l.left < 0 {
		return nil, fs.ErrNotExist
	}
	list, err := l.FS.ReadDir(name)
	l.left -= 1 + len(list)
	return list, err
}

// confDirs reads the directories of an ld.so.conf with its includes, as
// ldconfig(8) does. What cannot be read is passed over, as there.
func confDirs(root rootfs.FS, name string) []string {
	var dirs []string
	root = &lookups{root, maxConfLookups}
	seen, listed := map[string]bool{}, map[string]bool{}
	var read func(name string)
	read = func(name string) {
		_, real, err := rootfs.Resolve(root, name)
		if err != nil || seen[real] || len(seen) >= maxConfFiles {
			return
		}
		seen[real] = true
		data, err := readFile(root, real, 1<<20)
		if err != nil {
			return
		}
		for line := range strings.Lines(string(data)) {
			line, _, _ = strings.Cut(line, "#")
			fields := strings.Fields(line)
			if len(fields) > 1 && fields[0] == "include" {
				for _, pattern := range fields[1:] {
					for _, inc := range expandInclude(root, path.Dir(name), pattern) {
						read(inc)
					}
				}
				continue
			}
			dirs = appendConfDirs(dirs, fields, listed)
		}
	}
	read(name)
	return dirs
}

func expandInclude(root rootfs.FS, dir, pattern string) []string {
	if !path.IsAbs(pattern) {
		pattern = path.Join(dir, pattern)
	}
	names, err := glob.Expand(root, pattern)
	if err != nil {
		return nil
	}
	return names
}

// appendConfDirs takes the directories of one line: separated by white space,
// ":" or ",", each perhaps with an old "=TYPE" suffix; listed are those of dirs.
func appendConfDirs(dirs, fields []string, listed map[string]bool) []string {
	for _, field := range fields {
		for _, d := range strings.FieldsFunc(field, func(r rune) bool { return r == ':' || r == ',' }) {
			d, _, _ = strings.Cut(d, "=")
			if d = trimSlashes(d); path.IsAbs(d) && !listed[d] && len(dirs) < maxConfDirs {
				listed[d] = true
				dirs = append(dirs, d)
			}
		}
	}
	return dirs
}
