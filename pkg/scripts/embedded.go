package scripts

import (
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
)

var (
	// makeScript, awkScript and tclScript begin scripts of make(1), awk(1) and
	// tclsh(1).
	makeScript = lazyregexp.New(`^#![^\n]*\bg?make\b`)
	awkScript  = lazyregexp.New(`^#![^\n]*\b[gmn]?awk\b`)
	tclScript  = lazyregexp.New(`^#![^\n]*\b(?:tclsh|wish|expect)`)
	// madeByShell is a function of make that gives a command to the shell, and
	// madeByAwk what of awk does: system(), and pipes from and to a command.
	madeByShell = lazyregexp.New(`\$\(shell\s+([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)`)
	madeByAwk   = lazyregexp.New(`\bsystem\s*\(\s*"((?:[^"\\\n]|\\.)*)"|"((?:[^"\\\n]|\\.)*)"\s*\|&?\s*getline\b|\|&?\s*"((?:[^"\\\n]|\\.)*)"`)
	// madeByTcl is what Tcl runs, without a shell: by exec, by open, and by spawn of
	// expect(1).
	madeByTcl = lazyregexp.New(`(?m)(?:^|[\[;{\s])(?:(?:exec|spawn)\s+(?:-[\w-]*\s+)*|open\s+["{]?\|\s*)([\w./+-]+)`)
	// recipePrefix is what make takes from the begin of a line of a recipe.
	recipePrefix = "@-+ \t"
)

// Embedded returns what a script of make, awk or Tcl has others run, as a script of
// shell; any other text as it is.
func Embedded(text string) string {
	var b strings.Builder
	switch {
	case makeScript.MatchString(text):
		for line := range strings.Lines(text) {
			if recipe, ok := strings.CutPrefix(line, "\t"); ok {
				b.WriteString(strings.TrimLeft(recipe, recipePrefix))
			}
			for _, m := range madeByShell.FindAllStringSubmatch(line, -1) {
				b.WriteString(m[1] + "\n")
			}
		}
		return strings.ReplaceAll(b.String(), "$$", "$")
	case awkScript.MatchString(text):
		for _, m := range madeByAwk.FindAllStringSubmatch(Uncommented(text), -1) {
			b.WriteString(strings.ReplaceAll(m[1]+m[2]+m[3], `\"`, `"`) + "\n")
		}
		return b.String()
	case tclScript.MatchString(text):
		for _, m := range madeByTcl.FindAllStringSubmatch(Uncommented(text), -1) {
			b.WriteString(m[1] + "\n")
		}
		return b.String()
	}
	return text
}
