package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// Process is the started launcher.
type Process struct {
	Args           []string // with the name
	Env            []string // K=V
	Stdout, Stderr io.Writer
	// Open opens the payload.
	Open func() (*portable.Payload, error)
	// Secure says that the process has privileges its caller lacks (AT_SECURE
	// in getauxval(3)): nothing the caller says but the program's arguments
	// is followed then.
	Secure bool
	// Relocate, if not nil, makes the tree in root, which will be at path, run
	// from there on the host: it points the ELF interpreter of the files that
	// the config lists into path. Without it, a Host root has the tree as it
	// was packed.
	Relocate func(ctx context.Context, root *os.File, path string, c *portable.Config) error
	// Original is what Relocate's result is compared by: see
	// [portable.VerifyOptions].
	Original func(path string, c *portable.Config) portable.Original
}

// Main does what the command line asks for. Mostly it becomes the program and
// does not return; otherwise it returns how to end, for [sandbox.Status.Exit].
func Main(ctx context.Context, p *Process) sandbox.Status {
	if err := sandbox.Resumed(); err != nil {
		return p.fail(err)
	}
	payload, err := p.Open()
	if err != nil {
		return p.fail(damaged(err))
	}
	r := &run{Process: p, payload: payload, config: payload.Config(), env: p.Env}
	status, err := r.command(ctx)
	if err != nil {
		return p.fail(damaged(err))
	}
	return status
}

// run is one start of the file.
type run struct {
	*Process
	payload *portable.Payload
	config  *portable.Config
	env     environ
	controls
	argv []string // of the program
}

func (r *run) command(ctx context.Context) (sandbox.Status, error) {
	var args []string
	if len(r.Args) > 1 {
		args = r.Args[1:]
	}
	lookup := r.env.lookup
	if r.Secure {
		lookup = func(string) (string, bool) { return "", false }
	}
	inv, err := parse(r.config.ArgsMode, args, lookup)
	if err != nil {
		return sandbox.Status{}, err
	}
	if r.Secure && (inv.any() || slices.Contains([]string{"exec", "extract", "uninstall"}, inv.command)) {
		return sandbox.Status{}, errors.New("this file runs with privileges of its own and takes no options")
	}
	r.controls = inv.controls
	if inv.command != "run" && inv.command != "exec" {
		return r.report(ctx, inv)
	}
	r.argv = r.arguments(inv)
	return r.start(ctx)
}

// arguments is the program and its arguments: the ones that were packed are
// for the packed entrypoint only, and the default ones for a call without any.
func (r *run) arguments(inv *invocation) []string {
	switch {
	case inv.command == "exec":
		return inv.args
	case r.entrypoint != "":
		return append([]string{r.entrypoint}, inv.args...)
	case len(inv.args) == 0:
		return slices.Concat(r.config.Entrypoint, r.config.Args)
	}
	return slices.Concat(r.config.Entrypoint, inv.args)
}

func (r *run) start(ctx context.Context) (sandbox.Status, error) {
	if r.config.Root == portable.Host {
		return sandbox.Status{}, r.startOnHost(ctx)
	}
	status, err := r.startInRoot(ctx)
	var setup *sandbox.SetupError
	switch {
	case !errors.As(err, &setup):
		return status, err
	case r.config.Fallback == portable.FallbackHost && setup.Call != "chdir" && !r.ownRootOnly():
		return sandbox.Status{}, r.startOnHost(ctx)
	}
	return sandbox.Status{}, err
}

// ownRootOnly tells whether the caller asked for what the host's root has not.
func (r *run) ownRootOnly() bool { return r.mounts != nil || r.addMounts != nil || r.attrs != nil }

func (r *run) startInRoot(ctx context.Context) (sandbox.Status, error) {
	e, root, err := r.entry()
	if err != nil {
		return sandbox.Status{}, err
	}
	store, err := r.storeDir()
	if err != nil {
		return sandbox.Status{}, err
	}
	if store != nil && *store == "" {
		return r.enterPrivate(ctx, e, root)
	}
	tree, err := portable.Obtain(ctx, r.payload, r.candidates(store), portable.ObtainOptions{Unpack: r.unpackOptions(), Origin: origin()})
	if err != nil {
		return sandbox.Status{}, fmt.Errorf("cannot unpack: %w", err)
	}
	defer tree.Close()
	stays := e.Clone&unix.CLONE_NEWPID != 0
	if stays && tree.Fresh() {
		// Unpacking took memory that this process would hold on to for as long
		// as the program runs; a fresh one finds the tree and is small.
		// Where that is refused, as by an emulator, it stays large.
		_ = sandbox.Exec("/proc/self/exe", r.Args, r.Env)
	}
	if !stays {
		lock, err := inherit(tree)
		if err != nil {
			return sandbox.Status{}, err
		}
		defer unix.Close(lock)
	}
	root.path, root.tree = tree.Path(), storeTree(tree.Path())
	return r.enter(e, root)
}

// origin is the running file; what has no name any more is not there by what it
// is called here (proc_pid_exe(5)).
func origin() string {
	name, _ := os.Readlink("/proc/self/exe")
	return name
}

// inherit duplicates the lock's descriptor for the program to hold, with a
// number that programs do not choose for themselves.
func inherit(tree *portable.Tree) (int, error) {
	const high = 200
	fd, err := unix.FcntlInt(tree.Lock().Fd(), unix.F_DUPFD, high)
	if err == unix.EINVAL || err == unix.EMFILE { // RLIMIT_NOFILE is lower
		fd, err = unix.FcntlInt(tree.Lock().Fd(), unix.F_DUPFD, 3)
	}
	if err != nil {
		return -1, fmt.Errorf("cannot keep the lock of %s: %w", tree.Path(), err)
	}
	return fd, nil
}

// enterPrivate unpacks into memory that nobody else can reach and that ends
// with the program.
func (r *run) enterPrivate(ctx context.Context, e *sandbox.Entry, root *newRoot) (sandbox.Status, error) {
	entries, err := r.payload.Entries()
	if err != nil {
		return sandbox.Status{}, err
	}
	root.tree = newPackedTree(entries)
	e.Stage = func(name string) error {
		defer debug.FreeOSMemory()
		dir, err := os.Open(name)
		if err != nil {
			return err
		}
		defer dir.Close()
		if err := r.payload.Unpack(ctx, dir, r.unpackOptions()); err != nil {
			return fmt.Errorf("cannot unpack into memory: %w", err)
		}
		return nil
	}
	return r.enter(e, root)
}

func (r *run) unpackOptions() portable.UnpackOptions {
	return portable.UnpackOptions{Owner: os.Geteuid() == 0}
}

// enter makes the root and becomes the program in it. A sandbox is writable if
// the kernel can lay memory over the tree, else only where mounts are.
func (r *run) enter(e *sandbox.Entry, root *newRoot) (sandbox.Status, error) {
	if err := r.worldAndMounts(e, root); err != nil {
		return sandbox.Status{}, err
	}
	if err := root.reach(e); err != nil {
		return sandbox.Status{}, err
	}
	if root.sandbox {
		ops, err := root.writable(e.Clone&unix.CLONE_NEWUSER != 0 && !e.MapAll)
		if err != nil {
			return sandbox.Status{}, err
		}
		e.Ops = append(networkOps(e), ops...)
		status, err := sandbox.Enter(e)
		var setup *sandbox.SetupError
		if !errors.As(err, &setup) || !sandbox.IsOverlay(setup.Op) {
			return status, err
		}
	}
	ops, err := root.sealed()
	if err != nil {
		return sandbox.Status{}, err
	}
	e.Ops = append(networkOps(e), ops...)
	return sandbox.Enter(e)
}

func networkOps(e *sandbox.Entry) []sandbox.Op {
	if e.Clone&unix.CLONE_NEWNET == 0 {
		return nil
	}
	return []sandbox.Op{sandbox.Loopback()}
}
