package treefd

import (
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// How a directory is opened to be listed, and to be no more than a place.
const (
	DirFlags  = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	PathFlags = unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
)

// Open opens the file that name, clean, names below the directory root; "/"
// and "." are root itself. The file is closed on exec, and O_NOFOLLOW is added
// to flags. It uses openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS, or
// where the kernel or a seccomp filter refuses that, one openat(2) for each
// component. The error is an errno.
func Open(root int, name string, flags int, perm uint32) (int, error) {
	rel := relative(name)
	how := unix.OpenHow{
		Flags:   uint64(flags | unix.O_NOFOLLOW | unix.O_CLOEXEC),
		Mode:    uint64(perm),
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV,
	}
	for {
		fd, err := unix.Openat2(root, rel, &how)
		switch err {
		case unix.EINTR, unix.EAGAIN: // EAGAIN: a rename raced with the lookup
			continue
		case unix.ENOSYS, unix.EPERM:
			return walk(root, rel, flags, perm)
		}
		return fd, err
	}
}

func walk(root int, rel string, flags int, perm uint32) (int, error) {
	at := root
	for {
		part, rest, more := strings.Cut(rel, "/")
		f := PathFlags
		if !more {
			f = flags | unix.O_NOFOLLOW
		}
		fd, err := -1, error(unix.EXDEV)
		if part != ".." {
			fd, err = OpenAt(at, part, f, perm)
		}
		if at != root {
			unix.Close(at)
		}
		if err != nil || !more {
			return fd, err
		}
		at, rel = fd, rest
	}
}

// OpenAt is openat(2), closed on exec, again when a signal interrupts it.
func OpenAt(dir int, name string, flags int, perm uint32) (fd int, err error) {
	err = Retry(func() error {
		fd, err = unix.Openat(dir, name, flags|unix.O_CLOEXEC, perm)
		return err
	})
	return fd, err
}

func relative(name string) string {
	if rel := strings.TrimPrefix(name, "/"); rel != "" {
		return rel
	}
	return "."
}

// InParent calls do with a descriptor of the directory that name lies in, below
// root, and the last component of name. The root itself lies in itself, as ".".
func InParent(root int, name string, do func(dir int, base string) error) error {
	rel := relative(name)
	i := strings.LastIndexByte(rel, '/')
	if i < 0 {
		return do(root, rel)
	}
	fd, err := Open(root, rel[:i], unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return do(fd, rel[i+1:])
}

// List lists the directory behind fd, which stays open, sorted by name.
func List(fd int) ([]string, error) {
	own, err := OpenAt(fd, ".", DirFlags, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(own), ".")
	defer f.Close()
	names, err := f.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

// Retry calls a system call until no signal interrupts it.
func Retry(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}
