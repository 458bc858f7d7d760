package output

import (
	"errors"
	"io"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/treefd"
)

// Measured on ext4 (Linux 6.18, two CPUs, 217 MB in 20 files), as a share of
// the time of cp: whole files on two workers 0.5 to 0.6, one worker 0.75;
// ranges of one file on several workers 0.7 to 1.1, for writers of one inode
// wait for each other; fallocate(2) first saves a quarter against growing the
// file; sendfile(2) and read and write with large buffers come out even with
// copy_file_range(2), which a network file system may do on its server.

const (
	// chunkSize bounds one copy_file_range: between two, a stop is noticed.
	chunkSize = 16 << 20
	// bufferSize is what one worker holds where it cannot copy in the kernel.
	bufferSize = 512 << 10
	// allocateFrom is the size from which allocating at once pays.
	allocateFrom = 256 << 10
)

var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// readError is a failure of the source.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// copyFile copies all of src, which must have size bytes, to the empty file
// dst. It returns ErrChanged if src was written to meanwhile, and errStopped
// soon after stopped says so.
func copyFile(dst int, src rootfs.File, size int64, stopped func() bool) error {
	before, err := src.Stat()
	if err != nil {
		return &readError{err}
	}
	if before.Size() != size {
		return ErrChanged
	}
	c := copier{dst: dst, src: src, fd: -1, stopped: stopped}
	if fd, ok := rootfs.FD(src); ok {
		st, _ := before.Sys().(*syscall.Stat_t)
		c.fd, c.sparse = fd, st != nil && st.Blocks*512 < size
	} else if p, ok := src.(Part); ok {
		c.fd, c.base, c.sparse = p.Part()
	}
	if err := c.copyAll(size); err != nil {
		return err
	}
	runtime.KeepAlive(src)
	after, err := src.Stat()
	if err != nil {
		return &readError{err}
	}
	if after.Size() != size || !after.ModTime().Equal(before.ModTime()) {
		return ErrChanged
	}
	return nil
}

// Part is a source that is a part of another file: what is there from base on.
type Part interface {
	rootfs.File
	// Part returns the descriptor of that file, which is valid until the source
	// is closed, and whether there may be holes in the part.
	Part() (fd int, base int64, sparse bool)
}

type copier struct {
	dst     int
	src     rootfs.File
	fd      int   // that src is read by; -1 where the kernel cannot read it
	base    int64 // where src begins there
	sparse  bool
	stopped func() bool
}

func (c *copier) copyAll(size int64) error {
	if size == 0 {
		return nil
	}
	if _, part := c.src.(Part); c.fd >= 0 && !part && unix.IoctlFileClone(c.dst, c.fd) == nil {
		return c.checkClone(size)
	}
	if c.sparse {
		return c.copySparse(size)
	}
	if err := c.allocate(size); err != nil {
		return err
	}
	return c.copyRange(0, size)
}

func (c *copier) checkClone(size int64) error {
	var st unix.Stat_t
	if err := unix.Fstat(c.dst, &st); err != nil {
		return err
	}
	if st.Size != size {
		return ErrChanged
	}
	return nil
}

// allocate reserves the file's blocks: writing gets cheaper, and a full disk
// shows before anything is copied.
func (c *copier) allocate(size int64) error {
	if size < allocateFrom {
		return nil
	}
	err := treefd.Retry(func() error { return unix.Fallocate(c.dst, 0, 0, size) })
	if err == unix.ENOSPC || err == unix.EDQUOT || err == unix.EFBIG {
		return err
	}
	return nil // not every file system can
}

// copySparse copies what lies between the holes, as lseek(2) tells them.
func (c *copier) copySparse(size int64) error {
	if err := treefd.Retry(func() error { return unix.Ftruncate(c.dst, size) }); err != nil {
		return err
	}
	for off := int64(0); off < size; {
		data, err := unix.Seek(c.fd, c.base+off, unix.SEEK_DATA)
		if data -= c.base; err == unix.ENXIO || err == nil && data >= size { // only a hole is left
			return nil
		}
		if err == unix.EINVAL { // the file system does not tell
			return c.copyRange(off, size)
		}
		if err != nil {
			return &readError{err}
		}
		hole, err := unix.Seek(c.fd, c.base+data, unix.SEEK_HOLE)
		hole -= c.base
		if err == unix.ENXIO {
			return ErrChanged
		}
		if err != nil {
			return &readError{err}
		}
		if err := c.copyRange(data, min(hole, size)); err != nil {
			return err
		}
		off = hole
	}
	return nil
}

func (c *copier) copyRange(off, end int64) error {
	if c.fd >= 0 {
		var err error
		if off, err = c.copyInKernel(off, end); err != nil {
			return err
		}
	}
	return c.copyThrough(off, end)
}

// copyInKernel copies as much as copy_file_range(2) is able to, which may be
// nothing: between some file systems it gives EXDEV, on others 0.
func (c *copier) copyInKernel(off, end int64) (int64, error) {
	in, out := c.base+off, off
	for out < end {
		if c.stopped() {
			return out, errStopped
		}
		n, err := retryInt(func() (int, error) {
			return unix.CopyFileRange(c.fd, &in, c.dst, &out, int(min(end-out, chunkSize)), 0)
		})
		switch err {
		case nil:
		case unix.ENOSPC, unix.EDQUOT, unix.EFBIG, unix.EIO:
			return out, err
		default: // reading and writing will do, or tell why not
			return out, nil
		}
		if n == 0 {
			return out, nil
		}
	}
	return out, nil
}

// copyThrough copies by way of this process's memory.
func (c *copier) copyThrough(off, end int64) error {
	if off >= end {
		return nil
	}
	buf := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buf)
	for off < end {
		if c.stopped() {
			return errStopped
		}
		n, err := c.src.ReadAt(buf[:min(end-off, bufferSize)], off)
		switch {
		case n > 0:
		case err == nil || errors.Is(err, io.EOF):
			return ErrChanged
		default:
			return &readError{err}
		}
		if err := writeAll(c.dst, buf[:n], off); err != nil {
			return err
		}
		off += int64(n)
	}
	return nil
}

func writeAll(fd int, b []byte, off int64) error {
	for len(b) > 0 {
		n, err := retryInt(func() (int, error) { return unix.Pwrite(fd, b, off) })
		if err != nil {
			return err
		}
		if n == 0 {
			return io.ErrShortWrite
		}
		b, off = b[n:], off+int64(n)
	}
	return nil
}

func retryInt(call func() (int, error)) (n int, err error) {
	err = treefd.Retry(func() error { n, err = call(); return err })
	return n, err
}
