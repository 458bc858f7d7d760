package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"syscall"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// DefaultPath is where a container without PATH of its own looks for programs.
const DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Program is one thing that can be started, or a library meant to be loaded.
type Program struct {
	Name string // as the user or a #! line called it
	Path string // absolute path in the root, links unresolved
	Real string
	// Graph is the closure of an ELF file; nil for a script.
	Graph *closure.Graph
	// Script is the #! line of a script, and Runs what that line starts: the
	// interpreter, and the program that env(1) would find.
	Script *object.Script
	Runs   []*Program
	// Warnings are sentences about what looks wrong.
	Warnings []string
}

// maxScripts is how deep interpreters may be scripts themselves (the kernel's
// bound in fs/exec.c is 5).
const maxScripts = 5

// Finder turns names into programs of one root.
type Finder struct {
	Root     rootfs.FS
	Cwd      string
	Path     string
	Resolver *closure.Resolver
}

// Find opens what name stands for: a path, or a name on the search path if no
// such file is in the working directory.
func (f *Finder) Find(name string) (*Program, error) {
	if name == "" {
		return nil, usagef("name a program", "the name of an input is empty")
	}
	full := f.abs(name)
	_, err := rootfs.Trace(f.Root, full)
	if err != nil && !strings.Contains(name, "/") && errors.Is(err, fs.ErrNotExist) && behind(err) == "" {
		found, ok := f.onPath(name)
		if !ok {
			return nil, &HintError{
				Err:    fmt.Errorf("cannot find %s: there is no such file in %s, nor on the search path %s", name, f.cwd(), f.path()),
				Advice: "give the program's full path",
			}
		}
		full, err = found, nil
	}
	if err != nil {
		return nil, openError(name, err)
	}
	return f.open(name, full, 0)
}

func (f *Finder) cwd() string {
	if f.Cwd == "" {
		return "/"
	}
	return f.Cwd
}

func (f *Finder) path() string {
	if f.Path == "" {
		return DefaultPath
	}
	return f.Path
}

// abs makes name absolute. Leading ".." are taken off the real working
// directory, as the kernel does: what they leave is no part of the bundle.
func (f *Finder) abs(name string) string {
	if path.IsAbs(name) {
		return name
	}
	dir := f.cwd()
	for {
		first, rest, _ := strings.Cut(name, "/")
		if first != "." && first != ".." {
			return strings.TrimSuffix(dir, "/") + "/" + name
		}
		if first == ".." {
			if _, real, err := rootfs.Resolve(f.Root, dir); err == nil {
				dir = real
			}
			dir = path.Dir(dir)
		}
		name = strings.TrimLeft(rest, "/")
	}
}

// onPath is the search of execvp(3): the first regular file anybody may
// execute.
func (f *Finder) onPath(name string) (string, bool) {
	for _, dir := range strings.Split(f.path(), ":") {
		full := strings.TrimSuffix(f.abs(dir), "/") + "/" + name
		_, real, err := rootfs.Resolve(f.Root, full)
		if err != nil {
			continue
		}
		if fi, err := f.Root.Lstat(real); err == nil && fi.Mode().IsRegular() && fi.Mode()&0o111 != 0 {
			return full, true
		}
	}
	return "", false
}

func openError(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &HintError{Err: fmt.Errorf("cannot open %s: no such file%s", name, behind(err)), Advice: "check the path; with --root it is a path inside that root"}
	case errors.Is(err, rootfs.ErrLoop):
		return &HintError{Err: fmt.Errorf("cannot open %s: too many levels of symbolic links", name), Advice: "its links lead in a circle: see where with namei(1)"}
	case errors.Is(err, fs.ErrPermission):
		return &HintError{Err: fmt.Errorf("cannot open %s: permission denied", name), Advice: "run pack as a user who may read it"}
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return &HintError{Err: fmt.Errorf("cannot open %s: something on the way is not a directory", name), Advice: "check the path; with --root it is a path inside that root"}
	}
	return &HintError{Err: fmt.Errorf("cannot open %s: %w", name, err), Advice: "leave it out, or see to it that it can be read"}
}

func behind(err error) string {
	var le *rootfs.LinkError
	if errors.As(err, &le) {
		return ", the link leads to " + le.Real
	}
	return ""
}

func (f *Finder) open(name, full string, depth int) (*Program, error) {
	_, real, err := rootfs.Resolve(f.Root, full)
	if err != nil {
		return nil, openError(name, err)
	}
	fi, err := f.Root.Lstat(real)
	switch {
	case err != nil:
		return nil, openError(name, err)
	case fi.IsDir():
		return nil, &HintError{Err: fmt.Errorf("cannot bundle %s: it is a directory", name), Advice: "name a program; add directories with --include"}
	case !fi.Mode().IsRegular():
		return nil, &HintError{Err: fmt.Errorf("cannot bundle %s: it is not a regular file", name), Advice: "name an ELF file or a script"}
	}
	p := &Program{Name: name, Path: full, Real: real}
	o, err := f.Resolver.Read(real)
	var damaged *object.FormatError
	switch {
	case errors.Is(err, object.ErrEmpty):
		return nil, &HintError{Err: fmt.Errorf("cannot bundle %s: the file is empty", name), Advice: "name an ELF file or a script"}
	case errors.Is(err, object.ErrNotELF):
		return p, f.openScript(p, depth)
	case errors.As(err, &damaged):
		return nil, &HintError{Err: fmt.Errorf("cannot bundle %s: %w", name, err), Advice: "the file is incomplete or damaged: build or copy it again"}
	case err != nil:
		return nil, openError(name, err)
	case closure.Classify(o) == closure.NotLoadable:
		return nil, &HintError{Err: fmt.Errorf("cannot bundle %s: it is neither an executable nor a shared library (%s)", name, o.Type), Advice: "link it into a program first"}
	}
	if p.Graph, err = f.Resolver.Program(real); err != nil {
		return nil, fmt.Errorf("cannot bundle %s: %w", name, err)
	}
	if packed := p.Graph.Main.Obj.Packed; packed != "" {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s is packed by %s: its dependencies are not known; bundle the unpacked program (upx -d)", name, packed))
	}
	if fi.Mode()&0o111 == 0 && depth == 0 && closure.Classify(p.Graph.Main.Obj) == closure.Dynamic && p.Graph.Main.Obj.Soname == "" {
		p.Warnings = append(p.Warnings, name+" is not executable (chmod +x)")
	}
	return p, nil
}

func (f *Finder) openScript(p *Program, depth int) error {
	file, size, err := rootfs.OpenRegular(f.Root, p.Real)
	if err != nil {
		return openError(p.Name, err)
	}
	defer file.Close()
	p.Script, err = object.ReadScript(file, size)
	switch {
	case errors.Is(err, object.ErrNotScript):
		return &HintError{Err: fmt.Errorf("cannot bundle %s: neither an ELF file nor a script (it does not start with \\x7fELF or #!)", p.Name), Advice: "name a program; add other files with --include"}
	case err != nil:
		return &HintError{Err: fmt.Errorf("cannot bundle %s: %w", p.Name, err), Advice: "correct its first line"}
	case depth >= maxScripts:
		return &HintError{Err: fmt.Errorf("cannot bundle %s: more than %d scripts interpret one another", p.Name, maxScripts), Advice: "the kernel starts no such script either: name a program in its #! line"}
	}
	return f.openInterp(p, depth)
}

func (f *Finder) openInterp(p *Program, depth int) error {
	interp := p.Script.Interp
	if !path.IsAbs(interp) {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s: its interpreter %s is relative to the working directory", p.Name, interp))
	}
	run, err := f.openRun(p, interp, f.abs(interp), depth)
	if err != nil {
		return err
	}
	p.Runs = append(p.Runs, run)
	prog, assigned, ok := p.Script.Env()
	if path.Base(interp) != "env" {
		return nil
	}
	if !ok {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s: cannot tell which program %q runs; add it with --include", p.Name, "env "+p.Script.Arg))
		return nil
	}
	in := *f
	for _, a := range assigned {
		if list, ok := strings.CutPrefix(a, "PATH="); ok {
			in.Path = list
		}
	}
	return in.openEnv(p, prog, depth)
}

// openEnv adds the program that env(1) will start.
func (f *Finder) openEnv(p *Program, prog string, depth int) error {
	full, ok := prog, true
	if !strings.Contains(prog, "/") {
		full, ok = f.onPath(prog)
	}
	if !ok {
		return missingInterp(p, prog, fmt.Errorf("not found on the search path %s", f.path()))
	}
	run, err := f.openRun(p, prog, f.abs(full), depth)
	if err != nil {
		return err
	}
	p.Runs = append(p.Runs, run)
	if dir := path.Dir(full); !strings.Contains(prog, "/") && !onDefaultPath(dir) {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s: %s was found in %s, which is not on a container's usual PATH: set PATH there, or env will not find it", p.Name, prog, dir))
	}
	return nil
}

func onDefaultPath(dir string) bool {
	for _, d := range strings.Split(DefaultPath, ":") {
		if d == dir {
			return true
		}
	}
	return false
}

// openRun opens what the #! line of p starts.
func (f *Finder) openRun(p *Program, name, full string, depth int) (*Program, error) {
	if _, err := rootfs.Trace(f.Root, full); errors.Is(err, fs.ErrNotExist) {
		return nil, missingInterp(p, name, fmt.Errorf("not found%s", behind(err)))
	}
	return f.open(name, full, depth+1)
}

func missingInterp(p *Program, interp string, err error) error {
	return &MissingError{Problems: []error{&closure.InterpError{Interp: interp, By: p.Path, Err: err}}}
}

// Each calls visit for p and everything it runs.
func (p *Program) Each(visit func(*Program)) {
	visit(p)
	for _, r := range p.Runs {
		r.Each(visit)
	}
}
