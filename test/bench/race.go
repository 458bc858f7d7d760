package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// race is one task and those who do it, in turns.
type race struct {
	title       string
	fresh       string // directory removed after each run; empty if none is written
	contestants []*contestant
}

type contestant struct {
	name     string
	dir      string
	args     []string
	wantsDir bool // the fresh directory must be there
	mayFail  bool // a failure is a result rather than an error
	times    []time.Duration
	maxRSS   int64 // bytes
	failed   error
}

// run makes every contestant run rounds times, after once for the caches.
func (r *race) run(ctx context.Context, rounds int) error {
	for round := range rounds + 1 {
		for i := range r.contestants {
			// Who follows whom changes: what one leaves to the kernel, such as
			// dirty pages, must not always burden the same other.
			c := r.contestants[(i+round)%len(r.contestants)]
			if c.failed != nil {
				continue
			}
			elapsed, rss, err := r.once(ctx, c)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil && c.mayFail:
				c.failed = err
			case err != nil:
				return fmt.Errorf("%s: %w", c.name, err)
			case round > 0:
				c.times = append(c.times, elapsed)
				c.maxRSS = max(c.maxRSS, rss)
			}
		}
	}
	return nil
}

func (r *race) once(ctx context.Context, c *contestant) (elapsed time.Duration, rss int64, err error) {
	if r.fresh != "" {
		if c.wantsDir {
			if err := os.Mkdir(r.fresh, 0o755); err != nil {
				return 0, 0, err
			}
		}
		syscall.Sync()
		defer func() { err = errors.Join(err, os.RemoveAll(r.fresh)) }()
	}
	return measure(command(ctx, c.dir, c.args...))
}

// command returns a command whose output goes to /dev/null, and whose last
// words are kept for its error.
func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	return cmd
}

// measure runs cmd from fork to wait4.
func measure(cmd *exec.Cmd) (elapsed time.Duration, rss int64, err error) {
	start := time.Now()
	err = cmd.Run()
	elapsed = time.Since(start)
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		rss = usage.Maxrss << 10 // KiB on Linux, see getrusage(2)
	}
	return elapsed, rss, err
}

// memoryFloor is the least peak memory measure can see: until it calls exec a
// child counts our own pages as its own.
func memoryFloor(ctx context.Context) (int64, error) {
	_, rss, err := measure(command(ctx, "/", "true"))
	return rss, err
}

// writeList writes the names of all files and links below out that the machine
// has too, relative to "/" and one a line for xargs, and says how much it is.
func writeList(out, list string) (about string, err error) {
	var files, links int
	var size int64
	var text strings.Builder
	err = filepath.WalkDir(out, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(out, name)
		if err != nil {
			return err
		}
		fi, err := os.Lstat("/" + rel)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.ContainsAny(rel, " \t\n'\"\\") {
			return fmt.Errorf("cannot pass %q through xargs", rel)
		}
		if fi.Mode().IsRegular() {
			files, size = files+1, size+fi.Size()
		} else {
			links++
		}
		fmt.Fprintln(&text, rel)
		return nil
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d files, %d links, %.1f MiB", files, links, float64(size)/(1<<20)), os.WriteFile(list, []byte(text.String()), 0o644)
}

func (c *contestant) median() time.Duration {
	sorted := slices.Sorted(slices.Values(c.times))
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func (c *contestant) fastest() time.Duration { return slices.Min(c.times) }
