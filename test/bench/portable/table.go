package main

import (
	"context"
	"fmt"
	"os"

	"github.com/5bbb5df2/pack/test/bench/race"
)

func table() race.Table {
	return race.Table{Columns: []string{"task", "tool", "wall ms", "ratio", "peak MiB", "file MiB", "target"}, Cells: cells}
}

// measure has tools do one task in turns, and prints a row for each.
func measure(ctx context.Context, rounds int, task string, tools ...*race.Contestant) error {
	r := &race.Race{Task: task, Contestants: tools}
	if err := r.Run(ctx, rounds); err != nil {
		return err
	}
	fmt.Print(table().Rows(r))
	return nil
}

// cells are the columns from the third on. Ratios are to the first.
func cells(r *race.Race, c *race.Contestant) []string {
	size := ""
	if fi, err := os.Stat(c.Output); err == nil && fi.Mode().IsRegular() {
		size = fmt.Sprintf("%.1f", race.MiB(fi.Size()))
	}
	return []string{
		c.Wall(1), fmt.Sprintf("%.2f", c.Ratio(r.Contestants[0])), fmt.Sprintf("%.0f", race.MiB(c.Peak)), size,
		c.Verdicts(func(a race.Aim) string { return fmt.Sprintf("≤ %.2f", a.Ratio) }),
	}
}

func mib(n int64) string { return fmt.Sprintf("%.0f MiB", race.MiB(n)) }
