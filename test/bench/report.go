package main

import (
	"fmt"
	"strings"
	"time"
)

// report is a table of races; ratios are to the contestant named against.
type report struct {
	against string
	floor   int64 // bytes of memory below which nothing can be told
	rows    []string
}

func (r *report) add(t target, race *race) {
	var base time.Duration
	for _, c := range race.contestants {
		if c.name == r.against {
			base = c.median()
		}
	}
	for i, c := range race.contestants {
		title := ""
		if i == 0 {
			title = race.title
		}
		if c.failed != nil {
			r.row(title, c.name, "fails: "+c.failed.Error(), "", "", "")
			continue
		}
		goal := ""
		if strings.HasPrefix(c.name, "pack") {
			goal = r.goal(t, c, base)
		}
		r.row(title, c.name, fmt.Sprintf("%s (%s)", ms(c.median()), ms(c.fastest())), ratio(c.median(), base), r.memory(c.maxRSS), goal)
	}
}

// goal says what was aimed at and whether it was reached.
func (r *report) goal(t target, c *contestant, base time.Duration) string {
	speed := "n/a"
	if base > 0 {
		speed = verdict(float64(c.median())/float64(base) <= t.ratio)
	}
	memory := verdict(c.maxRSS <= maxMemory<<20)
	return fmt.Sprintf("≤ %.1f × %s: %s; ≤ %d MiB: %s", t.ratio, r.against, speed, maxMemory, memory)
}

func verdict(ok bool) string {
	if ok {
		return "pass"
	}
	return "**fail**"
}

func (r *report) row(cells ...string) {
	r.rows = append(r.rows, "| "+strings.Join(cells, " | ")+" |")
}

func (r *report) String() string {
	head := fmt.Sprintf("| task | tool | wall ms | ratio to %s | peak MiB | target |\n|---|---|---|---|---|---|\n", r.against)
	return head + strings.Join(r.rows, "\n") + "\n"
}

func (r *report) memory(bytes int64) string {
	if bytes <= r.floor+1<<20 {
		return fmt.Sprintf("< %.0f", float64(r.floor+1<<20)/(1<<20))
	}
	return fmt.Sprintf("%.0f", float64(bytes)/(1<<20))
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }

func ratio(d, base time.Duration) string {
	if base == 0 {
		return "n/a"
	}
	return fmt.Sprintf("%.2f", float64(d)/float64(base))
}
