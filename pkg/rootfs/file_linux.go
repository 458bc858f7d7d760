package rootfs

import (
	"io"
	"io/fs"
	"path"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// file is a descriptor and no more. An *os.File would be registered with
// epoll(7), which takes no regular files, and costs several times as much to
// open as the few reads that most files get.
type file struct {
	fd   int
	name string
}

func openFile(name string) (File, error) {
	fd, err := retry(func() (int, error) { return unix.Open(name, openFlags, 0) })
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{fd: fd, name: name}, nil
}

func sysFD(f File) (int, bool) {
	if own, ok := f.(*file); ok {
		return own.fd, true
	}
	return -1, false
}

func (f *file) Read(b []byte) (int, error) {
	n, err := retry(func() (int, error) { return unix.Read(f.fd, b) })
	return f.result(n, len(b), err)
}

func (f *file) ReadAt(b []byte, off int64) (int, error) {
	done := 0
	for done < len(b) {
		n, err := retry(func() (int, error) { return unix.Pread(f.fd, b[done:], off+int64(done)) })
		if n, err = f.result(n, len(b), err); err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// result turns that of a read(2) of want bytes into io.Reader's.
func (f *file) result(n, want int, err error) (int, error) {
	switch {
	case err != nil:
		return 0, &fs.PathError{Op: "read", Path: f.name, Err: err}
	case n == 0 && want > 0:
		return 0, io.EOF
	}
	return n, nil
}

func (f *file) Stat() (fs.FileInfo, error) {
	fi := &fileInfo{name: f.name}
	if _, err := retry(func() (int, error) { return 0, syscall.Fstat(f.fd, &fi.st) }); err != nil {
		return nil, &fs.PathError{Op: "stat", Path: f.name, Err: err}
	}
	return fi, nil
}

// Close must be called: nothing closes a file that is forgotten.
func (f *file) Close() error {
	fd := f.fd
	if fd < 0 {
		return &fs.PathError{Op: "close", Path: f.name, Err: fs.ErrClosed}
	}
	f.fd = -1
	// Whatever close(2) says, the descriptor is gone, and nothing was written.
	_ = unix.Close(fd)
	return nil
}

func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != unix.EINTR {
			return n, err
		}
	}
}

// fileInfo is what os.FileInfo would be, Sys included.
type fileInfo struct {
	name string
	st   syscall.Stat_t
}

func (i *fileInfo) Name() string       { return path.Base(i.name) }
func (i *fileInfo) Size() int64        { return i.st.Size }
func (i *fileInfo) ModTime() time.Time { return time.Unix(i.st.Mtim.Unix()) }
func (i *fileInfo) IsDir() bool        { return i.Mode().IsDir() }
func (i *fileInfo) Sys() any           { return &i.st }

// modeBits pairs the bits of st_mode (inode(7)) with those of fs.FileMode.
var modeBits = [...]struct {
	unix uint32
	mode fs.FileMode
}{{unix.S_ISUID, fs.ModeSetuid}, {unix.S_ISGID, fs.ModeSetgid}, {unix.S_ISVTX, fs.ModeSticky}}

func (i *fileInfo) Mode() fs.FileMode {
	mode := fs.FileMode(i.st.Mode & 0o777)
	for _, b := range modeBits {
		if i.st.Mode&b.unix != 0 {
			mode |= b.mode
		}
	}
	switch i.st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		mode |= fs.ModeDir
	case unix.S_IFLNK:
		mode |= fs.ModeSymlink
	case unix.S_IFIFO:
		mode |= fs.ModeNamedPipe
	case unix.S_IFSOCK:
		mode |= fs.ModeSocket
	case unix.S_IFCHR:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	case unix.S_IFBLK:
		mode |= fs.ModeDevice
	default:
		mode |= fs.ModeIrregular
	}
	return mode
}
