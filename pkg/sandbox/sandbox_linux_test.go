package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
}

// sh runs a script of the host's shell in its own root, unless ops change it.
func sh(script string, ops ...Op) *Spec {
	return &Spec{Ops: ops, Argv: []string{"sh", "-c", script}, Env: []string{"PATH=/usr/bin:/bin"}}
}

func mustRun(t *testing.T, s *Spec) (string, Status) {
	t.Helper()
	var out bytes.Buffer
	s.Stdout, s.Stderr = &out, &out
	status, err := Run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), status
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		script string
		code   int
		signal syscall.Signal
	}{
		{"exit 0", 0, 0},
		{"exit 255", 255, 0},
		{"kill -9 $$", 0, syscall.SIGKILL},
		{"kill -15 $$", 0, syscall.SIGTERM},
		{"kill -1 $$; exit 1", 0, syscall.SIGHUP},
	} {
		if _, s := mustRun(t, sh(c.script)); s.Code != c.code || s.Signal != c.signal {
			t.Errorf("%s: %+v", c.script, s)
		}
	}
}

func TestPassThrough(t *testing.T) {
	s := sh(`cat; echo "$1"; pwd; env | grep -c .; ls /proc/self/fd | wc -l`)
	s.Argv = append(s.Argv, "sh", "\xff")
	s.Dir = "/usr"
	s.Env = append(s.Env, "PWD=/usr", "A=b")
	s.Stdin = strings.NewReader("in\n")
	// The program sees its own three descriptors and the one ls reads with.
	if out, _ := mustRun(t, s); out != "in\n\xff\n/usr\n3\n4\n" && out != "in\n\xff\n/usr\n4\n4\n" {
		t.Errorf("%q", out)
	}
}

func TestFailedStep(t *testing.T) {
	dir := t.TempDir()
	missing := Bind(dir+"/none", dir+"/x", 0)
	last := Mkdir(dir+"/last", 0o755)
	_, err := Run(t.Context(), sh("exit 0", Mkdir(dir+"/first", 0o755), missing, last))
	var setup *SetupError
	if !errors.As(err, &setup) || setup.Op != missing || !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("have %v", err)
	}
	if want := fmt.Sprintf("cannot mount %s/none on %s/x: no such file or directory", dir, dir); err.Error() != want {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir + "/last"); err == nil {
		t.Error("went on after a failed step")
	}
	_, status := mustRun(t, sh("exit 0", missing.IfPossible(), last))
	if len(status.Skipped) != 1 || status.Skipped[0].Op != missing.IfPossible() {
		t.Errorf("%+v", status)
	}
	if _, err := os.Stat(dir + "/last"); err != nil {
		t.Error("an optional step stopped the start")
	}
}

func TestOtherSteps(t *testing.T) {
	for _, c := range []struct {
		spec Spec
		want string
	}{
		{Spec{Dir: "/none", Argv: []string{"/bin/true"}}, "cannot enter the directory /none: no such file or directory"},
		{Spec{Ops: []Op{{Do: "dance"}}}, "cannot do dance: function not implemented"},
	} {
		if _, err := Run(t.Context(), &c.spec); err == nil || err.Error() != c.want {
			t.Errorf("have %v, want %s", err, c.want)
		}
	}
}

func TestNothingToStart(t *testing.T) {
	dir := t.TempDir()
	if _, err := Run(t.Context(), &Spec{Ops: []Op{Mkdir(dir+"/a/b", 0o700), Symlink("a", dir+"/l")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir + "/l/b"); err != nil {
		t.Error(err)
	}
}

func TestExecError(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "script")
	if err := os.WriteFile(script, []byte("#!/none\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		err    error
		exists bool
	}{
		{"/none", unix.ENOENT, false},
		{"none", unix.ENOENT, false},
		{script, unix.ENOENT, true},
		{dir, unix.EACCES, true},
	} {
		_, err := Run(t.Context(), &Spec{Argv: []string{c.name}})
		var exec *ExecError
		if !errors.As(err, &exec) || exec.Err != c.err || exec.Exists != c.exists {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestNamespacesLeaveNoTrace(t *testing.T) {
	needRoot(t)
	dir := t.TempDir()
	s := sh("echo $$; cat /proc/1/comm; ls /proc | grep -c '^[0-9]'; ls -A "+dir,
		Mount("tmpfs", dir, "", 0), Mkdir(dir+"/inside", 0o755), Mkdir("/proc", 0o755), Proc("/proc"))
	s.Clone = unix.CLONE_NEWNS | unix.CLONE_NEWPID
	out, _ := mustRun(t, s)
	if lines := strings.Fields(out); len(lines) != 4 || lines[0] == "1" || lines[3] != "inside" {
		t.Errorf("%q", out)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil || strings.Contains(string(mounts), dir) {
		t.Errorf("a mount is left: %s %v", mounts, err)
	}
}

// TestNewRoot has links in the new root that would lead out of it.
func TestNewRoot(t *testing.T) {
	needRoot(t)
	for _, c := range []struct {
		name string
		ops  func(root string) []Op
		ns   uintptr
	}{
		{"pivot", func(root string) []Op { return []Op{Bind(root, root, 0), Pivot(root)} }, unix.CLONE_NEWNS},
		{"chroot", func(root string) []Op { return []Op{Chroot(root)} }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, outside := t.TempDir(), t.TempDir()
			if err := os.Symlink(outside, root+"/link"); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(root+outside, 0o755); err != nil {
				t.Fatal(err)
			}
			ops := append(c.ops(root), Mkdir("/link/made", 0o755), Mkdir("/../../made", 0o755), Leave())
			if _, err := Run(t.Context(), &Spec{Ops: ops, Clone: c.ns}); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{root + outside + "/made", root + "/made"} {
				if _, err := os.Stat(name); err != nil {
					t.Error(err)
				}
			}
			if left, _ := os.ReadDir(outside); len(left) > 0 {
				t.Errorf("made outside: %v", left)
			}
		})
	}
}

func TestUserCannotBeBecome(t *testing.T) {
	s := sh("exit 0")
	s.Clone = unix.CLONE_NEWUSER
	s.User = &User{UID: 4242, GID: 0}
	_, err := Run(t.Context(), s)
	var setup *SetupError
	if !errors.As(err, &setup) {
		t.Errorf("have %v", err)
	}
}

// TestCallerDies kills the process that called Run; what it ran must die too.
func TestCallerDies(t *testing.T) {
	const callers = "SANDBOX_TEST_CALLER"
	if word := os.Getenv(callers); word != "" {
		s := sh("trap '' TERM; setsid sh -c 'echo up; while :; do sleep 1; done' " + word + " & wait")
		s.Stdout = os.Stdout
		_, _ = Run(context.Background(), s)
		return
	}
	word := fmt.Sprintf("caller-dies-%d", os.Getpid())
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestCallerDies$")
	cmd.Env = append(os.Environ(), callers+"="+word)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 3)
	if _, err := out.Read(buf); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// The end of its output is the end of all who hold it.
	for err == nil {
		_, err = out.Read(buf)
	}
	_ = cmd.Wait()
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		if line, _ := os.ReadFile(f); strings.Contains(string(line), word) {
			t.Errorf("%s is left: %q", f, line)
		}
	}
}
