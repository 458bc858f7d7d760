package output

import (
	"errors"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Everything below a directory is reached through a descriptor of it and
// never through a symbolic link: openat2(2) with RESOLVE_BENEATH and
// RESOLVE_NO_SYMLINKS, or where the kernel or a seccomp filter refuses that,
// one openat(2) with O_NOFOLLOW for each component.

const pathFlags = unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC

// openBeneath opens the file rel names below dir. rel must be clean and
// relative; "." is dir itself.
func openBeneath(dir int, rel string, flags int, perm uint32) (int, error) {
	how := unix.OpenHow{
		Flags:   uint64(flags | unix.O_NOFOLLOW | unix.O_CLOEXEC),
		Mode:    uint64(perm),
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV,
	}
	for {
		fd, err := unix.Openat2(dir, rel, &how)
		switch {
		case err == unix.EINTR, err == unix.EAGAIN: // EAGAIN: a rename raced with the lookup
			continue
		case err == unix.ENOSYS, err == unix.EPERM:
			return walkBeneath(dir, rel, flags, perm)
		}
		return fd, err
	}
}

func walkBeneath(dir int, rel string, flags int, perm uint32) (int, error) {
	at := dir
	for {
		part, rest, more := strings.Cut(rel, "/")
		f := pathFlags
		if !more {
			f = flags | unix.O_NOFOLLOW | unix.O_CLOEXEC
		}
		var fd int
		err := error(unix.EXDEV)
		if part != ".." {
			fd, err = retryInt(func() (int, error) { return unix.Openat(at, part, f, perm) })
		}
		if at != dir {
			unix.Close(at)
		}
		if err != nil || !more {
			return fd, err
		}
		at, rel = fd, rest
	}
}

// splitEntry turns an entry's absolute path into its parent and last
// component, both relative to the root; the root itself is ("." , ".").
func splitEntry(name string) (parent, base string) {
	name = strings.TrimPrefix(name, "/")
	if name == "" {
		return ".", "."
	}
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return ".", name
	}
	return name[:i], name[i+1:]
}

// inParent calls do with a descriptor of the directory name lies in, below
// root, and the last component of name.
func inParent(root int, name string, do func(parent int, base string) error) error {
	dir, base := splitEntry(name)
	if dir == "." {
		return do(root, base)
	}
	fd, err := openBeneath(root, dir, unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return do(fd, base)
}

// removeAll removes name in dir and everything below it, however directories
// in it are protected. It follows no link and enters no other mount. A name
// that is not there is no error.
func removeAll(dir int, name string) error {
	err := unix.Unlinkat(dir, name, 0)
	if err == nil || err == unix.ENOENT {
		return nil
	}
	if err != unix.EISDIR {
		return err
	}
	if unix.Unlinkat(dir, name, unix.AT_REMOVEDIR) == nil {
		return nil
	}
	if err := emptyDir(dir, name); err != nil {
		return err
	}
	return unix.Unlinkat(dir, name, unix.AT_REMOVEDIR)
}

func emptyDir(dir int, name string) error {
	open := func() (int, error) { return openBeneath(dir, name, unix.O_RDONLY|unix.O_DIRECTORY, 0) }
	fd, err := open()
	if err == unix.EACCES && unix.Fchmodat(dir, name, 0o700, 0) == nil {
		fd, err = open()
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	if st.Mode&0o700 != 0o700 {
		if err := unix.Fchmod(fd, 0o700); err != nil {
			return err
		}
	}
	names, err := listDir(fd)
	if err != nil {
		return err
	}
	var errs []error
	for _, n := range names {
		errs = append(errs, removeAll(fd, n))
	}
	return errors.Join(errs...)
}

// listDir lists the directory behind fd, which stays open, sorted by name.
func listDir(fd int) ([]string, error) {
	own, err := unix.Openat(fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
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

func retryInt(call func() (int, error)) (n int, err error) {
	err = retry(func() error { n, err = call(); return err })
	return n, err
}
