package pipeline

import (
	"fmt"

	"github.com/5bbb5df2/pack/pkg/output"
)

// lossWarnings says what the output could not keep, one sentence a kind of
// loss, however many entries it befell.
func lossWarnings(losses []output.Loss) []string {
	count := map[string]int{}
	first := map[string]string{}
	var kinds []string
	for _, l := range losses {
		if count[l.What]++; count[l.What] == 1 {
			kinds, first[l.What] = append(kinds, l.What), l.Path
		}
	}
	var out []string
	for _, k := range kinds {
		w := fmt.Sprintf("cannot keep the %s of %s", k, first[k])
		if more := count[k] - 1; more > 0 {
			w += fmt.Sprintf(" and %d more", more)
		}
		out = append(out, w+": it takes root")
	}
	return out
}
