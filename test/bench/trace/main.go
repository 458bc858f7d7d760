// Command trace measures what tracing costs, and prints a table in Markdown: the
// wall time of a traced run over that of the bare run, beside strace and, where
// the environment variable MAGICPAK names one, magicpak.
//
//	go run ./test/bench/trace [-n ROUNDS] [-only NAME] [-engines]
//
// Contestants take turns; the figures are medians. What magicpak takes includes
// its analysis and its copy, which cannot be had apart. Missed aims are stated,
// and are no failure: they depend on the machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/5bbb5df2/pack/pkg/trace"
	"github.com/5bbb5df2/pack/test/bench/race"
)

// patience is how long one run of magicpak may take: some of them never end.
const patience = time.Minute

// maxOfStrace is how much of strace's overhead ours may be.
const maxOfStrace = 0.5

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	n := flag.Int("n", 9, "how often each contestant runs")
	only := flag.String("only", "", "only commands whose name contains this")
	engines := flag.Bool("engines", false, "every engine, also with Looks")
	flag.Parse()
	if err := run(ctx, *n, *only, *engines); err != nil {
		fmt.Fprintln(os.Stderr, "trace:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, n int, only string, engines bool) error {
	if n < 1 {
		return fmt.Errorf("-n %d: want at least 1", n)
	}
	dir, err := os.MkdirTemp("", "pack-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	all, err := workloads(ctx, dir)
	if err != nil {
		return err
	}
	fmt.Printf("Tracing: %d rounds, %d processors. Wall time: median; in brackets its ratio to the bare run.\n\n", n, runtime.NumCPU())
	contestants := contestants(dir, engines)
	fmt.Print(header(contestants))
	for _, w := range all {
		if !strings.Contains(w.name, only) {
			continue
		}
		if _, err := exec.LookPath(w.argv[0]); err != nil {
			return fmt.Errorf("cannot measure %s: %w", w.name, err)
		}
		r := newRace(w, contestants)
		if err := r.Run(ctx, n); err != nil {
			return err
		}
		fmt.Print(row(r))
	}
	return nil
}

// contestant is one way to run a command.
type contestant struct {
	name    string
	run     func(ctx context.Context, argv []string) error
	mayFail bool // a failure is a result rather than an error
}

// newRace has all of them run one workload.
func newRace(w workload, all []contestant) *race.Race {
	r := &race.Race{Task: w.name}
	for _, c := range all {
		do := func(ctx context.Context) error { return c.run(ctx, w.argv) }
		r.Contestants = append(r.Contestants, &race.Contestant{Name: c.name, Do: do, MayFail: c.mayFail})
	}
	r.Contestants[1].Aims = []race.Aim{{Of: r.Contestants[0], Ratio: w.aim}}
	return r
}

// contestants are the ways to run a command. The first is the bare run, the
// second is how pack traces.
func contestants(dir string, engines bool) []contestant {
	all := []contestant{
		{name: "bare", run: func(ctx context.Context, argv []string) error {
			return exec.CommandContext(ctx, argv[0], argv[1:]...).Run()
		}},
		{name: "pack", run: tracing(trace.Options{})},
	}
	if engines {
		for _, engine := range []trace.Engine{trace.Notify, trace.Ptrace} {
			all = append(all,
				contestant{name: string(engine), run: tracing(trace.Options{Engine: engine})},
				contestant{name: string(engine) + "+looks", run: tracing(trace.Options{Engine: engine, Looks: true})})
		}
	}
	if _, err := exec.LookPath("strace"); err == nil {
		log := filepath.Join(dir, "strace.log")
		all = append(all, contestant{name: "strace", run: func(ctx context.Context, argv []string) error {
			return exec.CommandContext(ctx, "strace", append([]string{"-f", "--seccomp-bpf", "-e", "trace=%file", "-o", log}, argv...)...).Run()
		}})
	}
	if magicpak := os.Getenv("MAGICPAK"); magicpak != "" {
		all = append(all, contestant{name: "magicpak", mayFail: true, run: func(ctx context.Context, argv []string) error {
			return magic(ctx, magicpak, filepath.Join(dir, "magicpak"), argv)
		}})
	}
	return all
}

func tracing(opts trace.Options) func(context.Context, []string) error {
	return func(ctx context.Context, argv []string) error {
		path, err := exec.LookPath(argv[0])
		if err != nil {
			return err
		}
		var events []trace.Event // kept, as pack does
		r, err := trace.Run(ctx, &trace.Command{Path: path, Args: argv, Env: os.Environ()}, opts, func(e trace.Event) error {
			events = append(events, e)
			return nil
		})
		if err == nil && r.Code != 0 {
			err = fmt.Errorf("exit status %d", r.Code)
		}
		return err
	}
}

func magic(ctx context.Context, magicpak, out string, argv []string) error {
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	args := []string{"--dynamic"}
	for _, a := range argv[1:] {
		args = append(args, "--dynamic-arg="+a)
	}
	err = exec.CommandContext(ctx, magicpak, append(args, path, out)...).Run()
	return errors.Join(err, os.RemoveAll(out))
}
