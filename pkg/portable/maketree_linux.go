package portable

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

// What the state file says: durable, or the boot in which the tree was
// written, whose data may not all have reached the disk.
const durable = "durable"

// bootID is the kernel's name for the time since it was started, "" if it
// does not tell.
func bootID() string {
	return strings.TrimSpace(readText(unix.AT_FDCWD, "/proc/sys/kernel/random/boot_id"))
}

// readText reads a file that holds one word or path; "" if it cannot. An os.File
// would have the runtime poll it, for more system calls than that takes.
func readText(dir int, name string) string {
	fd, err := treefd.OpenAt(dir, name, unix.O_RDONLY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	var b [pathMax]byte
	n := 0
	read := func() (err error) { n, err = unix.Read(fd, b[:]); return err }
	if treefd.Retry(read) != nil {
		return ""
	}
	return string(b[:n])
}

// How sure use has to be that a tree is complete.
type sureness int

const (
	maybeComplete sureness = iota // it was, when it got its name
	knownComplete                 // and the machine has not gone down since
)

// use returns the tree of that name, locked, or nil if there is none or it is
// not sure enough.
func (a *appDir) use(c Candidate, key string, want sureness) (*Tree, error) {
	dir, err := openOwnDir(a.fd(), key)
	if err != nil {
		return nil, nil // clear makes place for a good one
	}
	defer dir.Close()
	fd, err := treefd.OpenAt(int(dir.Fd()), treeLock, unix.O_RDWR|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, nil
	}
	lock := os.NewFile(uintptr(fd), treeLock)
	switch err := treefd.Retry(func() error { return unix.Flock(fd, unix.LOCK_SH|unix.LOCK_NB) }); {
	case err == unix.EWOULDBLOCK:
		lock.Close()
		return nil, nil // being removed
	case err != nil:
		lock.Close()
		return nil, err
	}
	if !sameFile(a.dir, key, dir) || want == knownComplete && !isComplete(dir) {
		lock.Close()
		return nil, nil
	}
	fd, err = treefd.OpenAt(int(dir.Fd()), rootName, treefd.DirFlags, 0)
	if err != nil {
		lock.Close()
		return nil, nil
	}
	path := filepath.Join(a.path, key, rootName)
	return &Tree{store: c, path: path, root: os.NewFile(uintptr(fd), path), lock: lock}, nil
}

// isComplete reads the state of a tree.
func isComplete(dir *os.File) bool {
	state := readText(int(dir.Fd()), stateName)
	return state == durable || state != "" && state == bootID()
}

// confirm tells whether a tree that was complete once still is.
func (a *appDir) confirm(ctx context.Context, t *Tree, p *Payload, key string, o ObtainOptions) bool {
	dir, err := openOwnDir(a.fd(), key)
	if err != nil {
		return false
	}
	defer dir.Close()
	if isComplete(dir) {
		return true
	}
	v := VerifyOptions{Workers: o.Unpack.Workers}
	if o.Original != nil {
		v.Original = o.Original(t.path)
	}
	diff, err := p.Verify(ctx, t.root, v)
	return err == nil && len(diff) == 0 && writeText(dir, stateName, durable) == nil
}

// writeText makes or replaces a file that readText reads.
func writeText(dir *os.File, name, text string) error {
	temp := name + ".new"
	fd, err := treefd.OpenAt(int(dir.Fd()), temp, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	err = pwrite(fd, []byte(text), 0)
	if cerr := unix.Close(fd); err == nil {
		err = cerr
	}
	if err == nil {
		err = unix.Renameat(int(dir.Fd()), temp, int(dir.Fd()), name)
	}
	return err
}

// make unpacks the payload beside its place and puts it there.
func (a *appDir) make(ctx context.Context, p *Payload, c Candidate, key string, o ObtainOptions) (*Tree, error) {
	temp := a.temp()
	if err := unix.Mkdirat(a.fd(), temp, 0o700); err != nil {
		return nil, err
	}
	t, err := a.fill(ctx, p, temp, filepath.Join(a.path, key, rootName), o)
	if err == nil {
		if err = unix.Renameat(a.fd(), temp, a.fd(), key); err == nil {
			t.store, t.fresh = c, true
			return t, nil
		}
		t.Close()
	}
	if rerr := treefd.Remove(a.fd(), temp); rerr != nil {
		err = errors.Join(err, fmt.Errorf("cannot remove %s/%s: %w", a.path, temp, rerr))
	}
	return nil, err
}

// fill makes a tree in the empty directory temp that will have its root at path.
func (a *appDir) fill(ctx context.Context, p *Payload, temp, path string, o ObtainOptions) (*Tree, error) {
	dir, err := openOwnDir(a.fd(), temp)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	lock, err := treefd.OpenAt(int(dir.Fd()), treeLock, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	t := &Tree{path: path, lock: os.NewFile(uintptr(lock), treeLock)}
	err = treefd.Retry(func() error { return unix.Flock(lock, unix.LOCK_SH|unix.LOCK_NB) })
	if err == nil {
		t.root, err = makeRoot(dir, path)
	}
	if err == nil {
		err = fillRoot(ctx, p, t.root, path, o)
	}
	if err == nil && o.Origin != "" {
		err = writeText(dir, originName, o.Origin)
	}
	if err == nil {
		err = seal(dir)
	}
	if err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

func makeRoot(dir *os.File, path string) (*os.File, error) {
	if err := unix.Mkdirat(int(dir.Fd()), rootName, 0o700); err != nil {
		return nil, err
	}
	fd, err := treefd.OpenAt(int(dir.Fd()), rootName, treefd.DirFlags, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), path), nil
}

func fillRoot(ctx context.Context, p *Payload, root *os.File, path string, o ObtainOptions) error {
	if err := p.Unpack(ctx, root, o.Unpack); err != nil {
		return err
	}
	if o.Prepare != nil {
		if err := o.Prepare(ctx, root, path); err != nil {
			return &finalError{err}
		}
	}
	return nil
}

// seal writes the state of a tree that is complete.
func seal(dir *os.File) error {
	if boot := bootID(); boot != "" {
		return writeText(dir, stateName, boot)
	}
	if err := unix.Syncfs(int(dir.Fd())); err != nil {
		return err
	}
	return writeText(dir, stateName, durable)
}
