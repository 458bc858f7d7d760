package sandbox

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path"
	"unsafe"

	"golang.org/x/sys/unix"
)

// builder turns operations into steps.
type builder struct {
	*script
	conn    uintptr         // the process's end of the socket to us
	made    map[string]bool // directories that are there
	oldRoot string          // where it is in the new one, once the root has changed
	changed bool
	mounts  mounted
}

// ops adds the operations. A failure of an optional one is passed over.
func (b *builder) ops(ops []Op) error {
	b.made = map[string]bool{}
	for i, o := range ops {
		b.op = i
		from := len(b.steps)
		if err := b.do(o); err != nil {
			return setupError(&Spec{Ops: ops}, i, err)
		}
		for _, st := range b.steps[from:] {
			if o.Optional && st.fail == b.exit {
				b.ends = append(b.ends, &st.fail)
			}
		}
	}
	return b.err
}

func (b *builder) do(o Op) error {
	switch o.Do {
	case doMkdir:
		b.mkdir(o.Target, o.Flags)
	case doMount:
		b.call(unix.SYS_MOUNT, b.text(o.Source), b.text(o.Target), b.text(o.Source), o.Flags, b.text(o.Data))
		b.mounts.add(o.Target, "", o.Flags)
	case doBind:
		b.bind(o)
	case doProc:
		b.proc(o.Target)
	case doSymlink:
		b.call(unix.SYS_SYMLINKAT, b.text(o.Source), here, b.text(o.Target))
	case doDevice:
		b.call(unix.SYS_MKNODAT, here, b.text(o.Target), unix.S_IFCHR|0o666, o.Flags)
	case doChdir:
		b.call(unix.SYS_CHDIR, b.text(o.Target))
		clear(b.made)
	case doPivot:
		b.pivot(o.Target)
	case doChroot:
		b.chroot(o.Target)
	case doLeave:
		b.leave()
	case doStage:
		b.say(sayStage)
	case doSeal, doSealAll:
		return b.seal(o.Target, o.Do == doSealAll)
	case doLoop:
		b.loopback()
	default:
		return fmt.Errorf("unknown operation %s", o.Do)
	}
	return nil
}

// say sends a byte to our other process and waits for its answer.
func (b *builder) say(what byte) {
	b.call(unix.SYS_WRITE, b.conn, address(b.script, &what), 1)
	b.wait(b.conn)
}

// wait reads a byte; at the end of the input the process ends.
func (b *builder) wait(fd uintptr) {
	st := b.call(unix.SYS_READ, fd, address(b.script, new(byte)), 1)
	st.zero, b.ends = b.exit, []**step{&st.next}
}

// mkdir makes a directory and those above it. One that is there is left alone.
func (b *builder) mkdir(dir string, mode uintptr) {
	if dir == "/" || dir == "." || b.made[dir] {
		return
	}
	b.made[dir] = true
	b.mkdir(path.Dir(dir), 0o755)
	b.call(unix.SYS_MKDIRAT, here, b.text(dir), mode).allow = -int(unix.EEXIST)
}

// bind finds out whether the source is a directory, as the mount point has to be.
func (b *builder) bind(o Op) {
	st := address(b.script, new(unix.Statfs_t))
	isDir := b.call(unix.SYS_STATFS, b.text(o.Source+"/"), st)
	b.mkdir(o.Target, 0o755)
	after := b.ends
	b.ends = []**step{&isDir.fail}
	b.call(unix.SYS_STATFS, b.text(o.Source), st)
	b.made[o.Target] = false
	b.mkdir(path.Dir(o.Target), 0o755)
	b.call(unix.SYS_MKNODAT, here, b.text(o.Target), unix.S_IFREG|0o644, 0).allow = -int(unix.EEXIST)
	b.ends = append(b.ends, after...)
	b.call(unix.SYS_MOUNT, b.text(o.Source), b.text(o.Target), 0, unix.MS_BIND|o.Flags, 0)
	source := o.Source
	if b.changed && !path.IsAbs(source) {
		source = "/" + source
	}
	b.mounts.add(o.Target, source, 0)
}

// proc tries a procfs of the process's own namespace, then the caller's.
func (b *builder) proc(target string) {
	fresh := b.call(unix.SYS_MOUNT, b.text("proc"), b.text(target), b.text("proc"), unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, 0)
	fresh.allow = -int(unix.EPERM)
	after := []**step{&fresh.zero}
	b.ends = []**step{&fresh.next}
	b.call(unix.SYS_MOUNT, b.text("proc"), b.text(target), 0, unix.MS_BIND|unix.MS_REC, 0).cause = fresh
	b.ends = append(b.ends, after...)
}

// pivot does what [applier.pivot] does.
func (b *builder) pivot(target string) {
	old := fmt.Sprintf(".old-root-%d", rand.Uint64())
	b.call(unix.SYS_CHDIR, b.text(target))
	b.call(unix.SYS_MKDIRAT, here, b.text(old), 0o700)
	pivot := b.call(unix.SYS_PIVOT_ROOT, b.text("."), b.text(old))
	b.call(unix.SYS_CHDIR, b.text("/"+old))
	pivot.allow = -int(unix.EINVAL)
	after := b.ends
	b.ends = []**step{&pivot.next}
	b.call(unix.SYS_UNLINKAT, here, b.text(old), unix.AT_REMOVEDIR)
	b.chroot(".")
	b.ends = append(b.ends, after...)
	b.oldRoot, b.changed = "/"+old, true
	b.mounts.root(target)
	clear(b.made)
}

// chroot changes the root and leaves the old one the current directory.
func (b *builder) chroot(target string) {
	open := b.call(unix.SYS_OPENAT, here, b.text("/"), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	b.call(unix.SYS_CHROOT, b.text(target))
	b.mounts.root(target)
	open.into = &b.call(unix.SYS_FCHDIR, 0).args[0]
	b.changed = true
	clear(b.made)
}

// leave gives the old root up. It is not there if there was no pivot.
func (b *builder) leave() {
	b.call(unix.SYS_CHDIR, b.text("/"))
	if b.oldRoot == "" {
		return
	}
	b.call(unix.SYS_UMOUNT2, b.text(b.oldRoot), unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW).allow = -int(unix.ENOENT)
	b.call(unix.SYS_UNLINKAT, here, b.text(b.oldRoot), unix.AT_REMOVEDIR).allow = -int(unix.ENOENT)
}

func (b *builder) loopback() {
	// struct ifreq: a name and flags (netdevice(7)).
	var req [40]byte
	copy(req[:], "lo")
	req[16] = unix.IFF_UP | unix.IFF_RUNNING
	socket := b.call(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	socket.into = &b.call(unix.SYS_IOCTL, 0, unix.SIOCSIFFLAGS, address(b.script, &req)).args[0]
}

// seal asks the kernel to make mounts read-only, which it can do at once since
// Linux 5.12. Before, and where a seccomp filter is older than that, each is
// mounted again, with the flags that it has.
func (b *builder) seal(target string, all bool) error {
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	const none = math.MaxUint32 // a kernel that knows the call looks at its flags first
	if unix.MountSetattr(-1, "", none, &attr) == unix.EINVAL {
		var flags uintptr
		if all {
			flags = unix.AT_RECURSIVE
		}
		b.call(unix.SYS_MOUNT_SETATTR, here, b.text(target), flags, address(b.script, &attr), unsafe.Sizeof(attr))
		return nil
	}
	points, err := b.mounts.at(target, all)
	for _, p := range points {
		b.call(unix.SYS_MOUNT, 0, b.text(p.target), 0, unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|p.flags, 0)
	}
	return err
}
