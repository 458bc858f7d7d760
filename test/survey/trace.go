package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// looked is a file that a run named, and whether it was there.
type looked struct {
	path  string
	found bool
}

// traced runs args in root under strace and lists the files it looked for, in
// order, each once for each outcome.
func (s *survey) traced(ctx context.Context, root string, args []string) ([]looked, error) {
	file, err := os.CreateTemp(s.scratch, "trace-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	// strace makes every call slow; what a run cut short has said is still
	// worth reading.
	if _, err := enter(ctx, cell{Root: root, Args: args, Trace: file.Name()}, 4*patience); err != nil {
		return nil, err
	}
	return readTrace(file, root, args[0])
}

func readTrace(file *os.File, root, program string) ([]looked, error) {
	var list []looked
	seen := map[looked]bool{}
	begun := map[string]string{} // unfinished calls by process
	started := false
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text := lines.Text()
		// Before this, strace and chroot were at work.
		started = started || strings.Contains(text, `execve("`+program+`"`)
		if !started {
			continue
		}
		pid, call, _ := strings.Cut(text, " ")
		call = strings.TrimLeft(call, " ")
		if head, ok := strings.CutSuffix(call, " <unfinished ...>"); ok {
			begun[pid] = head
			continue
		}
		if _, tail, ok := strings.Cut(call, " resumed>"); ok && strings.HasPrefix(call, "<...") {
			call = begun[pid] + tail
		}
		if l, ok := readCall(call, root); ok && !seen[l] {
			seen[l] = true
			list = append(list, l)
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return nil, err
	}
	return list, nil
}

// reading are the system calls that want a file to be there.
var reading = regexp.MustCompile(`^(open|openat|openat2|stat|lstat|newfstatat|statx|access|faccessat2?|readlink|readlinkat|execve|execveat|chdir|inotify_add_watch)\((?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"`)

// readCall reads one line of strace -y without its process number. Names in
// angle brackets are the machine's, those in quotes are the chroot's.
func readCall(call, root string) (looked, bool) {
	m := reading.FindStringSubmatch(call)
	if m == nil || m[3] == "" {
		return looked{}, false
	}
	name := m[3]
	if !path.IsAbs(name) {
		name = path.Join("/", strings.TrimPrefix(m[2], root), name)
	}
	// "..", which path.Clean would take away, may lead elsewhere behind a link.
	if !strings.Contains(name, "/..") {
		name = path.Clean(name)
	}
	end := call[strings.LastIndex(call, ") = ")+1:]
	switch {
	case strings.Contains(end, "= -1 ENOENT"), strings.Contains(end, "= -1 ENOTDIR"):
		return looked{name, false}, true
	case strings.Contains(end, "= -1 "), strings.Contains(call, "O_CREAT"):
		return looked{}, false
	}
	return looked{name, true}, true
}

// given are the directories that the jail brings itself.
var given = []string{"/proc", "/dev", "/tmp", "/run", "/sys", "/var/run", "/var/tmp"}

func isGiven(name string) bool {
	return slices.ContainsFunc(given, func(dir string) bool { return name == dir || strings.HasPrefix(name, dir+"/") })
}

// exists says whether name leads to something in root.
func exists(root, name string) bool {
	at := ""
	todo := strings.Split(name, "/")
	for links := 0; len(todo) > 0; {
		part := todo[0]
		todo = todo[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			at = path.Dir("/" + at)
			continue
		}
		next := path.Join(at, part)
		info, err := os.Lstat(filepath.Join(root, next))
		if err != nil {
			return false
		}
		if info.Mode()&os.ModeSymlink == 0 {
			at = next
			continue
		}
		target, err := os.Readlink(filepath.Join(root, next))
		if links++; err != nil || links > 40 {
			return false
		}
		if path.IsAbs(target) {
			at = ""
		}
		todo = append(strings.Split(target, "/"), todo...)
	}
	return true
}
