// Command survey asks every executable of this machine for its version or its
// help, first on the machine and then from a bundle of it alone, and says
// where the two differ and which files that is owed to.
//
// It needs root (it chroots and makes namespaces) and, with -explain, strace.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	if jailed(os.Args) {
		return
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "survey:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	set := flag.NewFlagSet("survey", flag.ExitOnError)
	var s survey
	dirs := set.String("dirs", "/usr/bin:/usr/sbin", "directories of executables, colon-separated")
	only := set.String("only", "", "only the executables of these names, comma-separated")
	n := set.Int("n", 0, "a sample of `N` executables, the same at every run (0: all)")
	flags := set.String("flags", "", "more flags for pack, separated by spaces")
	report := set.String("report", "", "write the table of outcomes to `FILE` (default: standard output)")
	set.StringVar(&s.pack, "pack", "bin/pack", "the pack to survey")
	set.StringVar(&s.scratch, "scratch", "", "a directory for bundles, each removed after its run (default: a new one in /dev/shm or the temporary directory)")
	set.StringVar(&s.state, "state", "survey.state", "a directory of results: what is there is not run again")
	set.IntVar(&s.workers, "j", 2, "programs at once")
	set.BoolVar(&s.explain, "explain", false, "trace what differs and find the files that mend it (slow)")
	set.BoolVar(&s.again, "again", false, "run what is known to differ again")
	if err := set.Parse(args); err != nil {
		return err
	}
	s.flags = strings.Fields(*flags)
	s.log = os.Stderr

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	programs, err := executables(strings.Split(*dirs, ":"))
	if err != nil {
		return err
	}
	if *only != "" {
		programs = named(programs, strings.Split(*only, ","))
	}
	if *n > 0 {
		programs = sample(programs, *n)
	}
	records, err := s.run(ctx, programs)
	if err != nil {
		return err
	}
	return writeReport(*report, records)
}

func writeReport(path string, records []record) error {
	text := markdown(records)
	if path == "" {
		_, err := os.Stdout.WriteString(text)
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
