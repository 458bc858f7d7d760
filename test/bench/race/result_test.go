package race

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"
)

func took(name string, ms ...int) *Contestant {
	c := &Contestant{Name: name}
	for _, n := range ms {
		c.Times = append(c.Times, time.Duration(n)*time.Millisecond)
	}
	return c
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		times []int
		want  time.Duration
	}{
		{nil, 0},
		{[]int{7}, 7 * time.Millisecond},
		{[]int{4, 1}, 2500 * time.Microsecond},
		{[]int{90, 1, 3}, 3 * time.Millisecond},
		{[]int{90, 4, 1, 2}, 3 * time.Millisecond},
	} {
		if got := took("a", test.times...).Median(); got != test.want {
			t.Errorf("Median of %v ms = %v, want %v", test.times, got, test.want)
		}
	}
}

func TestRatio(t *testing.T) {
	a, b, none := took("a", 3, 30, 2), took("b", 2, 2), took("none")
	if got := a.Ratio(b); got != 1.5 {
		t.Errorf("Ratio = %v, want 1.5", got)
	}
	if got, of := none.Ratio(a), a.Ratio(none); !math.IsNaN(got) || !math.IsNaN(of) {
		t.Errorf("Ratio = %v and %v, want NaN of one without times", got, of)
	}
}

func TestVerdicts(t *testing.T) {
	base, none := took("base", 10), took("none")
	for _, test := range []struct {
		name    string
		aims    []Aim
		maxPeak int64
		want    string
	}{
		{"nothing aimed at", nil, 0, ""},
		{"just reached", []Aim{{base, 1.5}}, 2 << 20, "≤ 1.5 × base: pass; ≤ 2 MiB: pass"},
		{"missed", []Aim{{base, 1.4}}, 2<<20 - 1, "≤ 1.4 × base: **fail**; ≤ 2 MiB: **fail**"},
		{"the other did not run", []Aim{{none, 1}, {base, 2}}, 0, "≤ 1.0 × none: n/a; ≤ 2.0 × base: pass"},
	} {
		c := took("c", 15)
		c.Peak, c.Aims, c.MaxPeak = 2<<20, test.aims, test.maxPeak
		got := c.Verdicts(func(a Aim) string { return fmt.Sprintf("≤ %.1f × %s", a.Ratio, a.Of.Name) })
		if got != test.want {
			t.Errorf("%s: Verdicts = %q, want %q", test.name, got, test.want)
		}
	}
}

func TestTable(t *testing.T) {
	table := Table{
		Columns: []string{"task", "tool", "ms", "ratio"},
		Cells: func(r *Race, c *Contestant) []string {
			return []string{c.Wall(1), fmt.Sprintf("%.2f", c.Ratio(r.Contestants[0]))}
		},
	}
	broken := took("broken")
	broken.Failed = errors.New("a | b\nand more")
	r := &Race{Task: "t", Contestants: []*Contestant{took("slow", 4, 2), took("fast", 1), broken}}
	const want = `| task | tool | ms | ratio |
|---|---|---|---|
| t | slow | 3.0 (2.0) | 1.00 |
|  | fast | 1.0 (1.0) | 0.33 |
|  | broken | fails: a \| b |  |
`
	if got := table.Head() + table.Rows(r); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
