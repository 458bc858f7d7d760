// Package closure computes everything a dynamic loader would map for a
// program: the breadth-first graph of shared objects, each edge with how it
// was found or why it was not. It follows _dl_map_object_deps of glibc's
// elf/dl-deps.c and load_deps of musl's ldso/dynlink.c.
package closure

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Options is what a closure depends on besides the files of the root.
type Options struct {
	Root rootfs.FS
	// LibraryPath is LD_LIBRARY_PATH; Cwd the working directory of the process,
	// which only empty and relative elements of search lists are about.
	LibraryPath, Cwd string
	// NoProc resolves as in a chroot where /proc is not mounted: the loader
	// does not know the executable's $ORIGIN (_dl_get_origin reads
	// /proc/self/exe).
	NoProc bool
	// Read returns the facts of the file at a real path; nil reads Root.
	Read func(real string) (*object.Object, error)
}

// Resolver resolves programs of one root. What it learns of a file or a
// loader it keeps, so one Resolver sees one state of the root. Safe for
// concurrent use.
type Resolver struct {
	opts Options

	mu      sync.Mutex
	objects map[string]*object.Object
	systems map[string]*ldso.System
}

// New returns a Resolver.
func New(o Options) *Resolver {
	r := &Resolver{opts: o, objects: map[string]*object.Object{}, systems: map[string]*ldso.System{}}
	if o.Read == nil {
		r.opts.Read = r.read
	}
	return r
}

// Read returns the loading facts of the file at a real path of the root.
func (r *Resolver) Read(real string) (*object.Object, error) {
	r.mu.Lock()
	o := r.objects[real]
	r.mu.Unlock()
	if o != nil {
		return o, nil
	}
	o, err := r.opts.Read(real)
	if err != nil {
		// Most files of a large tree are no ELF files: not worth remembering.
		return nil, err
	}
	r.mu.Lock()
	r.objects[real] = o
	r.mu.Unlock()
	return o, nil
}

func (r *Resolver) read(real string) (*object.Object, error) {
	f, size, err := rootfs.OpenRegular(r.opts.Root, real)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return object.Read(f, size)
}

// EdgeKind says what makes one object load another.
type EdgeKind string

// The kinds of edge.
const (
	Needed    EdgeKind = "needed"    // DT_NEEDED
	Filter    EdgeKind = "filter"    // DT_FILTER
	Auxiliary EdgeKind = "auxiliary" // DT_AUXILIARY: may be missing
	Audit     EdgeKind = "audit"     // DT_AUDIT or DT_DEPAUDIT: may be missing
	Interp    EdgeKind = "interp"    // PT_INTERP
	Variant   EdgeKind = "hwcaps"    // a CPU-specific twin
	Opened    EdgeKind = "dlopen"    // asked for by the caller of Open
)

// Edge is one dependency of a node. To is nil where nothing was found; then
// Err says why.
type Edge struct {
	Kind  EdgeKind
	Name  string // as in the file
	To    *Node
	Found ldso.Found // how this name led to To
	Err   error
}

// Node is one object in the process.
type Node struct {
	Path  string // as the loader opens it: links unresolved, perhaps with ".."
	Real  string // the real path in the root
	Obj   *object.Object
	Edges []Edge
	// Kind, By and Found say why the node was loaded first. By is nil for the
	// main program.
	Kind  EdgeKind
	Name  string
	By    *Node
	Found ldso.Found

	req *ldso.Requester
}

// Graph is one process image.
type Graph struct {
	Main *Node
	// Interp is the loader; nil for a static program.
	Interp *Node
	// System is what the loader consulted; nil for a static program.
	System *ldso.System
	// Nodes is every object the loader maps, in load order, Main first.
	Nodes []*Node
	// Variants are CPU-specific twins of nodes, and what only they need.
	Variants []*Node
	// Problems would keep the program from starting: *ldso.NotFoundError,
	// *InterpError, *VersionError.
	Problems []error
	// Warnings are sentences about what the loader tolerates.
	Warnings []string

	names map[string]*Node
	reals map[string]*Node
	ids   map[rootfs.FileID]*Node
}

// Objects yields every node: load order, then the variants.
func (g *Graph) Objects() []*Node {
	return append(g.Nodes[:len(g.Nodes):len(g.Nodes)], g.Variants...)
}

// InterpError is a PT_INTERP that cannot serve.
type InterpError struct {
	Interp, By string
	Err        error
}

func (e *InterpError) Error() string {
	return fmt.Sprintf("interpreter %s needed by %s: %s", e.Interp, e.By, cause(e.Err))
}

// Unwrap returns the cause.
func (e *InterpError) Unwrap() error { return e.Err }

func cause(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "not found"
	}
	return err.Error()
}

// VersionError is a symbol version that By wants of File and File does not
// define; the loader refuses to start such a program.
type VersionError struct {
	Version  string
	File, By string // paths
	Name     string // File as DT_NEEDED names it
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("version %s needed by %s: not defined by %s, which serves as %s", e.Version, e.By, e.File, e.Name)
}

// KindOf sorts an ELF file into what a bundler can do with it.
type KindOf int

// The kinds of ELF file.
const (
	NotLoadable KindOf = iota // a relocatable object, a core file
	Static                    // loads nothing: static or static-PIE
	Dynamic                   // names an interpreter
	Library                   // a shared object without one
)

// Classify tells what kind of ELF file o is.
func Classify(o *object.Object) KindOf {
	switch {
	case o.Type != elf.ET_EXEC && o.Type != elf.ET_DYN:
		return NotLoadable
	case o.Interp != "":
		return Dynamic
	case o.Type == elf.ET_EXEC, !o.Dynamic, o.PIE:
		return Static
	}
	return Library
}
