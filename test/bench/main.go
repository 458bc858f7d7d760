// Command bench measures pack against the tools it has to stand beside, and
// prints a table in Markdown with the target of each ratio.
//
//	go run ./test/bench [-n ROUNDS] [-pack bin/pack] [-dir DIR]
//
// Bundling is compared with cp of exactly the files and links pack wrote:
// xargs -a LIST cp -P --parents -t OUT. Resolving is compared with ldd and,
// where the environment variable LIBTREE names one, libtree -vv; MAGICPAK
// names a magicpak to compare with likewise. Contestants take turns, each in a
// fresh directory; removing it and waiting for the disk is not timed. Missed
// targets are stated, and are no failure: they depend on the machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
)

// bundled and resolved are the programs and the targets of their ratios to cp
// and to libtree.
var (
	bundled  = []target{{"clang-format", 1.0}, {"git", 1.8}, {"ffmpeg", 1.0}}
	resolved = []target{{"git", 1.5}, {"ffmpeg", 1.0}}
)

// maxMemory is the target for pack's peak memory, in MiB.
const maxMemory = 40

type target struct {
	program string
	ratio   float64 // at most
}

type options struct {
	rounds            int
	pack, dir         string
	libtree, magicpak string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o := options{libtree: os.Getenv("LIBTREE"), magicpak: os.Getenv("MAGICPAK")}
	flag.IntVar(&o.rounds, "n", 9, "how often each contestant runs; medians are printed")
	flag.StringVar(&o.pack, "pack", "bin/pack", "the pack to measure")
	flag.StringVar(&o.dir, "dir", os.TempDir(), "where bundles are written")
	flag.Parse()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.rounds < 1 {
		return fmt.Errorf("-n %d: want at least 1", o.rounds)
	}
	var err error
	if o.pack, err = exec.LookPath(o.pack); err == nil {
		o.pack, err = filepath.Abs(o.pack)
	}
	if err != nil {
		return fmt.Errorf("cannot find pack (make build makes it): %w", err)
	}
	work, err := os.MkdirTemp(o.dir, "pack-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	floor, err := memoryFloor(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%d rounds, %d processors, %s/%s. Wall time: median (fastest). Ratios are of medians.\n\n",
		o.rounds, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	tables := []struct {
		against string
		targets []target
		race    func(context.Context, options, string, string) (*race, error)
	}{
		{"cp", bundled, bundleRace},
		{"libtree -vv", resolved, treeRace},
	}
	for _, table := range tables {
		r := report{against: table.against, floor: floor}
		for _, t := range table.targets {
			race, err := table.race(ctx, o, t.program, work)
			if err != nil {
				return fmt.Errorf("cannot measure %s: %w", t.program, err)
			}
			r.add(t, race)
		}
		fmt.Println(r.String())
	}
	return nil
}

// bundleRace sets pack against cp, and magicpak if there is one.
func bundleRace(ctx context.Context, o options, program, work string) (*race, error) {
	exe, err := exec.LookPath(program)
	if err != nil {
		return nil, err
	}
	out, list := filepath.Join(work, "out"), filepath.Join(work, "list")
	if err := command(ctx, "/", o.pack, exe, out).Run(); err != nil {
		return nil, fmt.Errorf("pack %s: %w", exe, err)
	}
	about, err := writeList(out, list)
	if err == nil {
		err = os.RemoveAll(out)
	}
	if err != nil {
		return nil, err
	}
	r := &race{
		title: fmt.Sprintf("bundle %s (%s)", program, about),
		fresh: out,
		contestants: []*contestant{
			{name: "cp", dir: "/", args: []string{"xargs", "-a", list, "cp", "-P", "--parents", "-t", out}, wantsDir: true},
			{name: "pack", dir: "/", args: []string{o.pack, exe, out}},
		},
	}
	if o.magicpak != "" {
		r.contestants = append(r.contestants, &contestant{name: "magicpak", dir: "/", args: []string{o.magicpak, exe, out}, mayFail: true})
	}
	return r, r.run(ctx, o.rounds)
}

// treeRace sets pack tree against the tools that only list. The runs are
// short, so there are more of them.
func treeRace(ctx context.Context, o options, program, _ string) (*race, error) {
	exe, err := exec.LookPath(program)
	if err != nil {
		return nil, err
	}
	r := &race{title: "resolve " + program, contestants: []*contestant{
		{name: "pack tree --list", dir: "/", args: []string{o.pack, "tree", "--list", exe}},
		{name: "ldd", dir: "/", args: []string{"ldd", exe}},
	}}
	if o.libtree != "" {
		r.contestants = slices.Insert(r.contestants, 0, &contestant{name: "libtree -vv", dir: "/", args: []string{o.libtree, "-vv", exe}})
	}
	return r, r.run(ctx, 5*o.rounds)
}
