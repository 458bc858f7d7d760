package trace

import (
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// place is where a path of a traced process leads.
type place struct {
	report  string // for the event
	dir     string // where the lookup starts, as we can reach it; empty for rel being absolute
	rel     string
	beneath bool // dir is the root of the lookup: links and ".." stay below
	foreign bool
}

// places finds them. Once a process has changed its root or its mounts, every
// lookup has to ask for the root first.
type places struct {
	rooted bool
	mounts string // our own mount namespace
}

func newPlaces() places {
	mounts, _ := readlink("/proc/thread-self/ns/mnt") // without it, none is foreign
	return places{mounts: mounts}
}

// find places name, looked up from the descriptor dirfd, by thread tid.
func (p *places) find(tid int, dirfd int32, name string, exec bool) (place, error) {
	if p.rooted {
		root, err := readlink(procName(tid, "root"))
		if err != nil {
			return place{}, linkError(err)
		}
		mounts, _ := readlink(procName(tid, "ns/mnt"))
		if root != "/" || mounts != p.mounts {
			return inRoot(tid, dirfd, name, root, mounts != p.mounts)
		}
	}
	if name[0] == '/' {
		return absolute(tid, name, exec), nil
	}
	start := startOf(tid, dirfd)
	base, err := readlink(start)
	if err != nil {
		return place{}, linkError(err)
	}
	if base[0] != '/' {
		return place{}, errNoPath // a pipe, a socket
	}
	pl := place{report: join(base, name), dir: base, rel: name}
	if strings.HasSuffix(base, " (deleted)") {
		pl.dir = start // only this way there, if it is more than a strange name
	}
	return pl, nil
}

// inRoot is find for a process with a root or mounts of its own.
func inRoot(tid int, dirfd int32, name, root string, foreign bool) (place, error) {
	if name[0] != '/' {
		base, err := readlink(startOf(tid, dirfd))
		if err != nil {
			return place{}, linkError(err)
		}
		if base[0] != '/' {
			return place{}, errNoPath
		}
		below, ok := strings.CutPrefix(base, strings.TrimSuffix(root, "/"))
		if !ok || below != "" && below[0] != '/' {
			// Entered before chroot(2): outside of the root.
			return place{report: join(base, name), dir: startOf(tid, dirfd), rel: name, foreign: foreign}, nil
		}
		name = join(below, name)
	}
	return place{report: join(root, clamp(name)), dir: procName(tid, "root"), rel: name, beneath: true, foreign: foreign}, nil
}

// within is find for RESOLVE_IN_ROOT of openat2(2).
func within(tid int, dirfd int32, name string) (place, error) {
	start := startOf(tid, dirfd)
	base, err := readlink(start)
	if err != nil {
		return place{}, linkError(err)
	}
	if base[0] != '/' {
		return place{}, errNoPath
	}
	return place{report: join(base, clamp(name)), dir: start, rel: name, beneath: true}, nil
}

// startOf is a link to the directory a relative path starts at.
func startOf(tid int, dirfd int32) string {
	if dirfd == unix.AT_FDCWD {
		return procName(tid, "cwd")
	}
	return procName(tid, "fd/") + strconv.Itoa(int(dirfd))
}

// clamp removes ".." from a path in a root of its own, where it would lead us
// out of it.
func clamp(name string) string {
	if strings.Contains(name, "..") {
		return path.Clean("/" + name)
	}
	return name
}

func join(dir, name string) string {
	for strings.HasPrefix(name, "./") {
		name = strings.TrimLeft(name[2:], "/")
	}
	switch {
	case name == "" || name == ".":
		return dir
	case name[0] == '/':
		return strings.TrimSuffix(dir, "/") + name
	case strings.HasSuffix(dir, "/"):
		return dir + name
	}
	return dir + "/" + name
}

// absolute places an absolute path. Those through /proc/self mean the traced
// process, not us.
func absolute(tid int, name string, exec bool) place {
	pl := place{report: name, rel: name}
	if !strings.HasPrefix(name, "/proc/") && !strings.HasPrefix(name, "/dev/") {
		return pl
	}
	pl.rel = ownProc(tid, name)
	if link, rest, ok := magicLink(pl.rel); ok && (exec || rest != "" || !strings.Contains(link, "/fd/")) {
		// Reopening a descriptor names no other file than it already has; what
		// is executed, or lies below, does.
		if dest, err := readlink(link); err == nil && dest[0] == '/' {
			pl.report = join(dest, rest)
		}
	}
	return pl
}

// ownProc puts the thread's number where a path says "self" (proc(5), fd(4)).
func ownProc(tid int, name string) string {
	dir := "/proc/" + strconv.Itoa(tid)
	for _, own := range []struct{ from, to string }{
		{"/proc/self", dir},
		{"/proc/thread-self", dir},
		{"/dev/fd", dir + "/fd"},
		{"/dev/stdin", dir + "/fd/0"},
		{"/dev/stdout", dir + "/fd/1"},
		{"/dev/stderr", dir + "/fd/2"},
	} {
		if rest, ok := strings.CutPrefix(name, own.from); ok && (rest == "" || rest[0] == '/') {
			return own.to + rest
		}
	}
	return name
}

// magicLink splits /proc/N/exe, cwd, root or fd/N from what follows.
func magicLink(name string) (link, rest string, ok bool) {
	parts := strings.SplitN(name, "/", 6)
	if len(parts) < 4 || parts[1] != "proc" {
		return "", "", false
	}
	n := 4
	switch parts[3] {
	case "exe", "cwd", "root":
	case "fd":
		n = 5
	default:
		return "", "", false
	}
	if len(parts) < n {
		return "", "", false
	}
	return strings.Join(parts[:n], "/"), strings.Join(parts[n:], "/"), true
}

// look says what is at the place. What cannot be looked at for another reason
// than that it is not there existed, with a type unknown.
func (pl place) look(noFollow bool) (existed bool, kind Type) {
	var st unix.Stat_t
	err := pl.stat(noFollow, &st)
	return found(&st, err)
}

// found reads the answer of a stat call.
func found(st *unix.Stat_t, err error) (existed bool, kind Type) {
	switch err {
	case nil:
	case unix.ENOENT, unix.ENOTDIR, unix.ELOOP, unix.ENAMETOOLONG:
		return false, Missing
	default:
		return true, Missing
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return true, Regular
	case unix.S_IFDIR:
		return true, Dir
	case unix.S_IFLNK:
		return true, Link
	}
	return true, Other
}

func (pl place) stat(noFollow bool, st *unix.Stat_t) error {
	if pl.beneath {
		return statBeneath(pl.dir, pl.rel, noFollow, st)
	}
	flags := 0
	if noFollow {
		flags = unix.AT_SYMLINK_NOFOLLOW
	}
	if pl.dir == "" {
		return unix.Fstatat(unix.AT_FDCWD, pl.rel, st, flags)
	}
	if len(pl.dir)+1+len(pl.rel) < pathMax {
		return unix.Fstatat(unix.AT_FDCWD, pl.dir+"/"+pl.rel, st, flags)
	}
	fd, err := unix.Open(pl.dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Fstatat(fd, pl.rel, st, flags)
}

// sameHere says of a place in another mount namespace that its path leads us to
// the same file, or the same directory that the file would be made in.
func (pl place) sameHere(existed, noFollow bool) bool {
	here := place{rel: pl.report}
	if !existed {
		pl.rel, here.rel, noFollow = dirOf(pl.rel), dirOf(here.rel), false
	}
	var a, b unix.Stat_t
	return pl.stat(noFollow, &a) == nil && here.stat(noFollow, &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// dirOf is the directory a name is looked up in. Unlike path.Dir, it keeps "..",
// whose meaning depends on links.
func dirOf(name string) string {
	name = strings.TrimRight(name, "/")
	return name[:strings.LastIndexByte(name, '/')+1] + "."
}

// statBeneath looks name up as a process with the root dir does. Linux before
// 5.6 cannot: there, absolute links lead to our own root.
func statBeneath(dir, name string, noFollow bool, st *unix.Stat_t) error {
	root, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(root)
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT}
	flags := 0
	if noFollow {
		how.Flags |= unix.O_NOFOLLOW
		flags = unix.AT_SYMLINK_NOFOLLOW
	}
	fd, err := unix.Openat2(root, name, &how)
	switch err {
	case nil:
		defer unix.Close(fd)
		return unix.Fstat(fd, st)
	case unix.ENOSYS, unix.EPERM:
		return unix.Fstatat(root, strings.TrimLeft(clamp(name), "/"), st, flags)
	}
	return err
}

// readlink reads a link of /proc, whose targets are at most a page long.
func readlink(name string) (string, error) { return readlinkAt(unix.AT_FDCWD, name) }

func readlinkAt(dir int, name string) (string, error) {
	var buf [pathMax]byte
	n, err := unix.Readlinkat(dir, name, buf[:])
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "", unix.ENOENT
	}
	return string(buf[:n]), nil
}

// linkError tells a process or descriptor that is not there, which the call
// itself will notice, from one that we may not see.
func linkError(err error) error {
	if err == unix.ENOENT || err == unix.ESRCH {
		return errNoPath
	}
	return err
}
