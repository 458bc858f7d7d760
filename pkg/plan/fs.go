package plan

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// FS is the plan seen as the root file system it will become, so that what
// works on a root (a loader's search, a glob) can be asked of a bundle before
// a byte of it is written.
type FS struct{ p *Plan }

// FS returns the plan as a root. Later changes to the plan show in it.
func (p *Plan) FS() FS { return FS{p} }

// Name implements rootfs.FS.
func (f FS) Name() string { return "the bundle" }

// Source returns where the content of the regular file name comes from.
func (f FS) Source(name string) (Source, bool) {
	e := f.p.entries[name]
	if e == nil || !e.Mode.IsRegular() {
		return Source{}, false
	}
	return e.From, true
}

func (f FS) get(op, name string) (*Entry, error) {
	if e := f.p.entries[name]; e != nil {
		return e, nil
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: syscall.ENOENT}
}

// Lstat implements rootfs.FS.
func (f FS) Lstat(name string) (fs.FileInfo, error) {
	e, err := f.get("lstat", name)
	if err != nil {
		return nil, err
	}
	return entryInfo{e}, nil
}

// Readlink implements rootfs.FS.
func (f FS) Readlink(name string) (string, error) {
	e, err := f.get("readlink", name)
	if err == nil && e.Mode&fs.ModeSymlink == 0 {
		err = &fs.PathError{Op: "readlink", Path: name, Err: syscall.EINVAL}
	}
	if err != nil {
		return "", err
	}
	return e.Link, nil
}

// ReadDir implements rootfs.FS.
func (f FS) ReadDir(name string) ([]fs.DirEntry, error) {
	if e, err := f.get("open", name); err != nil || !e.Mode.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOTDIR}
	}
	var out []fs.DirEntry
	for _, e := range f.p.entries {
		if e.Path != "/" && path.Dir(e.Path) == name {
			out = append(out, fs.FileInfoToDirEntry(entryInfo{e}))
		}
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

// Open implements rootfs.FS.
func (f FS) Open(name string) (rootfs.File, error) {
	e, err := f.get("open", name)
	if err != nil {
		return nil, err
	}
	if !e.Mode.IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.EINVAL}
	}
	return e.From.Open()
}

// Xattrs implements rootfs.FS.
func (f FS) Xattrs(name string) (map[string][]byte, error) {
	e, err := f.get("listxattr", name)
	if err != nil {
		return nil, err
	}
	return e.Xattrs, nil
}

// entryInfo is an Entry as fs.FileInfo.
type entryInfo struct{ e *Entry }

func (i entryInfo) Name() string       { return path.Base(i.e.Path) }
func (i entryInfo) Size() int64        { return i.e.Size }
func (i entryInfo) Mode() fs.FileMode  { return i.e.Mode }
func (i entryInfo) ModTime() time.Time { return i.e.ModTime }
func (i entryInfo) IsDir() bool        { return i.e.Mode.IsDir() }
func (i entryInfo) Sys() any           { return i }

// RootStat implements rootfs.Statter.
func (i entryInfo) RootStat() rootfs.Stat {
	return rootfs.Stat{ID: i.e.From.ID, UID: i.e.UID, GID: i.e.GID}
}
