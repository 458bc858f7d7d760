package main

import (
	"fmt"

	"github.com/5bbb5df2/pack/test/bench/race"
)

func header(all []contestant) string {
	names := []string{"command"}
	for _, c := range all {
		names = append(names, c.name)
	}
	return race.Head(append(names, "aim", "overhead of strace's")...)
}

// row is one line of the table.
func row(r *race.Race) string {
	bare, pack := r.Contestants[0], r.Contestants[1]
	cells := []string{r.Task}
	part := "n/a"
	for _, c := range r.Contestants {
		if c.Failed != nil {
			cells = append(cells, c.Failure())
			continue
		}
		cells = append(cells, fmt.Sprintf("%.1f ms (%.2f)", c.Median().Seconds()*1e3, c.Ratio(bare)))
		if c.Name == "strace" && c.Median() > bare.Median() {
			part = overhead(bare, pack, c)
		}
	}
	aim := pack.Verdicts(func(a race.Aim) string { return fmt.Sprintf("≤ %.2f", a.Ratio) })
	return race.Row(append(cells, aim, part)...)
}

// overhead compares what pack adds to the bare run with what strace adds.
func overhead(bare, pack, strace *race.Contestant) string {
	of := float64(pack.Median()-bare.Median()) / float64(strace.Median()-bare.Median())
	return fmt.Sprintf("%.2f, ≤ %.1f: %s", of, maxOfStrace, race.Verdict(of <= maxOfStrace))
}
