package pipeline

import (
	"context"
	"debug/elf"
	"errors"
	"runtime"

	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/jail"
	"github.com/5bbb5df2/pack/pkg/output"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// test runs the program from the bundle that dir has just written and not yet
// put in its place.
func (r *Result) test(ctx context.Context, dir *output.Dir, log *logrus.Logger) (err error) {
	t := r.builder.spec.Test
	scratch, release, err := dir.Scratch()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	o := jail.Options{
		Tree: dir.Tree(), Scratch: scratch,
		Copy:    r.copyTo,
		Command: t.Command, Stdin: t.Stdin, WantStdout: t.WantStdout, Env: t.Env,
		UID: t.UID, GID: t.GID, Timeout: t.Timeout,
		Busybox: t.Busybox, BusyboxName: t.BusyboxName, Libraries: libraries,
	}
	if t.Command == "" {
		o.Argv = []string{r.Inputs[0].Start()}
	}
	res, err := jail.Run(ctx, o)
	var failed *jail.FailedError
	switch {
	case errors.As(err, &failed) && failed.Timeout > 0:
		return &HintError{Err: err, Advice: "name something that ends with --test-command, or allow more time with --test-timeout"}
	case errors.As(err, &failed):
		return &HintError{Err: err, Advice: adviceFor(err)}
	}
	if err != nil {
		return err
	}
	log.WithField("isolation", res.How).Info("test passed")
	return nil
}

// Start is the path to start an input by: as the user called it where that
// works, because some programs look at their own name.
func (p Placed) Start() string {
	if p.At == p.Real {
		return p.Path
	}
	return p.At
}

func (r *Result) copyTo(ctx context.Context, dst string) error {
	d, err := output.NewDir(dst, output.DirOptions{Epoch: r.builder.spec.Epoch})
	if err != nil {
		return err
	}
	if err := output.Write(ctx, r.Plan, d); err != nil {
		return err
	}
	return d.Commit()
}

// libraries finds what a dynamically linked busybox of the host needs.
func libraries(_ context.Context, file string) (interp string, libs []string, err error) {
	g, err := closure.New(closure.Options{Root: rootfs.Memo(rootfs.Host())}).Program(file)
	if err != nil {
		return "", nil, err
	}
	if len(g.Problems) > 0 {
		return "", nil, &MissingError{Problems: g.Problems}
	}
	if g.Interp == nil {
		return "", nil, nil
	}
	for _, n := range g.Nodes {
		if n != g.Main && n != g.Interp {
			libs = append(libs, n.Path)
		}
	}
	return g.Interp.Path, libs, nil
}

// runnable checks that this machine's processor can run the inputs of another
// root.
func (b *builder) runnable(inputs []*member) error {
	if b.spec.Test == nil {
		return nil
	}
	if first := inputs[0]; b.spec.Test.Command == "" && first.Graph != nil && closure.Classify(first.Graph.Main.Obj) == closure.Library {
		return usagef("say what to run with --test-command", "--test cannot run %s: it is a shared library", first.Name)
	}
	for _, m := range inputs {
		var err error
		m.Each(func(p *Program) {
			if p.Graph != nil && !native(p.Graph.Main.Obj.Machine) {
				err = usagef("leave out --test, or pack on a machine of that architecture", "--test cannot run %s: it is for %s", p.Name, p.Graph.Main.Obj.Machine)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// native tells whether a processor of the running kind executes code of m.
func native(m elf.Machine) bool {
	switch runtime.GOARCH {
	case "amd64":
		return m == elf.EM_X86_64 || m == elf.EM_386
	case "arm64":
		return m == elf.EM_AARCH64 || m == elf.EM_ARM
	case "386":
		return m == elf.EM_386
	}
	want := map[string]elf.Machine{"arm": elf.EM_ARM, "riscv64": elf.EM_RISCV, "ppc64le": elf.EM_PPC64, "s390x": elf.EM_S390, "loong64": elf.EM_LOONGARCH}
	return want[runtime.GOARCH] == m
}

// Warn logs the plan's warnings; under Strict the first is the error.
func (r *Result) Warn(spec *Spec) error {
	if spec.Strict && len(r.Warnings) > 0 {
		return &StrictError{Warnings: r.Warnings}
	}
	if spec.Log != nil {
		for _, w := range r.Warnings {
			spec.Log.Warn(w)
		}
		for _, t := range r.Tips {
			spec.Log.Warn(t)
		}
		for _, i := range r.Infos {
			spec.Log.Info(i)
		}
	}
	return nil
}

// adviceFor says what to do about a test that failed.
func adviceFor(err error) string {
	var failed *jail.FailedError
	if errors.As(err, &failed) && failed.Diff != "" {
		return "compare what it prints outside the bundle; white space at both ends does not count"
	}
	return "add what the program lacks with --include; without --test the bundle is written and can be looked at"
}
