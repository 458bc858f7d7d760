package portable

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

const redis = "/usr/bin/redis-server"

// TestRedis serves until it is told to end, and leaves nothing behind.
func TestRedis(t *testing.T) {
	everywhere(t, []string{"merged", "sandbox", "host"}, []string{redis}, func(t *testing.T, p *place) {
		p.fresh(t)
		adopt(t)
		socket := p.dir() + "/socket"
		s := p.begin(t, p.command(p.file, "--port", "0", "--unixsocket", socket, "--dir", p.dir(), "--save", "3600 1"))
		s.until("ready to accept connections at " + socket)
		client(t, socket, "set", "key", "value")
		if got := client(t, socket, "get", "key"); got != "value\n" {
			t.Errorf("the server answers %q", got)
		}
		bundle.Must(t, s.cmd.Process.Signal(syscall.SIGTERM))
		s.until("bye bye...")
		if err := s.cmd.Wait(); err != nil {
			t.Errorf("ended: %v", err)
		}
		orphans(t)
		if _, err := os.Stat(p.dir() + "/dump.rdb"); err != nil {
			t.Error(err)
		}
	})
}

// TestDaemon puts itself into the background, which takes a root that goes on
// when the program has ended that was started. Its tree stays as long.
func TestDaemon(t *testing.T) {
	everywhere(t, []string{"merged", "host"}, []string{redis}, func(t *testing.T, p *place) {
		p.fresh(t)
		adopt(t)
		socket := p.dir() + "/socket"
		// The shell keeps the terminal, whose end would be a hangup.
		s := p.begin(t, p.command("/bin/sh", "-c", `"$@" && echo started && read -r x`, "sh", p.file, "--daemonize", "yes",
			"--port", "0", "--unixsocket", socket, "--dir", p.dir(), "--pidfile", p.dir()+"/pid", "--logfile", p.dir()+"/log"))
		if text := s.until("started"); strings.Count(text, "\n") != 1 {
			t.Errorf("it printed %q", text)
		}
		for !answers(socket) {
			ended(t)
		}
		_, err := s.in.WriteString("\n")
		bundle.Must(t, errors.Join(err, s.cmd.Wait()))
		if r := p.run(t, p.command(p.file, "--pack-uninstall"), ""); r.status.ExitStatus() != 125 || !strings.Contains(r.out+r.err, "in use") {
			t.Errorf("uninstalled while it runs: %v", r)
		}
		text, err := os.ReadFile(p.dir() + "/pid")
		bundle.Must(t, err)
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		bundle.Must(t, errors.Join(err, unix.Kill(pid, unix.SIGTERM)))
		var ws unix.WaitStatus
		if _, err := unix.Wait4(pid, &ws, 0, nil); err != nil || ws != 0 {
			t.Errorf("ended: %v, %x", err, ws)
		}
		orphans(t)
		if r := p.run(t, p.command(p.file, "--pack-uninstall"), ""); r.status != 0 || !strings.Contains(r.out, p.home+"/cache/pack") {
			t.Errorf("uninstall: %v", r)
		}
	})
}

// session is a running program with what it prints and reads.
type session struct {
	t   *testing.T
	cmd *exec.Cmd
	in  *os.File
	out *bufio.Reader
}

// begin starts cmd on a terminal or with pipes.
func (p *place) begin(t *testing.T, cmd *exec.Cmd) *session {
	t.Helper()
	var in, theirIn, out, theirOut *os.File
	var err error
	if p.tty {
		in, theirIn = terminal(t, p.user)
		out, theirOut = in, theirIn
		cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setctty = true, true
	} else {
		theirIn, in, err = os.Pipe()
		bundle.Must(t, err)
		out, theirOut, err = os.Pipe()
		bundle.Must(t, err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirIn, theirOut, theirOut
	bundle.Must(t, cmd.Start())
	theirIn.Close()
	theirOut.Close()
	t.Cleanup(func() { in.Close(); out.Close() })
	return &session{t, cmd, in, bufio.NewReader(out)}
}

// until reads up to a line that ends with want, and returns what it read.
func (s *session) until(want string) string {
	s.t.Helper()
	var all strings.Builder
	for {
		line, err := s.out.ReadString('\n')
		all.WriteString(line)
		if strings.HasSuffix(strings.TrimRight(line, "\r\n"), want) {
			return all.String()
		}
		if err != nil {
			s.t.Fatalf("%v, waiting for %q after\n%s", err, want, all.String())
		}
	}
}

func client(t *testing.T, socket string, args ...string) string {
	t.Helper()
	out, err := exec.Command("redis-cli", append([]string{"-s", socket}, args...)...).CombinedOutput()
	if err != nil {
		t.Errorf("redis-cli %q: %v\n%s", args, err, out)
	}
	return string(out)
}

func answers(socket string) bool {
	out, err := exec.Command("redis-cli", "-s", socket, "ping").Output()
	return err == nil && string(out) == "PONG\n"
}

// adopt makes this process the parent of what loses its own.
func adopt(t *testing.T) {
	t.Helper()
	bundle.Must(t, unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
	t.Cleanup(func() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) })
}

// ended fails the test if a process of it has ended.
func ended(t *testing.T) {
	t.Helper()
	var info unix.Siginfo
	if err := unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil); err != nil || info.Signo != 0 {
		t.Fatalf("it has ended: %v", err)
	}
}

// orphans fails the test if a process is left that somebody else started.
func orphans(t *testing.T) {
	t.Helper()
	var ws unix.WaitStatus
	pid, err := unix.Wait4(-1, &ws, unix.WNOHANG, nil)
	if !errors.Is(err, unix.ECHILD) {
		t.Errorf("left behind: process %d (%v)", pid, err)
	}
}
