package pipeline

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/codec"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/output"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Portable asks for a portable file.
type Portable struct {
	File string // what to write
	// Codec names the compression (package codec).
	Codec string
	// Config is what the launcher is told. An Entrypoint of nil is the input,
	// else /bin/sh; a Name of "" is the file's; a Platform of "" that of the
	// program. Fallback "" is Host for a Merged root if the program works
	// there, else Fail. Interps and ClosureOnly are found out.
	Config portable.Config
	Strict bool // every warning is an error
	// Launcher opens the launcher of a platform that reads a codec; nil makes
	// a payload without one.
	Launcher func(platform, codec string) (io.ReadCloser, error)
}

// defaultEntrypoint starts a tree of which nothing is said.
const defaultEntrypoint = "/bin/sh"

// frameSize is what is compressed at a time, in bytes.
const frameSize = 4 << 20

// write makes the file of p into f, up to Flush. f is the sink's.
func (o *Portable) write(ctx context.Context, p *plan.Plan, f *output.File, log *logrus.Logger) (*output.Portable, error) {
	c, p, err := o.complete(ctx, p, log)
	if err != nil {
		return nil, errors.Join(err, f.Abort())
	}
	with, err := codec.Find(o.Codec)
	if err != nil {
		return nil, errors.Join(err, f.Abort())
	}
	options := portable.WriterOptions{Config: *c, Codec: with.Name, FrameSize: frameSize}
	options.Compress = func() (portable.Compress, error) { return with.Compressor(frameSize) }
	if o.Launcher != nil {
		launcher, err := o.Launcher(c.Platform, with.Name)
		if err != nil {
			return nil, errors.Join(err, f.Abort())
		}
		defer launcher.Close()
		options.Launcher = launcher
	}
	sink, err := output.NewPortable(ctx, f, options)
	if err != nil {
		return nil, err
	}
	return sink, output.Write(ctx, p, sink)
}

// complete returns the config with all that was left open, and the plan as it
// has to be for it.
func (o *Portable) complete(ctx context.Context, p *plan.Plan, log *logrus.Logger) (*portable.Config, *plan.Plan, error) {
	c := o.Config
	if c.Entrypoint == nil {
		c.Entrypoint = []string{defaultEntrypoint}
	}
	c.Entrypoint = append([]string{locate(p, &c)}, c.Entrypoint[1:]...)
	program, err := o.program(p, c.Entrypoint[0])
	if err != nil {
		return nil, nil, err
	}
	if c.Name == "" {
		c.Name = strings.TrimSuffix(path.Base(o.File), ".run")
	}
	if c.Platform, err = platform(c.Platform, program); err != nil {
		return nil, nil, err
	}
	if c.User != "" {
		if c.User, err = userNumbers(p, c.User); err != nil {
			return nil, nil, err
		}
	}
	if c.Root != portable.Host && (c.Fallback == portable.FallbackFail || c.Fallback == "" && c.Root == portable.Sandbox) {
		c.Fallback = portable.FallbackFail
		return &c, p, nil
	}
	asked := c.Root == portable.Host || c.Fallback == portable.FallbackHost
	h, err := onHost(ctx, p, c.Entrypoint[0], asked)
	if err == nil && c.User != "" {
		err = notOnHost("there the program cannot become the image's user %s", c.User)
	}
	var cannot *HostError
	switch {
	case errors.As(err, &cannot) && c.Root == portable.Merged && c.Fallback == "":
		log.Infof("no fallback to the host's file system: %v", cannot.Err)
		c.Fallback = portable.FallbackFail
		return &c, p, nil
	case err != nil:
		return nil, nil, err
	}
	if err := o.warnApart(h.apart, log); err != nil {
		return nil, nil, err
	}
	c.ClosureOnly, c.Interps = len(h.apart) == 0, h.interps
	if c.Fallback == "" {
		c.Fallback = portable.FallbackHost
	}
	if c.Root == portable.Host {
		c.Fallback = portable.FallbackFail
	}
	return &c, h.plan, nil
}

// warnApart names files of the bundle that a program on the host's file system
// looks for there.
func (o *Portable) warnApart(names []string, log *logrus.Logger) error {
	if len(names) == 0 {
		return nil
	}
	first := strings.Join(names[:min(3, len(names))], ", ")
	if more := len(names) - 3; more > 0 {
		first += fmt.Sprintf(" and %d more", more)
	}
	w := fmt.Sprintf("on the host's file system the program finds the host's files in place of %s", first)
	if o.Strict {
		return &StrictError{Warnings: []string{w}}
	}
	log.Warn(w)
	return nil
}

// locate is the entrypoint as a path of the tree: a name without a slash is
// sought on the PATH the program will have, another one is relative to where
// it starts.
func locate(p *plan.Plan, c *portable.Config) string {
	name := c.Entrypoint[0]
	if strings.Contains(name, "/") {
		return resolvePath(c.Workdir, name)
	}
	list := DefaultPath
	for _, v := range c.Env {
		if value, ok := strings.CutPrefix(v, "PATH="); ok {
			list = value
		}
	}
	for _, dir := range strings.Split(list, ":") {
		full := resolvePath(c.Workdir, path.Join(dir, name))
		if _, real, err := rootfs.Resolve(p.FS(), full); err == nil {
			if e := p.Get(real); e.Mode.IsRegular() && e.Mode&0o111 != 0 {
				return full
			}
		}
	}
	return path.Join("/", name)
}

// resolvePath is name seen from a directory of the tree.
func resolvePath(dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join("/", dir, name)
}

// program makes sure that the entrypoint can be started in the tree, and
// returns what the file says about itself, or its interpreter does; nil where
// it is neither ELF file nor script.
func (o *Portable) program(p *plan.Plan, name string) (*object.Object, error) {
	files, by := p.FS(), ""
	for range maxScripts {
		_, real, err := rootfs.Resolve(files, path.Join("/", name))
		var fi fs.FileInfo
		if err == nil {
			fi, err = files.Lstat(real)
		}
		switch {
		case err != nil:
			return nil, entrypointError(name+by, "it is not there")
		case !fi.Mode().IsRegular():
			return nil, entrypointError(name+by, "it is not a regular file")
		case fi.Mode()&0o111 == 0:
			return nil, entrypointError(name+by, "it is not executable")
		}
		f, size, err := rootfs.OpenRegular(files, real)
		if err != nil {
			return nil, openError(name, err)
		}
		defer f.Close()
		obj, err := object.Read(f, size)
		switch {
		case err == nil && closure.Classify(obj) == closure.Library:
			return nil, entrypointError(name+by, "it is a shared library")
		case err == nil:
			return obj, nil
		case !errors.Is(err, object.ErrNotELF):
			return nil, entrypointError(name+by, err.Error())
		}
		script, err := object.ReadScript(f, size)
		if err != nil {
			return nil, nil
		}
		by, name = " (the interpreter of "+name+")", script.Interp
	}
	return nil, nil
}

func entrypointError(name, why string) error {
	return &HintError{
		Err:    fmt.Errorf("cannot start %s in the bundle: %s", name, why),
		Advice: "name the program with --entrypoint, as a path in the bundle",
	}
}

// machines lists what a launcher's kernel runs besides its own, by GOARCH.
var machines = map[string][]elf.Machine{
	"amd64": {elf.EM_X86_64, elf.EM_386},
	"arm64": {elf.EM_AARCH64, elf.EM_ARM},
}

// platform is the one asked for, if it can run the program, else that of the
// program.
func platform(asked string, program *object.Object) (string, error) {
	if asked == "" && program == nil {
		return "linux/" + runtime.GOARCH, nil
	}
	if asked == "" {
		for _, arch := range []string{"amd64", "arm64"} {
			if slices.Contains(machines[arch], program.Machine) {
				return "linux/" + arch, nil
			}
		}
		return "", &HintError{Err: fmt.Errorf("cannot make a portable file: there is no launcher for %s", program.Machine), Advice: "there are launchers for x86-64 and for 64-bit ARM"}
	}
	arch := strings.TrimPrefix(asked, "linux/")
	if program != nil && machines[arch] != nil && !slices.Contains(machines[arch], program.Machine) {
		return "", usagef("leave out --platform", "--platform %s: the program is for %s", asked, program.Machine)
	}
	return asked, nil
}
