package rootfs

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
)

// Host returns the running machine's own root file system, as this process
// sees it.
func Host() FS { return host{} }

type host struct{}

func (host) Name() string                               { return "/" }
func (host) Lstat(name string) (fs.FileInfo, error)     { return os.Lstat(name) }
func (host) Readlink(name string) (string, error)       { return os.Readlink(name) }
func (host) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (host) Xattrs(name string) (map[string][]byte, error) {
	return xattrsByPath(name)
}
func (host) Open(name string) (File, error) { return openFile(name) }

// Dir is a directory of the host used as a root. It holds the directory open;
// every access goes through os.Root, so that neither a link nor a rename made
// meanwhile by somebody else leads out of it.
type Dir struct {
	name string
	root *os.Root
}

// OpenDir opens the directory name of the host as a root.
func OpenDir(name string) (*Dir, error) {
	// To open a pipe would wait for somebody at its other end.
	if fi, err := os.Stat(name); err == nil && !fi.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOTDIR}
	}
	r, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Dir{name: name, root: r}, nil
}

// Close releases the directory.
func (d *Dir) Close() error { return d.root.Close() }

// Name returns the directory's path as given to OpenDir.
func (d *Dir) Name() string { return d.name }

// rel turns a root-relative absolute name into what os.Root takes.
func rel(name string) string {
	if name = strings.TrimLeft(name, "/"); name == "" {
		return "."
	}
	return name
}

// Lstat implements FS.
func (d *Dir) Lstat(name string) (fs.FileInfo, error) { return d.root.Lstat(rel(name)) }

// Readlink implements FS.
func (d *Dir) Readlink(name string) (string, error) { return d.root.Readlink(rel(name)) }

// ReadDir implements FS.
func (d *Dir) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := d.root.Open(rel(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, err
}

// Open implements FS.
func (d *Dir) Open(name string) (File, error) {
	f, err := d.root.OpenFile(rel(name), openFlags, 0)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Xattrs implements FS.
func (d *Dir) Xattrs(name string) (map[string][]byte, error) {
	f, err := d.root.OpenFile(rel(name), openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return xattrsByFile(f)
}

// FD returns the descriptor behind f, if there is one and reading it from its
// start gives f's content. It is valid until f is closed or collected.
//
// Only the system's own types count: what wraps one of them has its method Fd
// too, but may read otherwise.
func FD(f File) (int, bool) {
	if o, ok := f.(*os.File); ok {
		return int(o.Fd()), true
	}
	return sysFD(f)
}

// FileID identifies an inode on one machine.
type FileID struct{ Dev, Ino uint64 }

// Stat is what lies behind fs.FileInfo.Sys of a root's files.
type Stat struct {
	ID       FileID
	Nlink    uint64
	UID, GID int
	Rdev     uint64 // of a device
}

// Statter is implemented by fs.FileInfo.Sys values that are not the operating
// system's own.
type Statter interface{ RootStat() Stat }

// StatOf returns inode and owner of a file; the zero Stat where they are
// unknown.
func StatOf(fi fs.FileInfo) Stat {
	if s, ok := fi.Sys().(Statter); ok {
		return s.RootStat()
	}
	return sysStat(fi)
}
