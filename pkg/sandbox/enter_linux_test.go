package sandbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// buildEnter builds testdata/enter, with _pack_entry as its first code or
// without.
var buildEnter = struct{ with, without func() (string, error) }{
	sync.OnceValues(func() (string, error) { return goBuild("-E _pack_entry") }),
	sync.OnceValues(func() (string, error) { return goBuild("") }),
}

func goBuild(ldflags string) (string, error) {
	dir, err := os.MkdirTemp("", "enter-")
	if err != nil {
		return "", err
	}
	built = append(built, dir)
	if err := os.Chmod(dir, 0o755); err != nil { // nobody executes it too
		return "", err
	}
	out := filepath.Join(dir, "enter")
	cmd := exec.Command("go", "build", "-ldflags", ldflags, "-o", out, "./testdata/enter")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, text)
	}
	return out, nil
}

// built lists what TestMain removes.
var built []string

func enterCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	bin, err := buildEnter.with()
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(bin, args...)
}

// everyWay are the ways that differ in who is whose parent.
var everyWay = []string{"user,root", "user,pid,root"}

// asNobody runs cmd without any privilege.
func asNobody(cmd *exec.Cmd) *exec.Cmd {
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		cmd.Dir = "/"
	}
	return cmd
}

func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%v: %v: %s", cmd.Args, err, stderr.String())
	}
	return string(out)
}

// waitStatus runs cmd and returns how it ended.
func waitStatus(t *testing.T, cmd *exec.Cmd) syscall.WaitStatus {
	t.Helper()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.Sys().(syscall.WaitStatus)
}

func TestEnterStatus(t *testing.T) {
	for _, way := range everyWay {
		for _, code := range []int{0, 1, 42, 125, 255} {
			ws := waitStatus(t, asNobody(enterCommand(t, way, "sh", "-c", fmt.Sprintf("exit %d", code))))
			if !ws.Exited() || ws.ExitStatus() != code {
				t.Errorf("%s: exit %d: %x", way, code, ws)
			}
		}
	}
}

// TestEnterDeath covers every signal whose default is to end a process.
func TestEnterDeath(t *testing.T) {
	for _, way := range everyWay {
		for s := syscall.Signal(1); s <= 64; s++ {
			switch s {
			case unix.SIGCHLD, unix.SIGCONT, unix.SIGSTOP, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU, unix.SIGURG, unix.SIGWINCH, 32, 33:
				continue // not meant to, or the C library's own
			}
			cmd := asNobody(enterCommand(t, way, "sh", "-c", fmt.Sprintf("ulimit -c 0; kill -%d $$", s)))
			if ws := waitStatus(t, cmd); !ws.Signaled() || ws.Signal() != s {
				t.Errorf("%s: signal %d: %x", way, s, ws)
			}
		}
	}
}

func TestEnterIsGone(t *testing.T) {
	cmd := asNobody(enterCommand(t, "user,root", "sh", "-c", "echo $$; readlink /proc/$$/exe; cat /proc/$$/task/$$/children"))
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if lines[0] != strconv.Itoa(cmd.Process.Pid) {
		t.Errorf("the program has number %s, the caller started %d", lines[0], cmd.Process.Pid)
	}
	if strings.Contains(lines[1], "enter") {
		t.Errorf("the process is still %s", lines[1])
	}
	if children := strings.Fields(lines[2]); len(children) != 1 { // cat itself
		t.Errorf("children %q", children)
	}
}

func TestEnterNotFirst(t *testing.T) {
	out := output(t, asNobody(enterCommand(t, "user,pid,root,ownproc", "sh", "-c", "echo $$; cat /proc/1/environ 2>&1; true")))
	if strings.HasPrefix(out, "1\n") || !strings.Contains(out, "/proc/1/environ: Permission denied\n") {
		t.Errorf("%q", out)
	}
}

// TestEnterReaps: process 1 leaves no zombie of an orphan.
func TestEnterReaps(t *testing.T) {
	script := "pid=$(sh -c 'true >/dev/null & echo $!'); while [ -d /proc/$pid ]; do :; done; echo reaped"
	if out := output(t, asNobody(enterCommand(t, "user,pid,root,ownproc", "sh", "-c", script))); out != "reaped\n" {
		t.Errorf("%q", out)
	}
}

// TestEnterNoCapabilities: being 0 in a user namespace gives the program no
// right to undo what was made read-only.
func TestEnterNoCapabilities(t *testing.T) {
	for _, way := range everyWay {
		script := "grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | cut -f2 | sort -u; mount -o remount,rw,bind / 2>/dev/null || echo refused; id -u"
		if out := output(t, asNobody(enterCommand(t, way+",zero", "sh", "-c", script))); out != "0000000000000000\nrefused\n0\n" {
			t.Errorf("%s: %q", way, out)
		}
	}
}

func TestEnterNamespaces(t *testing.T) {
	links := func(names []string) string {
		var all []string
		for _, name := range names {
			link, err := os.Readlink("/proc/self/ns/" + name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, link)
		}
		return strings.Join(all, "\n")
	}
	names := []string{"user", "mnt", "ipc", "uts", "net"}
	script := "cd /proc/self/ns && for n in " + strings.Join(names, " ") + "; do readlink $n; done"
	out := output(t, asNobody(enterCommand(t, "user,ipc,uts,net,root", "sh", "-c", script)))
	outside := strings.Split(links(names), "\n")
	for i, inside := range strings.Fields(out) {
		if inside == outside[i] {
			t.Errorf("%s is shared", inside)
		}
	}
	if strings.Count(out, "\n") != len(names) {
		t.Errorf("%q", out)
	}
}

func TestEnterPassesOn(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for _, way := range everyWay {
		cmd := asNobody(enterCommand(t, way, "sh", "-c", `cat; echo "$1 $A"; echo there >&3`, "sh", "\xff"))
		cmd.Stdin = strings.NewReader("in\n")
		cmd.Env = []string{"A=b", "PATH=/usr/bin:/bin"}
		cmd.ExtraFiles = []*os.File{w}
		if out := output(t, cmd); out != "in\n\xff b\n" {
			t.Errorf("%s: %q", way, out)
		}
		if line, _ := bufio.NewReader(r).ReadString('\n'); line != "there\n" {
			t.Errorf("%s: descriptor 3 carried %q", way, line)
		}
	}
}

// TestEnterSignalState: what is ignored and blocked is what the caller ignored
// and blocked.
func TestEnterSignalState(t *testing.T) {
	state := "grep -E '^Sig(Blk|Ign|Cgt)|^Cap(Inh|Prm|Eff|Amb)' /proc/self/status"
	script := "trap '' PIPE HUP QUIT USR1 TSTP 60; exec "
	for _, way := range everyWay {
		bin, err := buildEnter.with()
		if err != nil {
			t.Fatal(err)
		}
		bare := output(t, asNobody(exec.Command("bash", "-c", script+"sh -c \""+state+"\"")))
		got := output(t, asNobody(exec.Command("bash", "-c", script+bin+" "+way+" sh -c \""+state+"\"")))
		if got != bare {
			t.Errorf("%s:\n%swant\n%s", way, got, bare)
		}
	}
}

func TestEnterErrors(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"user,root,bad", "true"}, "enter: cannot mount /nonexistent on /mnt: no such file or directory\n"},
		{[]string{"user,root", "/none"}, "enter: cannot execute /none: no such file or directory\n"},
		{[]string{"user,pid,root", "/none"}, "enter: cannot execute /none: no such file or directory\n"},
		{[]string{"user,root", "/usr"}, "enter: cannot execute /usr: permission denied\n"},
		{[]string{"user,pid,root", "/usr"}, "enter: cannot execute /usr: permission denied\n"},
	} {
		var stderr bytes.Buffer
		cmd := asNobody(enterCommand(t, c.args...))
		cmd.Stderr = &stderr
		if ws := waitStatus(t, cmd); ws.ExitStatus() != 125 || stderr.String() != c.want {
			t.Errorf("%v: %x %q", c.args, ws, stderr.String())
		}
	}
}

// TestEnterAgain: a root that failed leaves nothing behind that a second
// attempt, or the program, would notice.
func TestEnterAgain(t *testing.T) {
	script := "read map < /proc/self/uid_map; read children < /proc/$$/task/$$/children; echo $map, $children"
	want := output(t, asNobody(enterCommand(t, "user,root", "sh", "-c", script)))
	if got := output(t, asNobody(enterCommand(t, "user,root,bad,again", "sh", "-c", script))); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestEnterStage(t *testing.T) {
	for _, way := range []string{"user,stage", "user,pid,stage"} {
		if out := output(t, asNobody(enterCommand(t, way, "cat", "/srv/staged"))); out != "staged\n" {
			t.Errorf("%s: %q", way, out)
		}
	}
	if _, err := os.Stat("/srv/staged"); err == nil {
		t.Error("it is on the host")
	}
}

// TestEnterWithoutEntry: linked without -E it works as well, and stays.
func TestEnterWithoutEntry(t *testing.T) {
	bin, err := buildEnter.without()
	if err != nil {
		t.Fatal(err)
	}
	cmd := asNobody(exec.Command(bin, "user,root", "sh", "-c", "echo $$; kill -9 $$"))
	var out bytes.Buffer
	cmd.Stdout = &out
	if ws := waitStatus(t, cmd); ws.Signal() != unix.SIGKILL {
		t.Errorf("%x", ws)
	}
	if out.String() == fmt.Sprintln(cmd.Process.Pid) {
		t.Error("the program is our process")
	}
}

func TestEnterMapAll(t *testing.T) {
	needRoot(t)
	cmd := enterCommand(t, "user,all,pid,root", "sh", "-c", "cat /proc/self/uid_map")
	cmd.Dir = "/"
	out := output(t, cmd)
	if want, err := os.ReadFile("/proc/self/uid_map"); err != nil || out != string(want) {
		t.Errorf("%q %v", out, err)
	}
}

// counting starts testdata/enter once more, in its own root, to count a signal.
func counting(t *testing.T, way string, sig syscall.Signal) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	bin, err := buildEnter.with()
	if err != nil {
		t.Fatal(err)
	}
	cmd := asNobody(enterCommand(t, way, bin, "count", strconv.Itoa(int(sig))))
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	expect(t, r, "ready\n")
	return cmd, r
}

func expect(t *testing.T, r *bufio.Reader, want string) {
	t.Helper()
	if line, err := r.ReadString('\n'); line != want {
		t.Fatalf("%q (%v), want %q", line, err, want)
	}
}

// TestEnterForward: a signal to the launcher reaches the program once, whether
// it is sent to it alone or to the process group.
func TestEnterForward(t *testing.T) {
	for _, way := range everyWay {
		for _, s := range []syscall.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGUSR1, unix.SIGSEGV, unix.SIGPIPE, unix.SIGWINCH, unix.SIGCONT, unix.SIGTSTP, 40} {
			for _, to := range []string{"process", "group"} {
				t.Run(fmt.Sprintf("%s/%d/%s", way, s, to), func(t *testing.T) { forward(t, way, s, to) })
			}
		}
	}
}

// TestEnterForwardMany: none of many signals is lost, and none comes twice.
func TestEnterForwardMany(t *testing.T) {
	const many = 20
	for _, way := range everyWay {
		for _, s := range []syscall.Signal{unix.SIGHUP, unix.SIGUSR1, unix.SIGWINCH, 40} {
			for _, to := range []int{1, -1} { // the process, or the group
				cmd, r := counting(t, way, s)
				for i := range many {
					if err := unix.Kill(to*cmd.Process.Pid, s); err != nil {
						t.Fatal(err)
					}
					expect(t, r, fmt.Sprintln(i+1))
				}
				if seen := endCounting(t, cmd, r); seen != many {
					t.Errorf("%s: %d of %d signals %d", way, seen, many, s)
				}
				// At once: some may become one, on the way or in the program.
				cmd, r = counting(t, way, s)
				for range many {
					if err := unix.Kill(to*cmd.Process.Pid, s); err != nil {
						t.Fatal(err)
					}
				}
				expect(t, r, "1\n")
				if seen := endCounting(t, cmd, r); seen > many {
					t.Errorf("%s: %d instead of %d signals %d", way, seen, many, s)
				}
			}
		}
	}
}

// endCounting ends the program and returns how many signals it had.
func endCounting(t *testing.T, cmd *exec.Cmd, r *bufio.Reader) (seen int) {
	t.Helper()
	if err := cmd.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscanf(line, "end %d\n", &seen); err == nil {
			_ = cmd.Wait()
			return seen
		}
	}
}

func forward(t *testing.T, way string, s syscall.Signal, to string) {
	cmd, r := counting(t, way, s)
	pid := cmd.Process.Pid
	if to == "group" {
		pid = -pid
	}
	if err := unix.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
	expect(t, r, "1\n")
	if err := cmd.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	expect(t, r, "end 1\n")
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 3 {
		t.Errorf("exit %d", code)
	}
}

// TestEnterNoOrphan: with a pid namespace nothing outlives the program, nor the
// launcher if that is killed.
func TestEnterNoOrphan(t *testing.T) {
	for _, end := range []string{"program", "launcher"} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd := asNobody(enterCommand(t, "user,pid,root", "sh", "-c", "(setsid sleep 1000 &) ; echo ready >&3; read x"))
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.ExtraFiles = []*os.File{w}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		w.Close()
		in := bufio.NewReader(r)
		expect(t, in, "ready\n")
		if end == "launcher" {
			_ = cmd.Process.Kill()
		} else {
			stdin.Close()
		}
		// The daemon holds the pipe until it is gone.
		if _, err := in.ReadString('\n'); err != io.EOF {
			t.Error(err)
		}
		_ = cmd.Wait()
		r.Close()
	}
}
