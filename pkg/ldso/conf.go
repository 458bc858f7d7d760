package ldso

import (
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// maxConfFiles bounds the include directives followed in one ld.so.conf.
const maxConfFiles = 1000

// confDirs reads the directories of an ld.so.conf with its includes, as
// ldconfig(8) does. What cannot be read is passed over, as there.
func confDirs(root rootfs.FS, name string) []string {
	var dirs []string
	seen := map[string]bool{}
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
			dirs = appendConfDirs(dirs, fields)
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
// ":" or ",", each perhaps with an old "=TYPE" suffix.
func appendConfDirs(dirs, fields []string) []string {
	for _, field := range fields {
		for _, d := range strings.FieldsFunc(field, func(r rune) bool { return r == ':' || r == ',' }) {
			d, _, _ = strings.Cut(d, "=")
			if d = trimSlashes(d); path.IsAbs(d) && !slices.Contains(dirs, d) {
				dirs = append(dirs, d)
			}
		}
	}
	return dirs
}
