package rootfs

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// openFlags never block on a fifo and never hit a link: whoever opens has
// resolved the name before.
const openFlags = os.O_RDONLY | unix.O_NONBLOCK | unix.O_NOFOLLOW | unix.O_CLOEXEC

func sysStat(fi fs.FileInfo) Stat {
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return Stat{}
	}
	return Stat{
		ID:    FileID{Dev: uint64(st.Dev), Ino: st.Ino},
		Nlink: uint64(st.Nlink),
		UID:   int(st.Uid), GID: int(st.Gid),
		Rdev: uint64(st.Rdev),
	}
}

func xattrsByPath(name string) (map[string][]byte, error) {
	return readXattrs(
		func(buf []byte) (int, error) { return unix.Llistxattr(name, buf) },
		func(attr string, buf []byte) (int, error) { return unix.Lgetxattr(name, attr, buf) },
		name)
}

func xattrsByFile(f *os.File) (map[string][]byte, error) {
	fd := int(f.Fd())
	return readXattrs(
		func(buf []byte) (int, error) { return unix.Flistxattr(fd, buf) },
		func(attr string, buf []byte) (int, error) { return unix.Fgetxattr(fd, attr, buf) },
		f.Name())
}

// xattrMax is the kernel's bound on one attribute's value and on the list of
// names (XATTR_SIZE_MAX and XATTR_LIST_MAX in include/uapi/linux/limits.h).
const xattrMax = 65536

func readXattrs(list func([]byte) (int, error), get func(string, []byte) (int, error), name string) (map[string][]byte, error) {
	n, err := list(nil)
	if n == 0 || errors.Is(err, unix.ENOTSUP) {
		return nil, nil
	}
	if err != nil {
		return nil, &fs.PathError{Op: "listxattr", Path: name, Err: err}
	}
	buf := make([]byte, xattrMax)
	if n, err = list(buf); err != nil {
		return nil, &fs.PathError{Op: "listxattr", Path: name, Err: err}
	}
	names := strings.Split(strings.TrimSuffix(string(buf[:n]), "\x00"), "\x00")
	out := make(map[string][]byte, len(names))
	for _, attr := range names {
		if attr == "" { // fuse-overlayfs counts names that it then hides
			continue
		}
		n, err := get(attr, buf)
		if errors.Is(err, unix.ENODATA) {
			continue
		}
		if err != nil {
			return nil, &fs.PathError{Op: "getxattr " + attr, Path: name, Err: err}
		}
		out[attr] = append([]byte(nil), buf[:n]...)
	}
	return out, nil
}
