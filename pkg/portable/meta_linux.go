package portable

import (
	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/treefd"
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

func (e *Entry) meta() *treefd.Meta {
	return &treefd.Meta{Mode: e.Mode, UID: int(e.UID), GID: int(e.GID), ModTime: e.ModTime, Xattrs: e.Xattrs}
}

func (u *unpacker) keep(e *Entry) treefd.Keep {
	return treefd.Keep{AnyOwner: !u.opt.Owner, Denied: denied, Lost: func(what string) { u.lose(e, what) }}
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
	return e.meta().SetAt(dir, base, u.keep(e))
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
