// Package race has several tools do the same task in turns, and says what each
// took: the median of its wall times, its peak memory, and whether that is what
// was aimed at. The benchmarks below test/bench make their tables of it.
package race

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Race is one task and those who do it.
type Race struct {
	Task        string
	Contestants []*Contestant
}

// Contestant is one way to do the task, and what came of it.
type Contestant struct {
	Name string
	Args []string                    // the command; its standard output is discarded
	Dir  string                      // where it starts; empty for here
	Env  []string                    // besides our environment
	Do   func(context.Context) error // instead of Args; its memory is not measured

	// Output is removed before each run, and then the disk is waited for:
	// neither is timed. Empty if nothing is written.
	Output  string
	MakeDir bool // Output is to be an empty directory
	MayFail bool // a failure is a result rather than an error

	Aims    []Aim
	MaxPeak int64 // an aim in bytes, if not 0

	Times  []time.Duration // of all runs but the first
	Peak   int64           // bytes, of all runs; of several processes the largest counts
	Failed error           // why there are no more Times
}

// Aim is a wall time of at most Ratio times that of another.
type Aim struct {
	Of    *Contestant // it need not take part
	Ratio float64
}

// Run has every contestant do the task once for the caches, and then rounds
// times. A failure ends the race, unless its contestant may fail: then it is
// out, and the others go on.
func (r *Race) Run(ctx context.Context, rounds int) error {
	for round := range rounds + 1 {
		for i := range r.Contestants {
			// Who follows whom changes: what one leaves to the kernel, such as
			// dirty pages, must not always burden the same other.
			c := r.Contestants[(i+round)%len(r.Contestants)]
			if c.Failed != nil {
				continue
			}
			took, err := c.once(ctx)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil && c.MayFail:
				c.Failed = err
			case err != nil:
				return fmt.Errorf("%s: %s: %w", r.Task, c.Name, err)
			case round > 0:
				c.Times = append(c.Times, took)
			}
		}
	}
	return nil
}

func (c *Contestant) once(ctx context.Context) (time.Duration, error) {
	if err := c.clear(); err != nil {
		return 0, err
	}
	do := c.Do
	if do == nil {
		do = c.command
	}
	start := time.Now()
	err := do(ctx)
	return time.Since(start), err
}

func (c *Contestant) clear() error {
	if c.Output == "" {
		return nil
	}
	err := os.RemoveAll(c.Output)
	if err == nil && c.MakeDir {
		err = os.Mkdir(c.Output, 0o755)
	}
	syscall.Sync()
	return err
}

// command runs Args. What it says on standard error is part of its error.
func (c *Contestant) command(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir = c.Dir
	cmd.Env = append(cmd.Environ(), c.Env...)
	var words strings.Builder
	cmd.Stderr = &words
	if err := cmd.Run(); err != nil {
		if words.Len() == 0 {
			return err
		}
		return errors.Join(err, errors.New(strings.TrimSpace(words.String())))
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.Peak = max(c.Peak, usage.Maxrss<<10) // KiB on Linux, see getrusage(2)
	}
	return nil
}
