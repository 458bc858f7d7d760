package trace

import (
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// maxLinks is how many symbolic links the kernel follows in one path.
const maxLinks = 40

// statShy looks an absolute path up without entering a FUSE file system: if a
// traced process served it, both would wait for each other. Where one is
// mounted on the way, it returns that directory.
func statShy(name string, noFollow bool, st *unix.Stat_t) (served string, err error) {
	fuse, err := fuseMounts()
	if err != nil {
		return name, nil
	}
	rest, links := strings.Split(name, "/"), 0
	for at := "/"; ; {
		for len(rest) > 0 && (rest[0] == "" || rest[0] == ".") {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			return "", unix.Lstat(at, st)
		}
		next := path.Join(at, rest[0])
		rest = rest[1:]
		if fuse[next] {
			return next, nil
		}
		if err := unix.Lstat(next, st); err != nil {
			return "", err
		}
		if st.Mode&unix.S_IFMT != unix.S_IFLNK || noFollow && len(rest) == 0 {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return "", unix.ELOOP
		}
		dest, err := readlink(next)
		if err != nil {
			return "", err
		}
		if dest[0] == '/' {
			at = "/"
		}
		rest = append(strings.Split(dest, "/"), rest...)
	}
}

// fuseMounts are the directories at which FUSE file systems are mounted
// (proc_pid_mountinfo(5)).
func fuseMounts() (map[string]bool, error) {
	mounts, err := os.ReadFile("/proc/thread-self/mountinfo")
	if err != nil {
		return nil, err
	}
	unescape := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
	found := map[string]bool{}
	for line := range strings.Lines(string(mounts)) {
		about, kind, _ := strings.Cut(line, " - ")
		if fields := strings.Fields(about); len(fields) > 4 && strings.HasPrefix(kind, "fuse") {
			found[unescape.Replace(fields[4])] = true
		}
	}
	return found, nil
}
