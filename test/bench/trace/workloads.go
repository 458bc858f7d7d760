package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// workload is a command to trace, and the ratio to its bare run to aim at.
type workload struct {
	name string
	argv []string
	aim  float64
}

// workloads lists the commands; what they work on is made in dir.
func workloads(ctx context.Context, dir string) ([]workload, error) {
	source, repo := filepath.Join(dir, "hello.c"), filepath.Join(dir, "repo")
	if err := os.WriteFile(source, []byte("#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n"), 0o644); err != nil {
		return nil, err
	}
	if err := history(ctx, repo); err != nil {
		return nil, fmt.Errorf("cannot make a repository: %w", err)
	}
	return []workload{
		{"dd bs=1 count=500000", []string{"dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=500000", "status=none"}, 1.2},
		{"python3, 100 modules", []string{"/usr/bin/python3", "-c", imports}, 1.15},
		{"gcc -c", []string{"gcc", "-c", "-o", filepath.Join(dir, "hello.o"), source}, 1.35},
		{"500 fork+exec", []string{"sh", "-c", "i=0; while [ $i -lt 500 ]; do /bin/true; i=$((i+1)); done"}, 1.15},
		{"git log -p", []string{"git", "--no-pager", "-C", repo, "log", "-p"}, 1.05},
		{"java -version", []string{"java", "-version"}, 1.2},
		{"find /usr", []string{"find", "/usr", "-size", "+100000k"}, 1.9},
	}, nil
}

// history makes a repository whose log takes a second or more to print: each of
// its commits changes a few lines of a long file.
func history(ctx context.Context, repo string) error {
	if err := exec.CommandContext(ctx, "git", "init", "-q", repo).Run(); err != nil {
		return err
	}
	const commits, lines = 600, 4000
	var text [lines]int
	var stream bytes.Buffer
	for c := range commits {
		for i := range 40 {
			text[(c*7919+i*101)%lines] = c
		}
		var file bytes.Buffer
		for i, v := range text {
			fmt.Fprintf(&file, "line %d was changed by commit %d\n", i, v)
		}
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter a <a@b> %d +0000\ndata 1\nc\nM 644 inline file\ndata %d\n", 1e9+c, file.Len())
		stream.Write(file.Bytes())
		stream.WriteByte('\n')
	}
	cmd := exec.CommandContext(ctx, "git", "-C", repo, "fast-import", "--quiet")
	cmd.Stdin = &stream
	if err := cmd.Run(); err != nil {
		return err
	}
	return exec.CommandContext(ctx, "git", "-C", repo, "symbolic-ref", "HEAD", "refs/heads/main").Run()
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
