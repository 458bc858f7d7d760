package launch

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
)

// waiting starts cmd, which says "ready" and then reads its input.
func waiting(t *testing.T, cmd *exec.Cmd) (stdin io.Closer, out *bufio.Reader) {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	must(t, err)
	pipe, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	out = bufio.NewReader(pipe)
	if line, err := out.ReadString('\n'); line != "ready\n" {
		t.Fatalf("%q: %q %v", cmd.Args, line, err)
	}
	return stdin, out
}

// resident is how much memory a process holds, in bytes.
func resident(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	must(t, err)
	_, rest, _ := strings.Cut(string(status), "\nVmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	must(t, err)
	return kib << 10
}

// children lists the processes that pid has made.
func children(t *testing.T, pid int) []int {
	t.Helper()
	var found []int
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	must(t, err)
	for _, name := range tasks {
		text, err := os.ReadFile(name)
		must(t, err)
		for _, field := range strings.Fields(string(text)) {
			n, err := strconv.Atoi(field)
			must(t, err)
			found = append(found, n)
		}
	}
	return found
}

// TestMemory: while a sandboxed program runs, what is left of the launcher is
// small, whether it has just unpacked the tree or found it.
func TestMemory(t *testing.T) {
	const limit = 8 << 20
	bin := file(t, config(portable.Sandbox, portable.ArgsApp))
	for _, how := range []string{"the first start", "the next", "into memory"} {
		cmd := command(bin, "-c", "echo ready; read x")
		if how == "into memory" {
			cmd.Env = append(cmd.Env, "PACK_STORE=")
		}
		stdin, _ := waiting(t, cmd)
		pids := append(children(t, cmd.Process.Pid), cmd.Process.Pid)
		if len(pids) != 3 {
			t.Errorf("%s: %d processes, not the launcher, its init and the program", how, len(pids))
		}
		for _, pid := range pids {
			if size := resident(t, pid); size >= limit {
				t.Errorf("%s: process %d of %d holds %d KiB", how, pid, pids, size>>10)
			}
		}
		stdin.Close()
		_ = cmd.Wait()
	}
}

// TestKilled: when the launcher is killed, nothing is left of what it started.
func TestKilled(t *testing.T) {
	for root, bin := range files(t) {
		for _, store := range []string{filepath.Dir(bin) + "/store", ""} {
			r, w, err := os.Pipe()
			must(t, err)
			daemon := "setsid sleep 1000 & "
			if root != portable.Sandbox {
				daemon = "" // the program is the launcher's process, and what it makes its own affair
			}
			tmp := t.TempDir()
			must(t, os.Chmod(tmp, 0o777))
			cmd := command(bin, "-c", daemon+"echo ready; read x")
			cmd.ExtraFiles = []*os.File{w}
			cmd.Env = append(cmd.Env, "PACK_STORE="+store, "TMPDIR="+tmp)
			stdin, _ := waiting(t, cmd)
			w.Close()
			must(t, cmd.Process.Kill())
			// All that it started holds the pipe until it is gone, but for the
			// one that removes a tree.
			if _, err := r.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("%s, store %q: %v", root, store, err)
			}
			_ = cmd.Wait()
			stdin.Close()
			r.Close()
			for left := tmp; left != ""; {
				names, err := os.ReadDir(tmp)
				must(t, err)
				if len(names) == 0 {
					left = ""
				}
			}
		}
	}
}

// held starts a file, by way of a shell that does first, and returns when it
// waits for the lock of its store.
func held(t *testing.T, bin, first string) (*exec.Cmd, *strings.Builder) {
	t.Helper()
	cmd := command("/bin/sh", "-c", first+`; exec "$0" "$@"`, bin, "-c", "echo ran")
	cmd.Dir, cmd.Env = filepath.Dir(bin), command(bin).Env
	out := new(strings.Builder)
	cmd.Stdout, cmd.Stderr = out, out
	must(t, cmd.Start())
	for !waitsForLock(t, cmd.Process.Pid) {
		runtime.Gosched()
	}
	return cmd, out
}

// TestSignalBefore: a signal that comes before the program has started does
// what it does to any program: no word of the launcher's language.
func TestSignalBefore(t *testing.T) {
	for root, bin := range files(t) {
		store := filepath.Dir(bin) + "/cache/pack/app"
		expectOutput(t, command(bin, "-c", "true"), "")
		trees, err := filepath.Glob(store + "/[^.]*")
		must(t, err)
		for _, tree := range trees {
			must(t, os.RemoveAll(tree))
		}
		lock, err := os.Open(store + "/.lock")
		must(t, err)
		must(t, unix.Flock(int(lock.Fd()), unix.LOCK_EX))
		for _, s := range []syscall.Signal{unix.SIGQUIT, unix.SIGABRT, unix.SIGUSR1, unix.SIGALRM, unix.SIGTERM, unix.SIGINT, unix.SIGHUP, 40} {
			cmd, out := held(t, bin, "ulimit -c 0")
			must(t, cmd.Process.Signal(s))
			_ = cmd.Wait()
			if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signal() != s || out.Len() > 0 {
				t.Errorf("%s, signal %d: %x %q", root, s, ws, out)
			}
		}
		cmd, out := held(t, bin, "trap '' QUIT USR1")
		must(t, cmd.Process.Signal(unix.SIGQUIT))
		must(t, cmd.Process.Signal(unix.SIGUSR1))
		lock.Close()
		if err := cmd.Wait(); err != nil || out.String() != "ran\n" {
			t.Errorf("%s, ignored: %v %q", root, err, out)
		}
	}
}

// waitsForLock tells whether a process waits for a lock of flock(2)
// (proc_locks(5)).
func waitsForLock(t *testing.T, pid int) bool {
	t.Helper()
	text, err := os.ReadFile("/proc/locks")
	must(t, err)
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) > 5 && f[1] == "->" && f[2] == "FLOCK" && f[5] == strconv.Itoa(pid) {
			return true
		}
	}
	return false
}

// TestDescriptors: what the caller has closed is closed for the program, and
// the launcher does without it.
func TestDescriptors(t *testing.T) {
	for root, bin := range files(t) {
		for _, closed := range []string{"0", "2", "0 2"} {
			redirections := ""
			for _, fd := range strings.Fields(closed) {
				redirections += " " + fd + ">&-"
			}
			const look = `for fd in 0 1 2; do [ -e /proc/self/fd/$fd ] || echo -n "$fd "; done`
			for _, start := range []string{"first", "second"} {
				cmd := command("/bin/sh", "-c", `exec "$0" "$@"`+redirections, bin, "-c", look)
				cmd.Dir, cmd.Env = filepath.Dir(bin), append(command(bin).Env, "PACK_STORE="+filepath.Dir(bin)+"/"+closed)
				if r := finish(t, cmd); strings.TrimSpace(r.out) != closed || r.err != "" || r.ws != 0 {
					t.Errorf("%s, %s start without %s: %+v", root, start, closed, r)
				}
			}
		}
	}
}

// TestLimitOnFiles: the program gets the limits that the caller has, however
// low, and the launcher does with what the caller could have.
func TestLimitOnFiles(t *testing.T) {
	for root, bin := range files(t) {
		for _, soft := range []int{4, 300} {
			for _, start := range []string{"first", "second"} {
				script := fmt.Sprintf(`ulimit -Sn %d; ulimit -Hn 500; exec "$0" "$@"`, soft)
				cmd := command("/bin/sh", "-c", script, bin, "-c", "ulimit -Sn; ulimit -Hn")
				cmd.Dir, cmd.Env = filepath.Dir(bin), append(command(bin).Env, fmt.Sprintf("PACK_STORE=%s/%d", filepath.Dir(bin), soft))
				if r := finish(t, cmd); r.out != fmt.Sprintf("%d\n500\n", soft) || r.err != "" {
					t.Errorf("%s, soft limit %d, %s start: %+v", root, soft, start, r)
				}
			}
		}
	}
}

// TestRuntimeVariables: what the caller says to a program written in Go reaches
// that, and not the launcher; nor does the program hear what the launcher says
// to its own runtime.
func TestRuntimeVariables(t *testing.T) {
	given := []string{"GODEBUG=gctrace=1,inittrace=1,schedtrace=1", "GOMEMLIMIT=none", "GOGC=1", "GOTRACEBACK=crash", "GOMAXPROCS=3", "GO="}
	for root, bin := range files(t) {
		for _, start := range []string{"first", "second"} {
			cmd := command(bin, "-c", "env | grep ^GO")
			cmd.Env = append(cmd.Env, given...)
			r := finish(t, cmd)
			if got := strings.Fields(r.out); len(got) != len(given) || r.err != "" || slices.ContainsFunc(given, func(v string) bool { return !slices.Contains(got, v) }) {
				t.Errorf("%s, %s start: %+v", root, start, r)
			}
		}
		if r := finish(t, command(bin, "-c", "env | grep -c ^GO")); r.out != "0\n" || r.err != "" {
			t.Errorf("%s, nothing given: %+v", root, r)
		}
	}
}
