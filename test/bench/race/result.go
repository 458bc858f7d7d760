package race

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Median is the middle of Times, or the mean of the two there; 0 if there is
// none.
func (c *Contestant) Median() time.Duration {
	sorted := slices.Sorted(slices.Values(c.Times))
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// Ratio is the median by that of another; NaN if either has none.
func (c *Contestant) Ratio(of *Contestant) float64 {
	if len(c.Times) == 0 || len(of.Times) == 0 {
		return math.NaN()
	}
	return float64(c.Median()) / float64(of.Median())
}

// Wall is the median and, in brackets, the fastest of Times, of which there must
// be one, in milliseconds.
func (c *Contestant) Wall(decimals int) string {
	return fmt.Sprintf("%.*f (%.*f)", decimals, ms(c.Median()), decimals, ms(slices.Min(c.Times)))
}

// Verdicts say of each aim whether it was reached, or that it cannot be told
// since the other did not run. An aim for a ratio is called what name returns.
func (c *Contestant) Verdicts(name func(Aim) string) string {
	var words []string
	for _, aim := range c.Aims {
		verdict := "n/a"
		if ratio := c.Ratio(aim.Of); !math.IsNaN(ratio) {
			verdict = Verdict(ratio <= aim.Ratio)
		}
		words = append(words, name(aim)+": "+verdict)
	}
	if c.MaxPeak > 0 {
		words = append(words, fmt.Sprintf("≤ %.0f MiB: %s", MiB(c.MaxPeak), Verdict(c.Peak <= c.MaxPeak)))
	}
	return strings.Join(words, "; ")
}

// Verdict says in Markdown whether an aim was reached.
func Verdict(reached bool) string {
	if reached {
		return "pass"
	}
	return "**fail**"
}

// MiB is a number of bytes in MiB.
func MiB(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
