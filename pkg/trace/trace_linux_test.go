package trace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[0] == "victim" {
		beVictim(Engine(os.Args[1]), os.Args[2])
	}
	if len(os.Args) > 2 && os.Args[0] == "tester" {
		said, err := tried(os.Args[1], os.Args[2:])
		fmt.Println(said)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// eachEngine runs a test with every engine this machine allows.
func eachEngine(t *testing.T, test func(t *testing.T, engine Engine)) {
	for _, engine := range []Engine{Notify, Ptrace, Syscalls} {
		t.Run(string(engine), func(t *testing.T) {
			_, err := Run(t.Context(), &Command{Path: "/bin/true", Args: []string{"true"}}, Options{Engine: engine}, func(Event) error { return nil })
			var refused *RefusedError
			if errors.As(err, &refused) {
				t.Skip(err)
			}
			test(t, engine)
		})
	}
}

// compile builds testdata/NAME.c.
func compile(t *testing.T, name string, flags ...string) string {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("needs gcc")
	}
	out := filepath.Join(t.TempDir(), name)
	args := append([]string{"-O1", "-pthread", "-o", out, filepath.Join("testdata", name+".c")}, flags...)
	if text, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		if slices.Contains(flags, "-m32") {
			t.Skipf("needs gcc -m32: %v", err)
		}
		t.Fatalf("gcc: %v\n%s", err, text)
	}
	return out
}

// playground is a directory with top, sub/file, many/0 to many/9999 and
// abs -> /top.
func playground(t *testing.T, many int) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"sub", "many"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("top")
	write("sub/file")
	for i := range many {
		write(fmt.Sprintf("many/%d", i))
	}
	if err := os.Symlink("/top", filepath.Join(dir, "abs")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// recorded is one traced run.
type recorded struct {
	events []Event
	result Result
}

func record(t *testing.T, opts Options, argv ...string) recorded {
	t.Helper()
	var r recorded
	var out bytes.Buffer
	cmd := &Command{Path: argv[0], Args: argv, Env: []string{"PATH=/usr/bin:/bin"}, Stdout: &out, Stderr: &out}
	var err error
	r.result, err = Run(t.Context(), cmd, opts, func(e Event) error {
		r.events = append(r.events, e)
		return nil
	})
	if err != nil {
		t.Fatalf("%v: %v\n%s", argv, err, &out)
	}
	if r.result.Code >= 90 {
		t.Fatalf("%v: exit status %d\n%s", argv, r.result.Code, &out)
	}
	return r
}

// below lists "CALL PATH INTENT" for the events below dir, in order.
func (r recorded) below(dir string) []string {
	var out []string
	for _, e := range r.events {
		if rel, ok := strings.CutPrefix(e.Path, dir+"/"); ok {
			s := fmt.Sprintf("%s %s %s", e.Call, rel, e.Intent)
			if !e.Existed {
				s += " (new)"
			}
			out = append(out, s)
		}
	}
	return out
}

func TestCases(t *testing.T) {
	probe := compile(t, "probe")
	dir := playground(t, 0)
	openat := "openat "
	for _, c := range []struct {
		name string
		want []string
	}{
		{"relative", []string{"chdir sub list", openat + "sub/file read", openat + "sub/../top read"}},
		{"dirfd", []string{openat + "sub/file read", "openat2 top read", openat + "sub stat", "openat2 sub/file read"}},
		{"edges", []string{openat + "top read", openat + "sub/file read", openat + "top read"}},
		{"looks", nil},
		{"made", []string{
			openat + "new create (new)", openat + "new read", openat + "new read", "unlink new write",
			"mkdir newdir create (new)", openat + "newdir/a create (new)",
			"rename newdir write,list", "rename otherdir create (new)", openat + "otherdir/a read",
			"link otherdir/a read", "link hard create (new)", "symlink soft create (new)", openat + "hard read", openat + "soft read",
			openat + "top read,write", openat + "top write,create",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, engine Engine) {
				defer os.RemoveAll(filepath.Join(dir, "otherdir"))
				defer os.Remove(filepath.Join(dir, "hard"))
				defer os.Remove(filepath.Join(dir, "soft"))
				got := record(t, Options{Engine: engine}, probe, c.name, dir).below(dir)
				if !slices.Equal(got, c.want) {
					t.Errorf("got  %q\nwant %q", got, c.want)
				}
			})
		})
	}
}

func TestLooks(t *testing.T) {
	probe, dir := compile(t, "probe"), playground(t, 0)
	eachEngine(t, func(t *testing.T, engine Engine) {
		got := record(t, Options{Engine: engine, Looks: true}, probe, "looks", dir).below(dir)
		if len(got) != 2 || !strings.HasSuffix(got[0], " top stat") || !strings.HasSuffix(got[1], " sub/file stat") {
			t.Errorf("got %q", got)
		}
	})
}

// Every one of many files is seen whoever opens it.
func TestManyProcessesAndThreads(t *testing.T) {
	probe, dir := compile(t, "probe"), playground(t, 10000)
	for name, n := range map[string]int{"forks": 500, "threads": 10000} {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, engine Engine) {
				r := record(t, Options{Engine: engine}, probe, name, dir)
				seen := map[string]bool{}
				pids := map[int]bool{}
				for _, e := range r.events {
					if strings.HasPrefix(e.Path, dir+"/many/") {
						seen[e.Path] = true
						pids[e.PID] = true
						if e.Exe != probe {
							t.Fatalf("opened by %q", e.Exe)
						}
					}
				}
				if len(seen) != n {
					t.Errorf("%d files seen, want %d", len(seen), n)
				}
				if name == "threads" && len(pids) != 1 {
					t.Errorf("%d processes seen", len(pids))
				}
			})
		})
	}
}

func TestExecutables(t *testing.T) {
	probe, dir := compile(t, "probe"), playground(t, 0)
	cat, err := filepath.EvalSymlinks("/bin/cat")
	if err != nil {
		t.Fatal(err)
	}
	eachEngine(t, func(t *testing.T, engine Engine) {
		r := record(t, Options{Engine: engine}, probe, "spawn", dir)
		if r.events[0].Exe != "" || r.events[0].Path != probe || r.events[0].Intent != Exec {
			t.Errorf("first event %+v", r.events[0])
		}
		execs := 0
		for _, e := range r.events[1:] {
			if e.Intent == Exec && e.Path == "/bin/cat" && e.Exe == probe {
				execs++
			}
			if e.Path == "/dev/null" && e.Exe != cat {
				t.Errorf("%s opened by %q", e.Path, e.Exe)
			}
		}
		if execs != 20 {
			t.Errorf("%d times cat executed, want 20", execs)
		}
		r = record(t, Options{Engine: engine}, probe, "threadexec", dir)
		last := r.events[len(r.events)-1]
		if last.Path != dir+"/top" || last.Exe != cat || last.PID != r.events[0].PID {
			t.Errorf("last event %+v", last)
		}
	})
}

// The program runs as it would without us.
func TestSignals(t *testing.T) {
	probe, dir := compile(t, "probe"), playground(t, 0)
	eachEngine(t, func(t *testing.T, engine Engine) {
		for _, name := range []string{"signals", "stops"} {
			if r := record(t, Options{Engine: engine}, probe, name, dir); r.result.Code != 0 {
				t.Errorf("%s: exit status %d", name, r.result.Code)
			}
		}
		if r := record(t, Options{Engine: engine}, probe, "killed", dir); r.result.Signal != unix.SIGKILL {
			t.Errorf("ended by %v, want SIGKILL", r.result.Signal)
		}
		r := record(t, Options{Engine: engine}, "/bin/bash", "-c", "set -m; cd "+dir+"; cat top & wait; cat sub/file | cat; (kill -STOP $BASHPID; cat abs) & while ! jobs | grep -q Stopped; do :; done; kill -CONT %1; wait")
		if got := strings.Join(r.below(dir), "\n"); !strings.Contains(got, "top read") || !strings.Contains(got, "sub/file read") || !strings.Contains(got, "abs read") {
			t.Errorf("job control: %s", got)
		}
	})
}

// Whoever kills the helper alone ends the run, and nothing lives on that has a
// living parent or makes another call.
func TestKilledHelper(t *testing.T) {
	dir := playground(t, 0)
	out, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// The first never makes a call again, the second is nobody's child.
	script := "(while :; do :; done) & (sleep 1000 &) ; cat " + dir + "/top; wait"
	cmd := &Command{Path: "/bin/sh", Args: []string{"sh", "-c", script}, Env: []string{"PATH=/usr/bin:/bin"}, Stdout: theirs}
	killed, program := false, 0
	_, err = Run(t.Context(), cmd, Options{Engine: Notify}, func(e Event) error {
		if program == 0 {
			program = e.PID
		}
		if e.Path == dir+"/top" {
			killed = true
			return unix.Kill(parentOf(program), unix.SIGKILL)
		}
		return nil
	})
	theirs.Close()
	var refused *RefusedError
	if errors.As(err, &refused) {
		t.Skip(err)
	}
	if !killed || err == nil || !strings.Contains(err.Error(), "tracing helper ended early") {
		t.Errorf("killed %v: %v", killed, err)
	}
	if _, err := io.ReadAll(out); err != nil { // until all who could write are gone
		t.Error(err)
	}
}

// A daemon outlives the program; the run lasts until it is gone.
func TestDaemon(t *testing.T) {
	probe, dir := compile(t, "probe"), playground(t, 0)
	eachEngine(t, func(t *testing.T, engine Engine) {
		var ended atomic.Int32
		r := record(t, Options{Engine: engine, Ended: func() { ended.Add(1) }}, probe, "daemon", dir)
		if r.result.Code != 5 || ended.Load() != 1 {
			t.Errorf("exit status %d, said to have ended %d times", r.result.Code, ended.Load())
		}
		if got := r.below(dir); !slices.Equal(got, []string{"openat top read"}) {
			t.Errorf("got %q", got)
		}
	})
}

func TestChroot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	probe, dir := compile(t, "probe", "-static"), playground(t, 0)
	eachEngine(t, func(t *testing.T, engine Engine) {
		got := record(t, Options{Engine: engine}, probe, "jailed", dir).below(dir)
		if want := []string{"openat sub/file read", "openat top read", "openat abs read"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestStreams(t *testing.T) {
	probe := compile(t, "probe")
	in := bytes.Repeat([]byte("0123456789abcdef"), 10<<16)
	eachEngine(t, func(t *testing.T, engine Engine) {
		var out, errs bytes.Buffer
		cmd := &Command{Path: probe, Args: []string{"probe", "copies", "/"}, Stdin: bytes.NewReader(in), Stdout: &out, Stderr: &errs}
		r, err := Run(t.Context(), cmd, Options{Engine: engine}, func(Event) error { return nil })
		if err != nil || r.Code != 0 || !bytes.Equal(out.Bytes(), in) || !bytes.Equal(errs.Bytes(), in) {
			t.Errorf("%+v %v, %d and %d bytes", r, err, out.Len(), errs.Len())
		}
	})
}

func TestOtherABIs(t *testing.T) {
	dir := playground(t, 0)
	t.Run("i386", func(t *testing.T) {
		if runtime.GOARCH != "amd64" {
			t.Skip("amd64 only")
		}
		probe := compile(t, "probe", "-m32")
		eachEngine(t, func(t *testing.T, engine Engine) {
			for name, want := range map[string][]string{
				"relative": {"chdir sub list", "openat sub/file read", "openat sub/../top read"},
				"dirfd":    {"openat sub/file read", "openat2 top read", "openat sub stat", "openat2 sub/file read"},
			} {
				if got := record(t, Options{Engine: engine}, probe, name, dir).below(dir); !slices.Equal(got, want) {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
		})
	})
	t.Run("static Go", func(t *testing.T) {
		src := filepath.Join(t.TempDir(), "main.go")
		bin := filepath.Join(t.TempDir(), "main")
		text := "package main\nimport \"os\"\nfunc main() { if _, err := os.ReadFile(os.Args[1]); err != nil { panic(err) } }\n"
		if err := os.WriteFile(src, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		build := exec.Command("go", "build", "-o", bin, src)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		eachEngine(t, func(t *testing.T, engine Engine) {
			if got := record(t, Options{Engine: engine}, bin, dir+"/top").below(dir); !slices.Equal(got, []string{"openat top read"}) {
				t.Errorf("got %q", got)
			}
		})
	})
}

// A run that the context ends leaves nothing behind, whether the program obeys
// SIGTERM or not.
func TestEnd(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		grace  time.Duration
		code   int
	}{
		"obeys":     {`trap 'exit 3' TERM; : < go; while :; do :; done`, time.Minute, 3},
		"stubborn":  {`trap '' TERM; (trap '' TERM; : < go; sleep 1000); sleep 1000`, 10 * time.Millisecond, 0},
		"no grace":  {`: < go; sleep 1000 & sleep 1000`, 0, 0},
		"stopped":   {`trap 'exit 4' TERM; : < go; kill -STOP $$`, time.Minute, 4},
		"left over": {`setsid sleep 1000 & : < go; while :; do :; done`, time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, engine Engine) {
				ctx, cancel := context.WithCancelCause(t.Context())
				cause := errors.New("enough")
				pids := map[int]bool{}
				cmd := &Command{Path: "/bin/sh", Args: []string{"sh", "-c", c.script}, Env: os.Environ(), Dir: playground(t, 0)}
				if err := os.WriteFile(filepath.Join(cmd.Dir, "go"), nil, 0o644); err != nil {
					t.Fatal(err)
				}
				r, err := Run(ctx, cmd, Options{Engine: engine, Grace: c.grace}, func(e Event) error {
					pids[e.PID] = true
					if filepath.Base(e.Path) == "go" {
						cancel(cause)
					}
					return nil
				})
				if !errors.Is(err, cause) || r.Code != c.code {
					t.Errorf("%+v, %v", r, err)
				}
				for pid := range pids {
					// One that its parent, now process 1, has yet to reap is dead.
					if status, err := os.ReadFile(procName(pid, "status")); err == nil && !bytes.Contains(status, []byte("\nState:\tZ")) {
						t.Errorf("process %d lives", pid)
					}
				}
			})
		})
	}
}

func TestCallbackErrorEndsTheRun(t *testing.T) {
	eachEngine(t, func(t *testing.T, engine Engine) {
		enough := errors.New("enough")
		_, err := Run(t.Context(), &Command{Path: "/bin/sh", Args: []string{"sh", "-c", "cat /etc/passwd & sleep 1000"}}, Options{Engine: engine}, func(e Event) error {
			if e.Path == "/etc/passwd" {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) {
			t.Errorf("error %v", err)
		}
	})
}

func TestNotExecutable(t *testing.T) {
	eachEngine(t, func(t *testing.T, engine Engine) {
		for path, want := range map[string]error{"/nonexistent": syscall.ENOENT, "/etc/passwd": syscall.EACCES, "/": syscall.EACCES} {
			_, err := Run(t.Context(), &Command{Path: path, Args: []string{"x"}}, Options{Engine: engine}, func(Event) error { return nil })
			var e *ExecError
			if !errors.As(err, &e) || !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", path, err, want)
			}
		}
	})
}

// beVictim is the tracer that gets killed.
func beVictim(engine Engine, dir string) {
	_, err := Run(context.Background(), &Command{
		Path: "/bin/sh", Args: []string{"sh", "-c", "sleep 1000 & (setsid sleep 1000 &) ; echo ready; exec sleep 1000"}, Env: os.Environ(), Dir: dir, Stdout: os.Stdout,
	}, Options{Engine: engine}, func(Event) error { return nil })
	fmt.Println(err)
	os.Exit(1)
}

// When the tracer is killed, all it traced is killed too: the end of the
// output that each of them holds is the proof.
func TestKilledTracer(t *testing.T) {
	eachEngine(t, func(t *testing.T, engine Engine) {
		cmd := exec.Command("/proc/self/exe")
		cmd.Args = []string{"victim", string(engine), t.TempDir()}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ready := make([]byte, 6)
		if _, err := io.ReadFull(out, ready); err != nil || string(ready) != "ready\n" {
			t.Fatalf("%q, %v", ready, err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if rest, err := io.ReadAll(out); err != nil || len(rest) > 0 {
			t.Errorf("%q, %v", rest, err)
		}
		_ = cmd.Wait()
	})
}
