// Package cli tests the command line: each script beside this file states one
// behaviour of the program pack, in the language of testscript
// (github.com/rogpeppe/go-internal/testscript), with these commands besides:
//
//	pack ARG...         run pack, which must succeed and print nothing
//	fails CODE CMD...   run CMD, which must end with that status, say why on one
//	                    line and what to do on the next, and change no file
//	runs DIR CMD...     run CMD in a chroot to DIR without any environment
//	fixture NAME FILE   put the compiled program NAME (see fixture_test.go) at FILE
//	socket FILE         make a socket
//
// and the programs tree (what is in a directory, a line each), nobody (run a
// command as the user nobody) and same (compare two trees with all metadata).
// A line in a script starting with [merged], [userns] or the like is only for
// machines where that holds. All of it needs root.
package cli

import (
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the scripts print into their expectations")

// bin holds pack and the scripts' helper programs; scratch everything a run
// leaves; goTool is the go command, goCache what its builds keep.
var bin, scratch, goTool, goCache string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if scratch, err = os.MkdirTemp("", "pack-cli-"); err == nil {
		defer os.RemoveAll(scratch)
		err = prepare()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// prepare builds the program as it is shipped, or takes the one PACK_BIN names.
// Everybody may enter the scratch directory, because some scripts run it as
// nobody.
func prepare() error {
	bin = filepath.Join(scratch, "bin")
	for _, dir := range []string{scratch, bin} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := os.Chmod(dir, 0o755); err != nil {
			return err
		}
	}
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return fmt.Errorf("cannot ask go for its cache: %w", err)
	}
	goCache = strings.TrimSpace(string(cache))
	if goTool, err = exec.LookPath("go"); err != nil {
		return err
	}
	if os.Getenv("PACK_BIN") == "" {
		launchers := exec.Command("go", "generate", "./pkg/launchers")
		launchers.Dir = "../.."
		if out, err := launchers.CombinedOutput(); err != nil {
			return fmt.Errorf("cannot build the launchers: %w\n%s", err, out)
		}
	}
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "pack"), "github.com/5bbb5df2/pack/cmd/pack")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if given := os.Getenv("PACK_BIN"); given != "" {
		build = exec.Command("cp", given, filepath.Join(bin, "pack"))
	}
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot make pack: %w\n%s", err, out)
	}
	for name, text := range helpers {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			return err
		}
	}
	return nil
}

var helpers = map[string]string{
	"tree": `cd "$1" && find . -mindepth 1 \( -type l -printf '%P -> %l\n' \) -o \( -type d -empty -printf '%P/\n' \) -o \( ! -type d -printf '%P\n' \) | LC_ALL=C sort
`,
	"nobody": `exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
`,
	"same": `list() { (cd "$1" && find . -printf '%y %m %U:%G %T@ %n %P %l\n' | LC_ALL=C sort && find . -type f -exec sha256sum {} + | LC_ALL=C sort); }
list "$1" >"$TMPDIR/same.1" && list "$2" >"$TMPDIR/same.2" && diff "$TMPDIR/same.1" "$TMPDIR/same.2"
`,
}

func TestCommandLine(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root, who alone can keep owners, call chroot and become somebody else")
	}
	work, err := os.MkdirTemp(scratch, "work-")
	if err == nil {
		err = os.Chmod(work, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                ".",
		WorkdirRoot:        work,
		RequireUniqueNames: true,
		UpdateScripts:      *update,
		Setup:              setup,
		Condition:          condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"pack": cmdPack, "fails": cmdFails, "runs": cmdRuns, "fixture": cmdFixture, "socket": cmdSocket,
		},
	})
}

func setup(env *testscript.Env) error {
	triplet, err := exec.Command("gcc", "-print-multiarch").Output()
	if err != nil {
		return fmt.Errorf("cannot ask gcc for its multiarch directory: %w", err)
	}
	env.Setenv("TRIPLET", strings.TrimSpace(string(triplet)))
	env.Setenv("PATH", bin+":/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin")
	env.Setenv("BIN", bin)
	env.Setenv("LC_ALL", "C.UTF-8")
	env.Setenv("GOARCH", runtime.GOARCH)
	env.Setenv("GOCACHE", goCache)
	env.Setenv("GO", goTool)
	if err := os.Chmod(env.Getenv("TMPDIR"), 0o1777); err != nil {
		return err
	}
	return os.Chmod(env.WorkDir, 0o755)
}

// condition answers what this machine can do.
func condition(name string) (bool, error) {
	switch name {
	case "merged":
		fi, err := os.Lstat("/lib")
		return err == nil && fi.Mode()&fs.ModeSymlink != 0, nil
	case "userns":
		return exec.Command(filepath.Join(bin, "nobody"), "unshare", "--user", "true").Run() == nil, nil
	case "limits":
		return exec.Command("unshare", "--user", "--map-root-user", "sh", "-c", "echo 0 >/proc/sys/user/max_user_namespaces").Run() == nil, nil
	case "mount":
		return exec.Command("unshare", "--mount", "mount", "-t", "tmpfs", "none", scratch).Run() == nil, nil
	case "binfmt": // in a user namespace: since Linux 6.7
		return exec.Command("unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "binfmt_misc", "none", "/proc/sys/fs/binfmt_misc").Run() == nil, nil
	case "xattr":
		return canSetXattr(), nil
	}
	if name == runtime.GOARCH {
		return true, nil
	}
	if fixture, ok := strings.CutPrefix(name, "fixture:"); ok {
		_, err := buildFixture(fixture)
		return err == nil, nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

func canSetXattr() bool {
	file := filepath.Join(scratch, "xattr")
	if err := os.WriteFile(file, nil, 0o755); err != nil {
		return false
	}
	return exec.Command("setcap", "cap_net_raw+ep", file).Run() == nil
}

func cmdPack(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("write fails CODE pack")
	}
	ts.Check(ts.Exec("pack", args...))
	if out := ts.ReadFile("stdout") + ts.ReadFile("stderr"); out != "" {
		ts.Fatalf("pack is not silent:\n%s", out)
	}
}

func cmdFails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails CODE CMD ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	before := snapshot(ts)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(*exec.ExitError); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, not %d", got, want)
	}
	if err := wellPut(ts.ReadFile("stderr")); err != nil {
		ts.Fatalf("%v", err)
	}
	for name, state := range snapshot(ts) {
		if before[name] != state {
			ts.Fatalf("%s was written: %s (before: %s)", name, state, before[name])
		}
		delete(before, name)
	}
	for name := range before {
		ts.Fatalf("%s is gone", name)
	}
}

// wellPut checks that an error message says what and why on one line and what
// to do on the next.
func wellPut(stderr string) error {
	errs, hints := 0, 0
	for line := range strings.Lines(stderr) {
		switch {
		case strings.HasPrefix(line, "pack: warning: "), strings.HasPrefix(line, "pack: info: "), strings.HasPrefix(line, "pack: debug: "):
			if errs > 0 {
				return fmt.Errorf("a log line after the error: %s", line)
			}
		case strings.HasPrefix(line, "pack: "):
			errs++
			if hints > 0 {
				return fmt.Errorf("an error after the hint: %s", line)
			}
		case strings.HasPrefix(line, "hint: "):
			hints++
		case hints == 0:
			return fmt.Errorf("neither an error nor a hint: %s", line)
		}
	}
	if strings.HasPrefix(stderr, "pack: interrupted: ") {
		return nil
	}
	if errs == 0 || hints != 1 {
		return fmt.Errorf("%d errors and %d hints", errs, hints)
	}
	return nil
}

// snapshot is the state of everything in the work directory. The times of
// directories are left out: a temporary may come and go.
func snapshot(ts *testscript.TestScript) map[string]string {
	state := map[string]string{}
	ts.Check(filepath.WalkDir(ts.Getenv("WORK"), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		state[name] = fi.Mode().String()
		if !fi.IsDir() {
			state[name] += fmt.Sprint(" ", fi.Size(), " ", fi.ModTime().UnixNano())
		}
		return nil
	}))
	return state
}

func cmdRuns(ts *testscript.TestScript, neg bool, args []string) {
	chroot, err := exec.LookPath("chroot")
	ts.Check(err)
	err = ts.Exec("env", append([]string{"-i", chroot}, args...)...)
	if neg {
		if err == nil {
			ts.Fatalf("unexpected success")
		}
		return
	}
	ts.Check(err)
}

func cmdFixture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fixture NAME FILE")
	}
	from, err := buildFixture(args[0])
	ts.Check(err)
	to := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(to), 0o755))
	data, err := os.ReadFile(from)
	ts.Check(err)
	ts.Check(os.WriteFile(to, data, 0o755))
}

func cmdSocket(ts *testscript.TestScript, neg bool, args []string) {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: ts.MkAbs(args[0]), Net: "unix"})
	ts.Check(err)
	l.SetUnlinkOnClose(false)
	ts.Check(l.Close())
}
