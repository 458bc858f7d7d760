package portable

import (
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Everything below a directory is reached through a descriptor of it and
// never through a symbolic link: openat2(2) with RESOLVE_BENEATH and
// RESOLVE_NO_SYMLINKS, or where the kernel or a seccomp filter refuses that,
// one openat(2) with O_NOFOLLOW for each component.

const dirFlags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC

// openBeneath opens the file that the path of an entry names below dir.
func openBeneath(dir int, name string, flags int, perm uint32) (int, error) {
	rel := relative(name)
	how := unix.OpenHow{
		Flags:   uint64(flags | unix.O_NOFOLLOW | unix.O_CLOEXEC),
		Mode:    uint64(perm),
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV,
	}
	for {
		fd, err := unix.Openat2(dir, rel, &how)
		switch err {
		case unix.EINTR, unix.EAGAIN: // EAGAIN: a rename raced with the lookup
			continue
		case unix.ENOSYS, unix.EPERM:
			return walkBeneath(dir, rel, flags, perm)
		}
		return fd, err
	}
}

func walkBeneath(dir int, rel string, flags int, perm uint32) (int, error) {
	at := dir
	for {
		part, rest, more := strings.Cut(rel, "/")
		f := unix.O_PATH | unix.O_DIRECTORY
		if !more {
			f = flags
		}
		fd, err := openat(at, part, f|unix.O_NOFOLLOW, perm)
		if at != dir {
			unix.Close(at)
		}
		if err != nil || !more {
			return fd, err
		}
		at, rel = fd, rest
	}
}

// openat is openat(2), closed on exec, again when a signal interrupts it.
func openat(dir int, name string, flags int, perm uint32) (fd int, err error) {
	err = retry(func() error {
		fd, err = unix.Openat(dir, name, flags|unix.O_CLOEXEC, perm)
		return err
	})
	return fd, err
}

func relative(name string) string {
	if name == "/" {
		return "."
	}
	return name[1:]
}

func baseOf(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// listDir lists the directory behind fd, which stays open, sorted by name.
func listDir(fd int) ([]string, error) {
	own, err := openat(fd, ".", dirFlags, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(own), ".")
	defer f.Close()
	names, err := f.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

func retry(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}
