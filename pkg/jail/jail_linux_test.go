package jail

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// options are for a run in tree with a real copy function.
func options(t *testing.T, tree string, argv ...string) Options {
	t.Helper()
	return Options{
		Tree:    tree,
		Scratch: t.TempDir(),
		Argv:    argv,
		Copy: func(ctx context.Context, dst string) error {
			return exec.CommandContext(ctx, "cp", "-a", tree+"/.", dst).Run()
		},
	}
}

// each runs f once for every strategy, alone.
func each(t *testing.T, f func(t *testing.T, only []Strategy)) {
	needRoot(t)
	for _, s := range []Strategy{MountNamespace, UserNamespace, Chroot} {
		t.Run(strings.ReplaceAll(s.String(), ",", ""), func(t *testing.T) { f(t, []Strategy{s}) })
	}
}

// mustRun expects the test to pass, and nothing to be left of it.
func mustRun(t *testing.T, o Options) *Result {
	t.Helper()
	r, err := Run(t.Context(), o)
	if err != nil {
		var f *FailedError
		if errors.As(err, &f) {
			t.Fatalf("%v\n%s", err, f.Detail())
		}
		t.Fatal(err)
	}
	nothingLeft(t, o)
	return r
}

// mustFail expects a *FailedError, and nothing to be left of it.
func mustFail(t *testing.T, o Options) *FailedError {
	t.Helper()
	_, err := Run(t.Context(), o)
	var f *FailedError
	if !errors.As(err, &f) {
		t.Fatalf("want a FailedError, have %v", err)
	}
	nothingLeft(t, o)
	return f
}

func nothingLeft(t *testing.T, o Options) {
	t.Helper()
	left, err := os.ReadDir(o.Scratch)
	if err != nil || len(left) > 0 {
		t.Errorf("left in the scratch directory: %v %v", left, err)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil || strings.Contains(string(mounts), o.Scratch) {
		t.Errorf("a mount is left: %s %v", mounts, err)
	}
}

func TestDefaultCommand(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		o := options(t, bundle(t), "/bin/probe")
		o.Strategies = only
		r := mustRun(t, o)
		if string(r.Stdout) != "hello\n" {
			t.Errorf("standard output is %q", r.Stdout)
		}
		if !strings.HasPrefix(r.How, only[0].String()) {
			t.Errorf("How is %q", r.How)
		}
	})
}

func TestHowItEnds(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		tree := bundle(t)
		for _, c := range []struct {
			argv   []string
			code   int
			signal syscall.Signal
			text   string
		}{
			{[]string{"/bin/probe", "exit", "3"}, 3, 0, "the test failed: /bin/probe exit 3 ended with exit status 3"},
			{[]string{"/bin/probe", "exit", "127"}, 127, 0, "status 127"},
			{[]string{"/bin/probe", "signal", "9"}, 0, syscall.SIGKILL, "signal 9 (SIGKILL)"},
			{[]string{"/bin/probe", "signal", "11"}, 0, syscall.SIGSEGV, "signal 11 (SIGSEGV)"},
			{[]string{"probe", "exit", "4"}, 4, 0, "status 4"},
		} {
			o := options(t, tree, c.argv...)
			o.Strategies = only
			f := mustFail(t, o)
			if f.Result.ExitCode != c.code || f.Result.Signal != c.signal || !strings.Contains(f.Error(), c.text) {
				t.Errorf("%v: code %d, signal %d, %v", c.argv, f.Result.ExitCode, f.Result.Signal, f)
			}
		}
	})
}

func TestCannotBeExecuted(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		tree := bundle(t)
		writeFile(t, filepath.Join(tree, "bin/script"), "#!/bin/nowhere\n")
		writeFile(t, filepath.Join(tree, "bin/plain"), "text")
		if err := os.Chmod(filepath.Join(tree, "bin/script"), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			err  error
			text string
		}{
			{"/bin/none", syscall.ENOENT, "cannot execute /bin/none: no such file or directory"},
			{"none", syscall.ENOENT, "cannot execute none: no such file or directory"},
			{"/bin/script", syscall.ENOENT, "cannot execute /bin/script: its loader or #! interpreter is missing"},
			{"/bin/plain", syscall.EACCES, "cannot execute /bin/plain: permission denied"},
		} {
			o := options(t, tree, c.name)
			o.Strategies = only
			f := mustFail(t, o)
			if !errors.Is(f, c.err) || !strings.HasSuffix(f.Error(), c.text) {
				t.Errorf("%s: %v", c.name, f)
			}
		}
	})
}

func TestStandardOutput(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		o := options(t, bundle(t), "/bin/probe", "say", "one", "two", "three")
		o.Strategies = only
		right, wrong := "\n one\ntwo\nthree \n\n", "one\n2\nthree"
		o.WantStdout = &right
		mustRun(t, o)
		o.WantStdout = &wrong
		f := mustFail(t, o)
		for _, line := range []string{"\n one\n", "\n-2\n", "\n+two\n"} {
			if !strings.Contains(f.Detail(), line) {
				t.Errorf("no line %q in:\n%s", line, f.Detail())
			}
		}
		empty := ""
		o.WantStdout = &empty
		mustFail(t, o)
	})
}

func TestStandardInput(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		o := options(t, bundle(t), "/bin/probe", "cat")
		o.Strategies = only
		if r := mustRun(t, o); len(r.Stdout) != 0 {
			t.Errorf("read %q from an empty input", r.Stdout)
		}
		o.Stdin = strings.Repeat("0123456789", 10_000)
		if r := mustRun(t, o); string(r.Stdout) != o.Stdin {
			t.Errorf("%d bytes came back of %d", len(r.Stdout), len(o.Stdin))
		}
		o.Argv = []string{"/bin/probe", "say", "not reading"}
		mustRun(t, o)
	})
}

func TestMuchOutput(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		o := options(t, bundle(t), "/bin/probe", "big", "10000000")
		o.Strategies = only
		var all counter
		o.Stdout = &all
		r := mustRun(t, o)
		if all != 10_000_000 || len(r.Stdout) != minCapture || len(r.StdoutTail) > maxTail {
			t.Errorf("%d bytes, %d kept, tail of %d", all, len(r.Stdout), len(r.StdoutTail))
		}
		want := strings.Repeat("x", 10_000_000)
		o.WantStdout = &want
		mustRun(t, o)
		want = want[:5_000_000]
		mustFail(t, o)
	})
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func TestTimeoutLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		word := fmt.Sprintf("stubborn-%d-%d", os.Getpid(), only[0])
		o := options(t, bundle(t), "/bin/probe", "stubborn", word)
		o.Strategies = only
		o.Timeout = 300 * time.Millisecond
		f := mustFail(t, o)
		if !f.Result.TimedOut || !strings.Contains(f.Error(), "did not end within 300ms") || string(f.Result.Stdout) != "ready\n" {
			t.Errorf("%v, output %q", f, f.Result.Stdout)
		}
		if running(t, word) {
			t.Error("a process is left")
		}
	})
}

func TestInterrupt(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		word := fmt.Sprintf("interrupt-%d-%d", os.Getpid(), only[0])
		o := options(t, bundle(t), "/bin/probe", "stubborn", word)
		o.Strategies = only
		ctx, cancel := context.WithCancel(t.Context())
		o.Stdout = writerFunc(func() { cancel() })
		if _, err := Run(ctx, o); !errors.Is(err, context.Canceled) {
			t.Errorf("have %v", err)
		}
		nothingLeft(t, o)
		if running(t, word) {
			t.Error("a process is left")
		}
	})
}

type writerFunc func()

func (f writerFunc) Write(p []byte) (int, error) { f(); return len(p), nil }

func TestLeftBehindProcessesAreKilled(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		word := fmt.Sprintf("leave-%d-%d", os.Getpid(), only[0])
		o := options(t, bundle(t), "/bin/probe", "leave", word)
		o.Strategies = only
		mustRun(t, o)
		if running(t, word) {
			t.Error("a process is left")
		}
	})
}

func TestBundleIsUntouched(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		tree := bundle(t)
		old := time.Unix(1_000_000_000, 5)
		for _, name := range []string{"data/file", "data", "empty", "."} {
			if err := os.Chtimes(filepath.Join(tree, name), old, old); err != nil {
				t.Fatal(err)
			}
		}
		before := fingerprint(t, tree)
		o := options(t, tree, "/bin/probe", "damage")
		o.Strategies = only
		if r := mustRun(t, o); string(r.Stdout) != "done\n" {
			t.Errorf("standard output is %q", r.Stdout)
		}
		if after := fingerprint(t, tree); after != before {
			t.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
	})
}

// fingerprint is a line for every path: mode, owner, time and contents.
func fingerprint(t *testing.T, tree string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(tree, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		var data []byte
		if fi.Mode().IsRegular() {
			if data, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		st := fi.Sys().(*syscall.Stat_t)
		fmt.Fprintf(&b, "%s %v %d:%d %d %x\n", name, fi.Mode(), st.Uid, st.Gid, fi.ModTime().UnixNano(), sha256.Sum256(data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSurroundings(t *testing.T) {
	t.Setenv("SECRET", "of the caller")
	each(t, func(t *testing.T, only []Strategy) {
		o := options(t, bundle(t), "/bin/probe", "environment")
		o.Strategies = only
		o.Env = []string{"A=b=c", "HOME=/root"}
		if r := mustRun(t, o); string(r.Stdout) != "PATH="+DefaultPath+"\nA=b=c\nHOME=/root\n" {
			t.Errorf("environment: %s", r.Stdout)
		}
		o.Argv = []string{"/bin/probe", "open", "/dev/null", "/dev/zero", "/dev/urandom"}
		if r := mustRun(t, o); string(r.Stdout) != "/dev/null ok\n/dev/zero ok\n/dev/urandom ok\n" {
			t.Errorf("devices: %s", r.Stdout)
		}
		o.Argv = []string{"/bin/probe", "exe"}
		want := "/bin/probe\n"
		if only[0] == Chroot {
			want = "none\n"
		}
		if r := mustRun(t, o); string(r.Stdout) != want {
			t.Errorf("/proc/self/exe: %s", r.Stdout)
		}
		o.Argv = []string{"/bin/probe", "pid"}
		if r := mustRun(t, o); string(r.Stdout) != "not first\n" {
			t.Errorf("%s", r.Stdout)
		}
	})
}

func TestUser(t *testing.T) {
	one, two, own := 12345, 23456, 0
	each(t, func(t *testing.T, only []Strategy) {
		o := options(t, bundle(t), "/bin/probe", "ids")
		o.Strategies = only
		o.UID = &own
		if r := mustRun(t, o); !strings.HasPrefix(string(r.Stdout), "0 0 ") {
			t.Errorf("ids: %s", r.Stdout)
		}
		o.UID, o.GID = &one, &two
		if only[0] == UserNamespace {
			var u *UnavailableError
			if _, err := Run(t.Context(), o); !errors.As(err, &u) || !errors.Is(err, errOtherUser) {
				t.Errorf("have %v", err)
			}
			return
		}
		if r := mustRun(t, o); string(r.Stdout) != "12345 23456 0\n" {
			t.Errorf("ids: %s", r.Stdout)
		}
		o.GID = nil
		if r := mustRun(t, o); string(r.Stdout) != "12345 0 0\n" {
			t.Errorf("ids: %s", r.Stdout)
		}
	})
}

// TestNoOverlay has a bundle that no overlay can be mounted on: an overlay on
// an overlay, which is as deep as the kernel goes.
func TestNoOverlay(t *testing.T) {
	needRoot(t)
	tree := bundle(t)
	for range 2 {
		dir := t.TempDir()
		if err := syscall.Mount("overlay", dir, "overlay", syscall.MS_RDONLY, "lowerdir="+tree+":"+t.TempDir()); err != nil {
			t.Skipf("cannot mount an overlay: %v", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
		tree = dir
	}
	o := options(t, tree, "/bin/probe", "exe")
	for _, s := range []Strategy{MountNamespace, UserNamespace} {
		o.Strategies = []Strategy{s}
		r := mustRun(t, o)
		if string(r.Stdout) != "/bin/probe\n" || !strings.HasSuffix(r.How, "on a copy of the bundle") {
			t.Errorf("%v: %s: %q", s, r.How, r.Stdout)
		}
	}
}

// TestDirectoryLinks has a bundle whose own links would lead out of it.
func TestDirectoryLinks(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		outside := t.TempDir()
		tree := bundle(t)
		for _, name := range []string{"proc", "dev", "tmp"} {
			if err := os.Symlink(outside, filepath.Join(tree, name)); err != nil {
				t.Fatal(err)
			}
		}
		o := options(t, tree, "/bin/probe")
		o.Strategies = only
		_, err := Run(t.Context(), o) // whether it can run there is beside the point
		t.Log(err)
		if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
			t.Errorf("made outside the bundle: %v %v", left, err)
		}
	})
}

func TestOddNames(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		tree := bundle(t)
		odd := filepath.Join(t.TempDir(), "a,b:c\\d \xff")
		if err := os.Rename(tree, odd); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(odd, "bin/probe"), filepath.Join(odd, "bin/\xfe")); err != nil {
			t.Fatal(err)
		}
		o := options(t, odd, "/bin/\xfe", "say", "\xfd")
		o.Strategies = only
		o.Scratch = filepath.Join(t.TempDir(), "s,t:u\\v \xff")
		if err := os.Mkdir(o.Scratch, 0o755); err != nil {
			t.Fatal(err)
		}
		if r := mustRun(t, o); string(r.Stdout) != "\xfd\n" {
			t.Errorf("standard output is %q", r.Stdout)
		}
	})
}

func TestUnprivileged(t *testing.T) {
	if !asNobody(t) {
		return
	}
	uid, gid := os.Getuid(), os.Getgid()
	o := options(t, bundle(t), "/bin/probe", "ids")
	r := mustRun(t, o)
	if string(r.Stdout[:4]) != "0 0 " || !strings.HasPrefix(r.How, UserNamespace.String()) {
		t.Errorf("%s: %q", r.How, r.Stdout)
	}
	o.UID, o.GID = &uid, &gid
	r = mustRun(t, o)
	if want := fmt.Sprintf("%d %d ", uid, gid); !strings.HasPrefix(string(r.Stdout), want) {
		t.Errorf("%q", r.Stdout)
	}
	o.UID, o.GID = nil, nil
	o.Argv = []string{"/bin/probe", "damage"}
	before := fingerprint(t, o.Tree)
	mustRun(t, o)
	if fingerprint(t, o.Tree) != before {
		t.Error("the bundle was changed")
	}
	o.Strategies = []Strategy{MountNamespace, Chroot}
	var u *UnavailableError
	var setup *sandbox.SetupError
	if _, err := Run(t.Context(), o); !errors.As(err, &u) || !errors.As(err, &setup) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("have %v", err)
	} else if strings.Contains(u.Error(), "\n") || !strings.HasPrefix(u.Hint(), "run as root") {
		t.Errorf("%v: %s", u, u.Hint())
	}
	nothingLeft(t, o)
}

func TestInDockerBuild(t *testing.T) {
	if !asBuilder(t) {
		return
	}
	o := options(t, bundle(t), "/bin/probe", "open", "/dev/null", "/dev/random", "/proc/self/status")
	r := mustRun(t, o)
	want := "/dev/null ok\n/dev/random ok\n/proc/self/status No such file or directory\n"
	if string(r.Stdout) != want || !strings.HasPrefix(r.How, Chroot.String()) {
		t.Errorf("%s: %q", r.How, r.Stdout)
	}
	o.Argv = []string{"/bin/probe", "damage"}
	before := fingerprint(t, o.Tree)
	mustRun(t, o)
	if fingerprint(t, o.Tree) != before {
		t.Error("the bundle was changed")
	}
	o.Copy = nil
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "no way to copy it") {
		t.Errorf("have %v", err)
	}
}
