package pipeline

import (
	"io/fs"
	"path"
	"time"

	"github.com/5bbb5df2/pack/pkg/plan"
)

// madeTime is the modification time of what no file of the root stands behind,
// so that two runs give the same tree.
var madeTime = time.Unix(0, 0).UTC()

// settled is the modification time a directory of the root has in the bundle:
// its own, unless that changes from run to run, as where the output is made
// and where everybody may write.
func (b *builder) settled(real string, fi fs.FileInfo) time.Time {
	if fi.IsDir() && (real == path.Dir(b.output) || real == path.Dir(b.file) || fi.Mode()&0o002 != 0) {
		return madeTime
	}
	return fi.ModTime()
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
