package treefd

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Meta is what a file has besides its content. Of Mode, the permission,
// setuid, setgid and sticky bits count; a symbolic link has none. A zero
// ModTime is 1970.
type Meta struct {
	Mode     fs.FileMode
	UID, GID int
	ModTime  time.Time
	Xattrs   map[string][]byte
}

// Keep says what of a Meta is kept.
type Keep struct {
	// AnyOwner leaves the owner as it is.
	AnyOwner bool
	// Denied tells a system call that this process may not make from one that
	// failed. What needs such a call is lost; all else is an error.
	Denied func(error) bool
	// Lost is called with each thing that could not be kept because this process
	// has no right to it or the file system no place for it: "owner 0:0",
	// "setuid bit", "security.capability".
	Lost func(what string)
}

// SetFD gives the file or directory behind fd its metadata. The order matters:
// chown(2) clears the set-id bits and security.capability, setting an attribute
// needs the write permission that the mode may take away.
func (m *Meta) SetFD(fd int, k Keep) error {
	owned, err := m.setOwner(k, func(uid, gid int) error { return unix.Fchown(fd, uid, gid) })
	if err != nil {
		return err
	}
	if err := m.setXattrs(k, func(name string, value []byte) error { return unix.Fsetxattr(fd, name, value, 0) }); err != nil {
		return err
	}
	if err := unix.Fchmod(fd, m.mode(k, owned)); err != nil {
		return fmt.Errorf("cannot change the mode: %w", err)
	}
	return m.setTimes(func(at unix.Timespec) error { return SetTimes(fd, at) })
}

// SetAt does the same for what is not opened: a symbolic link, a named pipe, a
// device. Nobody else may put another in its place.
func (m *Meta) SetAt(dir int, base string, k Keep) error {
	owned, err := m.setOwner(k, func(uid, gid int) error {
		return unix.Fchownat(dir, base, uid, gid, unix.AT_SYMLINK_NOFOLLOW)
	})
	if err != nil {
		return err
	}
	err = m.setXattrs(k, func(name string, value []byte) error {
		// There is no such call by descriptor before Linux 6.13.
		at := "/proc/self/fd/" + strconv.Itoa(dir) + "/" + base
		err := unix.Lsetxattr(at, name, value, 0)
		if err == unix.ENOENT {
			err = unix.ENOTSUP // /proc is not mounted
		}
		return err
	})
	if err != nil {
		return err
	}
	if m.Mode&fs.ModeSymlink == 0 {
		if err := unix.Fchmodat(dir, base, m.mode(k, owned), 0); err != nil {
			return fmt.Errorf("cannot change the mode: %w", err)
		}
	}
	return m.setTimes(func(at unix.Timespec) error {
		return unix.UtimesNanoAt(dir, base, []unix.Timespec{at, at}, unix.AT_SYMLINK_NOFOLLOW)
	})
}

// setOwner says whether the file has the owner and group of m in the end.
// EINVAL is an id that the user namespace does not map, user_namespaces(7).
func (m *Meta) setOwner(k Keep, chown func(uid, gid int) error) (bool, error) {
	if k.AnyOwner {
		return m.UID == os.Geteuid() && m.GID == os.Getegid(), nil
	}
	err := chown(m.UID, m.GID)
	switch {
	case err == nil:
		return true, nil
	case !k.Denied(err) && err != unix.EINVAL:
		return false, fmt.Errorf("cannot change the owner to %d:%d: %w", m.UID, m.GID, err)
	case chown(-1, m.GID) == nil: // one of our groups
		k.Lost("owner " + strconv.Itoa(m.UID))
	default:
		k.Lost(fmt.Sprintf("owner %d:%d", m.UID, m.GID))
	}
	return false, nil
}

// mode is what chmod(2) gets. A program that is set-id for the wrong owner
// would be worse than one that is not set-id.
func (m *Meta) mode(k Keep, owned bool) uint32 {
	bits := uint32(m.Mode.Perm())
	if m.Mode&fs.ModeSticky != 0 {
		bits |= unix.S_ISVTX
	}
	for _, b := range []struct {
		from fs.FileMode
		to   uint32
		name string
	}{{fs.ModeSetuid, unix.S_ISUID, "setuid bit"}, {fs.ModeSetgid, unix.S_ISGID, "setgid bit"}} {
		switch {
		case m.Mode&b.from == 0:
		case owned:
			bits |= b.to
		default:
			k.Lost(b.name)
		}
	}
	return bits
}

func (m *Meta) setXattrs(k Keep, set func(name string, value []byte) error) error {
	for _, name := range slices.Sorted(maps.Keys(m.Xattrs)) {
		err := set(name, m.Xattrs[name])
		switch {
		case err == nil:
		case err == unix.ENOTSUP, k.Denied(err):
			k.Lost(name)
		default:
			return fmt.Errorf("cannot set %s: %w", name, err)
		}
	}
	return nil
}

// setTimes sets the access time too, so that two trees do not differ in it.
func (m *Meta) setTimes(set func(unix.Timespec) error) error {
	t := m.ModTime
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	at, err := unix.TimeToTimespec(t)
	if err == nil {
		err = set(at)
	}
	if err != nil {
		return fmt.Errorf("cannot set the time: %w", err)
	}
	return nil
}

// SetTimes sets the times of access and modification of the file behind fd, as
// futimens(3) does: without a path, utimensat(2) works on fd itself.
func SetTimes(fd int, at unix.Timespec) error {
	both := [2]unix.Timespec{at, at}
	_, _, errno := unix.Syscall6(unix.SYS_UTIMENSAT, uintptr(fd), 0, uintptr(unsafe.Pointer(&both)), 0, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
