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
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/5bbb5df2/pack/test/bench/race"
)

// bundled and resolved are the programs and the targets of their ratios to cp
// and to libtree.
var (
	bundled  = []target{{"clang-format", 1.0}, {"git", 1.8}, {"ffmpeg", 1.0}}
	resolved = []target{{"git", 1.5}, {"ffmpeg", 1.0}}
)

// maxMemory is the target for pack's peak memory, in bytes.
const maxMemory = 40 << 20

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
		race    func(context.Context, options, target, string) (*race.Race, error)
	}{
		{"cp", bundled, bundleRace},
		{"libtree -vv", resolved, treeRace},
	}
	for _, table := range tables {
		rows := newTable(table.against, floor)
		text := rows.Head()
		for _, t := range table.targets {
			r, err := table.race(ctx, o, t, work)
			if err != nil {
				return fmt.Errorf("cannot measure %s: %w", t.program, err)
			}
			text += rows.Rows(r)
		}
		fmt.Println(text)
	}
	return nil
}

// bundleRace sets pack against cp, and magicpak if there is one.
func bundleRace(ctx context.Context, o options, t target, work string) (*race.Race, error) {
	exe, err := exec.LookPath(t.program)
	if err != nil {
		return nil, err
	}
	out, list := filepath.Join(work, "out"), filepath.Join(work, "list")
	if err := exec.CommandContext(ctx, o.pack, exe, out).Run(); err != nil {
		return nil, fmt.Errorf("pack %s: %w", exe, err)
	}
	about, err := writeList(out, list)
	if err != nil {
		return nil, err
	}
	cp := &race.Contestant{Name: "cp", Dir: "/", Args: []string{"xargs", "-a", list, "cp", "-P", "--parents", "-t", out}, Output: out, MakeDir: true}
	pack := &race.Contestant{Name: "pack", Dir: "/", Args: []string{o.pack, exe, out}, Output: out, Aims: []race.Aim{{Of: cp, Ratio: t.ratio}}, MaxPeak: maxMemory}
	r := &race.Race{Task: fmt.Sprintf("bundle %s (%s)", t.program, about), Contestants: []*race.Contestant{cp, pack}}
	if o.magicpak != "" {
		r.Contestants = append(r.Contestants, &race.Contestant{Name: "magicpak", Dir: "/", Args: []string{o.magicpak, exe, out}, Output: out, MayFail: true})
	}
	return r, errors.Join(r.Run(ctx, o.rounds), os.RemoveAll(out))
}

// treeRace sets pack tree against the tools that only list. The runs are
// short, so there are more of them.
func treeRace(ctx context.Context, o options, t target, _ string) (*race.Race, error) {
	exe, err := exec.LookPath(t.program)
	if err != nil {
		return nil, err
	}
	libtree := &race.Contestant{Name: "libtree -vv", Dir: "/", Args: []string{o.libtree, "-vv", exe}}
	r := &race.Race{Task: "resolve " + t.program, Contestants: []*race.Contestant{
		{Name: "pack tree --list", Dir: "/", Args: []string{o.pack, "tree", "--list", exe}, Aims: []race.Aim{{Of: libtree, Ratio: t.ratio}}, MaxPeak: maxMemory},
		{Name: "ldd", Dir: "/", Args: []string{"ldd", exe}},
	}}
	if o.libtree != "" {
		r.Contestants = slices.Insert(r.Contestants, 0, libtree)
	}
	return r, r.Run(ctx, 5*o.rounds)
}
