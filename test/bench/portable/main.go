// Command portable measures portable files against what they have to stand
// beside, and prints a table in Markdown with the target of each ratio.
//
//	go run ./test/bench/portable [-n ROUNDS] [-pack bin/pack] [-dir DIR]
//
// The payload is the bundle that pack makes of clang-format, and the smallest
// there is, busybox. Making a file is compared with tar | zstd, its first start
// with zstd -d | tar x, each further one with bwrap on the very same tree, or
// with the bundle's loader called by hand. makeself and, where the variable
// POCO names one, poCo do the same work; poCo finds itself by the name poco.
// Contestants take turns; waiting for the disk is not timed. Memory includes
// that of this program, which a child has until it calls exec. Missed targets
// are stated, and are no failure: they depend on the machine.
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
)

// level is the one of zstd(1) that compares with what pack compresses by.
const level = "-3"

type bench struct {
	rounds     int
	pack, poco string
	work       string // a directory of our own
	tree       string // the bundle of clang-format
	small      string // one of busybox
	program    string // clang-format in its bundle
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := bench{poco: os.Getenv("POCO")}
	dir := ""
	flag.IntVar(&b.rounds, "n", 9, "how often each contestant runs; medians are printed")
	flag.StringVar(&b.pack, "pack", "bin/pack", "the pack to measure")
	flag.StringVar(&dir, "dir", os.TempDir(), "where files and trees are written")
	flag.Parse()
	if err := b.run(ctx, dir); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) run(ctx context.Context, dir string) (err error) {
	if b.rounds < 1 {
		return fmt.Errorf("-n %d: want at least 1", b.rounds)
	}
	if b.pack, err = exec.LookPath(b.pack); err == nil {
		b.pack, err = filepath.Abs(b.pack)
	}
	if err != nil {
		return fmt.Errorf("cannot find pack (make build makes it): %w", err)
	}
	if b.work, err = os.MkdirTemp(dir, "pack-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.work)
	if err := b.makeTrees(ctx); err != nil {
		return err
	}
	size, err := treeSize(b.tree)
	if err != nil {
		return err
	}
	fmt.Printf("%d rounds, %d processors, %s/%s. Wall time: median (fastest). The bundle of clang-format has %s.\n\n",
		b.rounds, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, mib(size))
	fmt.Print(table().Head())
	for _, measure := range []func(context.Context) error{b.build, b.firstStart, b.warmStart, b.hostStart, b.large, b.running} {
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return nil
}
