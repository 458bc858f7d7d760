package treefd

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Remove removes name, one component, in dir and everything below it, however
// directories in it are protected. It enters no other mount. A name that is not
// there is no error.
func Remove(dir int, name string) error {
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
	fd, err := openToEmpty(dir, name)
	if err != nil {
		return err
	}
	err = Empty(fd)
	unix.Close(fd)
	if err != nil {
		return err
	}
	return unix.Unlinkat(dir, name, unix.AT_REMOVEDIR)
}

// openToEmpty opens a directory and makes it one that can be emptied.
func openToEmpty(dir int, name string) (int, error) {
	open := func() (int, error) { return Open(dir, name, unix.O_RDONLY|unix.O_DIRECTORY, 0) }
	fd, err := open()
	if err == unix.EACCES && unix.Fchmodat(dir, name, 0o700, 0) == nil {
		fd, err = open()
	}
	if err != nil {
		return -1, err
	}
	var st unix.Stat_t
	if err = unix.Fstat(fd, &st); err == nil && st.Mode&0o700 != 0o700 {
		err = unix.Fchmod(fd, 0o700)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// Empty removes all that is in the directory behind fd, as [Remove] does.
func Empty(fd int) error {
	names, err := List(fd)
	if err != nil {
		return err
	}
	var errs []error
	for _, n := range names {
		errs = append(errs, Remove(fd, n))
	}
	return errors.Join(errs...)
}
