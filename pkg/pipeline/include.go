package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/output"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// includer adds what one --include glob, or one rule, matches.
type includer struct {
	*builder
	why   plan.Reason
	seen  map[string]bool
	files []string // real paths of the regular files added, in order
	// skip tells which real paths to leave out; nil for none.
	skip func(real string) bool
	// quiet passes over what cannot be added: nobody asked for it by name.
	quiet bool
	// public leaves out what is not for everybody; left is that.
	public bool
	left   []string
	// around bounds what links lead to; nil for no bound.
	around *around
}

func (in *includer) complain(format string, args ...any) {
	if !in.quiet {
		in.warn("--include "+in.why.By+": "+format, args...)
	}
}

// include adds everything the globs match, and then the closure of the ELF
// files among that.
func (b *builder) include(globs []string) error {
	var files []string
	for _, g := range globs {
		pattern := g
		if pattern == "" {
			return usagef("leave it out, or name something", "--include: the pattern is empty")
		}
		if !path.IsAbs(pattern) {
			pattern = glob.Quote(strings.TrimSuffix(b.finder.cwd(), "/")) + "/" + strings.TrimPrefix(pattern, "./")
		}
		names, err := glob.Expand(b.root, pattern)
		if err != nil {
			return usageGlob("--include", g, err)
		}
		if len(names) == 0 {
			b.warn("--include %s: nothing matches", g)
		}
		in := &includer{builder: b, why: plan.Reason{Kind: plan.Include, By: g}, seen: map[string]bool{}}
		for _, n := range names {
			if err := in.name(n); err != nil {
				return err
			}
		}
		files = append(files, in.files...)
	}
	return b.closeOver(files, false)
}

func usageGlob(flag, g string, err error) error {
	var syntax *glob.SyntaxError
	if errors.As(err, &syntax) {
		return usagef("quote special characters with a backslash", "%s: %v", flag, err)
	}
	return fmt.Errorf("%s %s: %w", flag, g, err)
}

// name adds one name as written, with the links on its way.
func (in *includer) name(name string) error {
	p, err := rootfs.TraceParent(in.root, name)
	if err != nil {
		return openError(name, err)
	}
	if in.kernelMade(p.Real) {
		in.complain("left out %s: the kernel makes it", name)
		return nil
	}
	if err := in.addWay(name, p); err != nil {
		return err
	}
	return in.real(p.Real)
}

// real adds what is at a real path: a link with its target, a directory with
// all below, a file.
func (in *includer) real(real string) error {
	if in.seen[real] || in.skip != nil && in.skip(real) {
		return nil
	}
	in.seen[real] = true
	if in.isTemporary(real) || slices.Contains(in.builder.files, real) || in.quiet && real == in.output {
		return nil
	}
	fi, err := in.root.Lstat(real)
	if in.quiet && errors.Is(err, fs.ErrNotExist) {
		return nil // it went while its directory was read
	}
	if err != nil {
		return openError(real, err)
	}
	switch {
	case fi.Mode()&fs.ModeSymlink != 0:
		return in.link(real)
	case in.public && in.isSecret(real, fi):
		in.left = append(in.left, real)
		return nil
	case fi.IsDir():
		return in.dir(real)
	case fi.Mode().IsRegular():
		in.files = append(in.files, real)
		return in.addReal(real, real, in.why)
	}
	in.complain("left out %s: it is a %s", real, specialName(fi.Mode()))
	return nil
}

// isTemporary tells that this run, or one that was killed, made what is at a
// real path.
func (b *builder) isTemporary(real string) bool {
	for _, out := range append([]string{b.output}, b.files...) {
		if path.Dir(real) == path.Dir(out) && output.IsTemporary(path.Base(real), path.Base(out)) {
			return true
		}
	}
	return false
}

// passing are the directories of what ends with the programs that made it, or
// with the machine's run (hier(7)): a rule that adds one means the place.
var passing = []string{"/dev", "/dev/shm", "/run", "/tmp", "/var/tmp"}

// kernelMade tells that what is at a real path differs from process to process
// and from machine to machine.
func (in *includer) kernelMade(real string) bool {
	return !in.spec.Foreign && (below(real, "/proc") || below(real, "/sys"))
}

func specialName(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "fifo"
	case m&fs.ModeSocket != 0:
		return "socket"
	}
	return "device"
}

func (in *includer) link(real string) error {
	if err := in.addReal(real, real, in.why); err != nil {
		return err
	}
	p, err := rootfs.Trace(in.root, real)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, rootfs.ErrLoop) {
		in.complain("%s is a dangling link", real)
		return nil
	}
	if err != nil {
		return openError(real, err)
	}
	if in.kernelMade(p.Real) {
		return nil // the link works wherever the file is made, as that of /etc/mtab
	}
	if in.public {
		if follow, err := in.mayFollow(p.Real); err != nil || !follow {
			return err
		}
	}
	if err := in.addWay(real, p); err != nil {
		return err
	}
	if p.Real == "/" {
		in.complain("%s leads to the whole root: only the link was added", real)
		return nil
	}
	return in.real(p.Real)
}

func (in *includer) dir(real string) error {
	if !in.quiet && in.output != "" && (in.output == real || below(in.output, real)) {
		return usagef("write the bundle somewhere else", "cannot write to %s: it is inside %s, which --include %s adds", in.spec.Output, real, in.why.By)
	}
	if !in.spec.Foreign && (real == "/proc" || real == "/sys" || real == "/dev") {
		in.complain("left out the contents of %s: the kernel makes them", real)
		return in.addReal(real, real, in.why)
	}
	if err := in.addReal(real, real, in.why); err != nil {
		return err
	}
	if in.quiet && slices.Contains(passing, real) {
		return nil
	}
	list, err := in.root.ReadDir(real)
	if err != nil {
		return openError(real, err)
	}
	for _, e := range list {
		if err := in.real(strings.TrimSuffix(real, "/") + "/" + e.Name()); err != nil {
			return err
		}
	}
	return nil
}
