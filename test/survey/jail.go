package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// jailName as argv[0] makes the survey's executable (or its test's) the
	// first process of a jail.
	jailName = "survey-jail"
	// nobody owns nothing here: an ordinary user.
	nobody = 65534
	// strace is what traces a run.
	strace = "/usr/bin/strace"
	// maxOutput bounds what is kept of a program's output.
	maxOutput = 1 << 20
)

var jailEnv = []string{
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/",
	"LC_ALL=C.UTF-8",
}

// cell says what a jail runs, and in which root: the machine's or a bundle.
type cell struct {
	Root string
	Args []string
	// Trace, if set, is the file that strace writes.
	Trace string
}

// result is how a program ended.
type result struct {
	Exit     int // 128+n for signal n
	Output   string
	TimedOut bool
}

// enter runs c.Args as an ordinary user in a jail that differs from another
// only by the files of c.Root: without network, terminal, display, /sys or
// /run, its own processes only, the root read-only, standard input at its end,
// what every container has in /proc, /dev and /tmp, and its /etc/hosts and
// /etc/resolv.conf. limit ends it with all that it started.
func enter(ctx context.Context, c cell, limit time.Duration) (result, error) {
	spec, err := json.Marshal(c)
	if err != nil {
		return result{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out := &bounded{}
	errs := &bounded{}
	cmd := exec.CommandContext(ctx, "/proc/self/exe")
	cmd.Args = []string{jailName, string(spec)}
	cmd.Stdout, cmd.Stderr = out, errs
	cmd.Env = jailEnv
	cmd.WaitDelay = 5 * time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		Setsid:     true,
	}
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return result{Output: out.kept.String(), TimedOut: true, Exit: -1}, nil
	case errs.kept.Len() > 0:
		return result{}, fmt.Errorf("cannot set up the jail: %s", bytes.TrimSpace(errs.kept.Bytes()))
	case errors.As(err, &exit):
		return result{Exit: exit.ExitCode(), Output: out.kept.String()}, nil
	case err != nil:
		return result{}, err
	}
	return result{Output: out.kept.String()}, nil
}

// bounded keeps the beginning of what is written to it.
// The buffer is not embedded: its ReadFrom, which io.Copy prefers, has no bound.
type bounded struct{ kept bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if room := maxOutput - b.kept.Len(); room > 0 {
		b.kept.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// jailed is the first process of a jail; it does not return in one.
func jailed(args []string) bool {
	if len(args) != 2 || args[0] != jailName {
		return false
	}
	var c cell
	err := json.Unmarshal([]byte(args[1]), &c)
	code := 0
	if err == nil {
		runtime.LockOSThread()
		code, err = c.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 125
	}
	os.Exit(code)
	return true
}

// run furnishes the root and runs the program in it.
func (c cell) run() (int, error) {
	if err := furnish(c.Root); err != nil {
		return 0, err
	}
	// Set-id bits would run the machine's own programs as root.
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return 0, fmt.Errorf("cannot set no_new_privs: %w", err)
	}
	for resource, most := range map[int]uint64{unix.RLIMIT_CORE: 0, unix.RLIMIT_FSIZE: 64 << 20, unix.RLIMIT_NPROC: 4096} {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return 0, fmt.Errorf("cannot set a limit: %w", err)
		}
	}
	// A program that prints its process number prints the same each time.
	_ = os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte("1000"), 0)
	return status(c.command().Run())
}

func (c cell) command() *exec.Cmd {
	cmd := &exec.Cmd{Path: c.Args[0], Args: c.Args, Env: jailEnv, Stdout: os.Stdout, Dir: "/"}
	// One pipe for both keeps their order.
	cmd.Stderr = os.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if c.Trace == "" {
		cmd.SysProcAttr.Chroot = c.Root
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		return cmd
	}
	cmd.Path = strace
	cmd.Args = append([]string{"strace", "-f", "-y", "-qq", "-s", "4096", "-e", "trace=%file,getdents64", "-e", "signal=none", "-o", c.Trace,
		"chroot", "--userspec=65534:65534", "--groups=", c.Root}, c.Args...)
	return cmd
}

// status is a program's end as a shell would tell it.
func status(err error) (int, error) {
	var exit *exec.ExitError
	if err == nil {
		return 0, nil
	}
	if !errors.As(err, &exit) {
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ENOEXEC) {
			_, werr := io.WriteString(os.Stdout, err.Error()+"\n")
			return 127, werr
		}
		return 0, err
	}
	wait := exit.Sys().(syscall.WaitStatus)
	if wait.Signaled() {
		return 128 + int(wait.Signal()), nil
	}
	return wait.ExitStatus(), nil
}

// furnish makes root, in a mount namespace of its own, what a container has.
func furnish(root string) error {
	if err := unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("cannot make mounts private: %w", err)
	}
	if bindSource(root) == root {
		if err := addresses(root); err != nil {
			return err
		}
	}
	for _, m := range []struct {
		at, kind string
		flags    uintptr
		data     string
		optional bool
	}{
		{at: "/proc", kind: "proc"},
		{at: root, kind: "bind"},
		{at: root, kind: "bind", flags: unix.MS_REMOUNT | unix.MS_RDONLY},
		{at: root + "/proc", kind: "proc"},
		{at: root + "/dev", kind: "tmpfs", data: "mode=755"},
		{at: root + "/tmp", kind: "tmpfs", data: "mode=1777,size=256m"},
		{at: root + "/run", kind: "tmpfs", data: "mode=755", optional: true},
	} {
		source := m.kind
		if m.kind == "bind" {
			m.flags |= unix.MS_BIND
			source, m.kind = bindSource(root), ""
		}
		if _, err := os.Stat(m.at); err != nil && m.optional {
			continue
		}
		if err := unix.Mount(source, m.at, m.kind, m.flags, m.data); err != nil {
			return fmt.Errorf("cannot mount %s: %w", m.at, err)
		}
	}
	return devices(filepath.Join(root, "dev"))
}

// addresses writes into a bundle what an engine writes into each container, as
// it is on the machine: no bundle brings them.
func addresses(root string) error {
	bundle, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	defer bundle.Close()
	if err := bundle.MkdirAll("etc", 0o755); err != nil {
		return err
	}
	for _, name := range []string{"/etc/hosts", "/etc/resolv.conf"} {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = bundle.WriteFile(name[1:], data, 0o644)
		}
		if err != nil {
			return fmt.Errorf("cannot give the bundle its %s: %w", name, err)
		}
	}
	return nil
}

// bindSource is what a root shows: itself, or the machine if it is empty.
func bindSource(root string) string {
	if entries, err := os.ReadDir(root); err == nil && len(entries) == 0 {
		return "/"
	}
	return root
}

func devices(dir string) error {
	unix.Umask(0)
	defer unix.Umask(0o022)
	for name, minor := range map[string]uint32{"null": 3, "zero": 5, "random": 8, "urandom": 9} {
		if err := unix.Mknod(filepath.Join(dir, name), unix.S_IFCHR|0o666, int(unix.Mkdev(1, minor))); err != nil {
			return fmt.Errorf("cannot make /dev/%s: %w", name, err)
		}
	}
	return nil
}
