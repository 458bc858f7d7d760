package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// contestant is one way to run a command.
type contestant struct {
	name    string
	run     func(ctx context.Context, argv []string) error
	mayFail bool // a failure is a result rather than an error
}

// result is what one contestant took for one workload.
type result struct {
	name  string
	times []time.Duration
	err   error
}

// race makes all contestants run n times in turns, after once for the caches.
func race(ctx context.Context, w workload, all []contestant, n int) ([]result, error) {
	results := make([]result, len(all))
	for round := range n + 1 {
		for i := range all {
			i = (i + round) % len(all) // who follows whom changes
			c, r := all[i], &results[i]
			if r.name = c.name; r.err != nil {
				continue
			}
			start := time.Now()
			err := c.run(ctx, w.argv)
			elapsed := time.Since(start)
			switch {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case err != nil && !c.mayFail:
				return nil, fmt.Errorf("%s, %s: %w", w.name, c.name, err)
			case round > 0 || err != nil:
				r.times, r.err = append(r.times, elapsed), err
			}
		}
	}
	return results, nil
}

func (r *result) median() time.Duration {
	slices.Sort(r.times)
	return r.times[len(r.times)/2]
}

func header(all []contestant) string {
	names := []string{"command"}
	for _, c := range all {
		names = append(names, c.name)
	}
	names = append(names, "aim", "overhead of strace's")
	return "| " + strings.Join(names, " | ") + " |\n|" + strings.Repeat("---|", len(names))
}

// row is one line of the table.
func row(w workload, results []result) string {
	bare, pack := results[0].median(), results[1].median()
	ratio := func(t time.Duration) float64 { return float64(t) / float64(bare) }
	cells := []string{w.name}
	part := "n/a"
	for _, r := range results {
		if r.err != nil {
			cells = append(cells, "fails: "+strings.ReplaceAll(r.err.Error(), "\n", "; "))
			continue
		}
		t := r.median()
		cells = append(cells, fmt.Sprintf("%.1f ms (%.2f)", t.Seconds()*1e3, ratio(t)))
		if r.name == "strace" && t > bare {
			of := float64(pack-bare) / float64(t-bare)
			part = fmt.Sprintf("%.2f, ≤ %.1f: %s", of, maxOfStrace, verdict(of <= maxOfStrace || pack <= bare))
		}
	}
	cells = append(cells, fmt.Sprintf("≤ %.2f: %s", w.aim, verdict(ratio(pack) <= w.aim)), part)
	return "| " + strings.Join(cells, " | ") + " |"
}

func verdict(ok bool) string {
	if ok {
		return "pass"
	}
	return "**fail**"
}
