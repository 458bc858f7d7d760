package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// reasonSize is what one cause brought into the bundle. Size is in bytes, of
// the files in Count that have content of their own.
type reasonSize struct {
	Kind  plan.Kind `json:"kind"`
	By    string    `json:"by,omitempty"`
	Size  int64     `json:"size"`
	Count int       `json:"count"`
}

func (r reasonSize) String() string { return strings.TrimSpace(string(r.Kind) + " " + r.By) }

// sizeByReason sums the sizes of files by cause, largest first. Each file
// counts once, so that the sum is the size of the bundle.
func sizeByReason(p *plan.Plan) []reasonSize {
	at := map[string]int{}
	out := []reasonSize{}
	for e := range p.All() {
		if !e.Mode.IsRegular() || e.HardLink != "" {
			continue
		}
		kind, by := cause(p, e)
		r := reasonSize{Kind: kind, By: by}
		i, ok := at[r.String()]
		if !ok {
			i = len(out)
			at[r.String()] = i
			out = append(out, r)
		}
		out[i].Size += e.Size
		out[i].Count++
	}
	slices.SortFunc(out, func(a, b reasonSize) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), strings.Compare(a.String(), b.String()))
	})
	return out
}

// maxCauses bounds the way from a library to what brought it.
const maxCauses = 1000

// cause is what a user can say yes or no to: a rule or a glob, which also
// answers for the libraries that came for the sake of what it added. What the
// inputs themselves load has only a kind.
func cause(p *plan.Plan, e plan.Entry) (plan.Kind, string) {
	kind := e.Why[0].Kind
	for range maxCauses {
		why := e.Why[0]
		switch why.Kind {
		case plan.Rule, plan.Include:
			return why.Kind, why.By
		case plan.Needed, plan.Interp, plan.Variant, plan.Audit, plan.Dlopen:
		default:
			return kind, ""
		}
		_, real, err := rootfs.Resolve(p.FS(), why.By)
		if err != nil || p.Get(real) == nil {
			return kind, ""
		}
		e = *p.Get(real)
	}
	return kind, ""
}

// shownReasons is how many reasons printReasons names; JSON has all.
const shownReasons = 8

// printReasons lists the reasons that weigh most, and the others in one line.
func printReasons(w io.Writer, reasons []reasonSize) error {
	var b strings.Builder
	line := func(size int64, text string) { fmt.Fprintf(&b, "  %10s  %s\n", pipeline.IEC(size), text) }
	var rest int64
	for i, r := range reasons {
		if i < shownReasons {
			line(r.Size, printable(r.String()))
		} else {
			rest += r.Size
		}
	}
	if len(reasons) > shownReasons {
		line(rest, "all others")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
