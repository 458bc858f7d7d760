package pipeline_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// TestSizeClasses measures what each rule adds to the bundles of the machine's
// programs: with PACK_SUITE=all of all of them, else of some.
func TestSizeClasses(t *testing.T) {
	most := map[string]int64{"small": 2 << 20, "medium": 16 << 20}
	programs, err := filepath.Glob("/usr/bin/*")
	if err != nil || len(programs) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	step := 1
	switch os.Getenv("PACK_SUITE") {
	case "":
		step = max(1, len(programs)/8)
	case "sample":
		step = max(1, len(programs)/100)
	}
	set := rules.NewDefaultSet()
	measured := 0
	for i := 0; i < len(programs); i += step {
		r, err := pipeline.Plan(context.Background(), &pipeline.Spec{Inputs: []string{programs[i]}, Output: "/bundle", Rules: &pipeline.Rules{Set: set}})
		if err != nil {
			continue // what cannot be bundled at all is others' to find
		}
		for name, size := range sizesOfRules(r.Plan) {
			measured++
			if limit := most[set.Rule(name).Size]; limit > 0 && size > limit {
				t.Errorf("rule %s is %s and adds %s to %s", name, set.Rule(name).Size, pipeline.IEC(size), programs[i])
			}
		}
		r.Close()
	}
	if measured == 0 {
		t.Error("no rule applied")
	}
}

// sizesOfRules counts for each rule the bytes of the files that are there
// because of it in the first place, each inode once.
func sizesOfRules(p *plan.Plan) map[string]int64 {
	out := map[string]int64{}
	seen := map[rootfs.FileID]bool{}
	for e := range p.All() {
		id := e.From.ID
		if len(e.Why) == 0 || e.Why[0].Kind != plan.Rule || id != (rootfs.FileID{}) && seen[id] {
			continue
		}
		seen[id] = true
		out[e.Why[0].By] += e.Size
	}
	return out
}
