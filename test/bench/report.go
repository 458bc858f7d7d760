package main

import (
	"context"
	"fmt"
	"math"

	"github.com/5bbb5df2/pack/test/bench/race"
)

// newTable is the table of what is compared with the tool named against. Peaks
// of memory up to floor, in bytes, cannot be told apart.
func newTable(against string, floor int64) race.Table {
	return race.Table{
		Columns: []string{"task", "tool", "wall ms", "ratio to " + against, "peak MiB", "target"},
		Cells: func(r *race.Race, c *race.Contestant) []string {
			return []string{c.Wall(1), ratio(c, base(r)), memory(c.Peak, floor), c.Verdicts(func(a race.Aim) string {
				return fmt.Sprintf("≤ %.1f × %s", a.Ratio, a.Of.Name)
			})}
		},
	}
}

// base is whom pack is compared with.
func base(r *race.Race) *race.Contestant {
	for _, c := range r.Contestants {
		if len(c.Aims) > 0 {
			return c.Aims[0].Of
		}
	}
	return r.Contestants[0]
}

func ratio(c, base *race.Contestant) string {
	of := c.Ratio(base)
	if math.IsNaN(of) {
		return "n/a"
	}
	return fmt.Sprintf("%.2f", of)
}

// memoryFloor is the least peak memory that can be measured: until it calls
// exec a child counts our own pages as its own.
func memoryFloor(ctx context.Context) (int64, error) {
	least := &race.Contestant{Name: "true", Args: []string{"true"}}
	err := (&race.Race{Task: "do nothing", Contestants: []*race.Contestant{least}}).Run(ctx, 1)
	return least.Peak, err
}

func memory(bytes, floor int64) string {
	if bytes <= floor+1<<20 {
		return fmt.Sprintf("< %.0f", race.MiB(floor+1<<20))
	}
	return fmt.Sprintf("%.0f", race.MiB(bytes))
}
