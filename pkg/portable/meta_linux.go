package portable

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

// lose tells the caller of Unpack what of e could not be kept.
func (u *unpacker) lose(e *Entry, what string) {
	if u.opt.Lost == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.opt.Lost(e.Path, what)
}

// denied tells a system call this process may not make from one that failed.
// It is not a question of the user: root has few rights in a container.
func denied(err error) bool { return err == unix.EPERM || err == unix.EACCES }

// setMeta gives the file or directory behind fd the metadata of e. The order
// matters: chown(2) clears the set-id bits and security.capability, setting
// an attribute needs the write permission that the mode may take away.
func (u *unpacker) setMeta(fd int, e *Entry) error {
	owned, err := u.setOwner(e, func(uid, gid int) error { return unix.Fchown(fd, uid, gid) })
	if err != nil {
		return err
	}
	if err := u.setXattrs(e, func(name string, value []byte) error { return unix.Fsetxattr(fd, name, value, 0) }); err != nil {
		return err
	}
	if err := unix.Fchmod(fd, u.mode(e, owned)); err != nil {
		return fmt.Errorf("cannot change the mode: %w", err)
	}
	return setTimes(e, func(ts []unix.Timespec) error { return futimens(fd, ts) })
}

// special makes a symbolic link, a device, a named pipe or a socket.
func (u *unpacker) special(dir int, base string, e *Entry) error {
	if isSymlink(e) {
		if err := unix.Symlinkat(e.Link, dir, base); err != nil {
			return err
		}
	} else if made, err := u.makeNode(dir, base, e); !made {
		return err
	}
	owned, err := u.setOwner(e, func(uid, gid int) error {
		return unix.Fchownat(dir, base, uid, gid, unix.AT_SYMLINK_NOFOLLOW)
	})
	if err != nil {
		return err
	}
	// There is no such call by descriptor before Linux 6.13.
	at := "/proc/self/fd/" + strconv.Itoa(dir) + "/" + base
	err = u.setXattrs(e, func(name string, value []byte) error {
		err := unix.Lsetxattr(at, name, value, 0)
		if err == unix.ENOENT {
			err = unix.ENOTSUP // /proc is not mounted
		}
		return err
	})
	if err != nil {
		return err
	}
	if !isSymlink(e) {
		if err := unix.Fchmodat(dir, base, u.mode(e, owned), 0); err != nil {
			return fmt.Errorf("cannot change the mode: %w", err)
		}
	}
	return setTimes(e, func(ts []unix.Timespec) error {
		return unix.UtimesNanoAt(dir, base, ts, unix.AT_SYMLINK_NOFOLLOW)
	})
}

// makeNode makes what mknod(2) makes. Devices need CAP_MKNOD in the first
// user namespace, whatever this process is in its own: they are lost then.
func (u *unpacker) makeNode(dir int, base string, e *Entry) (made bool, err error) {
	mode, err := unixMode(e.Mode)
	if err != nil {
		return false, err
	}
	err = unix.Mknodat(dir, base, mode&sIFMT|0o600, int(e.Rdev))
	if isDevice(e) && denied(err) {
		u.lose(e, "device")
		return false, nil
	}
	return err == nil, err
}

// setOwner says whether the file has the owner and group of e in the end.
// EINVAL is an id that the user namespace does not map, user_namespaces(7).
func (u *unpacker) setOwner(e *Entry, chown func(uid, gid int) error) (bool, error) {
	if !u.opt.Owner {
		return int(e.UID) == os.Geteuid() && int(e.GID) == os.Getegid(), nil
	}
	err := chown(int(e.UID), int(e.GID))
	if err == nil {
		return true, nil
	}
	if !denied(err) && err != unix.EINVAL {
		return false, fmt.Errorf("cannot change the owner to %d:%d: %w", e.UID, e.GID, err)
	}
	u.lose(e, fmt.Sprintf("owner %d:%d", e.UID, e.GID))
	return false, nil
}

// mode is what chmod(2) gets. A program that is set-id for the wrong owner
// would be worse than one that is not set-id.
func (u *unpacker) mode(e *Entry, owned bool) uint32 {
	m := uint32(e.Mode.Perm())
	if e.Mode&fs.ModeSticky != 0 {
		m |= unix.S_ISVTX
	}
	for _, bit := range []struct {
		from fs.FileMode
		to   uint32
		name string
	}{{fs.ModeSetuid, unix.S_ISUID, "setuid bit"}, {fs.ModeSetgid, unix.S_ISGID, "setgid bit"}} {
		switch {
		case e.Mode&bit.from == 0:
		case owned:
			m |= bit.to
		default:
			u.lose(e, bit.name)
		}
	}
	return m
}

func (u *unpacker) setXattrs(e *Entry, set func(name string, value []byte) error) error {
	for _, name := range slices.Sorted(maps.Keys(e.Xattrs)) {
		err := set(name, e.Xattrs[name])
		switch {
		case err == nil:
		case err == unix.ENOTSUP, denied(err):
			u.lose(e, name)
		default:
			return fmt.Errorf("cannot set %s: %w", name, err)
		}
	}
	return nil
}

// setTimes sets the access time too, so that two trees do not differ in it.
func setTimes(e *Entry, set func([]unix.Timespec) error) error {
	t := e.ModTime
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	ts, err := unix.TimeToTimespec(t)
	if err == nil {
		err = set([]unix.Timespec{ts, ts})
	}
	if err != nil {
		return fmt.Errorf("cannot set the time: %w", err)
	}
	return nil
}

// futimens is futimens(3): without a path, utimensat(2) works on fd itself.
func futimens(fd int, ts []unix.Timespec) error {
	_, _, errno := unix.Syscall6(unix.SYS_UTIMENSAT, uintptr(fd), 0, uintptr(unsafe.Pointer(&ts[0])), 0, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
