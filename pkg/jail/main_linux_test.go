package jail

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// The test binary runs itself again as somebody with fewer rights. These
// variables tell it so.
const (
	envDrop    = "PACK_TEST_DROP"    // become a docker build first
	envBuilder = "PACK_TEST_BUILDER" // you are one
)

func TestMain(m *testing.M) {
	sandbox.Init()
	if os.Getenv(envDrop) != "" {
		if err := becomeBuilder(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	var err error
	if programs, err = os.MkdirTemp("", "jail-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(programs)
	os.Exit(code)
}

// becomeBuilder takes away what docker build lacks: CAP_SYS_ADMIN, and by a
// seccomp filter mounts and new namespaces (moby's default profile).
func becomeBuilder() error {
	runtime.LockOSThread()
	if err := denyNamespaces(); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_SYS_ADMIN, 0, 0, 0); err != nil {
		return err
	}
	os.Unsetenv(envDrop)
	os.Setenv(envBuilder, "1")
	return syscall.Exec("/proc/self/exe", os.Args, os.Environ())
}

func denyNamespaces() error {
	const namespaces = unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWUSER
	const deny = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	jump := func(code uint16, k uint32, jt, jf uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_K | code, K: k, Jt: jt, Jf: jf}
	}
	ret := func(k uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k} }
	load := func(off uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: off}
	}
	filter := []unix.SockFilter{
		load(0), // the system call's number
		jump(unix.BPF_JEQ, unix.SYS_MOUNT, 5, 0),
		jump(unix.BPF_JEQ, unix.SYS_UNSHARE, 4, 0),
		jump(unix.BPF_JEQ, unix.SYS_CLONE, 0, 2),
		load(16), // its first argument
		jump(unix.BPF_JSET, namespaces, 1, 0),
		ret(unix.SECCOMP_RET_ALLOW),
		ret(deny),
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	return seccomp(&prog)
}

// again runs the calling test once more in a process that setup has changed,
// and fails if it fails there.
func again(t *testing.T, setup func(*exec.Cmd, string)) {
	t.Helper()
	tmp := t.TempDir()
	cmd := exec.Command("/proc/self/exe", "-test.v", "-test.run=^"+regexp.QuoteMeta(t.Name())+"$")
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp, "HOME="+tmp)
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	setup(cmd, tmp)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("in another process: %v", err)
	}
	if bytes.Contains(out, []byte("--- SKIP")) {
		t.Skip("skipped in the other process")
	}
}

// asNobody is true in a process of user nobody; elsewhere it runs the test in
// one.
func asNobody(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return true
	}
	again(t, func(cmd *exec.Cmd, tmp string) {
		// The directories above are open to their owner only.
		for dir := tmp; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chown(tmp, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
	})
	return false
}

// asBuilder is true in a process that can do what docker build can; elsewhere
// it runs the test in one.
func asBuilder(t *testing.T) bool {
	t.Helper()
	if os.Getenv(envBuilder) != "" {
		return true
	}
	needRoot(t)
	again(t, func(cmd *exec.Cmd, _ string) { cmd.Env = append(cmd.Env, envDrop+"=1") })
	return false
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
}

// programs is where compiled programs go.
var programs string

// probeProgram compiles testdata/probe.c, once.
var probeProgram = sync.OnceValues(func() (string, error) {
	out := filepath.Join(programs, "probe")
	if msg, err := exec.Command("gcc", "-o", out, "testdata/probe.c").CombinedOutput(); err != nil {
		return out, fmt.Errorf("gcc: %w: %s", err, msg)
	}
	return out, nil
})

// bundle makes a bundle of /bin/probe and of programs of the host, each with
// the libraries that the host's loader finds for it, and some data.
func bundle(t *testing.T, programs ...string) string {
	t.Helper()
	tree := filepath.Join(t.TempDir(), "bundle")
	probe, err := probeProgram()
	if err != nil {
		t.Fatal(err)
	}
	addLibraries(t, tree, probe)
	copyFile(t, probe, filepath.Join(tree, "bin/probe"))
	for _, p := range programs {
		addLibraries(t, tree, p)
		copyFile(t, p, filepath.Join(tree, p))
	}
	for name, text := range map[string]string{"data/file": "file\n", "data/gone": "gone\n", "data/old": "old\n"} {
		writeFile(t, filepath.Join(tree, name), text)
	}
	if err := os.Mkdir(filepath.Join(tree, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	return tree
}

var libraryPath = regexp.MustCompile(`(?m)^\s*(?:\S+ => )?(/\S+) \(0x`)

func libraries(t *testing.T, file string) []string {
	t.Helper()
	cmd := exec.Command(file)
	cmd.Env = []string{"LD_TRACE_LOADED_OBJECTS=1"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("listing the libraries of %s: %v", file, err)
	}
	var libs []string
	for _, m := range libraryPath.FindAllStringSubmatch(string(out), -1) {
		libs = append(libs, m[1])
	}
	return libs
}

func addLibraries(t *testing.T, tree, file string) {
	t.Helper()
	for _, lib := range libraries(t, file) {
		copyFile(t, lib, filepath.Join(tree, lib))
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = os.WriteFile(to, data, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// running reports whether some process has this word among its arguments.
func running(t *testing.T, word string) bool {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		line, err := os.ReadFile(f)
		if err == nil && strings.Contains(string(line), word) {
			return true
		}
	}
	return false
}
