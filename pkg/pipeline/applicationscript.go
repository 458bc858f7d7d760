package pipeline

import (
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

var (
	// locates is how scripts ask where they are themselves; locatesShell is the
	// same in shell, where nameSelf begins it.
	locates      = lazyregexp.New(`__FILE__|__file__|__dirname|__filename|import\.meta|FindBin|\$0\b|\$argv\[0\]|\bargv\[0\]|\barg\s*\[\s*0\s*\]|\bdebug\.getinfo\b|\binfo script\b|__DIR__|__dir__|PROGRAM_NAME|main\.filename|MAKEFILE_LIST|\bcommandArgs\b`)
	locatesShell = lazyregexp.New(`\b(?:dirname|readlink|realpath)\b|%/\*?\}|%"\$|%/[^\n]*\}|\$\{0:[aA]`)
	nameSelf     = lazyregexp.New(`\$\{?0\b|BASH_SOURCE`)
	// shellLibrary is the name of a file that scripts of shell read as a part of
	// themselves.
	shellLibrary = lazyregexp.New(`\.(?:sh|bash|ksh|zsh|shlib|functions?)$`)
	// manyStars are one to a shell.
	manyStars = lazyregexp.New(`\*+`)
	// behindVariable is a path that is put behind a variable, or behind a command.
	behindVariable = lazyregexp.New(`(?:\$\{?\w+(?:\[0\])?\}?|[)` + "`" + `])"?/([\w.+@*-][\w./+@*-]*)`)
)

// ofScript returns what a script needs of its application: all if it finds that
// from its own place, or else what it puts behind a variable. Of one that is no
// application's that is sought from where it lies. They are globs.
func (r *ruler) ofScript(h *home, real, text string) []string {
	code := scripts.Uncommented(text)
	shell := shellScript.MatchString(text)
	switch {
	case h == nil:
		return nil
	case shell && !(locatesShell.MatchString(code) && nameSelf.MatchString(code)):
		return nil
	case !shell && !locates.MatchString(code):
		return nil
	}
	if h.small {
		return []string{glob.Quote(h.dir)}
	}
	if !shell {
		return nil
	}
	dirs := []string{path.Dir(real), path.Dir(path.Dir(real))}
	var out []string
	for i, m := range behindVariable.FindAllStringSubmatch(code, -1) {
		if i == maxNamedPaths {
			break
		}
		// What a loop runs over in the script's own directory is not there alone.
		if first, _, _ := strings.Cut(m[1], "/"); strings.Contains(first, "*") {
			continue
		}
		for _, dir := range dirs {
			if fixed, _, loop := strings.Cut(m[1], "*"); loop && manyTops.MatchString(path.Dir(path.Join(dir, fixed+"*"))) {
				continue
			}
			if name := path.Join(glob.Quote(dir), manyStars.ReplaceAllString(m[1], "*")); !below(glob.Quote(real), name) {
				out = append(out, name)
			}
		}
	}
	return out
}
