package pipeline

import (
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/relink"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// relinked is the tree with its ELF files changed and its absolute links made
// relative.
func (h *hosting) relinked() (*plan.Plan, error) {
	out := plan.New(nil)
	for e := range h.plan.All() {
		switch {
		case e.Mode&fs.ModeSymlink != 0 && path.IsAbs(e.Link):
			e.Link = h.relative(e)
		case e.Mode.IsRegular():
			changed, err := h.relink(e)
			if err != nil {
				return nil, err
			}
			e = changed
		}
		if err := out.Add(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// relative is where an absolute link leads, seen from where it lies. One that
// leads nowhere stays: it is the host's then, as it says.
func (h *hosting) relative(e plan.Entry) string {
	_, real, err := rootfs.Resolve(h.plan.FS(), e.Link)
	if err != nil {
		return e.Link
	}
	rel, err := filepath.Rel(path.Dir(e.Path), real)
	if err != nil {
		return e.Link
	}
	return rel
}

// relink changes a file for its role. A hard link is changed as the file it is
// another name of.
func (h *hosting) relink(e plan.Entry) (plan.Entry, error) {
	role := h.roles[e.Path]
	if e.HardLink != "" && (role != h.roles[e.HardLink] || !slices.Equal(h.dirs[e.Path], h.dirs[e.HardLink])) {
		return e, notOnHost("%s and %s are one file in two places", e.Path, e.HardLink)
	}
	if role == 0 || role == asStatic {
		return e, nil
	}
	f, size, err := rootfs.OpenRegular(h.plan.FS(), e.Path)
	if err != nil {
		return e, openError(e.Path, err)
	}
	defer f.Close()
	var change relink.Change
	switch role {
	case asProgram:
		change, err = relink.Executable(f, size, h.dirs[e.Path])
	case asLoader:
		change, err = relink.Loader(f, size)
	default:
		change, err = relink.Library(f, size)
	}
	if err != nil {
		return e, notOnHost("cannot change where %s looks for libraries: %w", e.Path, err)
	}
	e.From = plan.Source{FS: patchedFS{from: e.From, change: change}, Path: e.From.Path}
	e.Size = change.Size
	return e, nil
}
