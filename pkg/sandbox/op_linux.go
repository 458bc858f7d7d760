package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Op is one step in the making of a new root.
//
// Before [Pivot] or [Chroot] all paths are the caller's. After it the working
// directory is still the old root while "/" is the new one: a relative Source
// names a file of the old root and an absolute Target one of the new, which
// no symbolic link inside the new root can lead out of. [Leave] ends that.
type Op struct {
	Do             string
	Source, Target string
	Data           string
	Flags          uintptr
	// Optional lets the start go on when this step fails.
	Optional bool
}

// The values of Op.Do.
const (
	doMkdir   = "mkdir"
	doMount   = "mount"
	doBind    = "bind"
	doProc    = "proc"
	doSymlink = "symlink"
	doDevice  = "device"
	doChdir   = "chdir"
	doPivot   = "pivot"
	doChroot  = "chroot"
	doLeave   = "leave"
	doStage   = "stage"
	doSeal    = "seal"
	doSealAll = "seal all"
	doLoop    = "loopback"
)

// Mkdir makes a directory with these mode bits, and its parents. One that
// exists is left as it is.
func Mkdir(target string, mode uint32) Op {
	return Op{Do: doMkdir, Target: target, Flags: uintptr(mode)}
}

// Mount mounts a new file system; data as in mount(2).
func Mount(fstype, target, data string, flags uintptr) Op {
	return Op{Do: doMount, Source: fstype, Target: target, Data: data, Flags: flags}
}

// Bind makes source visible at target, which is made if it does not exist.
// Flags may be unix.MS_REC.
func Bind(source, target string, flags uintptr) Op {
	return Op{Do: doBind, Source: source, Target: target, Flags: flags}
}

// Proc mounts a procfs for the sandbox's own pid namespace. The kernel refuses
// that in a user namespace where parts of the caller's /proc are covered, as
// in a container (mount_too_revealing in fs/namespace.c); then the caller's
// /proc is bound instead, in which /proc/self is right all the same.
func Proc(target string) Op { return Op{Do: doProc, Source: "proc", Target: target} }

// Symlink makes a symbolic link at target that reads value.
func Symlink(value, target string) Op {
	return Op{Do: doSymlink, Source: value, Target: target}
}

// Device makes a character device that anybody may read and write.
func Device(target string, major, minor uint32) Op {
	return Op{Do: doDevice, Target: target, Flags: uintptr(unix.Mkdev(major, minor))}
}

// Chdir changes the directory that relative paths of later steps start from.
func Chdir(target string) Op { return Op{Do: doChdir, Target: target} }

// Pivot makes the mount point target the root of the mount namespace, so that
// nothing else can be reached after [Leave] (pivot_root(2)). Until then a
// directory with a random name stands in target, which must be writable. Where the kernel
// cannot pivot, on an initramfs, the root is changed as by Chroot.
func Pivot(target string) Op { return Op{Do: doPivot, Target: target} }

// Chroot makes target the root, as chroot(2).
func Chroot(target string) Op { return Op{Do: doChroot, Target: target} }

// Leave gives up the old root; only the new one can be reached from here on.
func Leave() Op { return Op{Do: doLeave} }

// IfPossible returns o marked Optional.
func (o Op) IfPossible() Op {
	o.Optional = true
	return o
}

// String names the step, to follow the word "cannot".
func (o Op) String() string {
	switch o.Do {
	case doMount, doBind, doProc:
		return fmt.Sprintf("mount %s on %s", o.Source, o.Target)
	case doSymlink:
		return fmt.Sprintf("make the link %s", o.Target)
	case doDevice:
		return fmt.Sprintf("make the device %s", o.Target)
	case doMkdir:
		return fmt.Sprintf("make the directory %s", o.Target)
	case doPivot, doChroot:
		return fmt.Sprintf("change the root to %s (%s)", o.Target, o.Do)
	case doChdir:
		return fmt.Sprintf("enter %s", o.Target)
	case doLeave:
		return "leave the old root"
	case doStage:
		return "fill " + o.Target
	case doSeal, doSealAll:
		return fmt.Sprintf("make %s read-only", o.Target)
	case doLoop:
		return "start the loopback device"
	}
	return "do " + o.Do
}

// applier applies operations and remembers what later ones depend on.
type applier struct {
	oldRoot string // where the old root is mounted inside the new one, "" if it is not
}

func (a *applier) apply(o Op) error {
	switch o.Do {
	case doMkdir:
		return os.MkdirAll(o.Target, os.FileMode(o.Flags&0o777)|stickyBit(o.Flags))
	case doMount:
		return unix.Mount(o.Source, o.Target, o.Source, o.Flags, o.Data)
	case doBind:
		return bind(o)
	case doProc:
		return mountProc(o)
	case doSymlink:
		return os.Symlink(o.Source, o.Target)
	case doDevice:
		return makeDevice(o)
	case doChdir:
		return os.Chdir(o.Target)
	case doPivot:
		return a.pivot(o.Target)
	case doChroot:
		return chroot(o.Target)
	case doLeave:
		return a.leave()
	}
	return unix.ENOSYS
}

func stickyBit(mode uintptr) os.FileMode {
	if mode&unix.S_ISVTX != 0 {
		return os.ModeSticky
	}
	return 0
}

func bind(o Op) error {
	st, err := os.Stat(o.Source)
	if err != nil {
		return err
	}
	if _, err := os.Stat(o.Target); err != nil {
		if err := makeMountPoint(o.Target, st.IsDir()); err != nil {
			return err
		}
	}
	return unix.Mount(o.Source, o.Target, "", unix.MS_BIND|o.Flags, "")
}

func makeMountPoint(name string, dir bool) error {
	if dir {
		return os.MkdirAll(name, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	return f.Close()
}

func mountProc(o Op) error {
	err := unix.Mount("proc", o.Target, "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	if !errors.Is(err, unix.EPERM) {
		return err
	}
	if unix.Mount("proc", o.Target, "", unix.MS_BIND|unix.MS_REC, "") == nil {
		return nil
	}
	return err
}

func makeDevice(o Op) error {
	err := unix.Mknod(o.Target, unix.S_IFCHR|0o666, int(o.Flags))
	var st unix.Stat_t
	if errors.Is(err, unix.EEXIST) && unix.Stat(o.Target, &st) == nil &&
		st.Mode&unix.S_IFMT == unix.S_IFCHR && st.Rdev == uint64(o.Flags) {
		return nil
	}
	return err
}

// pivot puts the old root into a directory of the new one until leave.
// Stacking both on "/", which needs no directory, would not do: there ".." of
// "/" leads into the old root, and so would links of the new one.
func (a *applier) pivot(target string) error {
	if err := os.Chdir(target); err != nil {
		return err
	}
	old, err := os.MkdirTemp(".", ".old-root-")
	if err != nil {
		return err
	}
	err = unix.PivotRoot(".", old)
	if err == nil {
		a.oldRoot = "/" + old
		return os.Chdir(a.oldRoot)
	}
	_ = os.Remove(old) // the first error says more
	if errors.Is(err, unix.EINVAL) {
		return chroot(".")
	}
	return err
}

func chroot(target string) error {
	old, err := unix.Open("/", unix.O_DIRECTORY|unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(old)
	if err := unix.Chroot(target); err != nil {
		return err
	}
	return unix.Fchdir(old)
}

func (a *applier) leave() error {
	if err := os.Chdir("/"); err != nil || a.oldRoot == "" {
		return err
	}
	if err := unix.Unmount(a.oldRoot, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil {
		return err
	}
	return os.Remove(a.oldRoot)
}
