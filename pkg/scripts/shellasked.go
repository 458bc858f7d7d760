package scripts

import (
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
)

// asks is how a script of shell looks for a command (POSIX command, type and
// hash); an assignment of what was found is no question.
var asks = lazyregexp.New(`(?m)(=?)(?:\$\(|` + "`" + `)?(!\s*)?\b(?:command\s+-[vV]|which|type(?:\s+-\w+)?|hash)\s+["']?([\w.+-]+)([^\n]*)`)

// Guarded returns those of the commands of a script that it looks for first, and
// nowhere ends for want of.
func Guarded(text string) []string {
	without, _ := LookedFor(text).Split(commandWords(text))
	return without
}

// Lookups are the commands that a script looks for: true for those that it
// can do without.
type Lookups map[string]bool

// LookedFor returns the commands that the text of a script of shell looks for.
func LookedFor(text string) Lookups {
	asked := Lookups{}
	for _, m := range asks.FindAllStringSubmatch(Uncommented(text), -1) {
		found, seen := asked[m[3]]
		asked[m[3]] = (found || !seen) && m[1] == "" && m[2] == "" && !strings.Contains(m[4], "||")
	}
	return asked
}

// Split parts the commands that the script can do without from the others.
func (a Lookups) Split(commands []string) (without, needed []string) {
	for _, c := range commands {
		if a[c] {
			without = append(without, c)
		} else {
			needed = append(needed, c)
		}
	}
	return without, needed
}
