// Command images measures pack unpack and pack image against what they have to
// stand beside, and prints a table in Markdown with the target of each ratio.
//
//	go run ./test/bench/images [-n ROUNDS] [-pack bin/pack] [-dir DIR] [-size MIB]
//
// Unpacking a Debian image is compared with umoci unpack, and with tar -xzf of
// its layers. Making an image, of files of this machine's /usr, is compared
// with tar | gzip and tar | zstd -T0 of the same level. Contestants take
// turns; waiting for the disk is not timed. Missed targets are stated, and are
// no failure: they depend on the machine.
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

	"github.com/5bbb5df2/pack/test/bench/race"
)

// The targets: wall time by that of the other, and peak memory in bytes.
const (
	maxOfUmoci      = 1.0
	maxOfTar        = 1.3
	maxOfCompressor = 1.2
	maxMemory       = 60 << 20
)

type bench struct {
	rounds int
	size   int64 // of what an image is made of, MiB
	pack   string
	work   string // a directory of our own
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var b bench
	flag.IntVar(&b.rounds, "n", 5, "how often each contestant runs; medians are printed")
	flag.StringVar(&b.pack, "pack", "bin/pack", "the pack to measure")
	flag.StringVar(&b.work, "dir", os.TempDir(), "where trees and images are written")
	flag.Int64Var(&b.size, "size", 1024, "how much an image is made of, in MiB")
	flag.Parse()
	if err := b.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) run(ctx context.Context) (err error) {
	if b.rounds < 1 {
		return fmt.Errorf("-n %d: want at least 1", b.rounds)
	}
	if b.pack, err = exec.LookPath(b.pack); err == nil {
		b.pack, err = filepath.Abs(b.pack)
	}
	if err != nil {
		return fmt.Errorf("cannot find pack (make build makes it): %w", err)
	}
	if b.work, err = os.MkdirTemp(b.work, "pack-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.work)
	fmt.Printf("Images: %d rounds, %d processors. Wall time: median (fastest).\n\n", b.rounds, runtime.NumCPU())
	table := race.Table{Columns: []string{"task", "tool", "wall ms", "peak MiB", "target"}, Cells: cells}
	fmt.Print(table.Head())
	for _, prepare := range []func(context.Context) ([]*race.Race, error){b.unpacking, b.making} {
		races, err := prepare(ctx)
		if err != nil {
			return err
		}
		for _, r := range races {
			if err := errors.Join(r.Run(ctx, b.rounds), os.RemoveAll(r.Contestants[0].Output)); err != nil {
				return fmt.Errorf("cannot measure %w", err)
			}
			fmt.Print(table.Rows(r))
		}
	}
	return nil
}

// cells are the columns from the third on.
func cells(_ *race.Race, c *race.Contestant) []string {
	return []string{c.Wall(0), fmt.Sprintf("%.0f", race.MiB(c.Peak)), c.Verdicts(func(a race.Aim) string {
		return fmt.Sprintf("%.2f ≤ %.1f × %s", c.Ratio(a.Of), a.Ratio, a.Of.Name)
	})}
}
