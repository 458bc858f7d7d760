package pipeline

import (
	"context"
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/relink"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// store is where the proof has the tree lie.
const store = "/store/root"

// prove resolves every program where it would lie in a store, with nothing of
// the host around: it must find the same files, as must what it opens.
func (h *hosting) prove(ctx context.Context, hosted *plan.Plan) error {
	there, err := h.stored(hosted)
	if err != nil {
		return err
	}
	r := closure.New(closure.Options{Root: rootfs.Memo(there.FS()), Cwd: "/"})
	for _, want := range h.graphs {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		got, err := r.Program(store + want.Main.Real)
		if err != nil {
			return notOnHost("cannot resolve %s there: %w", want.Main.Real, err)
		}
		if got.Interp == nil || got.Interp.Real != store+want.Interp.Real {
			return notOnHost("%s would not be started by %s", want.Main.Real, want.Interp.Real)
		}
		if err := sameEdges(want.Objects(), got.Objects()); err != nil {
			return err
		}
		for _, o := range h.openings[want] {
			if err := sameOpening(r, got, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// stored is the tree in the store, its programs pointed to their loader there.
func (h *hosting) stored(hosted *plan.Plan) (*plan.Plan, error) {
	there := plan.New(nil)
	for e := range hosted.All() {
		e.Path = path.Join(store, e.Path)
		e.HardLink = ""
		if err := there.Add(e); err != nil {
			return nil, err
		}
	}
	for _, g := range h.graphs {
		name := store + g.Main.Real
		from := there.Get(name).From
		f, size, err := rootfs.OpenRegular(there.FS(), name)
		if err != nil {
			return nil, openError(name, err)
		}
		change, err := relink.Interp(f, size, store+g.Main.Obj.Interp)
		f.Close()
		if err != nil {
			return nil, notOnHost("cannot change the loader of %s: %w", g.Main.Real, err)
		}
		there.Update(name, func(e *plan.Entry) {
			e.From = plan.Source{FS: patchedFS{from: from, change: change}, Path: from.Path}
			e.Size = change.Size
		})
	}
	return there, nil
}

// sameOpening makes sure that the program of g opens there what it opens in a
// root of its own.
func sameOpening(r *closure.Resolver, g *closure.Graph, o opening) error {
	name := o.name
	if strings.Contains(name, "/") {
		name = store + name
	}
	got, to, err := r.Dlopen(g, nil, name)
	switch {
	case err != nil:
		return notOnHost("%s cannot open %s there: %w", strings.TrimPrefix(g.Main.Real, store), o.name, err)
	case to.Real != store+o.real:
		return notOnHost("%s, opened by %s, would be %s there instead of %s", o.name,
			strings.TrimPrefix(g.Main.Real, store), strings.TrimPrefix(to.Real, store), o.real)
	}
	return sameEdges(o.loaded.Objects(), append(g.Objects(), got.Objects()...))
}

// sameEdges makes sure that the objects of want need the same files where they
// lie in the store.
func sameEdges(want, got []*closure.Node) error {
	have := map[edgeKey]closure.Edge{}
	for _, n := range got {
		for _, e := range n.Edges {
			have[edgeKey{n.Real, e.Kind, e.Name}] = e
		}
	}
	for _, n := range want {
		for _, e := range n.Edges {
			if e.To == nil || e.Kind == closure.Interp || e.Kind == closure.Opened {
				continue
			}
			h := have[edgeKey{store + n.Real, e.Kind, e.Name}]
			switch {
			case h.To == nil:
				return notOnHost("%s needed by %s would not be found there", e.Name, n.Path)
			case h.To.Real != store+e.To.Real:
				return notOnHost("%s needed by %s would be %s there instead of %s", e.Name, n.Path, strings.TrimPrefix(h.To.Real, store), e.To.Real)
			}
		}
	}
	return nil
}
