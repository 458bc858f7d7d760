package pipeline

import (
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// maxGuarded bounds, in bytes, what a command brings along that a script looks
// for before it calls it: the script can do without.
const maxGuarded = 16 << 20

// guardedCommand is such a command.
type guardedCommand struct {
	word string
	why  plan.Reason
}

// asks is how a script of shell looks for a command (POSIX command, type and
// hash); an assignment of what was found is no question.
var asks = newPattern(`(?m)(=?)(?:\$\(|` + "`" + `)?(!\s*)?\b(?:command\s+-[vV]|which|type(?:\s+-\w+)?|hash)\s+["']?([\w.+-]+)([^\n]*)`)

// guarded returns those of the commands that a script looks for first, and
// nowhere ends for want of.
func guarded(text string, commands []string) []string {
	without, _ := lookedFor(text).split(commands)
	return without
}

// lookups are the commands that a script looks for: true for those that it
// can do without.
type lookups map[string]bool

func lookedFor(text string) lookups {
	asked := lookups{}
	for _, m := range asks.FindAllStringSubmatch(uncommented(text), -1) {
		found, seen := asked[m[3]]
		asked[m[3]] = (found || !seen) && m[1] == "" && m[2] == "" && !strings.Contains(m[4], "||")
	}
	return asked
}

// split parts the commands that the script can do without from the others.
func (a lookups) split(commands []string) (without, needed []string) {
	for _, c := range commands {
		if a[c] {
			without = append(without, c)
		} else {
			needed = append(needed, c)
		}
	}
	return without, needed
}

// guardedOf keeps commands for when it is known what else is in the bundle.
func (r *ruler) guardedOf(words []string, why plan.Reason) {
	for _, w := range words {
		r.guarded = append(r.guarded, guardedCommand{w, why})
	}
}

// allGuarded adds the commands that a script looks for first.
func (r *ruler) allGuarded(script string, why plan.Reason) error {
	text := r.readSmall(script)
	return r.programsOf(guarded(text, commandWords(text)), why)
}

// addGuarded adds those of the commands kept that are not large.
func (r *ruler) addGuarded() error {
	for len(r.guarded) > 0 {
		g := r.guarded[0]
		r.guarded = r.guarded[1:]
		full, ok := r.finder.onPath(g.word)
		if !ok || r.done["command "+full] {
			continue
		}
		small, err := r.isSmall(full, g.why)
		if err != nil {
			return err
		}
		if !small {
			continue
		}
		if err := r.command(full, g.why); err != nil {
			return err
		}
		if err := r.settle(); err != nil {
			return err
		}
	}
	return nil
}

// isSmall tells whether a command is in the bundle, or would be at no great
// price.
func (r *ruler) isSmall(full string, why plan.Reason) (bool, error) {
	if _, real, err := rootfs.Resolve(r.root, full); err == nil && r.plan.Get(real) != nil {
		return true, nil
	}
	f, _ := r.fork()
	if err := f.command(full, why); err != nil {
		return false, err
	}
	if err := f.settle(); err != nil {
		return false, err
	}
	return contentSize(f.plan)-contentSize(r.plan) <= maxGuarded, nil
}
