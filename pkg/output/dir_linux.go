package output

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/treefd"
)

// DirOptions say how a [Dir] writes.
type DirOptions struct {
	// Workers is how many files are copied at once; 0 means one for each CPU
	// Go uses (runtime.GOMAXPROCS), at most 8.
	Workers int
	// Epoch, if set, is the latest modification time written: later ones are
	// clamped to it (https://reproducible-builds.org/specs/source-date-epoch/).
	Epoch *time.Time
}

// maxWorkers bounds the default: file systems stop getting faster, and each
// worker that cannot copy in the kernel holds a buffer.
const maxWorkers = 8

// Dir is the sink that makes a directory: complete at OUTPUT after Commit,
// and nothing at all otherwise.
type Dir struct {
	place *place
	epoch *time.Time
	files *pool
	links []plan.Entry    // hard links, made when what they link to is there
	left  map[string]bool // devices that could not be made
	dirs  []plan.Entry    // in path order; finished last to first
	root  plan.Entry

	mu      sync.Mutex
	lost    []Loss
	flushed bool
	done    bool
}

var _ Sink = (*Dir)(nil)

// NewDir prepares to write the directory path, which must be absent (its
// parent must be there) or an empty directory; symbolic links to it are
// followed. Temporaries that dead runs for the same path left are removed.
//
// Errors are *[Error]: [ErrNotEmpty], [ErrNotDir], [ErrBusy] (another run
// fills the same directory in place), or what the system said. Commit or
// Abort must be called in the end.
//
// An OUTPUT that cannot be replaced by a rename (a mount point, the working
// directory, one whose parent is not writable) is filled in place. Only there
// can SIGKILL, in the instant of Commit, leave a part of the tree.
func NewDir(path string, o DirOptions) (*Dir, error) {
	p, err := openPlace(path)
	if err != nil {
		return nil, err
	}
	n := o.Workers
	if n <= 0 {
		n = min(runtime.GOMAXPROCS(0), maxWorkers)
	}
	return &Dir{
		place: p,
		epoch: o.Epoch,
		files: newPool(n),
		left:  map[string]bool{},
		root:  plan.Entry{Path: "/", Mode: fs.ModeDir | 0o755},
	}, nil
}

// Tree is the absolute path of the directory in which the output is built
// until Commit or Abort. After Flush it is complete, metadata included. A
// caller that changes anything in it must undo that before Commit, which
// restores the metadata of directories only.
func (d *Dir) Tree() string { return filepath.Join(d.place.dir, d.place.temp) }

// Scratch makes a directory beside the tree, on the same file system, for what
// is to be gone afterwards. The caller calls release before Commit; if the
// process dies first, the next run for the same output removes it.
func (d *Dir) Scratch() (path string, release func() error, err error) {
	name, fd, err := d.place.newTemp()
	if err != nil {
		return "", nil, d.place.wrap(err)
	}
	return filepath.Join(d.place.dir, name), func() error {
		defer unix.Close(fd)
		return treefd.Remove(d.place.parent, name)
	}, nil
}

// Put implements Sink: directories and symbolic links are made at once,
// regular files are queued, hard links wait for Flush.
func (d *Dir) Put(e plan.Entry, open func() (rootfs.File, error)) error {
	if err := errors.Join(CheckEntry(e), checkType(e)); err != nil {
		return err
	}
	if d.done || d.flushed {
		return fmt.Errorf("internal error: %s was put after the end of the output", e.Path)
	}
	switch {
	case e.Mode.IsDir():
		return d.wrap(e, d.putDir(e))
	case e.HardLink != "":
		d.links = append(d.links, e)
		return d.files.failed()
	case e.Mode&fs.ModeSymlink != 0:
		return d.wrap(e, d.putSymlink(e))
	case !e.Mode.IsRegular():
		return d.wrap(e, d.putNode(e))
	}
	return d.files.add(e.Size, func(stopped func() bool) error { return d.putFile(e, open, stopped) })
}

// checkType refuses what a directory is not made of.
func checkType(e plan.Entry) error {
	switch e.Mode.Type() {
	case 0, fs.ModeDir, fs.ModeSymlink, fs.ModeNamedPipe, fs.ModeDevice, fs.ModeDevice | fs.ModeCharDevice:
		return nil
	}
	return fmt.Errorf("internal error: a directory cannot hold %s (%v)", e.Path, e.Mode)
}

func (d *Dir) putDir(e plan.Entry) error {
	d.dirs = append(d.dirs, e)
	if e.Path == "/" {
		d.root = e
		return nil
	}
	// Open to its owner alone until it is full: it may be read-only in the end.
	return treefd.InParent(d.place.tree, e.Path, func(parent int, base string) error {
		return unix.Mkdirat(parent, base, 0o700)
	})
}

func (d *Dir) putSymlink(e plan.Entry) error {
	return treefd.InParent(d.place.tree, e.Path, func(parent int, base string) error {
		if err := unix.Symlinkat(e.Link, parent, base); err != nil {
			return err
		}
		return d.setAt(parent, base, e)
	})
}

// putNode makes a named pipe or a device. Who may make no device has an output
// without it.
func (d *Dir) putNode(e plan.Entry) error {
	kind := uint32(unix.S_IFIFO)
	switch e.Mode.Type() {
	case fs.ModeDevice:
		kind = unix.S_IFBLK
	case fs.ModeDevice | fs.ModeCharDevice:
		kind = unix.S_IFCHR
	}
	return treefd.InParent(d.place.tree, e.Path, func(parent int, base string) error {
		err := unix.Mknodat(parent, base, kind|0o600, int(e.Rdev))
		if err == unix.EPERM && kind != unix.S_IFIFO {
			d.left[e.Path] = true
			d.lose(e, "device")
			return nil
		}
		if err != nil {
			return err
		}
		return d.setAt(parent, base, e)
	})
}

// putFile runs in a worker.
func (d *Dir) putFile(e plan.Entry, open func() (rootfs.File, error), stopped func() bool) error {
	src, err := open()
	if err != nil {
		return err
	}
	defer src.Close()
	var dst int
	err = treefd.InParent(d.place.tree, e.Path, func(parent int, base string) (err error) {
		dst, err = retryInt(func() (int, error) {
			return unix.Openat(parent, base, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
		})
		return err
	})
	if err != nil {
		return d.wrap(e, err)
	}
	err = copyFile(dst, src, e.Size, stopped)
	if err == nil {
		err = d.setMeta(dst, e)
	}
	// Some file systems (NFS) say only now that the disk is full.
	if cerr := unix.Close(dst); err == nil && cerr != unix.EINTR {
		err = cerr
	}
	var re *readError
	switch {
	case errors.As(err, &re):
		return readFailed(e, re.err)
	case errors.Is(err, ErrChanged):
		return readFailed(e, ErrChanged)
	}
	return d.wrap(e, err)
}

func (d *Dir) putHardLink(e plan.Entry) error {
	tree := d.place.tree
	return treefd.InParent(tree, e.HardLink, func(oldParent int, oldBase string) error {
		return treefd.InParent(tree, e.Path, func(parent int, base string) error {
			return unix.Linkat(oldParent, oldBase, parent, base, 0)
		})
	})
}

// Flush implements Sink.
func (d *Dir) Flush(ctx context.Context) error {
	if d.done || d.flushed {
		return errors.New("internal error: the output was flushed before")
	}
	d.flushed = true
	unhook := context.AfterFunc(ctx, func() { d.files.stop(context.Cause(ctx)) })
	err := d.files.wait()
	unhook()
	if err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	for _, e := range d.links {
		if d.left[e.HardLink] {
			d.lose(e, "device")
			continue
		}
		if err := d.putHardLink(e); err != nil {
			return d.wrap(e, err)
		}
	}
	return d.finishDirs(false)
}

// finishDirs gives the directories their metadata, the deepest first: making
// a child changes a directory's times, and the final mode may forbid it.
// Again says that this was done before; what protected itself then has
// stayed as it was.
func (d *Dir) finishDirs(again bool) error {
	for _, e := range slices.Backward(d.dirs) {
		rel := strings.TrimPrefix(e.Path, "/")
		if rel == "" {
			continue
		}
		fd, err := treefd.Open(d.place.tree, rel, unix.O_RDONLY|unix.O_DIRECTORY, 0)
		if again && err == unix.EACCES {
			continue
		}
		if err != nil {
			return d.wrap(e, err)
		}
		err = d.setMeta(fd, e)
		unix.Close(fd)
		if err != nil {
			return d.wrap(e, err)
		}
	}
	return d.wrap(d.root, d.setMeta(d.place.tree, d.root))
}

// Commit implements Sink: it renames the tree to OUTPUT, or where OUTPUT
// cannot be replaced, moves what it holds up into it. If that fails it aborts.
func (d *Dir) Commit() error {
	err := d.commit()
	if err == nil {
		d.done = true
		d.place.close()
		return nil
	}
	if aerr := d.Abort(); aerr != nil {
		return errors.Join(err, aerr)
	}
	return err
}

func (d *Dir) commit() error {
	switch {
	case d.done:
		return errors.New("internal error: the output was ended before")
	case !d.flushed:
		if err := d.Flush(context.Background()); err != nil {
			return err
		}
	case d.files.failed() != nil:
		return d.files.failed()
	}
	if err := d.finishDirs(true); err != nil {
		return err
	}
	if err := d.place.publish(); err != nil {
		return err
	}
	if d.place.inPlace {
		return d.wrap(d.root, d.setRootInPlace())
	}
	return nil
}

// Abort implements Sink. It stops copies that are under way.
func (d *Dir) Abort() error {
	if d.done {
		return nil
	}
	d.done = true
	d.files.stop(context.Canceled)
	d.files.wait()
	return d.place.discard()
}

// wrap names the entry that could not be written, by the path it would have
// had.
func (d *Dir) wrap(e plan.Entry, err error) error {
	var own *Error
	if err == nil || errors.Is(err, errStopped) || errors.As(err, &own) {
		return err
	}
	return &Error{Path: strings.TrimRight(d.place.user, "/") + e.Path, Err: cause(err), hint: spaceHint(err)}
}
