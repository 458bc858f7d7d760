package output

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

// File is a regular file in the making: complete under its name after Commit,
// and nothing at all otherwise.
//
// It is written beside that name. The temporary is locked by flock(2) as long
// as the run lives; what a dead run left is removed by the next one for the
// same name.
type File struct {
	user   string // the name as the caller wrote it
	base   string
	parent int // descriptor of the directory
	temp   string
	f      *os.File
}

// NewFile makes a file that Commit puts at name with the permissions perm,
// whatever umask(2) says. name must be absent, in a directory that is there,
// or a regular file, which is replaced; a symbolic link to one is followed.
//
// Errors are *[Error]. Commit or Abort must be called in the end.
func NewFile(name string, perm os.FileMode) (*File, error) {
	f := &File{user: name, parent: -1}
	err := f.open(name)
	if err == nil {
		err = f.f.Chmod(perm)
	}
	if err != nil {
		f.Abort()
		return nil, f.wrap(err)
	}
	return f, nil
}

func (f *File) open(name string) error {
	if name == "" {
		return f.fail(errors.New("the name is empty"), "name a file")
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	fi, err := os.Lstat(name)
	switch {
	case err == nil && fi.IsDir():
		return f.fail(errors.New("it is a directory"), "name a file")
	case err == nil && fi.Mode()&os.ModeSymlink != 0:
		return f.fail(errors.New("a symbolic link to nothing"), "remove the link or create what it points to")
	case err == nil && !fi.Mode().IsRegular():
		return f.fail(errors.New("it is not a regular file"), "name a regular file or one that does not exist yet")
	}
	dir, base := filepath.Split(name)
	if base == "" || base == "." || base == ".." {
		return f.fail(errors.New("it would be a directory"), "name a file")
	}
	if dir == "" {
		dir = "."
	}
	if f.parent, err = unix.Open(dir, treefd.PathFlags, 0); err != nil {
		return err
	}
	f.base = base
	removeStale(f.parent, base, unix.S_IFREG)
	return f.makeTemp()
}

// makeTemp makes and locks the temporary. A run that clears stale ones may
// catch it before it is locked; then another is made.
func (f *File) makeTemp() error {
	for {
		name := tempName(f.base)
		fd, err := unix.Openat(f.parent, name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
		if err == unix.EEXIST {
			continue
		}
		if err != nil {
			return err
		}
		var st unix.Stat_t
		if lock(fd) && unix.Fstat(fd, &st) == nil && st.Nlink > 0 {
			f.temp, f.f = name, os.NewFile(uintptr(fd), name)
			return nil
		}
		unix.Close(fd)
	}
}

// Write appends to the file.
func (f *File) Write(b []byte) (int, error) {
	n, err := f.f.Write(b)
	return n, f.wrap(err)
}

// Commit puts the file in its place. If that fails it aborts.
func (f *File) Commit() error {
	if f.f == nil {
		return errors.New("internal error: the file was ended before")
	}
	// Some file systems (NFS) say only now that the disk is full. The lock goes
	// with the descriptor, so that is a duplicate of it.
	fd, err := unix.FcntlInt(f.f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.Close(fd)
	}
	if err == nil {
		err = treefd.Retry(func() error { return unix.Renameat(f.parent, f.temp, f.parent, f.base) })
	}
	if err != nil {
		return errors.Join(f.wrap(err), f.Abort())
	}
	f.temp = ""
	return f.Abort()
}

// Abort removes what was made. It may be called at any time and more than
// once; after Commit it does nothing.
func (f *File) Abort() error {
	if f.f != nil {
		f.f.Close()
		f.f = nil
	}
	var err error
	if f.temp != "" {
		if err = unix.Unlinkat(f.parent, f.temp, 0); err != nil {
			err = fmt.Errorf("cannot remove %s: %w", filepath.Join(filepath.Dir(f.user), f.temp), err)
		}
		f.temp = ""
	}
	if f.parent >= 0 {
		unix.Close(f.parent)
		f.parent = -1
	}
	return err
}

func (f *File) fail(err error, hint string) error { return &Error{Path: f.user, Err: err, hint: hint} }

func (f *File) wrap(err error) error {
	var own *Error
	if err == nil || errors.As(err, &own) {
		return err
	}
	hint := spaceHint(err)
	switch {
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM), errors.Is(err, unix.EROFS):
		hint = "name a file in a directory you may write to"
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENOTDIR):
		hint = "name a file in a directory that exists"
	}
	return &Error{Path: f.user, Err: cause(err), hint: hint}
}
