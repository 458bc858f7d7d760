package pipeline

import (
	"errors"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

// maxGuarded bounds, in bytes, what a command brings along that a script looks
// for before it calls it: the script can do without.
const maxGuarded = 16 << 20

// guardedCommand is such a command.
type guardedCommand struct {
	word string
	why  plan.Reason
}

// guardedOf keeps commands for when it is known what else is in the bundle.
func (r *ruler) guardedOf(words []string, why plan.Reason) {
	for _, w := range words {
		r.guarded = append(r.guarded, guardedCommand{w, why})
	}
}

// allGuarded adds the commands that a script looks for first.
func (r *ruler) allGuarded(script string, why plan.Reason) error {
	return r.programsOf(scripts.Guarded(r.readSmall(script)), why)
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
	f, _ := r.fork(maxGuarded)
	err := f.command(full, why)
	if err == nil {
		err = f.settle()
	}
	if errors.Is(err, errBudget) {
		return false, nil
	}
	return err == nil, err
}
