package output

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/plan"
)

// Loss is something of an entry that could not be kept and that this process
// has no right to, or the file system no place for.
type Loss struct {
	Path string // of the entry, in the output
	What string // "owner 0:0", "setuid bit", "security.capability" …
}

func (l Loss) String() string { return l.Path + ": lost " + l.What }

// Lost lists what could not be kept, by path. Complete after Flush.
func (d *Dir) Lost() []Loss {
	d.mu.Lock()
	defer d.mu.Unlock()
	slices.SortFunc(d.lost, func(a, b Loss) int {
		return cmp.Or(plan.ComparePaths(a.Path, b.Path), cmp.Compare(a.What, b.What))
	})
	return slices.Compact(slices.Clone(d.lost))
}

func (d *Dir) lose(e plan.Entry, what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lost = append(d.lost, Loss{Path: e.Path, What: what})
}

// unprivileged tells a system call this process may not make from one that
// failed: root is expected to succeed.
func unprivileged(err error) bool {
	return (err == unix.EPERM || err == unix.EACCES) && os.Geteuid() != 0
}

// setMeta gives the file or directory behind fd the metadata of e. The order
// matters: chown(2) clears the set-id bits and security.capability, setting
// an attribute needs the write permission that the mode may take away.
func (d *Dir) setMeta(fd int, e plan.Entry) error {
	owned, err := d.setOwner(e, func(uid, gid int) error { return unix.Fchown(fd, uid, gid) })
	if err != nil {
		return fmt.Errorf("cannot change the owner to %d:%d: %w", e.UID, e.GID, err)
	}
	err = d.setXattrs(e, func(name string, value []byte) error { return unix.Fsetxattr(fd, name, value, 0) })
	if err != nil {
		return err
	}
	if err := unix.Fchmod(fd, d.mode(e, owned)); err != nil {
		return fmt.Errorf("cannot change the mode: %w", err)
	}
	return d.setTimes(e, func(ts []unix.Timespec) error { return futimens(fd, ts) })
}

// setSymlink does the same for a symbolic link, which has no mode.
func (d *Dir) setSymlink(parent int, base string, e plan.Entry) error {
	_, err := d.setOwner(e, func(uid, gid int) error {
		return unix.Fchownat(parent, base, uid, gid, unix.AT_SYMLINK_NOFOLLOW)
	})
	if err != nil {
		return fmt.Errorf("cannot change the owner to %d:%d: %w", e.UID, e.GID, err)
	}
	err = d.setXattrs(e, func(name string, value []byte) error {
		// There is no such call by descriptor before Linux 6.13.
		at := "/proc/self/fd/" + strconv.Itoa(parent) + "/" + base
		err := unix.Lsetxattr(at, name, value, 0)
		if err == unix.ENOENT {
			err = unix.ENOTSUP // /proc is not mounted
		}
		return err
	})
	if err != nil {
		return err
	}
	return d.setTimes(e, func(ts []unix.Timespec) error {
		return unix.UtimesNanoAt(parent, base, ts, unix.AT_SYMLINK_NOFOLLOW)
	})
}

// setRootInPlace gives OUTPUT, which was there before, the metadata of the
// root; a directory of somebody else's keeps its own.
func (d *Dir) setRootInPlace() error {
	err := d.setMeta(d.place.parent, d.root)
	if os.Geteuid() != 0 && errors.Is(err, unix.EPERM) {
		d.lose(d.root, "mode and time")
		return nil
	}
	return err
}

// setOwner says whether the file has the owner and group of e in the end.
// EINVAL is an id that the user namespace does not map, user_namespaces(7).
func (d *Dir) setOwner(e plan.Entry, chown func(uid, gid int) error) (bool, error) {
	err := chown(e.UID, e.GID)
	if err == nil {
		return true, nil
	}
	if !unprivileged(err) && err != unix.EINVAL {
		return false, err
	}
	if chown(-1, e.GID) == nil { // one of our groups
		d.lose(e, fmt.Sprintf("owner %d", e.UID))
	} else {
		d.lose(e, fmt.Sprintf("owner %d:%d", e.UID, e.GID))
	}
	return false, nil
}

// mode is what chmod(2) gets. A program that is set-id for the wrong owner
// would be worse than one that is not set-id.
func (d *Dir) mode(e plan.Entry, owned bool) uint32 {
	m := uint32(e.Mode.Perm())
	for _, bit := range []struct {
		from fs.FileMode
		to   uint32
		name string
	}{
		{fs.ModeSetuid, unix.S_ISUID, "setuid bit"},
		{fs.ModeSetgid, unix.S_ISGID, "setgid bit"},
		{fs.ModeSticky, unix.S_ISVTX, ""},
	} {
		switch {
		case e.Mode&bit.from == 0:
		case owned || bit.name == "":
			m |= bit.to
		default:
			d.lose(e, bit.name)
		}
	}
	return m
}

func (d *Dir) setXattrs(e plan.Entry, set func(name string, value []byte) error) error {
	for _, name := range slices.Sorted(maps.Keys(e.Xattrs)) {
		err := set(name, e.Xattrs[name])
		switch {
		case err == nil:
		case err == unix.ENOTSUP, unprivileged(err):
			d.lose(e, name)
		default:
			return fmt.Errorf("cannot set %s: %w", name, err)
		}
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

// setTimes sets the access time too, so that two outputs do not differ in it.
func (d *Dir) setTimes(e plan.Entry, set func([]unix.Timespec) error) error {
	t := e.ModTime
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	if d.epoch != nil && t.After(*d.epoch) {
		t = *d.epoch
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
