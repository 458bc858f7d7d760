package launch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// refuseName is the argv[0] of this test as a program that puts itself under a
// seccomp filter and executes another: refuseName NUMBER FLAGS ACTION PROGRAM
// ARGUMENT... NUMBER is that of a system call; with FLAGS only one whose first
// argument has them is refused; ACTION is what seccomp(2) returns for it.
const refuseName = "pack-test-refuse"

func refuse() {
	runtime.LockOSThread() // a filter is a thread's
	number := func(i int) uint32 {
		n, err := strconv.ParseUint(os.Args[i], 10, 32)
		if err != nil {
			panic(err)
		}
		return uint32(n)
	}
	const dataNumber, dataArg = 0, 16 // offsets in struct seccomp_data
	code := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: dataNumber},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: number(1), Jf: 3},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: dataArg},
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: number(2), Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: number(3)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	if number(2) == 0 {
		code[1].Jt, code[1].Jf = 2, 3
	}
	filter := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		panic(err)
	}
	if err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&filter)), 0, 0); err != nil {
		panic(err)
	}
	panic(unix.Exec(os.Args[4], os.Args[4:], os.Environ()))
}

// refusal is a system call that a filter refuses.
type refusal struct {
	number uintptr
	flags  uintptr
	action uint32
}

func errnoAction(e unix.Errno) uint32 { return unix.SECCOMP_RET_ERRNO | uint32(e) }

// under runs cmd with a system call refused.
func (r refusal) under(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	own := filepath.Join(scratch, "refuse")
	if _, err := os.Stat(own); err != nil { // nobody cannot read where go test has it
		must(t, exec.Command("cp", self, own).Run())
	}
	cmd.Args = append([]string{refuseName, fmt.Sprint(r.number), fmt.Sprint(r.flags), fmt.Sprint(r.action), cmd.Path}, cmd.Args[1:]...)
	cmd.Path = own
	return cmd
}

// TestRefused: whatever a seccomp filter refuses of the making of a root is
// named, and nothing runs on the host but where the file says so.
func TestRefused(t *testing.T) {
	const eperm = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	c := config(portable.Merged, portable.ArgsApp)
	merged := file(t, c)
	c.Fallback = portable.FallbackHost
	falls := file(t, c)
	sandboxed := file(t, config(portable.Sandbox, portable.ArgsApp))
	for _, r := range []struct {
		refusal
		name, message, hint string
	}{
		{refusal{unix.SYS_CLONE, unix.CLONE_NEWUSER, eperm}, "user namespaces",
			"cannot start a user+mount", "a seccomp filter refuses new namespaces (clone)"},
		{refusal{unix.SYS_CLONE, unix.CLONE_NEWUSER, errnoAction(unix.ENOSYS)}, "user namespaces as unknown",
			"cannot start a user+mount", "a seccomp filter refuses new namespaces (clone)"},
		{refusal{unix.SYS_CLONE, unix.CLONE_NEWNS, eperm}, "mount namespaces",
			"cannot start a user+mount", "a seccomp filter refuses new namespaces (clone)"},
		{refusal{unix.SYS_MOUNT, 0, eperm}, "mounts", "cannot make mounts private: operation not permitted", "a seccomp filter refuses mount,"},
		{refusal{unix.SYS_MOUNT, 0, errnoAction(unix.EACCES)}, "mounts as AppArmor does",
			"cannot make mounts private: permission denied", "a seccomp filter refuses mount,"},
		{refusal{unix.SYS_PIVOT_ROOT, 0, eperm}, "pivot_root", "cannot change the root to ", "a seccomp filter refuses pivot_root,"},
		{refusal{unix.SYS_UMOUNT2, 0, eperm}, "umount2", "cannot leave the old root", "a seccomp filter refuses umount2,"},
		{refusal{unix.SYS_SETNS, 0, eperm}, "setns", "", "a seccomp filter refuses setns,"},
		{refusal{unix.SYS_MOUNT, 0, unix.SECCOMP_RET_KILL_PROCESS}, "mounts by death",
			"cannot make a root: signal 31 (bad system call) ended it", "a seccomp filter refuses a step of it,"},
	} {
		t.Run(r.name, func(t *testing.T) {
			for _, bin := range []string{merged, sandboxed} {
				cmd := r.under(t, command(bin, "-c", "echo ran"))
				got := finish(t, cmd)
				if got.out != "" || got.ws.ExitStatus() != 125 || !strings.Contains(got.err, r.message) || !strings.Contains(got.err, "\nhint: "+r.hint) {
					t.Errorf("%q: %+v", cmd.Args, got)
				}
			}
			got := finish(t, r.under(t, command(falls, "-c", "test ! -e /usr/share/ours && exit 7")))
			if got.out != "" || got.err != "" || got.ws.ExitStatus() != 7 {
				t.Errorf("with a fallback: %+v", got)
			}
		})
	}
}

// TestNotNeeded: what is refused here, a root is made without.
func TestNotNeeded(t *testing.T) {
	for root, bin := range files(t) {
		for _, call := range []uintptr{unix.SYS_UNSHARE, unix.SYS_CLONE3, unix.SYS_MOUNT_SETATTR, unix.SYS_CLOSE_RANGE, unix.SYS_PIDFD_OPEN} {
			for _, e := range []unix.Errno{unix.EPERM, unix.ENOSYS} {
				r := refusal{call, 0, errnoAction(e)}
				cmd := r.under(t, command(bin, "-c", "cat /usr/share/ours 2>/dev/null; touch /usr/x 2>/dev/null; exit 7"))
				if got := finish(t, cmd); got.err != "" || got.ws.ExitStatus() != 7 || root != portable.Host && got.out != "ours\n" {
					t.Errorf("%s without system call %d: %+v", root, call, got)
				}
			}
		}
	}
}

// TestQuota: where a quota leaves no room, the next place is tried; each has its
// reason in the message, and none keeps anything.
func TestQuota(t *testing.T) {
	for root, bin := range files(t) {
		r := refusal{unix.SYS_PWRITE64, 0, errnoAction(unix.EDQUOT)}
		cmd := r.under(t, command(bin, "-c", "echo ran"))
		cmd.Env = append(cmd.Env, "XDG_RUNTIME_DIR="+filepath.Dir(bin))
		got := finish(t, cmd)
		for _, place := range []string{"/cache/pack ($XDG_CACHE_HOME)", "/.cache/pack ($HOME)", "/pack ($XDG_RUNTIME_DIR)"} {
			if got.out != "" || got.ws.ExitStatus() != 125 || !strings.Contains(got.err, filepath.Dir(bin)+place+": cannot write /") ||
				!strings.Contains(got.err, ": disk quota exceeded") || !strings.Contains(got.err, "\nhint: ") {
				t.Errorf("%s: %+v", root, got)
			}
		}
		for _, pattern := range []string{"cache/pack", ".cache/pack", "pack"} {
			if _, err := os.Lstat(filepath.Dir(bin) + "/" + pattern); err == nil {
				t.Errorf("%s: %s is left", root, pattern)
			}
		}
	}
}

// TestObstacles reads what a kernel says about itself.
func TestObstacles(t *testing.T) {
	const (
		limit    = "sys/user/max_user_namespaces"
		cloneKey = "sys/kernel/unprivileged_userns_clone"
		apparmor = "sys/kernel/apparmor_restrict_unprivileged_userns"
		status   = "self/status"
		filtered = "Name:\tx\nSeccomp:\t2\nThreads:\t1\n"
		profile  = "self/attr/current"
	)
	clone := func(e unix.Errno) *sandbox.SetupError { return &sandbox.SetupError{Call: "clone", Err: e} }
	mount := func(e unix.Errno) *sandbox.SetupError { return &sandbox.SetupError{Call: "mount", Err: e} }
	for _, c := range []struct {
		name    string
		files   map[string]string
		refused *sandbox.SetupError
		admin   bool
		want    []string // the beginning of each hint but the last two
	}{
		{"nothing known", nil, clone(unix.EPERM), false, []string{"namespaces and mounts may be forbidden here"}},
		{"turned off", map[string]string{limit: "0\n", status: filtered}, clone(unix.ENOSPC), false,
			[]string{"user namespaces are turned off: sysctl user.max_user_namespaces="}},
		{"turned off, and root", map[string]string{limit: "0\n"}, clone(unix.ENOSPC), true,
			[]string{"user namespaces are turned off", "root can do without them: PACK_ATTRS=ns,ipc,uts,pid"}},
		{"root in a chroot", nil, clone(unix.EPERM), true, []string{"nobody makes user namespaces in a chroot; root can do without them: PACK_ATTRS="}},
		{"other namespaces turned off", map[string]string{limit: "9\n", "sys/user/max_pid_namespaces": "0\n"}, clone(unix.ENOSPC), false,
			[]string{"pid namespaces are turned off: sysctl user.max_pid_namespaces="}},
		{"limit reached", map[string]string{limit: "9\n"}, clone(unix.ENOSPC), false, []string{"a limit on namespaces is reached"}},
		{"too deep, before Linux 4.9", nil, clone(unix.EUSERS), false, []string{"a limit on namespaces is reached"}},
		{"not built in", nil, clone(unix.EINVAL), false, []string{"this kernel is built without"}},
		{"for root only", map[string]string{cloneKey: "0\n"}, clone(unix.EPERM), false,
			[]string{"user namespaces are for root only: sysctl kernel.unprivileged_userns_clone=1"}},
		{"AppArmor, mounts", map[string]string{apparmor: "1\n", profile: "unconfined\n"}, mount(unix.EACCES), false,
			[]string{`AppArmor restricts user namespaces, as on Ubuntu since 23.10: an AppArmor profile with "userns," for this file`}},
		{"AppArmor, capabilities", map[string]string{apparmor: "1\n"}, mount(unix.EPERM), false, []string{"AppArmor restricts user namespaces"}},
		{"AppArmor, namespaces", map[string]string{apparmor: "1\n"}, clone(unix.EACCES), false, []string{"AppArmor restricts user namespaces"}},
		{"a container on such a machine", map[string]string{apparmor: "1\n", status: filtered, profile: "docker-default (enforce)\n"}, clone(unix.EPERM), false,
			[]string{"a seccomp filter refuses new namespaces (clone), as that of a container does: docker run --security-opt seccomp=unconfined"}},
		{"a container's AppArmor profile", map[string]string{profile: "docker-default (enforce)\n"}, mount(unix.EACCES), false,
			[]string{"the AppArmor profile docker-default refuses mount: docker run --security-opt apparmor=unconfined"}},
		{"not refused by it", map[string]string{profile: "docker-default (complain)\n"}, mount(unix.EACCES), false, []string{"namespaces and mounts may be"}},
		{"no filter", map[string]string{status: "Seccomp:\t0\n"}, mount(unix.EPERM), false, []string{"namespaces and mounts may be"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range c.files {
				must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
				must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
			}
			o := obstacles{proc: dir, refused: c.refused, admin: c.admin}
			got := strings.Split(o.hint(), "\n")
			if len(got) != len(c.want)+2 {
				t.Fatalf("%q", got)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("%q, want %q", got[i], want)
				}
			}
		})
	}
}
