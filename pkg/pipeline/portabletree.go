package pipeline

import (
	"context"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/output"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Tree asks for a plan of what is in a root, all of it or what lies at paths.
type Tree struct {
	Root rootfs.FS
	// Paths are taken with everything below them, and the directories they lie
	// in; nil is everything. Links on the way are not followed.
	Paths []string
	// Output is a file of the host that is being written, and no part of the
	// tree if it lies in it.
	Output string
	Epoch  *time.Time // the latest time in the tree (SOURCE_DATE_EPOCH)
	Log    *logrus.Logger
}

// Plan reads the tree. What is on another file system, below a mount point, is
// left out with a warning.
func (t *Tree) Plan(ctx context.Context) (*plan.Plan, error) {
	w := &walk{Tree: t, builder: builder{spec: &Spec{Epoch: t.Epoch}, root: t.Root, source: t.Root, files: []string{outputIn(t.Root, t.Output)}}}
	w.plan = plan.New(w.parent)
	paths := t.Paths
	if paths == nil {
		paths = []string{"/"}
	}
	for _, name := range paths {
		way, err := rootfs.TraceParent(t.Root, name)
		if err != nil {
			return nil, openError(name, err)
		}
		if len(way.Links) > 0 {
			return nil, usagef("name what the link leads to", "%s lies behind the link %s", name, way.Links[0])
		}
		fi, err := t.Root.Lstat(way.Real)
		if err != nil {
			return nil, openError(name, err)
		}
		w.dev = rootfs.StatOf(fi).ID.Dev
		if err := w.add(ctx, way.Real, fi); err != nil {
			return nil, err
		}
	}
	w.plan.LinkTwins()
	w.clamp()
	return w.plan, nil
}

// walk is a tree on its way into a plan.
type walk struct {
	*Tree
	builder
	dev uint64 // the file system that is not left
}

func (w *walk) add(ctx context.Context, name string, fi fs.FileInfo) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if slices.Contains(w.files, name) || w.isTemporary(name) {
		return nil
	}
	e, err := w.describe(name, fi)
	if err != nil {
		return openError(name, err)
	}
	if err := w.plan.Add(e); err != nil || !fi.IsDir() {
		return err
	}
	if dev := rootfs.StatOf(fi).ID.Dev; dev != w.dev {
		if w.Log != nil {
			w.Log.Warnf("left out what is below %s: it is a mount point", name)
		}
		return nil
	}
	entries, err := w.Root.ReadDir(name)
	if err != nil {
		return openError(name, err)
	}
	for _, d := range entries {
		fi, err := d.Info()
		if err != nil {
			return openError(path.Join(name, d.Name()), err)
		}
		if err := w.add(ctx, path.Join(name, d.Name()), fi); err != nil {
			return err
		}
	}
	return nil
}

// describe is entry for anything a tree may hold, and for its root.
func (w *walk) describe(name string, fi fs.FileInfo) (plan.Entry, error) {
	st := rootfs.StatOf(fi)
	var id rootfs.FileID
	if st.Nlink > 1 && !fi.IsDir() {
		id = st.ID
	}
	if fi.IsDir() || fi.Mode().IsRegular() || fi.Mode()&fs.ModeSymlink != 0 {
		e, err := w.entry(name, fi)
		e.From.ID = id
		if name != path.Dir(w.files[0]) {
			e.ModTime = fi.ModTime() // a whole tree is kept as it is
		}
		return e, err
	}
	return plan.Entry{
		Path: name, Mode: fi.Mode() & (fs.ModeType | fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky),
		UID: st.UID, GID: st.GID, ModTime: fi.ModTime(), Rdev: st.Rdev, From: plan.Source{ID: id},
	}, nil
}

// WriteTo makes the portable file of a plan. On any error there is none.
func (o *Portable) WriteTo(ctx context.Context, p *plan.Plan, log *logrus.Logger) error {
	if log == nil {
		log = logrus.New()
		log.SetOutput(io.Discard)
	}
	start := time.Now()
	f, err := output.NewFile(o.File, 0o755)
	if err != nil {
		return err
	}
	sink, err := o.write(ctx, p, f, log)
	if err != nil {
		return err
	}
	if err := sink.Commit(); err != nil {
		return err
	}
	log.WithFields(logrus.Fields{"entries": p.Len(), "took": time.Since(start).Round(time.Millisecond)}).Info("portable file complete")
	return nil
}

// InTree turns a path of the host, relative to dir, into one of the tree of
// which dir is the root.
func InTree(name string) (string, error) {
	if escapes(name) {
		return "", usagef("name something in the directory, or another with -C", "%s is outside of the directory", name)
	}
	return path.Join("/", strings.TrimLeft(name, "/")), nil
}
