package portable

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

// UnpackOptions says how a tree is written.
type UnpackOptions struct {
	// Workers is how many frames are decoded at a time; 0 is one a CPU, at
	// most 3. Each needs about twice the size of a frame in memory.
	Workers int
	// Owner asks for the owners the entries have, where this process may set
	// them; otherwise everything belongs to this process and no file is set-id.
	Owner bool
	// Lost is called, if not nil, with the path of an entry and what of it
	// could not be kept because this process has no right to it or the file
	// system no place for it: "owner 0:0", "setuid bit", "security.capability",
	// "device". One call at a time.
	Lost func(path, what string)
}

// Unpack writes the tree into dir, an empty directory that nobody else writes
// to and that becomes the tree's root. On any error, ctx being done among
// them, dir is empty again.
//
// Symbolic links are made when everything else is written, so that no name is
// ever looked up through one.
func (p *Payload) Unpack(ctx context.Context, dir *os.File, o UnpackOptions) error {
	defer runtime.KeepAlive(dir)
	root := int(dir.Fd())
	names, err := treefd.List(root)
	if err != nil {
		return fmt.Errorf("cannot unpack into %s: %w", dir.Name(), err)
	}
	if len(names) > 0 {
		return fmt.Errorf("cannot unpack into %s: it is not empty", dir.Name())
	}
	x, err := p.index()
	if err != nil {
		return err
	}
	u := &unpacker{payload: p, index: x, root: root, opt: o, segs: segments(x.entries), files: map[int]*sharedFile{}}
	err = u.run(ctx)
	u.closeFiles()
	if err == nil {
		return nil
	}
	return errors.Join(err, treefd.Empty(root))
}

// unpacker is one run of Unpack.
type unpacker struct {
	payload *Payload
	index   *index
	root    int // descriptor of the directory
	opt     UnpackOptions
	segs    []segment

	mu    sync.Mutex
	files map[int]*sharedFile // by number of the entry
}

// sharedFile is a file that several frames have a part of: the first one opens
// it, the last one closes it.
type sharedFile struct {
	once sync.Once
	fd   int
	err  error
	left int64 // bytes to be written yet; under unpacker.mu
}

func (u *unpacker) run(ctx context.Context) error {
	if err := u.makeDirs(); err != nil {
		return err
	}
	if err := u.payload.eachFrame(ctx, u.index, u.opt.Workers, u.writeFrame); err != nil {
		return err
	}
	for i := range u.index.entries {
		if err := u.finish(&u.index.entries[i]); err != nil {
			return u.fail(&u.index.entries[i], err)
		}
	}
	return u.finishDirs()
}

func (u *unpacker) fail(e *Entry, err error) error {
	return fmt.Errorf("cannot write %s: %w", e.Path, err)
}

func (u *unpacker) makeDirs() error {
	for i := range u.index.entries {
		e := &u.index.entries[i]
		if !e.Mode.IsDir() || e.Path == "/" {
			continue
		}
		if err := u.inParent(e, func(dir int, base string) error { return unix.Mkdirat(dir, base, 0o700) }); err != nil {
			return u.fail(e, err)
		}
	}
	return nil
}

// inParent calls do with a descriptor of the directory e lies in and its name there.
func (u *unpacker) inParent(e *Entry, do func(dir int, base string) error) error {
	return treefd.InParent(u.root, e.Path, do)
}

// writeFrame writes what the stream holds at at to the files it belongs to.
func (u *unpacker) writeFrame(at int64, b []byte) error {
	return cut(u.segs, at, b, func(s segment, part []byte) error {
		e := &u.index.entries[s.entry]
		err := u.writePart(e, s, part)
		if err != nil {
			err = u.fail(e, err)
		}
		return err
	})
}

func (u *unpacker) writePart(e *Entry, s segment, part []byte) error {
	if s.size == e.Size { // the whole file
		fd, err := u.create(e)
		if err != nil {
			return err
		}
		return u.complete(fd, e, pwrite(fd, part, 0))
	}
	f := u.share(e, s.entry)
	f.once.Do(func() { f.fd, f.err = u.create(e) })
	if f.err != nil {
		return f.err
	}
	if err := pwrite(f.fd, part, s.offset); err != nil {
		return err
	}
	if u.done(f, s) {
		return u.complete(f.fd, e, nil)
	}
	return nil
}

func (u *unpacker) share(e *Entry, number int) *sharedFile {
	u.mu.Lock()
	defer u.mu.Unlock()
	f := u.files[number]
	if f == nil {
		f = &sharedFile{fd: -1}
		for _, x := range e.data() {
			f.left += x.Size
		}
		u.files[number] = f
	}
	return f
}

// done counts s off and tells whether f has all its data now.
func (u *unpacker) done(f *sharedFile, s segment) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	f.left -= s.size
	if f.left == 0 {
		delete(u.files, s.entry)
	}
	return f.left == 0
}

// closeFiles closes what a failure left open.
func (u *unpacker) closeFiles() {
	for _, f := range u.files {
		if f.fd >= 0 {
			unix.Close(f.fd)
		}
	}
}

// create makes a regular file of the size e has.
func (u *unpacker) create(e *Entry) (int, error) {
	fd, err := treefd.Open(u.root, e.Path, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o600)
	if err != nil {
		return -1, err
	}
	if e.Sparse {
		if err := treefd.Retry(func() error { return unix.Ftruncate(fd, e.Size) }); err != nil {
			unix.Close(fd)
			return -1, err
		}
	}
	return fd, nil
}

// complete gives a written file its metadata, unless writing failed, and
// closes it.
func (u *unpacker) complete(fd int, e *Entry, err error) error {
	if err == nil {
		err = e.meta().SetFD(fd, u.keep(e))
	}
	if cerr := unix.Close(fd); err == nil {
		err = cerr // a network file system may tell here that there is no space
	}
	return err
}

// finish makes what needs no frame: empty files, links, devices. Hard links
// come after the file they are another name of, for that sorts before them.
func (u *unpacker) finish(e *Entry) error {
	switch {
	case e.HardLink != "":
		return u.hardLink(e)
	case e.Mode.IsRegular() && len(e.data()) == 0:
		fd, err := u.create(e)
		if err != nil {
			return err
		}
		return u.complete(fd, e, nil)
	case e.Mode.IsRegular() || e.Mode.IsDir():
		return nil
	}
	return u.inParent(e, func(dir int, base string) error { return u.special(dir, base, e) })
}

func (u *unpacker) hardLink(e *Entry) error {
	return treefd.InParent(u.root, e.HardLink, func(from int, old string) error {
		return u.inParent(e, func(dir int, base string) error { return unix.Linkat(from, old, dir, base, 0) })
	})
}

// finishDirs sets what writing into directories would change, deepest first.
func (u *unpacker) finishDirs() error {
	for i := len(u.index.entries) - 1; i >= 0; i-- {
		e := &u.index.entries[i]
		if !e.Mode.IsDir() {
			continue
		}
		fd, err := treefd.Open(u.root, e.Path, unix.O_RDONLY|unix.O_DIRECTORY, 0)
		if err == nil {
			err = u.complete(fd, e, nil)
		}
		if err != nil {
			return u.fail(e, err)
		}
	}
	return nil
}

// pwrite writes all of b at off.
func pwrite(fd int, b []byte, off int64) error {
	for len(b) > 0 {
		n, err := unix.Pwrite(fd, b, off)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		b, off = b[n:], off+int64(n)
	}
	return nil
}
