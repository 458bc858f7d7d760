package trace

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// helperName is the argv[0] by which the helper knows what it is.
const helperName = "pack-trace"

// controlFD is the helper's end of the socket between it and the tracer. Each
// message is one word, often with a number, in one packet.
const controlFD = 3

// The words.
const (
	sayThread   = "thread"  // to tracer: the thread to seize; it waits for sayGo
	sayGo       = "go"      // to helper
	sayFilter   = "filter"  // to tracer: installed, 1 if under no_new_privs; with the listener
	sayRefused  = "refused" // to tracer: no filter, an errno
	sayExec     = "exec"    // to tracer: not executed, an errno
	sayExit     = "exit"    // to tracer: the program's exit status
	saySignal   = "signal"  // to tracer: what killed the program
	sayEnd      = "end"     // to tracer: no process is left
	sayTerm     = "term"    // to helper: SIGTERM to the program
	sayTermAll  = "termall" // to helper: SIGTERM to every process
	sayKill     = "kill"    // to helper: SIGKILL to every process
	maxSay      = 64
	helperWords = 3 // name, mode, path; the program's arguments follow
)

// conn is one end of the control socket.
type conn struct{ fd int }

func (c conn) say(word string, n int) error {
	_, err := unix.SendmsgN(c.fd, fmt.Appendf(nil, "%s %d", word, n), nil, nil, unix.MSG_NOSIGNAL)
	return err
}

func (c conn) sayWithFD(word string, n, fd int) error {
	return unix.Sendmsg(c.fd, fmt.Appendf(nil, "%s %d", word, n), unix.UnixRights(fd), nil, unix.MSG_NOSIGNAL)
}

// hear waits for a message. At the end of the conversation the word is empty.
// The descriptor is -1 if none came along.
func (c conn) hear() (word string, n, fd int, err error) {
	buf, oob := make([]byte, maxSay), make([]byte, unix.CmsgSpace(4))
	var size, oobSize int
	for {
		size, oobSize, _, _, err = unix.Recvmsg(c.fd, buf, oob, unix.MSG_CMSG_CLOEXEC)
		// A peer that closes with a message unread resets the connection, which
		// is told once, and before what that peer has said (unix_release_sock
		// in net/unix/af_unix.c).
		if err != unix.EINTR && err != unix.ECONNRESET {
			break
		}
	}
	if err != nil || size == 0 {
		return "", 0, -1, err
	}
	fd = -1
	if oobSize > 0 {
		if fd, err = oneFD(oob[:oobSize]); err != nil {
			return "", 0, -1, err
		}
	}
	if _, err := fmt.Sscanf(string(buf[:size]), "%s %d", &word, &n); err != nil {
		return "", 0, fd, fmt.Errorf("tracing helper said %q", buf[:size])
	}
	return word, n, fd, nil
}

func oneFD(oob []byte) (int, error) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil || len(msgs) != 1 {
		return -1, errors.New("cannot read the control message")
	}
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil || len(fds) != 1 {
		return -1, errors.New("cannot read the passed descriptor")
	}
	return fds[0], nil
}

// startHelper re-executes this program as the helper. /proc/self/exe is it
// even if its file has been replaced or removed.
func startHelper(engine Engine, cmd *Command, opts *Options, files [3]*os.File) (pid int, c conn, err error) {
	if abisOf(runtime.GOARCH) == nil {
		return 0, c, &RefusedError{Engine: engine, What: "trace on " + runtime.GOARCH, Err: errors.ErrUnsupported}
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, c, err
	}
	defer unix.Close(pair[1])
	mode := string(engine)
	if opts.Looks {
		mode += "+looks"
	}
	// A program that os.StartProcess starts first of all starts another, to see
	// what the kernel can do.
	pid, err = syscall.ForkExec("/proc/self/exe", append([]string{helperName, mode, cmd.Path}, cmd.Args...), &syscall.ProcAttr{
		Dir: cmd.Dir, Env: cmd.Env, Files: []uintptr{files[0].Fd(), files[1].Fd(), files[2].Fd(), uintptr(pair[1])},
	})
	runtime.KeepAlive(files)
	if err != nil {
		unix.Close(pair[0])
		if cmd.Dir != "" {
			if _, err := os.Stat(cmd.Dir); err != nil {
				return 0, c, fmt.Errorf("cannot enter the working directory: %w", err)
			}
		}
		if errors.Is(err, syscall.ENOEXEC) {
			return 0, c, &RefusedError{Engine: engine, What: "start the tracing helper", Err: syscall.ENOEXEC, Cause: "this program runs in an emulator such as qemu-user"}
		}
		return 0, c, fmt.Errorf("cannot start the tracing helper: %w", err)
	}
	return pid, conn{pair[0]}, nil
}

// reapHelper waits for the helper's end.
func reapHelper(pid int) {
	for {
		if _, err := unix.Wait4(pid, nil, 0, nil); err != unix.EINTR {
			return
		}
	}
}

func killHelper(pid int) {
	_ = unix.Kill(pid, unix.SIGKILL)
	reapHelper(pid)
}

func parseMode(mode string) (Engine, bool) {
	engine, looks := strings.CutSuffix(mode, "+looks")
	return Engine(engine), looks
}

// number is the errno of err, EIO if it has none.
func number(err error) int {
	var n syscall.Errno
	if errors.As(err, &n) {
		return int(n)
	}
	return int(syscall.EIO)
}
