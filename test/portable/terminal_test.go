package portable

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

// terminal makes a terminal: who drives it has master, the program slave.
func terminal(t *testing.T, user uint32) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	bundle.Must(t, err)
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	bundle.Must(t, err)
	bundle.Must(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	name := fmt.Sprintf("/dev/pts/%d", n)
	slave, err = os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY, 0)
	bundle.Must(t, err)
	bundle.Must(t, os.Chown(name, int(user), -1)) // as login(1) does
	return master, slave
}

// onTerminal runs cmd as the session leader of a new terminal, on which stdin
// has been typed, with ^D at its end.
func onTerminal(t *testing.T, cmd *exec.Cmd, stdin string) result {
	t.Helper()
	master, slave := terminal(t, cmd.SysProcAttr.Credential.Uid)
	defer master.Close()
	_, err := master.WriteString(stdin + "\x04")
	bundle.Must(t, err)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setctty = true, true
	bundle.Must(t, cmd.Start())
	bundle.Must(t, slave.Close())
	out, err := io.ReadAll(master)
	if err != nil && !errors.Is(err, unix.EIO) { // it is closed at the other end
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{out: string(out), status: cmd.ProcessState.Sys().(syscall.WaitStatus)}
}
