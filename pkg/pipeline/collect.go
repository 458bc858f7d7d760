package pipeline

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// builder is a plan in the making, with what later stages need to know of how
// it came about.
type builder struct {
	spec     *Spec
	root     rootfs.FS // fails once nobody waits for the plan any more
	source   rootfs.FS // root for as long as the plan is used
	resolver *closure.Resolver
	finder   *Finder
	plan     *plan.Plan
	output   string   // real path of the output in the root, empty if it is not there
	files    []string // the same of the portable file and the image
	evidence *evidence

	programs []*member
	why      []plan.Reason // of the last entry: those of one directory share it
	warnings []string
	tips     []string // what the user may want to add
	infos    []string // what nobody has to know
	// named are the real paths of the inputs and of what interprets them.
	named  map[string]bool
	budget *budget // nil for no bound
	// excluded are the entries --exclude dropped, by path.
	excluded map[string]bool
}

func newBuilder(ctx context.Context, spec *Spec) *builder {
	source := spec.Root
	if source == nil {
		source = rootfs.Host()
	}
	source = rootfs.Memo(source)
	root := rootfs.Until(ctx, source)
	b := &builder{spec: spec, root: root, source: source, excluded: map[string]bool{}, named: map[string]bool{}, evidence: newEvidence(spec, root)}
	b.resolver = closure.New(closure.Options{Root: root, LibraryPath: spec.LibraryPath, Cwd: spec.Cwd, Read: b.evidence.read})
	b.finder = &Finder{Root: root, Cwd: spec.Cwd, Path: spec.Path, Resolver: b.resolver}
	b.plan = plan.New(b.parent)
	b.output = outputIn(root, spec.Output)
	if spec.Portable != nil {
		b.files = append(b.files, outputIn(root, spec.Portable.File))
	}
	if spec.Image != nil {
		b.files = append(b.files, outputIn(root, spec.Image.File))
	}
	return b
}

func (b *builder) warn(format string, args ...any) {
	if w := fmt.Sprintf(format, args...); !slices.Contains(b.warnings, w) {
		b.warnings = append(b.warnings, w)
	}
}

func (b *builder) tip(format string, args ...any) {
	if t := fmt.Sprintf(format, args...); !slices.Contains(b.tips, t) {
		b.tips = append(b.tips, t)
	}
}

func (b *builder) info(format string, args ...any) {
	if i := fmt.Sprintf(format, args...); !slices.Contains(b.infos, i) {
		b.infos = append(b.infos, i)
	}
}

// parent describes a directory of the bundle as the root has it.
func (b *builder) parent(dir string) plan.Entry {
	e := plan.Entry{Mode: fs.ModeDir | 0o755, ModTime: madeTime}
	fi, err := b.root.Lstat(dir)
	if err != nil || !fi.IsDir() || dir == "/" {
		return e
	}
	if real, err := b.entry(dir, fi); err == nil {
		return real
	}
	return e
}

// entry describes the file, directory or link at a real path of the root.
func (b *builder) entry(real string, fi fs.FileInfo) (plan.Entry, error) {
	st := rootfs.StatOf(fi)
	e := plan.Entry{
		Path: real, Mode: fi.Mode() & (fs.ModeType | fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky),
		UID: st.UID, GID: st.GID, ModTime: b.settled(real, fi),
	}
	switch {
	case fi.Mode()&fs.ModeSymlink != 0:
		target, err := b.root.Readlink(real)
		if err != nil {
			return e, err
		}
		e.Link = target
		return e, nil
	case fi.Mode().IsRegular():
		e.Size = fi.Size()
		e.From = plan.Source{FS: b.source, Path: real}
		if st.Nlink > 1 {
			e.From.ID = st.ID
		}
	}
	attrs, err := b.root.Xattrs(real)
	if err != nil {
		return e, err
	}
	maps.DeleteFunc(attrs, func(name string, _ []byte) bool { return !plan.KeepsXattr(name) })
	e.Xattrs = attrs
	return e, nil
}

// addPath puts what name leads to into the plan under its real path, with
// every link and every detour on the way, so that the name works in the bundle
// as it does in the root.
func (b *builder) addPath(name string, why plan.Reason) error {
	p, err := rootfs.Trace(b.root, name)
	if err != nil {
		return openError(name, err)
	}
	if err := b.addWay(name, p); err != nil {
		return err
	}
	return b.addReal(p.Real, p.Real, why)
}

// addWay adds the links and detours of a path, not what it leads to.
func (b *builder) addWay(name string, p rootfs.Path) error {
	for _, l := range p.Links {
		if err := b.addReal(l, l, plan.Reason{Kind: plan.Link, By: name}); err != nil {
			return err
		}
	}
	for _, d := range p.Left {
		if err := b.addReal(d, d, plan.Reason{Kind: plan.Parent, By: name}); err != nil {
			return err
		}
	}
	return nil
}

// addReal puts the file, directory or link at a real path of the root into the
// plan at the path at.
func (b *builder) addReal(real, at string, why plan.Reason) error {
	if old := b.plan.Get(at); old != nil && old.Mode.IsRegular() && old.From.Path == real && slices.Contains(old.Why, why) {
		return nil
	}
	fi, err := b.root.Lstat(real)
	if err != nil {
		return openError(real, err)
	}
	e, err := b.entry(real, fi)
	if err != nil {
		return openError(real, err)
	}
	if len(b.why) == 0 || b.why[0] != why {
		b.why = []plan.Reason{why}
	}
	e.Path, e.Why = at, b.why
	if b.budget != nil && b.plan.Get(at) == nil {
		if err := b.budget.spend(&e); err != nil {
			return err
		}
	}
	return b.plan.Add(e)
}

// addProgram puts a program, its closure and what interprets it into the plan.
// at is where the program itself goes, empty for where it is.
func (b *builder) addProgram(p *Program, at string, why plan.Reason) error {
	for _, w := range p.Warnings {
		b.warn("%s", w)
	}
	m := &member{Program: p, At: at}
	if at == "" {
		m.At = p.Real
		if err := b.addPath(p.Path, why); err != nil {
			return err
		}
	} else if err := b.addReal(p.Real, at, why); err != nil {
		return err
	}
	b.programs = append(b.programs, m)
	if p.Graph != nil {
		if err := b.addGraph(p.Graph); err != nil {
			return err
		}
	}
	for _, r := range p.Runs {
		if err := b.addProgram(r, "", plan.Reason{Kind: plan.Interp, By: p.Path, Via: r.Name}); err != nil {
			return err
		}
	}
	return nil
}

// addGraph puts everything a program loads into the plan, the program itself
// excepted.
func (b *builder) addGraph(g *closure.Graph) error {
	for _, w := range g.Warnings {
		b.warn("%s", w)
	}
	for _, n := range g.Objects() {
		if n == g.Main {
			continue
		}
		// What is opened itself was added with the reason it is opened for.
		if n.Kind != closure.Opened {
			if err := b.addPath(n.Path, reasonFor(n)); err != nil {
				return err
			}
		}
		if err := b.addOtherNames(n); err != nil {
			return err
		}
	}
	if g.Interp != nil && g.Main.Obj.Interp != "" {
		return b.addPath(g.Interp.Path, plan.Reason{Kind: plan.Interp, By: g.Main.Path})
	}
	return nil
}

// addOtherNames adds the paths by which a node reaches objects that are in
// memory already under another name, such as a second link to the same file.
func (b *builder) addOtherNames(n *closure.Node) error {
	for _, e := range n.Edges {
		if e.To == nil || e.Found.Path == "" || e.Found.Path == e.To.Path {
			continue
		}
		if err := b.addPath(e.Found.Path, plan.Reason{Kind: plan.Needed, By: n.Path, Via: e.Name + " by " + e.Found.String()}); err != nil {
			return err
		}
	}
	return nil
}

func reasonFor(n *closure.Node) plan.Reason {
	r := plan.Reason{Kind: plan.Needed, Via: n.Name + " by " + n.Found.String()}
	if n.By != nil {
		r.By = n.By.Path
	}
	switch n.Kind {
	case closure.Variant:
		r.Kind = plan.Variant
	case closure.Audit:
		r.Kind = plan.Audit
	case closure.Interp:
		r = plan.Reason{Kind: plan.Interp, By: r.By}
	}
	return r
}

// readIn returns the loading facts of what the plan has at a real path of the
// bundle, from the file it will be made of.
func (b *builder) readIn(real string) (*object.Object, error) {
	src, ok := b.plan.FS().Source(real)
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: real, Err: fs.ErrNotExist}
	}
	if src.FS == nil {
		return nil, object.ErrNotELF
	}
	return b.resolver.Read(src.Path)
}

// sourceOf returns the real path in the root of what the plan has at a path.
func (b *builder) sourceOf(at string) string {
	src, _ := b.plan.FS().Source(path.Clean(at))
	return src.Path
}
