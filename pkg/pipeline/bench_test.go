package pipeline_test

import (
	"context"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// BenchmarkPlan compares planning a plain C program with and without rules; the
// set is made each time, as pack does.
func BenchmarkPlan(b *testing.B) {
	program := buildPlain(b)
	for name, choice := range map[string]func() *pipeline.Rules{
		"rules":   func() *pipeline.Rules { return &pipeline.Rules{Set: rules.NewDefaultSet()} },
		"without": func() *pipeline.Rules { return nil },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				spec := &pipeline.Spec{Inputs: []string{program}, Output: "/bundle", Rules: choice()}
				r, err := pipeline.Plan(context.Background(), spec)
				if err != nil {
					b.Fatal(err)
				}
				r.Close()
			}
		})
	}
}
