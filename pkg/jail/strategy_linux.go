package jail

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// Strategy is a way to give a program a root of its own.
type Strategy int

const (
	// MountNamespace makes a mount and a pid namespace with /proc, /dev and
	// /tmp; it needs CAP_SYS_ADMIN.
	MountNamespace Strategy = iota
	// UserNamespace does the same inside a user namespace, which needs no
	// privilege where the system allows it.
	UserNamespace
	// Chroot changes the root and no more, which is what docker build allows:
	// there is no /proc, and /dev has null, zero, random and urandom. It needs
	// CAP_SYS_CHROOT.
	Chroot
)

func (s Strategy) String() string {
	switch s {
	case MountNamespace:
		return "mount and pid namespaces"
	case UserNamespace:
		return "user, mount and pid namespaces"
	}
	return "plain chroot without /proc"
}

func (s Strategy) clone() uintptr {
	switch s {
	case MountNamespace:
		return unix.CLONE_NEWNS | unix.CLONE_NEWPID
	case UserNamespace:
		return unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWUSER
	}
	return 0
}

// minorDevices are rarely missed, so their absence is not worth a word.
var minorDevices = []string{"/dev/tty", "/dev/pts", "/dev/ptmx"}

// overlayOp is where an overlay is tried. Its data names directories relative
// to the current one, so that no path needs escaping or is too long for the
// page that mount(2) takes.
func overlayOp(s Strategy) sandbox.Op {
	data := "lowerdir=lower,upperdir=upper,workdir=work"
	if s == UserNamespace {
		// trusted.* attributes are not to be had there
		// (Documentation/filesystems/overlayfs.rst, "User xattr").
		data += ",userxattr"
	}
	return sandbox.Mount("overlay", "root", data, 0)
}

// overlaySpec mounts the bundle under an upper layer in memory.
func (r *run) overlaySpec(s Strategy) *sandbox.Spec {
	ops := []sandbox.Op{
		sandbox.Mount("tmpfs", r.dir+"/mnt", "mode=0755", 0),
		sandbox.Mkdir(r.dir+"/mnt/upper", 0o755),
		sandbox.Mkdir(r.dir+"/mnt/work", 0o755),
		sandbox.Mkdir(r.dir+"/mnt/root", 0o755),
		sandbox.Bind(r.Tree, r.dir+"/mnt/lower", 0),
		sandbox.Chdir(r.dir + "/mnt"),
		overlayOp(s),
		sandbox.Pivot("root"),
	}
	ops = append([]sandbox.Op{sandbox.Mkdir(r.dir+"/mnt", 0o755)}, ops...)
	return r.spec(s, append(ops, r.furnish()...))
}

// copySpec uses the throwaway copy.
func (r *run) copySpec(s Strategy) *sandbox.Spec {
	root := r.copyRoot()
	if s == Chroot {
		return r.spec(s, append([]sandbox.Op{sandbox.Chroot(root)}, furnishPlain()...))
	}
	ops := []sandbox.Op{sandbox.Bind(root, root, 0), sandbox.Pivot(root)}
	return r.spec(s, append(ops, r.furnish()...))
}

// probeSpec does what copySpec does in an empty directory, and starts nothing.
func (r *run) probeSpec(s Strategy) *sandbox.Spec {
	probe := *r
	probe.dir = filepath.Join(r.dir, "probe")
	probe.tools = ""
	ops := []sandbox.Op{sandbox.Mkdir(probe.copyRoot(), 0o755)}
	spec := probe.copySpec(s)
	spec.Ops = append(ops, spec.Ops...)
	return spec
}

// spec adds who the program runs as.
func (r *run) spec(s Strategy, ops []sandbox.Op) *sandbox.Spec {
	spec := &sandbox.Spec{Clone: s.clone(), Ops: ops}
	if r.UID == nil {
		return spec
	}
	gid := 0
	if r.GID != nil {
		gid = *r.GID
	}
	if s == UserNamespace {
		spec.MapUID, spec.MapGID = *r.UID, os.Getegid()
	} else {
		spec.User = &sandbox.User{UID: *r.UID, GID: gid}
	}
	return spec
}

// errOtherUser says why a user namespace cannot give the user asked for.
var errOtherUser = errors.New("only the caller's own user and group can be had there")

// userAllowed refuses ids that an unprivileged user namespace cannot map.
func (r *run) userAllowed(s Strategy) error {
	if s != UserNamespace || r.UID == nil {
		return nil
	}
	if *r.UID != os.Geteuid() || r.GID != nil && *r.GID != os.Getegid() {
		return &sandbox.SetupError{Step: fmt.Sprintf("become user %d", *r.UID), Err: errOtherUser}
	}
	return nil
}

// furnish adds what a container engine would: /proc, a small /dev, /tmp if the
// bundle has nothing there, and our tools. The old root is still the current
// directory.
func (r *run) furnish() []sandbox.Op {
	const hidden = unix.MS_NOSUID | unix.MS_NODEV
	ops := []sandbox.Op{
		sandbox.Mkdir("/proc", 0o755),
		sandbox.Proc("/proc"),
		sandbox.Mkdir("/dev", 0o755),
		sandbox.Mount("tmpfs", "/dev", "mode=0755,size=65536k", unix.MS_NOSUID),
		sandbox.Mkdir("/dev/shm", 0o1777),
		sandbox.Mount("tmpfs", "/dev/shm", "mode=1777,size=65536k", hidden),
		sandbox.Mkdir("/dev/pts", 0o755),
		sandbox.Mount("devpts", "/dev/pts", "newinstance,ptmxmode=0666,mode=0620", unix.MS_NOSUID|unix.MS_NOEXEC).IfPossible(),
		sandbox.Symlink("pts/ptmx", "/dev/ptmx"),
		sandbox.Symlink("/proc/self/fd", "/dev/fd"),
		sandbox.Symlink("/proc/self/fd/0", "/dev/stdin"),
		sandbox.Symlink("/proc/self/fd/1", "/dev/stdout"),
		sandbox.Symlink("/proc/self/fd/2", "/dev/stderr"),
	}
	for _, name := range []string{"null", "zero", "full", "random", "urandom", "tty"} {
		ops = append(ops, sandbox.Bind("dev/"+name, "/dev/"+name, 0).IfPossible())
	}
	if r.tmpIsFree() {
		ops = append(ops, sandbox.Mkdir("/tmp", 0o1777), sandbox.Mount("tmpfs", "/tmp", "mode=1777", hidden))
	}
	if r.tools != "" {
		ops = append(ops, sandbox.Bind(strings.TrimPrefix(r.tools, "/"), r.toolsAt, 0))
	}
	return append(ops, sandbox.Leave())
}

// furnishPlain is what can be had without mounting. Rootless builders refuse
// even mknod, so every device is optional. The tools are in the copy already.
func furnishPlain() []sandbox.Op {
	return []sandbox.Op{
		sandbox.Mkdir("/dev", 0o755).IfPossible(),
		sandbox.Device("/dev/null", 1, 3).IfPossible(),
		sandbox.Device("/dev/zero", 1, 5).IfPossible(),
		sandbox.Device("/dev/random", 1, 8).IfPossible(),
		sandbox.Device("/dev/urandom", 1, 9).IfPossible(),
		sandbox.Mkdir("/tmp", 0o1777).IfPossible(),
		sandbox.Leave(),
	}
}

// tmpIsFree reports whether the bundle has no /tmp, or an empty directory.
func (r *run) tmpIsFree() bool {
	entries, err := readDirNoFollow(path.Join(r.Tree, "tmp"))
	return errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0
}

func readDirNoFollow(name string) ([]fs.DirEntry, error) {
	fi, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !fi.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: unix.ENOTDIR}
	}
	return os.ReadDir(name)
}
