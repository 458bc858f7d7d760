package pipeline

import (
	"io/fs"
	"path"
	"slices"
	"time"

	"github.com/5bbb5df2/pack/pkg/plan"
)

// madeTime is the modification time of what no file of the root stands behind,
// so that two runs give the same tree.
var madeTime = time.Unix(0, 0).UTC()

// settled is the modification time that what was chosen in the root has in the
// bundle: its own, unless it is a directory and that changes from run to run,
// as where the output is made and where everybody may write.
func (b *builder) settled(real string, fi fs.FileInfo) time.Time {
	if fi.IsDir() && (b.holdsOutput(real) || fi.Mode()&0o002 != 0) {
		return madeTime
	}
	return fi.ModTime()
}

// holdsOutput tells whether something is written in the directory at a real
// path.
func (b *builder) holdsOutput(real string) bool {
	return slices.ContainsFunc(append([]string{b.output}, b.files...), func(out string) bool { return path.Dir(out) == real })
}

// steady returns a plan whose digest depends on what was chosen alone: without
// the times of directories that only lead there, which tell of other files.
func steady(p *plan.Plan) *plan.Plan {
	p = p.Clone()
	for e := range p.All() {
		if e.Mode.IsDir() && !slices.ContainsFunc(e.Why, func(r plan.Reason) bool { return r.Kind != plan.Parent }) {
			p.Update(e.Path, func(e *plan.Entry) { e.ModTime = madeTime })
		}
	}
	return p
}

// clamp applies SOURCE_DATE_EPOCH to every entry.
func (b *builder) clamp() {
	if b.spec.Epoch == nil {
		return
	}
	for e := range b.plan.All() {
		if e.ModTime.After(*b.spec.Epoch) {
			b.plan.Update(e.Path, func(e *plan.Entry) { e.ModTime = *b.spec.Epoch })
		}
	}
}
