package trace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func root(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
}

// Ways of opening that only few programs use are seen as well.
func TestOddCases(t *testing.T) {
	odd, dir := compile(t, "odd"), playground(t, 0)
	cases := map[string][]string{
		"fexec":  {"openat top read"},
		"memfd":  {"openat top read"},
		"filter": {"openat sub/file read", "openat top read"},
		"tsync":  {"openat sub/file read", "openat top read"},
		"tty":    {"openat top read"},
		"clones": {"openat top read"},

		"sockets": {"bind sub/socket create (new)", "bind sub/socket stat", "unlink sub/socket write"},
	}
	if runtime.GOARCH == "amd64" {
		cases["int80"] = []string{"open top read"}
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, engine Engine) {
				r := record(t, Options{Engine: engine}, odd, name, dir)
				if got := r.below(dir); !slices.Equal(got, want) || r.result.Code != 0 || r.result.Unseen != nil {
					t.Errorf("got %q, want %q; %+v", got, want, r.result)
				}
			})
		})
	}
}

// A program executed by descriptor has the name of its file, if it has one.
func TestExecutedByDescriptor(t *testing.T) {
	odd, dir := compile(t, "odd"), playground(t, 0)
	cat, err := filepath.EvalSymlinks("/bin/cat")
	if err != nil {
		t.Fatal(err)
	}
	eachEngine(t, func(t *testing.T, engine Engine) {
		for name, want := range map[string]string{"fexec": cat, "memfd": "/memfd:nameless (deleted)"} {
			r := record(t, Options{Engine: engine}, odd, name, dir)
			executed := slices.IndexFunc(r.events, func(e Event) bool { return e.Call == "execveat" })
			if executed < 0 || r.events[executed].Path != want {
				t.Fatalf("%s: no execveat of %s in %+v", name, want, r.events)
			}
			if last := r.events[len(r.events)-1]; last.Path != dir+"/top" || last.Exe != want {
				t.Errorf("%s: last event %+v", name, last)
			}
		}
	})
}

// What cannot be seen is reported.
func TestUnseen(t *testing.T) {
	odd, dir := compile(t, "odd"), playground(t, 0)
	for name, want := range map[string]map[Engine]struct {
		code   int
		unseen string // within the sentence; empty for none
	}{
		"uring":    {Notify: {code: 2}, Ptrace: {code: 2}, Syscalls: {1, "io_uring"}},
		"listener": {Notify: {16, "was refused seccomp user notification"}, Ptrace: {0, "supervises system calls"}, Syscalls: {}},
		"handle":   {Notify: {0, "by handle"}, Ptrace: {0, "by handle"}, Syscalls: {0, "by handle"}},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "handle" {
				root(t)
			}
			eachEngine(t, func(t *testing.T, engine Engine) {
				r := record(t, Options{Engine: engine}, odd, name, dir)
				w := want[engine]
				said := strings.Join(r.result.Unseen, "\n")
				if r.result.Code != w.code || (w.unseen == "") != (said == "") || !strings.Contains(said, w.unseen) || w.unseen != "" && !strings.HasPrefix(said, odd) {
					t.Errorf("%+v, want %+v", r.result, w)
				}
				if name != "handle" && !slices.Equal(r.below(dir), []string{"openat top read"}) {
					t.Errorf("got %q", r.below(dir))
				}
			})
		})
	}
}

// In a mount namespace of its own, a process may see other files than we do.
func TestMountNamespace(t *testing.T) {
	root(t)
	odd, dir := compile(t, "odd"), playground(t, 0)
	eachEngine(t, func(t *testing.T, engine Engine) {
		r := record(t, Options{Engine: engine}, odd, "hides", dir)
		want := []string{"openat sub/file create (new)", "openat sub/file read", "openat top read", "openat made create (new)", "unlink made write"}
		if got := r.below(dir); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		for _, e := range r.events {
			if below, ok := strings.CutPrefix(e.Path, dir+"/"); ok && e.Foreign != (below == "sub/file") {
				t.Errorf("foreign %v: %+v", e.Foreign, e)
			}
		}
	})
}

// Who has not the right to keep them loses the privileges of set-user-ID files,
// and is told.
func TestSetUserID(t *testing.T) {
	root(t)
	odd, dir := compile(t, "odd"), playground(t, 0)
	for name := dir; name != "/tmp" && name != "/"; name = filepath.Dir(name) {
		if err := os.Chmod(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	setuid := filepath.Join(dir, "setuid")
	if err := os.Rename(odd, setuid); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(setuid, 0o755|os.ModeSetuid); err != nil {
		t.Fatal(err)
	}
	run := func(engine string) string {
		cmd := exec.Command("/proc/self/exe")
		cmd.Args = []string{"tester", engine, setuid, "identity", dir}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	if bare := run("bare"); bare != "code 0\n" {
		t.Skipf("set-user-ID has no effect here: %s", bare)
	}
	for _, engine := range []Engine{Notify, Ptrace, Syscalls} {
		if got := run(string(engine)); got != "code 1, no new privileges\n" {
			t.Errorf("%s: %q", engine, got)
		}
	}
}

// Debuggers work under notification. Under ptrace they fail as the kernel lets
// them.
func TestTracersInside(t *testing.T) {
	dir := playground(t, 0)
	for name, argv := range map[string][]string{
		"strace": {"strace", "-f", "-o", "/dev/null", "cat", dir + "/top"},
		"gdb":    {"gdb", "-nx", "-batch", "-return-child-result", "-ex", "run", "--args", "cat", dir + "/top"},
	} {
		t.Run(name, func(t *testing.T) {
			path, err := exec.LookPath(argv[0])
			if err != nil {
				t.Skip(err)
			}
			argv := slices.Concat([]string{path}, argv[1:])
			eachEngine(t, func(t *testing.T, engine Engine) {
				r := record(t, Options{Engine: engine}, argv...)
				seen := slices.Contains(r.below(dir), "openat top read")
				if works := r.result.Code == 0 && seen; works != (engine == Notify) {
					t.Errorf("%+v, %q", r.result, r.below(dir))
				}
			})
		})
	}
}

// Where tracing is refused, the error says by what; what works without the
// refused call works.
func TestRefusals(t *testing.T) {
	profile := "a seccomp profile of the container or builder forbids it"
	for _, c := range []struct {
		engine Engine
		denied []string
		want   string
	}{
		{Ptrace, []string{"ptrace"}, "cannot trace a process with ptrace: operation not permitted (" + profile + ")"},
		{Syscalls, []string{"ptrace"}, "cannot trace a process with ptrace: operation not permitted (" + profile + ")"},
		{Notify, []string{"seccomp"}, "cannot install a seccomp filter with user notification: operation not permitted (" + profile + ")"},
		{Ptrace, []string{"seccomp"}, "cannot install a seccomp filter: operation not permitted (" + profile + ")"},
		{Syscalls, []string{"seccomp"}, "code 0"},
		{Auto, []string{"seccomp"}, "code 0"},
		{Auto, []string{"ptrace"}, "code 0"},
		{Auto, []string{"ptrace", "process_vm_readv"}, "code 0"},
		{Notify, []string{"process_vm_readv"}, "code 0"},
		{Ptrace, []string{"process_vm_readv"}, "code 0"},
		{Auto, []string{"ptrace", "seccomp"}, "cannot trace a process with ptrace: operation not permitted (" + profile + ")"},
	} {
		t.Run(string(c.engine)+" without "+strings.Join(c.denied, " and "), func(t *testing.T) {
			if c.engine == Notify && !kernelAtLeast(5, 5) {
				t.Skip("needs Linux 5.5")
			}
			cmd := exec.Command("/proc/self/exe")
			cmd.Args = []string{"tester", string(c.engine), "/bin/true"}
			cmd.Env = append(os.Environ(), "TESTER_DENIED="+strings.Join(c.denied, " "))
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), c.want) {
				t.Errorf("%s %v\nwant %s", out, err, c.want)
			}
		})
	}
}

// denied are the calls that TestRefusals takes away.
var denied = map[string]uint32{"ptrace": unix.SYS_PTRACE, "seccomp": unix.SYS_SECCOMP, "process_vm_readv": unix.SYS_PROCESS_VM_READV}

// deny makes calls fail with EPERM in all threads, as container runtimes do.
func deny(names []string) error {
	p := []unix.SockFilter{{Code: bpfLoad, K: dataNr}}
	for _, name := range names {
		p = append(p, unix.SockFilter{Code: bpfJeq, Jf: 1, K: denied[name]}, unix.SockFilter{Code: bpfRet, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)})
	}
	p = append(p, unix.SockFilter{Code: bpfRet, K: retAllow})
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	_, err := setFilter(p, unix.SECCOMP_FILTER_FLAG_TSYNC)
	return err
}

// tried is one run of a program as the output of the tester process.
func tried(engine string, argv []string) (string, error) {
	if names := strings.Fields(os.Getenv("TESTER_DENIED")); len(names) > 0 {
		if err := deny(names); err != nil {
			return "", err
		}
	}
	if engine == "bare" {
		err := exec.Command(argv[0], argv[1:]...).Run()
		if err != nil {
			return err.Error(), nil
		}
		return "code 0", nil
	}
	events := 0
	r, err := Run(context.Background(), &Command{Path: argv[0], Args: argv}, Options{Engine: Engine(engine)}, func(Event) error {
		events++
		return nil
	})
	switch {
	case err != nil:
		return err.Error(), nil
	case events == 0:
		return "", errors.New("no events")
	}
	said := fmt.Sprint("code ", r.Code)
	if r.NoNewPrivs {
		said += ", no new privileges"
	}
	return said, nil
}

// A program that serves files to itself, and opens others to do so, is not kept
// waiting by a tracer that waits for it.
func TestServesItself(t *testing.T) {
	root(t)
	fuse := compile(t, "fuse")
	eachEngine(t, func(t *testing.T, engine Engine) {
		dir := playground(t, 0)
		if err := os.Symlink("sub", filepath.Join(dir, "link")); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = unix.Unmount(filepath.Join(dir, "sub"), unix.MNT_DETACH) })
		r := record(t, Options{Engine: engine}, fuse, dir)
		if r.result.Code == 3 {
			t.Skip("FUSE is not available")
		}
		got := r.below(dir)
		for _, want := range []string{"openat sub/served read", "openat link/served read", "openat top read"} {
			if !slices.Contains(got, want) {
				t.Errorf("no %q in %q", want, got)
			}
		}
		if said := strings.Join(r.result.Unseen, "\n"); !strings.Contains(said, "below "+dir+"/sub is not known") {
			t.Errorf("%+v", r.result)
		}
	})
}

// An emulator that runs one process has neither ptrace nor filters to offer.
func TestEmulator(t *testing.T) {
	if os.Getenv("PACK_SUITE") == "" {
		t.Skip("PACK_SUITE is not set") // it compiles for another machine
	}
	qemu, err := exec.LookPath("qemu-aarch64-static")
	if err != nil || runtime.GOARCH == "arm64" {
		t.Skip("needs qemu-aarch64-static, and another machine than arm64")
	}
	bin := filepath.Join(t.TempDir(), "trace.test")
	build := exec.Command("go", "test", "-c", "-o", bin, ".")
	build.Env = append(os.Environ(), "GOARCH=arm64", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, engine := range []Engine{Auto, Notify, Ptrace, Syscalls} {
		out, err := exec.Command(qemu, "-0", "tester", bin, string(engine), "/bin/true").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "an emulator such as qemu-user") {
			t.Errorf("%q: %s %v", engine, out, err)
		}
	}
}

func TestNoSuchDirectory(t *testing.T) {
	eachEngine(t, func(t *testing.T, engine Engine) {
		_, err := Run(t.Context(), &Command{Path: "/bin/true", Args: []string{"true"}, Dir: "/nonexistent"}, Options{Engine: engine}, func(Event) error { return nil })
		if err == nil || err.Error() != "cannot enter the working directory: stat /nonexistent: no such file or directory" {
			t.Errorf("error %v", err)
		}
	})
}
