package launch

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// newRoot says how a root is made.
type newRoot struct {
	tree    lister
	path    string // of the unpacked tree, "" if it is unpacked into the root
	mounts  []mount
	sandbox bool // a /dev and a /proc of its own
	aside   bool // the tree is at aside, too
}

// aside is where a root shows the whole tree once more, read-only, for a
// program that lies where the root shows the host's files: below /tmp or the
// user's home, for one that was built there.
const aside = "/.pack"

// reach has e execute the program where it can be reached, if a mount hides it.
// What it finds by its own place is there as well.
func (r *newRoot) reach(e *sandbox.Entry) error {
	if !path.IsAbs(e.Argv[0]) {
		return nil
	}
	s := &skeleton{tree: r.tree}
	real, err := s.resolve(path.Clean(e.Argv[0]) + "/.")
	if err != nil {
		return nil // executing it says so
	}
	if _, ok := r.tree.entry(real); !ok {
		return nil
	}
	for _, m := range r.mounts {
		if target, err := s.resolve(m.target); err != nil || !within(real, target) {
			continue
		}
		if _, taken := r.tree.entry(aside); taken {
			return withHint(fmt.Errorf("cannot start %s: the host's %s hides it, and the bundle has a %s of its own", e.Argv[0], m.target, aside),
				"install the program elsewhere before it is packed")
		}
		r.aside, e.Path = true, aside+real
		return nil
	}
	return nil
}

// asideOps make the tree visible at aside; from is where it is by now.
func (r *newRoot) asideOps(from string) []sandbox.Op {
	if !r.aside {
		return nil
	}
	return []sandbox.Op{sandbox.Mkdir(aside, 0o755), sandbox.Bind(from, aside, 0), sandbox.Seal(aside)}
}

// bases are directories of which a host has some.
var bases = []string{"/mnt", "/srv", "/media", "/opt", "/boot", "/usr/bin", "/usr/sbin", "/usr/lib", "/tmp", "/run", "/var", "/etc",
	"/bin", "/sbin", "/lib", "/home", "/root"}

// base is a directory of the host that a file system in memory is mounted on,
// in the new mount namespace: everything the root is made of comes below it.
// It must neither hide what the root shows nor be shown by it.
func (r *newRoot) base() (string, error) {
	for _, dir := range bases {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil || r.uses(real) {
			continue
		}
		if st, err := os.Stat(real); err == nil && st.IsDir() {
			return real, nil
		}
	}
	return "", withHint(errors.New("cannot make a root: the host has no directory to make it in"), "make an empty directory "+bases[0])
}

// uses tells whether dir is above or below something the root is made of.
func (r *newRoot) uses(dir string) bool {
	used := []string{r.path}
	for _, m := range r.mounts {
		used = append(used, m.source)
	}
	for _, name := range used {
		if name != "" && name != "/" && (within(name, dir) || within(dir, name)) {
			return true
		}
	}
	return false
}

func within(name, dir string) bool {
	return name == dir || strings.HasPrefix(name, dir+"/")
}

// start mounts the base and, in it, the tree and, for who shows it, the working
// directory, which may have been removed.
func (r *newRoot) start(base string) []sandbox.Op {
	ops := []sandbox.Op{
		sandbox.Mount("tmpfs", base, "mode=0755", unix.MS_NODEV|unix.MS_NOSUID),
		sandbox.Mkdir(base+"/tree", 0o755),
		sandbox.Mkdir(base+"/root", 0o755),
	}
	if slices.ContainsFunc(r.mounts, func(m mount) bool { return m.workdir }) {
		ops = append(ops, sandbox.Bind(".", base+"/workdir", unix.MS_REC))
	}
	if r.path == "" {
		return append(ops, sandbox.Stage(base+"/tree"), sandbox.Bind(base+"/tree", base+"/tree", 0))
	}
	return append(ops, sandbox.Bind(r.path, base+"/tree", 0))
}

// writable is a root that the program may write to: what it writes ends with
// it. It takes an overlay where the tree is in a store.
func (r *newRoot) writable(userNamespace bool) ([]sandbox.Op, error) {
	base, err := r.base()
	if err != nil {
		return nil, err
	}
	ops, root := r.start(base), base+"/tree"
	if r.path != "" {
		root = base + "/root"
		data := "lowerdir=tree,upperdir=upper,workdir=work"
		if userNamespace {
			// trusted.* attributes are not to be had there
			// (Documentation/filesystems/overlayfs.rst, "User xattr").
			data += ",userxattr"
		}
		ops = append(ops, sandbox.Mkdir(base+"/upper", 0o755), sandbox.Mkdir(base+"/work", 0o755),
			sandbox.Chdir(base), sandbox.Mount("overlay", "root", data, 0))
	}
	ops = append(append(ops, sandbox.Pivot(root)), r.furnish()...)
	for _, m := range r.mounts {
		ops = append(ops, mountOps(m, base[1:]+"/workdir")...)
	}
	return append(append(ops, r.asideOps(base[1:]+"/tree")...), sandbox.Leave()), nil
}

// sealed is a root that is read-only where it is not the host's, and that
// shows the host's files wherever they are in the host.
func (r *newRoot) sealed() ([]sandbox.Op, error) {
	base, err := r.base()
	if err != nil {
		return nil, err
	}
	s := &skeleton{tree: r.tree}
	if r.sandbox {
		// A sandbox has its own, whatever the tree has there.
		for _, name := range []string{"/proc", "/dev"} {
			if err := s.add(mount{target: name}); err != nil {
				return nil, err
			}
		}
	}
	for _, m := range r.mounts {
		if err := s.add(m); err != nil {
			return nil, err
		}
	}
	filled, err := s.ops(base[1:]+"/tree", base[1:]+"/workdir")
	if err != nil {
		return nil, err
	}
	ops := append(r.start(base),
		sandbox.Seal(base+"/tree"),
		sandbox.Bind(base+"/root", base+"/root", 0),
		sandbox.Pivot(base+"/root"))
	ops = append(append(ops, filled...), r.asideOps(base[1:]+"/tree")...)
	if r.sandbox {
		ops = append(ops, r.furnish()...)
	}
	return append(ops, sandbox.Leave(), sandbox.Seal("/")), nil
}

// devices are what a sandbox has of the host's /dev.
var devices = []string{"null", "zero", "full", "random", "urandom", "tty"}

// furnish adds what every sandbox has.
func (r *newRoot) furnish() []sandbox.Op {
	ops := []sandbox.Op{
		sandbox.Mkdir("/proc", 0o755),
		sandbox.Proc("/proc"),
		sandbox.Mkdir("/dev", 0o755),
		sandbox.Mount("tmpfs", "/dev", "mode=0755", unix.MS_NOSUID|unix.MS_NOEXEC),
		sandbox.Mkdir("/dev/shm", 0o1777),
		sandbox.Mkdir("/dev/pts", 0o755),
		sandbox.Mount("devpts", "/dev/pts", "newinstance,ptmxmode=0666,mode=0620", unix.MS_NOSUID|unix.MS_NOEXEC),
		sandbox.Symlink("pts/ptmx", "/dev/ptmx"),
		sandbox.Symlink("/proc/self/fd", "/dev/fd"),
		sandbox.Symlink("/proc/self/fd/0", "/dev/stdin"),
		sandbox.Symlink("/proc/self/fd/1", "/dev/stdout"),
		sandbox.Symlink("/proc/self/fd/2", "/dev/stderr"),
	}
	for _, name := range devices {
		ops = append(ops, sandbox.Bind("dev/"+name, "/dev/"+name, 0))
	}
	return ops
}

// namespaces are the values of --attrs.
var namespaces = map[string]uintptr{
	"ipc": unix.CLONE_NEWIPC, "uts": unix.CLONE_NEWUTS, "user": unix.CLONE_NEWUSER,
	"ns": unix.CLONE_NEWNS, "pid": unix.CLONE_NEWPID, "net": unix.CLONE_NEWNET,
}

// cloneFlags reads attrs; an empty list is the root's default. Somebody who
// may mount needs no user namespace for a merged root, and is better off
// without: there the files of all users are what they are.
func cloneFlags(attrs []string, root portable.Root, mayMount bool) (uintptr, error) {
	if len(attrs) == 0 {
		switch {
		case root == portable.Sandbox:
			attrs = []string{"ipc", "uts", "user", "ns", "pid"}
		case mayMount:
			attrs = []string{"ns"}
		default:
			attrs = []string{"user", "ns"}
		}
	}
	var flags uintptr
	for _, name := range attrs {
		flag, ok := namespaces[name]
		if !ok {
			return 0, withHint(fmt.Errorf("unknown namespace %q", name), "there are ipc, uts, user, ns, pid and net")
		}
		flags |= flag
	}
	if !slices.Contains(attrs, "ns") {
		return 0, withHint(fmt.Errorf("a %s root needs a mount namespace", root), "add ns to --attrs")
	}
	return flags, nil
}
