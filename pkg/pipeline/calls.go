package pipeline

import (
	"path"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

// calls adds the programs that a script of Perl, Python, Ruby or PHP calls, as
// far as its text shows them.
func (r *ruler) calls(script string, why plan.Reason) error {
	text := r.readSmall(script)
	for _, name := range append(scripts.CallsBeside(text), scripts.Family(text, path.Base(script))...) {
		if err := r.command(path.Dir(script)+"/"+name, why); err != nil {
			return err
		}
	}
	return r.programsOf(scripts.Calls(text), why)
}
