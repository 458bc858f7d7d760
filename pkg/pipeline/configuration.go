package pipeline

import (
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// isConfiguration tells whether a file is where configuration is kept.
func isConfiguration(real string) bool { return below(real, "/etc") }

// comment is a line of a configuration file that says nothing, where such lines
// do not begin with "#".
var comment = lazyregexp.New(`(?m)^[ \t]*(?:;|//|--|!).*$`)

// configuration returns the text of a configuration file without comments; ""
// for other files that packages have in /etc, as certificates.
func (r *ruler) configuration(real string) string {
	const most = 256 << 10
	fi, err := r.root.Lstat(real)
	if err != nil || !fi.Mode().IsRegular() || fi.Size() > most {
		return ""
	}
	switch path.Ext(real) {
	case ".pem", ".crt", ".cer":
		return ""
	}
	text := r.readSmall(real)
	if strings.ContainsRune(text, 0) {
		return ""
	}
	return comment.ReplaceAllString(text, "")
}

// configured returns the files and directories that a configuration file names,
// of those that are in /etc what belongs to it. A script takes its interpreter
// along: only the configuration that is called as one of the programs is sure to
// have it run.
func (r *ruler) configured(real, text string) []string {
	mine := slices.ContainsFunc(r.programs, func(m *member) bool { return sameWord(path.Base(m.Path), path.Base(real)) })
	return slices.DeleteFunc(namedPaths(text), func(name string) bool {
		if isConfiguration(name) {
			return !sameWord(topOfEtc(real), topOfEtc(name))
		}
		return !mine && r.isScript(name)
	})
}

// topOfEtc is what a path has behind /etc.
func topOfEtc(name string) string {
	top, _, _ := strings.Cut(strings.TrimPrefix(name, "/etc/"), "/")
	return top
}

// isScript tells whether a file begins as a script does.
func (r *ruler) isScript(name string) bool {
	_, real, err := rootfs.Resolve(r.root, name)
	if err != nil {
		return false
	}
	fi, err := r.root.Lstat(real)
	return err == nil && fi.Mode().IsRegular() && fi.Size() <= maxNamedDir && strings.HasPrefix(r.readSmall(real), "#!")
}
