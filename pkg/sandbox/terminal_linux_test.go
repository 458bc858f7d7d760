package sandbox

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal is a shell with job control on a terminal of its own.
type terminal struct {
	t      *testing.T
	master *os.File
	out    *bufio.Reader
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	shell := exec.Command("bash", "--norc", "--noprofile", "--noediting", "-i")
	shell.Dir = "/"
	shell.Env = append(os.Environ(), "PS1=$ ", "HISTFILE=")
	shell.Stdin, shell.Stdout, shell.Stderr = slave, slave, slave
	shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		master.Close() // a hangup ends the shell and its jobs
		_ = shell.Wait()
	})
	return &terminal{t: t, master: master, out: bufio.NewReader(master)}
}

func (w *terminal) typed(text string) {
	w.t.Helper()
	if _, err := w.master.WriteString(text); err != nil {
		w.t.Fatal(err)
	}
}

// until reads what the terminal shows up to and with want.
func (w *terminal) until(want string) string {
	w.t.Helper()
	var text strings.Builder
	for !strings.HasSuffix(text.String(), want) {
		b, err := w.out.ReadByte()
		if err != nil {
			w.t.Fatalf("%v after %q, waiting for %q", err, text.String(), want)
		}
		text.WriteByte(b)
	}
	return text.String()
}

// TestEnterJobControl: ^Z stops the job, fg has it go on with its input, and ^C
// ends it by SIGINT, once.
func TestEnterJobControl(t *testing.T) {
	bin, err := buildEnter.with()
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range everyWay {
		w := newTerminal(t)
		script := `echo rea""dy; while read -r x; do echo "got <$x>"; done; echo en""d`
		w.typed(fmt.Sprintf("%s %s bash -c '%s'\n", bin, way, script))
		w.until("ready\r\n")
		w.typed("one\n")
		w.until("got <one>\r\n")
		w.typed("\x1a")
		w.until("Stopped")
		w.typed("echo st\"\"opped; fg\n")
		w.until("stopped\r\n")
		w.typed("two\n")
		w.until("got <two>\r\n")
		w.typed("\x04")
		w.until("end\r\n")
		w.typed("echo sta\"\"tus $?\n")
		w.until("status 0\r\n")
		w.typed(fmt.Sprintf("%s %s %s count 2\n", bin, way, bin))
		w.until("ready\r\n")
		w.typed("\x03")
		w.until("1\r\n")
		w.typed("\x03")
		w.until("2\r\n")
		w.typed("\x1a")
		w.until("Stopped")
		w.until("\n$ ")
		w.typed("kill %%; fg\n") // a stopped process has it when it goes on
		w.until("end 2\r\n")
		w.typed(fmt.Sprintf("%s %s sh -c 'echo rea\"\"dy; exec cat'\n", bin, way))
		w.until("ready\r\n")
		w.typed("\x03")
		w.until("\n$ ") // the shell drops what is typed before
		w.typed("echo sta\"\"tus $?\n")
		w.until("status 130\r\n")
		w.typed("exit\n")
	}
}

// TestEnterBackground: a job in the background that reads the terminal is
// stopped as any other, and goes on in the foreground.
func TestEnterBackground(t *testing.T) {
	bin, err := buildEnter.with()
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range everyWay {
		w := newTerminal(t)
		w.typed(fmt.Sprintf("%s %s sh -c 'read x; echo \"got <$x>\"' & wait; jobs; echo ne\"\"xt\n", bin, way))
		if text := w.until("next\r\n"); !strings.Contains(text, "Stopped") {
			t.Errorf("%s: %q", way, text)
		}
		w.typed("fg\n")
		w.until("<$x>\"'\r\n") // the shell names the job
		w.typed("line\n")
		w.until("got <line>\r\n")
		w.typed("exit\n")
	}
}
