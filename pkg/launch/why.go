package launch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// capset holds the capabilities that are in effect.
type capset [2]unix.CapUserData

func capabilities() capset {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var c capset
	if unix.Capget(&head, &c[0]) != nil {
		return capset{}
	}
	return c
}

func (c capset) has(n int) bool { return c[n/32].Effective&(1<<(n%32)) != 0 }

// explained adds to an error of package sandbox what stands in the way and what
// can be done.
func explained(err error) error {
	o := obstacles{proc: "/proc", admin: capabilities().has(unix.CAP_SYS_ADMIN)}
	var exec *sandbox.ExecError
	if errors.As(err, &exec) {
		if name := o.emulator(); name != "" && exec.Err == unix.ENOEXEC {
			err = withHint(err, "an emulator, "+name+", runs this file, but the kernel does not have it run others: register it with binfmt_misc")
		}
		return err
	}
	if !errors.As(err, &o.refused) {
		return err
	}
	if o.refused.Call == "chdir" {
		return withHint(err, "the program starts in a directory of its own root: see --pack-info")
	}
	return withHint(fmt.Errorf("cannot make the program's own root: %w", err), o.hint())
}

// obstacles finds out why a root cannot be had.
type obstacles struct {
	proc    string // where the proc file system is
	refused *sandbox.SetupError
	admin   bool // the caller has CAP_SYS_ADMIN
}

const (
	adminHint    = "can do without them: PACK_ATTRS=ns,ipc,uts,pid"
	extractHint  = "--pack-extract DIR unpacks the program without running it"
	fallbackHint = "a file made with --app-fallback host runs without a root of its own where none can be had"
)

// hint is one line for each obstacle, and then what remains to be done.
func (o *obstacles) hint() string {
	found := o.sure()
	if found == nil {
		found = o.likely()
	}
	if found == nil {
		found = []string{"namespaces and mounts may be forbidden here, as in a container or a chroot"}
	}
	return strings.Join(append(found, fallbackHint, extractHint), "\n")
}

// sure are obstacles of which one explains the error alone.
func (o *obstacles) sure() []string {
	if name := o.emulator(); name != "" {
		return []string{fmt.Sprintf("an emulator, %s, runs this file, and emulators make no namespaces: "+
			"take a file for this machine's own architecture (pack --platform)", name)}
	}
	if o.refused.Call == "mount" && o.refused.Err == unix.EINVAL && o.refused.Op == (sandbox.Op{}) { // mount_namespaces(7) is about mount points
		return []string{"the root is no mount point, as in a chroot: mount --bind DIR DIR before chroot DIR"}
	}
	if o.refused.Call != "clone" {
		return nil
	}
	switch o.refused.Err {
	case unix.ENOSPC, unix.EUSERS: // namespaces(7), "The /proc/sys/user directory"
		return o.limits()
	case unix.EINVAL: // clone(2)
		return []string{"this kernel is built without such namespaces (CONFIG_USER_NS, CONFIG_PID_NS …)"}
	}
	return nil
}

// limits finds the kinds of namespaces that are turned off.
func (o *obstacles) limits() []string {
	var found []string
	for _, kind := range []string{"user", "mnt", "pid", "ipc", "uts", "net"} {
		if o.read("sys/user/max_"+kind+"_namespaces") != "0" {
			continue
		}
		found = append(found, fmt.Sprintf("%s namespaces are turned off: sysctl user.max_%s_namespaces=10000 allows them", kind, kind))
		if kind == "user" && o.admin {
			found = append(found, "root "+adminHint)
		}
	}
	if found == nil {
		found = []string{"a limit on namespaces is reached: those are sysctl user.max_user_namespaces and its like, and 32 user namespaces in each other"}
	}
	return found
}

// likely are settings that can be the cause.
func (o *obstacles) likely() []string {
	var found []string
	cloning := o.refused.Call == "clone"
	filtered := strings.Contains("\n"+o.read("self/status")+"\n", "\nSeccomp:\t2\n")
	if cloning && o.refused.Err == unix.EPERM && o.admin { // user_namespaces(7)
		found = append(found, "nobody makes user namespaces in a chroot; root "+adminHint)
	}
	if cloning && o.read("sys/kernel/unprivileged_userns_clone") == "0" {
		found = append(found, "user namespaces are for root only: sysctl kernel.unprivileged_userns_clone=1 allows them to all")
	}
	// It lets them be made, and refuses what comes next; or refuses by EACCES.
	if o.read("sys/kernel/apparmor_restrict_unprivileged_userns") == "1" && !(cloning && filtered && o.refused.Err == unix.EPERM) {
		found = append(found, "AppArmor restricts user namespaces, as on Ubuntu since 23.10: an AppArmor profile with \"userns,\" for this file allows them, "+
			"or sysctl kernel.apparmor_restrict_unprivileged_userns=0")
	}
	profile, enforced := strings.CutSuffix(o.read("self/attr/current"), " (enforce)")
	if enforced && o.refused.Err == unix.EACCES {
		found = append(found, fmt.Sprintf("the AppArmor profile %s refuses %s: docker run --security-opt apparmor=unconfined leaves it out", profile, o.what()))
	}
	if filtered {
		found = append(found, fmt.Sprintf("a seccomp filter refuses %s, as that of a container does: "+
			"docker run --security-opt seccomp=unconfined leaves it out, or a profile that allows it", o.what()))
	}
	return found
}

// what names what was refused.
func (o *obstacles) what() string {
	switch call := o.refused.Call; call {
	case "":
		return "a step of it"
	case "clone":
		return "new namespaces (clone)"
	default:
		return call
	}
}

// read returns a small file of proc, trimmed; "" if there is none.
func (o *obstacles) read(name string) string {
	b, err := os.ReadFile(o.proc + "/" + name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// emulator returns the file that runs this one by emulation, as qemu-user
// does; "" if it is the kernel. An emulator shows /proc/self/exe as this file,
// but not the same link by another name.
func (o *obstacles) emulator() string {
	const running = "/thread-self/exe"
	own, err := machine(o.proc + "/self/exe")
	real, realErr := machine(o.proc + running)
	if err != nil || realErr != nil || own == real {
		return ""
	}
	name, err := os.Readlink(o.proc + running)
	if err != nil {
		return "of unknown name"
	}
	return name
}

// machine reads what an ELF file is for: e_machine (elf(5)).
func machine(name string) (uint16, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var b [2]byte
	_, err = f.ReadAt(b[:], 18)
	return binary.NativeEndian.Uint16(b[:]), err
}
