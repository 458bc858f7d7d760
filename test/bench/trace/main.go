// Command trace measures what tracing costs: the wall time of a traced run over
// that of the bare run, medians of interleaved runs, beside strace.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/5bbb5df2/pack/pkg/trace"
)

// workload is a command line for sh, or for the program itself where a shell
// would only add noise.
type workload struct {
	name string
	argv []string
}

func workloads(dir string) []workload {
	source := filepath.Join(dir, "hello.c")
	return []workload{
		{"dd bs=1 count=500000", []string{"dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=500000", "status=none"}},
		{"python3, 100 modules", []string{"/usr/bin/python3", "-c", imports}},
		{"gcc -c", []string{"gcc", "-c", "-o", filepath.Join(dir, "hello.o"), source}},
		{"500 fork+exec", []string{"sh", "-c", "i=0; while [ $i -lt 500 ]; do /bin/true; i=$((i+1)); done"}},
		{"git log -p", []string{"git", "--no-pager", "-C", ".", "log", "-p", "-n", "1000"}},
		{"java -version", []string{"java", "-version"}},
		{"find /usr", []string{"find", "/usr", "-size", "+100000k"}},
	}
}

const imports = `
import importlib
for m in """abc aifc argparse array ast asyncio base64 bdb binascii bisect bz2 calendar cgi cmd code codecs
collections configparser contextlib copy csv ctypes curses dataclasses datetime dbm decimal difflib dis doctest
email enum filecmp fileinput fnmatch fractions ftplib functools getopt getpass gettext glob graphlib gzip hashlib
heapq hmac html http imaplib inspect io ipaddress json keyword linecache locale logging lzma mailbox mimetypes
mmap multiprocessing netrc numbers operator optparse pathlib pdb pickle pkgutil platform plistlib poplib pprint
profile queue quopri random re sched secrets selectors shelve shlex shutil signal site smtplib socket sqlite3 ssl
statistics string struct subprocess symtable tarfile tempfile textwrap threading timeit token trace typing
unittest urllib.request uuid venv wave weakref webbrowser wsgiref xml.dom xml.sax zipfile zlib""".split():
    try: importlib.import_module(m)
    except ImportError: pass
`

// subject is one way to run a workload.
type subject struct {
	name string
	run  func(argv []string) error
}

func main() {
	trace.Init()
	n := flag.Int("n", 7, "runs of each, after one to warm up")
	only := flag.String("only", "", "only workloads whose name contains this")
	repo := flag.String("repo", ".", "repository for git log")
	flag.Parse()
	if err := run(*n, *only, *repo); err != nil {
		fmt.Fprintln(os.Stderr, "trace:", err)
		os.Exit(1)
	}
}

func run(n int, only, repo string) error {
	dir, err := os.MkdirTemp("", "tracebench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "hello.c"), []byte("#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n"), 0o644); err != nil {
		return err
	}
	subjects := subjects()
	fmt.Printf("%-22s", "workload (ms; ratio)")
	for _, s := range subjects {
		fmt.Printf("%16s", s.name)
	}
	fmt.Println()
	for _, w := range workloads(dir) {
		if !strings.Contains(w.name, only) {
			continue
		}
		if _, err := exec.LookPath(w.argv[0]); err != nil {
			fmt.Printf("%-22s skipped: %v\n", w.name, err)
			continue
		}
		if i := slices.Index(w.argv, "."); i > 0 {
			w.argv[i] = repo
		}
		if err := measure(w, subjects, n); err != nil {
			return err
		}
	}
	return nil
}

func measure(w workload, subjects []subject, n int) error {
	times := make([][]time.Duration, len(subjects))
	for i := range n + 1 {
		for j, s := range subjects {
			start := time.Now()
			if err := s.run(w.argv); err != nil {
				return fmt.Errorf("%s, %s: %w", w.name, s.name, err)
			}
			if i > 0 {
				times[j] = append(times[j], time.Since(start))
			}
		}
	}
	fmt.Printf("%-22s", w.name)
	bare := median(times[0])
	for _, t := range times {
		m := median(t)
		fmt.Printf("%9.1f %5.2fx", float64(m.Microseconds())/1000, float64(m)/float64(bare))
	}
	fmt.Println()
	return nil
}

func median(t []time.Duration) time.Duration {
	slices.Sort(t)
	return t[len(t)/2]
}

func subjects() []subject {
	all := []subject{{"bare", func(argv []string) error { return exec.Command(argv[0], argv[1:]...).Run() }}}
	for _, engine := range []trace.Engine{trace.Notify, trace.Ptrace} {
		all = append(all,
			subject{string(engine), func(argv []string) error { return traced(argv, trace.Options{Engine: engine}) }},
			subject{string(engine) + "+looks", func(argv []string) error { return traced(argv, trace.Options{Engine: engine, Looks: true}) }})
	}
	if strace, err := exec.LookPath("strace"); err == nil {
		all = append(all, subject{"strace", func(argv []string) error {
			return exec.Command(strace, append([]string{"-f", "--seccomp-bpf", "-e", "trace=%file", "-o", os.DevNull}, argv...)...).Run()
		}})
	}
	return all
}

func traced(argv []string, opts trace.Options) error {
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return err
	}
	r, err := trace.Run(context.Background(), &trace.Command{Path: path, Args: argv, Env: os.Environ()}, opts, func(trace.Event) error { return nil })
	if err == nil && r.Code != 0 {
		err = fmt.Errorf("exit status %d", r.Code)
	}
	return err
}
