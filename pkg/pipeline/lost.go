package pipeline

import (
	"fmt"
	"strings"

	"github.com/5bbb5df2/pack/pkg/output"
)

// losses says what the output could not keep, one sentence a kind of loss,
// however many entries it befell. That files belong to whoever packed them is
// what a user who is not root expects; the rest are warnings.
func losses(lost []output.Loss) (warnings, expected []string) {
	count := map[string]int{}
	first := map[string]string{}
	var kinds []string
	for _, l := range lost {
		if count[l.What]++; count[l.What] == 1 {
			kinds, first[l.What] = append(kinds, l.What), l.Path
		}
	}
	for _, k := range kinds {
		w := fmt.Sprintf("cannot keep the %s of %s", k, first[k])
		if more := count[k] - 1; more > 0 {
			w += fmt.Sprintf(" and %d more", more)
		}
		if w += ": it takes root"; strings.HasPrefix(k, "owner ") {
			expected = append(expected, w)
		} else {
			warnings = append(warnings, w)
		}
	}
	return warnings, expected
}
