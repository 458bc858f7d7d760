package closure

import (
	"fmt"
	"io/fs"
	"path"

	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Program resolves the ELF file name as the main program of a process: an
// executable by its own interpreter, a shared library by the loader its
// architecture usually has (as ldd(1) would). Missing objects are in
// Graph.Problems; the error is for a file that cannot be read or is not
// loadable at all.
func (r *Resolver) Program(name string) (*Graph, error) {
	_, real, err := rootfs.Resolve(r.opts.Root, name)
	if err != nil {
		return nil, err
	}
	o, err := r.Read(real)
	if err != nil {
		return nil, err
	}
	main := &Node{Path: real, Real: real, Obj: o}
	g := &Graph{Main: main, Nodes: []*Node{main}, names: map[string]*Node{}, reals: map[string]*Node{}, ids: map[rootfs.FileID]*Node{}}
	switch Classify(o) {
	case NotLoadable:
		return nil, fmt.Errorf("%s is neither an executable nor a shared library (%s)", name, o.Type)
	case Static:
		return g, nil
	}
	main.req = &ldso.Requester{Path: real, Obj: o, Origin: ldso.Origin(real), Secure: r.secure(real)}
	if r.opts.NoProc && o.Interp != "" {
		main.req.Origin = ""
	}
	r.findInterp(g)
	l := &load{Resolver: r, g: g}
	l.register(main, "")
	l.addInterp()
	l.walk()
	l.finish()
	return g, nil
}

// secure tells whether the kernel sets AT_SECURE for an ordinary user who
// starts the file.
func (r *Resolver) secure(real string) bool {
	fi, err := r.opts.Root.Lstat(real)
	if err != nil {
		return false
	}
	if fi.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
		return true
	}
	attrs, err := r.opts.Root.Xattrs(real)
	return err == nil && attrs["security.capability"] != nil
}

func (r *Resolver) findInterp(g *Graph) {
	o := g.Main.Obj
	candidates := []string{o.Interp}
	if o.Interp == "" {
		candidates = ldso.LikelyInterps(o)
	}
	var firstErr error
	for _, interp := range candidates {
		name := interp
		if !path.IsAbs(name) {
			name = path.Join("/", r.opts.Cwd, name)
		}
		sys, err := r.system(name, o)
		if err == nil {
			g.System = sys
			g.Interp, err = r.interpNode(g.Main, interp, name)
			if err == nil {
				return
			}
		}
		if firstErr == nil {
			firstErr = err
		}
	}
	if g.System == nil {
		g.System = ldso.Assume(r.opts.Root, o)
	}
	if o.Interp != "" {
		g.Problems = append(g.Problems, &InterpError{Interp: o.Interp, By: g.Main.Path, Err: firstErr})
	}
}

func (r *Resolver) interpNode(main *Node, interp, name string) (*Node, error) {
	_, real, err := rootfs.Resolve(r.opts.Root, name)
	if err != nil {
		return nil, err
	}
	o, err := r.Read(real)
	if err != nil {
		return nil, err
	}
	if o.Class != main.Obj.Class || o.Machine != main.Obj.Machine || o.Data != main.Obj.Data {
		return nil, fmt.Errorf("%s is for another machine (%s %s)", real, o.Class, o.Machine)
	}
	n := &Node{Path: name, Real: real, Obj: o, Kind: Interp, Name: interp, By: main, Found: ldso.Found{Path: name, How: ldso.ByInterp}}
	n.req = &ldso.Requester{Path: name, Obj: o, Origin: ldso.Origin(name), Loader: main.req}
	return n, nil
}

func (r *Resolver) system(interp string, like *object.Object) (*ldso.System, error) {
	key := fmt.Sprint(interp, like.Class, like.Machine, like.Data)
	r.mu.Lock()
	defer r.mu.Unlock()
	if sys := r.systems[key]; sys != nil {
		return sys, nil
	}
	sys, err := ldso.Probe(r.opts.Root, interp, like)
	if err != nil {
		return nil, err
	}
	r.systems[key] = sys
	return sys, nil
}
