package portable

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

// appDir is the directory of one name in a store.
type appDir struct {
	store *os.File
	name  string // in store
	path  string
	dir   *os.File
	lock  *os.File // held exclusively, or nil
}

// openApp opens the directory of an application, making it when asked to.
func openApp(store *os.File, c Candidate, name string, create bool) (*appDir, error) {
	a := &appDir{store: store, name: label(name)}
	a.path = filepath.Join(c.Dir, a.name)
	if create {
		if err := unix.Mkdirat(int(store.Fd()), a.name, 0o700); err != nil && err != unix.EEXIST {
			return nil, err
		}
	}
	var err error
	a.dir, err = openOwnDir(int(store.Fd()), a.name)
	return a, err
}

func (a *appDir) fd() int { return int(a.dir.Fd()) }

func (a *appDir) close() {
	a.dir.Close()
	if a.lock != nil {
		a.lock.Close()
	}
}

// errStoreGone is the end of a store that was opened before.
var errStoreGone = errors.New("it was removed")

// openLocked opens the directory of an application and keeps everybody else
// from changing it. An uninstall may take it away at any time before there is
// the lock: then it starts again. Without create, a missing one is
// [os.ErrNotExist]; with it, a missing store is errStoreGone.
func openLocked(ctx context.Context, store *os.File, c Candidate, name string, create bool) (*appDir, error) {
	for {
		a, err := openApp(store, c, name, create)
		switch {
		case err == unix.ENOENT && create && !isAt(store, c.Dir):
			return nil, errStoreGone
		case err == unix.ENOENT && create:
			continue
		case err != nil:
			return nil, err
		}
		fd, err := treefd.OpenAt(a.fd(), lockName, unix.O_RDWR|unix.O_CREAT|unix.O_NOFOLLOW, 0o600)
		if err == unix.ENOENT { // the directory is gone
			a.close()
			continue
		}
		if err != nil {
			a.close()
			return nil, err
		}
		f := os.NewFile(uintptr(fd), a.path+"/"+lockName)
		if err := flock(ctx, f, unix.LOCK_EX); err != nil {
			a.close()
			return nil, err
		}
		a.lock = f
		if sameFile(a.store, a.name, a.dir) && sameFile(a.dir, lockName, f) {
			return a, nil
		}
		a.close()
	}
}

// temp names a directory of a that does not exist yet.
func (a *appDir) temp() string { return tempMark + strconv.FormatUint(rand.Uint64(), 36) }

// trees lists the names of the trees in a, and of what dead processes left:
// all temporaries, for the lock is held.
func (a *appDir) trees() (keys, temps []string, err error) {
	names, err := treefd.List(a.fd())
	for _, n := range names {
		switch {
		case strings.HasPrefix(n, tempMark):
			temps = append(temps, n)
		case keyDigest(n) != "":
			keys = append(keys, n)
		}
	}
	return keys, temps, err
}

// claim locks a tree, or a temporary, against everybody, so that it can be
// removed. The error wraps [ErrInUse] if somebody holds its lock or runs from
// it. The caller closes the descriptor once the tree has lost its name.
func (a *appDir) claim(name string) (lock int, err error) {
	dir, err := treefd.OpenAt(a.fd(), name, treefd.DirFlags, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(dir)
	// Its maker may have died before there was a lock.
	lock, err = treefd.OpenAt(dir, treeLock, unix.O_RDWR|unix.O_CREAT|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return -1, err
	}
	err = treefd.Retry(func() error { return unix.Flock(lock, unix.LOCK_EX|unix.LOCK_NB) })
	if err == nil && anyProcessIn(dir) || err == unix.EWOULDBLOCK {
		err = ErrInUse
	}
	if err != nil {
		unix.Close(lock)
		return -1, err
	}
	return lock, nil
}

// discard removes a tree, or a temporary, if nobody uses it.
func (a *appDir) discard(name string) error {
	lock, err := a.claim(name)
	switch err {
	case nil:
		defer unix.Close(lock)
	case unix.ENOTDIR, unix.ELOOP: // nothing runs from what is no directory
	default:
		return err
	}
	return a.removeClaimed(name)
}

// removeClaimed renames a tree before it removes it: half a tree never has the
// name of a whole one.
func (a *appDir) removeClaimed(name string) error {
	if !strings.HasPrefix(name, tempMark) {
		temp := a.temp()
		if err := unix.Renameat(a.fd(), name, a.fd(), temp); err != nil {
			return err
		}
		name = temp
	}
	return treefd.Remove(a.fd(), name)
}
