package output

import (
	"cmp"
	"errors"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/treefd"
)

// Loss is something of an entry that could not be kept and that this process
// has no right to, or the file system no place for.
type Loss struct {
	Path string // of the entry, in the output
	What string // "owner 0:0", "setuid bit", "security.capability" …
}

func (l Loss) String() string { return l.Path + ": lost " + l.What }

// Lost lists what could not be kept, by path. Complete after Flush.
func (d *Dir) Lost() []Loss {
	d.mu.Lock()
	defer d.mu.Unlock()
	slices.SortFunc(d.lost, func(a, b Loss) int {
		return cmp.Or(plan.ComparePaths(a.Path, b.Path), cmp.Compare(a.What, b.What))
	})
	return slices.Compact(slices.Clone(d.lost))
}

func (d *Dir) lose(e plan.Entry, what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lost = append(d.lost, Loss{Path: e.Path, What: what})
}

// unprivileged tells a system call this process may not make from one that
// failed: root is expected to succeed.
func unprivileged(err error) bool {
	return (err == unix.EPERM || err == unix.EACCES) && os.Geteuid() != 0
}

// meta is what e has in the output.
func (d *Dir) meta(e plan.Entry) *treefd.Meta {
	m := &treefd.Meta{Mode: e.Mode, UID: e.UID, GID: e.GID, ModTime: e.ModTime, Xattrs: e.Xattrs}
	if d.epoch != nil && m.ModTime.After(*d.epoch) {
		m.ModTime = *d.epoch
	}
	return m
}

func (d *Dir) keep(e plan.Entry) treefd.Keep {
	return treefd.Keep{Denied: unprivileged, Lost: func(what string) { d.lose(e, what) }}
}

// setMeta gives the file or directory behind fd the metadata of e.
func (d *Dir) setMeta(fd int, e plan.Entry) error { return d.meta(e).SetFD(fd, d.keep(e)) }

// setAt does the same for what is not opened.
func (d *Dir) setAt(parent int, base string, e plan.Entry) error {
	return d.meta(e).SetAt(parent, base, d.keep(e))
}

// setRootInPlace gives OUTPUT, which was there before, the metadata of the
// root; a directory of somebody else's keeps its own.
func (d *Dir) setRootInPlace() error {
	err := d.setMeta(d.place.parent, d.root)
	if os.Geteuid() != 0 && errors.Is(err, unix.EPERM) {
		d.lose(d.root, "mode and time")
		return nil
	}
	return err
}
