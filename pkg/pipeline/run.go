package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/plan"
)

// Result is a finished plan.
type Result struct {
	Plan     *plan.Plan
	Warnings []string
	// Tips are sentences on what the user may want to add, Infos on what was
	// left out for a good reason.
	Tips, Infos []string
	// Inputs are the programs asked for, with their paths in the bundle.
	Inputs []Placed

	builder *builder
	temp    string
}

// Placed is an input and where it is in the bundle.
type Placed struct {
	*Program
	At string
}

// Close removes what the plan kept outside the bundle. The plan's sources are
// gone then.
func (r *Result) Close() error {
	if r.temp == "" {
		return nil
	}
	return os.RemoveAll(r.temp)
}

// Plan decides what goes into the bundle and proves it, and writes nothing.
// The caller closes the Result.
func Plan(ctx context.Context, spec *Spec) (*Result, error) {
	r, err := makePlan(ctx, spec)
	// Whatever went wrong after the end of ctx, or seemed to be missing, did so
	// because of it.
	if gone := context.Cause(ctx); gone != nil {
		if r != nil {
			gone = errors.Join(gone, r.Close())
		}
		return nil, gone
	}
	return r, err
}

func makePlan(ctx context.Context, spec *Spec) (*Result, error) {
	x, err := newExcluder(spec.Exclude)
	if err != nil {
		return nil, err
	}
	if err := spec.check(); err != nil {
		return nil, err
	}
	if spec.Rules != nil {
		if err := spec.Rules.check(); err != nil {
			return nil, err
		}
	}
	seen, err := traced(ctx, spec)
	if err != nil {
		return nil, err
	}
	b := newBuilder(ctx, spec)
	b.warnings = append(b.warnings, spec.Unused...)
	r := &Result{Plan: b.plan, builder: b}
	inputs, err := b.inputs()
	if err != nil {
		return nil, err
	}
	if err := b.runnable(inputs); err != nil {
		return nil, err
	}
	for _, m := range inputs {
		r.Inputs = append(r.Inputs, Placed{m.Program, m.At})
	}
	if err := b.finish(ctx, x, seen); err != nil {
		return nil, err
	}
	if spec.Compress != nil {
		if r.temp, err = os.MkdirTemp(spec.TempDir, "pack-"); err != nil {
			return nil, err
		}
		if err := b.compress(ctx, inputs, r.temp); err != nil {
			return nil, errors.Join(err, r.Close())
		}
	}
	b.plan.LinkTwins() // a compressed file is no link to its original any more
	r.Warnings, r.Tips, r.Infos = b.warnings, b.tips, b.infos
	return r, nil
}

// finish runs the stages between the inputs and a proven plan.
func (b *builder) finish(ctx context.Context, x *excluder, seen *observed) error {
	if err := b.include(b.spec.Include); err != nil {
		return err
	}
	for _, d := range b.spec.Mkdir {
		if err := b.mkdir(d); err != nil {
			return err
		}
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := b.dynamic(seen, x); err != nil {
		return err
	}
	if err := b.applyRules(); err != nil {
		return err
	}
	b.preload()
	b.exclude(x)
	if err := b.selfSufficient(x); err != nil {
		return err
	}
	if b.spec.RealDirs {
		if err := b.realDirs(); err != nil {
			return err
		}
	}
	b.clamp()
	return b.prove()
}

func (s *Spec) check() error {
	switch {
	case len(s.Inputs) == 0:
		return usagef("see pack --help", "no input named")
	case len(s.Inputs) > 1 && s.InstallTo != "" && s.InstallTo[len(s.InstallTo)-1] != '/':
		return usagef(fmt.Sprintf("write --install-to %s/ to put them into that directory", s.InstallTo), "--install-to %s names one file, but there are %d inputs", s.InstallTo, len(s.Inputs))
	case s.Test != nil && len(s.Inputs) > 1 && s.Test.Command == "":
		return usagef("say what to run with --test-command", "--test cannot tell which of %d inputs to run", len(s.Inputs))
	case s.Portable != nil && s.Portable.Config.Entrypoint == nil && len(s.Inputs) > 1:
		return usagef("say which with --entrypoint", "--portable cannot tell which of %d inputs to start", len(s.Inputs))
	}
	return s.checkDynamic()
}

// inputs finds the inputs, and adds them with their closures. Everything that
// is missing, for whichever input, is one error.
func (b *builder) inputs() ([]*member, error) {
	var missing []error
	var found []*Program
	for _, name := range b.spec.Inputs {
		p, err := b.finder.Find(name)
		var m *MissingError
		if errors.As(err, &m) {
			missing = append(missing, m.Problems...)
			continue
		}
		if err != nil {
			return nil, err
		}
		p.Each(func(p *Program) {
			b.named[p.Real] = true
			if p.Graph != nil {
				missing = append(missing, p.Graph.Problems...)
			}
		})
		found = append(found, p)
	}
	if len(missing) > 0 {
		return nil, &MissingError{Problems: missing}
	}
	var out []*member
	for i, p := range found {
		at, err := b.installPath(p.Path)
		if err != nil {
			return nil, err
		}
		next := len(b.programs)
		if err := b.addProgram(p, at, plan.Reason{Kind: plan.Input, By: b.spec.Inputs[i]}); err != nil {
			return nil, b.conflict(err)
		}
		out = append(out, b.programs[next])
	}
	return out, nil
}

func (b *builder) conflict(err error) error {
	var c *plan.ConflictError
	if errors.As(err, &c) && b.spec.InstallTo != "" {
		return &HintError{Err: err, Advice: "choose another --install-to; end it with / to put the program into a directory"}
	}
	return err
}

// preload reports the root's ld.so.preload, which is not copied: what it names
// was meant for that machine.
func (b *builder) preload() {
	fi, err := b.root.Lstat("/etc/ld.so.preload")
	if err == nil && fi.Size() > 0 && b.plan.Get("/etc/ld.so.preload") == nil {
		b.warn("the root has an /etc/ld.so.preload, which is not in the bundle; add it and its libraries with --include if the program needs it")
	}
}

// Run makes the bundle: plan, write, test, commit. On any error the output is
// as it was before.
func Run(ctx context.Context, spec *Spec) error {
	start := time.Now()
	log := spec.Log
	if log == nil {
		log = logrus.New()
		log.SetOutput(io.Discard)
	}
	out, err := openOutputs(spec)
	if err != nil {
		return err
	}
	defer out.abort()
	spec, release, err := compressBeside(out.dir, spec)
	if err != nil {
		return err
	}
	defer release()
	r, err := Plan(ctx, spec)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := r.Warn(spec); err != nil {
		return err
	}
	if err := out.writeDir(ctx, r.Plan, log); err != nil {
		return err
	}
	if spec.Test != nil {
		if err := r.test(ctx, out.dir, log); err != nil {
			return err
		}
	}
	if err := out.writeFile(ctx, r, log); err != nil {
		return err
	}
	if err := out.writeImage(ctx, r, log); err != nil {
		return err
	}
	if err := release(); err != nil {
		return err
	}
	if err := out.commit(); err != nil {
		return err
	}
	entries, size := r.Size()
	log.WithFields(logrus.Fields{"entries": entries, "bytes": size, "took": time.Since(start).Round(time.Millisecond)}).Info("bundle complete")
	return nil
}

// Size counts the entries, and the bytes of file content, each inode once.
func (r *Result) Size() (entries int, bytes int64) {
	for e := range r.Plan.All() {
		entries++
		if e.HardLink == "" {
			bytes += e.Size
		}
	}
	return entries, bytes
}
