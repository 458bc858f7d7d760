package portable

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

// openStore opens a candidate, making what is missing, if a tree may be kept
// and run there. made tells whether it was missing.
func openStore(c Candidate) (f *os.File, made bool, err error) {
	for {
		if made, err = makeStore(c); err != nil {
			return nil, false, err
		}
		if f, err = openOwnDir(unix.AT_FDCWD, c.Dir); err != unix.ENOENT { // somebody removed it again
			return f, made, err
		}
	}
}

// makeStore makes the directories of a candidate that are missing, as far as
// it allows, and tells whether there were any.
func makeStore(c Candidate) (made bool, err error) {
	var missing []string
	at := c.Dir
	for ; ; at = filepath.Dir(at) {
		fi, err := os.Stat(at)
		if err == nil {
			if !fi.IsDir() {
				return false, fmt.Errorf("%s is not a directory", at)
			}
			break
		}
		if !errors.Is(err, os.ErrNotExist) {
			return false, cause(err)
		}
		if len(missing) == c.Make {
			return false, fmt.Errorf("%s does not exist", at)
		}
		missing = append(missing, at)
	}
	if c.Own && len(missing) > 0 {
		if uid, err := ownerOf(at); err != nil {
			return false, err
		} else if uid != os.Geteuid() {
			return false, fmt.Errorf("%s belongs to user %d", at, uid)
		}
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := os.Mkdir(missing[i], 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return false, cause(err)
		}
	}
	return len(missing) > 0, nil
}

func ownerOf(name string) (int, error) {
	var st unix.Stat_t
	err := unix.Stat(name, &st)
	return int(st.Uid), err
}

// cause is the reason alone, where the name is said anyway.
func cause(err error) error {
	var perr *os.PathError
	if errors.As(err, &perr) {
		return perr.Err
	}
	return err
}

// openOwnDir opens a directory that nobody but this user can change, through
// no link in its last component.
func openOwnDir(at int, name string) (*os.File, error) {
	fd, err := treefd.OpenAt(at, name, treefd.DirFlags, 0)
	switch err {
	case nil:
	case unix.ELOOP, unix.ENOTDIR:
		return nil, errors.New("a symbolic link or no directory")
	default:
		return nil, err
	}
	f := os.NewFile(uintptr(fd), name)
	if err := checkOwnDir(fd); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func checkOwnDir(fd int) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	switch {
	case int(st.Uid) != os.Geteuid():
		return fmt.Errorf("it belongs to user %d", st.Uid)
	case st.Mode&0o022 != 0:
		return fmt.Errorf("others may write to it (mode %04o)", st.Mode&0o7777)
	}
	return nil
}

// checkFilesystem makes sure that programs may be started from dir.
func checkFilesystem(dir *os.File) error {
	defer runtime.KeepAlive(dir)
	var fs unix.Statfs_t
	if err := treefd.Retry(func() error { return unix.Fstatfs(int(dir.Fd()), &fs) }); err != nil {
		return err
	}
	if fs.Flags&unix.ST_NOEXEC != 0 {
		return errors.New("it is mounted noexec")
	}
	return nil
}

// checkSpace makes sure that a tree of so many bytes and entries fits. What a
// file needs besides its data is estimated; where it does not fit after all,
// writing fails.
func checkSpace(dir *os.File, t *trailer) error {
	defer runtime.KeepAlive(dir)
	var fs unix.Statfs_t
	if err := treefd.Retry(func() error { return unix.Fstatfs(int(dir.Fd()), &fs) }); err != nil {
		return err
	}
	if free := int64(fs.Bavail) * int64(fs.Bsize); free < t.treeSize {
		return fmt.Errorf("%d MiB are free, %d are needed: %w", free>>20, t.treeSize>>20+1, unix.ENOSPC)
	}
	if fs.Files > 0 && int64(fs.Ffree) < t.entries {
		return fmt.Errorf("%d files are free, %d are needed: %w", fs.Ffree, t.entries, unix.ENOSPC)
	}
	return nil
}

// flock locks f as flock(2) does, or gives up when ctx is done. On an error f
// is closed, if need be once the lock is there.
func flock(ctx context.Context, f *os.File, how int) error {
	done := make(chan error, 1)
	go func() { done <- treefd.Retry(func() error { return unix.Flock(int(f.Fd()), how) }) }()
	select {
	case err := <-done:
		if err != nil {
			f.Close()
		}
		return err
	case <-ctx.Done():
		go func() { <-done; f.Close() }()
		return context.Cause(ctx)
	}
}

// sameFile tells whether name in dir is the file f.
func sameFile(dir *os.File, name string, f *os.File) bool {
	defer runtime.KeepAlive(dir)
	defer runtime.KeepAlive(f)
	var a, b unix.Stat_t
	return unix.Fstatat(int(dir.Fd()), name, &a, unix.AT_SYMLINK_NOFOLLOW) == nil &&
		unix.Fstat(int(f.Fd()), &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// isAt tells whether path leads to the directory dir.
func isAt(dir *os.File, path string) bool {
	at, err := os.Stat(path)
	is, serr := dir.Stat()
	return err == nil && serr == nil && os.SameFile(at, is)
}
