package pipeline

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// hint is a rule that is off although its evidence was found.
type hint struct {
	match rules.Match
	file  string
	by    *member
}

func (h hint) evidence() string {
	if h.file == "" {
		return "what --with asks for is in the bundle"
	}
	if h.match.Kind == rules.Soname {
		return strings.TrimPrefix(h.match.Evidence, "is ") + " is in the bundle"
	}
	if h.match.Kind == rules.Fired {
		return path.Base(h.file) + " is in the bundle"
	}
	return path.Base(h.file) + " " + h.match.Evidence
}

// maxHints is how many hints are worth reading.
const maxHints = 5

// hint turns the rules that are off into a few sentences, one a rule.
func (r *ruler) hint() error {
	seen := map[string]bool{}
	for _, h := range r.hints {
		name := h.match.Rule.Name
		if seen[name] || len(seen) == maxHints || r.byTheWay(h) || !r.exists(h.match, libDirs(h.by)) {
			continue
		}
		size, err := r.price(h)
		if err != nil {
			return err
		}
		if size <= 0 {
			continue
		}
		seen[name] = true
		price := IEC(size)
		if size > maxPriced {
			price = "more than " + IEC(maxPriced)
		}
		r.tip("%s: add --with %s (%s) if %s", h.evidence(), name, price, h.match.Rule.If)
	}
	return nil
}

// byTheWay tells whether the evidence is an import of something the user did
// not name: what libraries and helpers may do is too much to mention.
func (r *ruler) byTheWay(h hint) bool {
	return (h.match.Kind == rules.Import || h.match.Kind == rules.Script) && !r.named[h.file]
}

// maxPriced bounds, in bytes, what is added to learn a price: to add a larger
// thing takes longer than to plan the bundle itself.
const maxPriced = 128 << 20

// price is how many bytes the rule would add, with all that this brings along,
// more than maxPriced if it is more: it is applied to a copy of the bundle.
func (r *ruler) price(h hint) (int64, error) {
	f, members := r.fork(maxPriced)
	f.rules.With = append(f.rules.With, h.match.Rule.Name)
	err := f.apply(h.match, h.file, members[h.by])
	if err == nil {
		err = f.settle()
	}
	if err == nil {
		err = f.finish()
	}
	if errors.Is(err, errBudget) {
		return maxPriced + 1, nil
	}
	return contentSize(f.plan) - contentSize(r.plan), err
}

// fork copies what applying rules changes, for a bundle to which so many bytes
// may be added, and tells which member became which.
func (r *ruler) fork(most int64) (*ruler, map[*member]*member) {
	f, b := *r, *r.builder
	b.plan, b.budget = r.plan.Clone(), &budget{left: most, counted: map[rootfs.FileID]bool{}}
	b.warnings, b.tips, b.infos = slices.Clone(r.warnings), nil, nil
	members := map[*member]*member{}
	b.programs = nil
	for _, m := range r.programs {
		c := *m
		c.Opened = slices.Clone(m.Opened)
		members[m] = &c
		b.programs = append(b.programs, &c)
	}
	f.builder = &b
	f.rules = &Rules{Set: r.rules.Set, With: slices.Clone(r.rules.With), Without: r.rules.Without}
	for _, m := range []*map[string]bool{&f.examined, &f.done, &f.found, &f.spoken} {
		*m = maps.Clone(*m)
	}
	f.packages, f.objects, f.python = nil, maps.Clone(r.objects), r.python.clone()
	f.hints, f.suggested, f.guarded = nil, nil, nil
	return &f, members
}

// budget is how many bytes of content may still be added to a bundle, each inode
// counted once.
type budget struct {
	left    int64
	counted map[rootfs.FileID]bool
}

// errBudget is that more was to be added than somebody wanted to know about.
var errBudget = errors.New("the bundle gets too large")

func (b *budget) spend(e *plan.Entry) error {
	if id := e.From.ID; id != (rootfs.FileID{}) {
		if b.counted[id] {
			return nil
		}
		b.counted[id] = true
	}
	if b.left -= e.Size; b.left < 0 {
		return errBudget
	}
	return nil
}

// contentSize counts the bytes of file content, each inode once.
func contentSize(p *plan.Plan) int64 {
	total := int64(0)
	seen := map[rootfs.FileID]bool{}
	for e := range p.Each() {
		if id := e.From.ID; id == (rootfs.FileID{}) || !seen[id] {
			seen[id] = true
			total += e.Size
		}
	}
	return total
}

// IEC writes a size in bytes for people, in binary units (IEC 80000-13).
func IEC(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	f, unit := float64(n)/1024, "KiB"
	for _, u := range []string{"MiB", "GiB", "TiB"} {
		if f < 1024 {
			break
		}
		f, unit = f/1024, u
	}
	return fmt.Sprintf("%.1f %s", f, unit)
}
