package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
)

// A tree on the host that nobody keeps needs somebody to remove it when the
// program has ended, however it ends, and the program is the launcher's own
// process by then. So a process of ours watches it: it is started before
// anything is unpacked, as nobody's child and in a session of its own.

// The argv[0] of the watching process, and of the one that starts it and ends,
// so that the program does not get a child that it did not make. No file is
// called so.
const (
	watchName = "(pack-watch)"
	spawnName = "(pack-spawn)"
)

// The watching process's descriptors.
const (
	watchPipe = 3 // at its end when all who inherited the other end are gone
	watchPID  = 4 // a pidfd of the program
)

// startTemporary runs the program on the host from a directory that is removed
// when it has ended.
func (r *run) startTemporary(ctx context.Context) error {
	if r.Secure {
		return errors.New("cannot unpack: this file runs with privileges of its own and needs a store")
	}
	dir, err := r.temporaryDir()
	if err != nil {
		return err
	}
	alive, err := r.watch(dir)
	if err != nil {
		_ = os.Remove(dir)
		return fmt.Errorf("cannot watch over %s: %w", dir, err)
	}
	defer alive.Close() // on an error: then the directory goes
	root, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("cannot unpack: %w", err)
	}
	defer root.Close()
	if err := r.payload.Unpack(ctx, root, r.unpackOptions()); err != nil {
		return fmt.Errorf("cannot unpack into %s: %w", dir, err)
	}
	if err := r.relocate(ctx, root, dir); err != nil {
		return fmt.Errorf("cannot prepare %s: %w", dir, err)
	}
	if _, err := unix.FcntlInt(alive.Fd(), unix.F_DUPFD, 3); err != nil {
		return err
	}
	return r.executeIn(dir)
}

// temporaryDir makes a directory that programs may be executed from.
func (r *run) temporaryDir() (string, error) {
	var why error
	dirs := []string{"/tmp", "/var/tmp"}
	if tmp := r.env.get("TMPDIR"); filepath.IsAbs(tmp) && !r.Secure {
		dirs = append([]string{tmp}, dirs...)
	}
	for _, parent := range dirs {
		var st unix.Statfs_t
		if err := unix.Statfs(parent, &st); err != nil {
			why = errors.Join(why, fmt.Errorf("%s: %w", parent, err))
			continue
		}
		if st.Flags&unix.ST_NOEXEC != 0 {
			why = errors.Join(why, fmt.Errorf("%s: mounted noexec", parent))
			continue
		}
		dir, err := os.MkdirTemp(parent, "pack-")
		if err == nil {
			return dir, nil
		}
		why = errors.Join(why, err)
	}
	return "", withHint(fmt.Errorf("cannot unpack: %w", why), "set TMPDIR to a directory that may be written to and executed from")
}

// watch starts the process that removes dir. It does so when the returned file
// and all its duplicates are closed and this process has ended.
func (r *run) watch(dir string) (*os.File, error) {
	ends, alive, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer ends.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	files := []uintptr{null.Fd(), null.Fd(), null.Fd(), ends.Fd()}
	if pidfd, err := unix.PidfdOpen(os.Getpid(), 0); err == nil { // since Linux 5.3
		defer unix.Close(pidfd)
		files = append(files, uintptr(pidfd))
	}
	pid, err := syscall.ForkExec("/proc/self/exe", []string{spawnName, dir, strconv.Itoa(len(files))},
		&syscall.ProcAttr{Files: files, Sys: &syscall.SysProcAttr{Setsid: true}})
	if err != nil {
		alive.Close()
		return nil, err
	}
	var status unix.WaitStatus
	for {
		if _, err = unix.Wait4(pid, &status, 0, nil); err != unix.EINTR {
			break
		}
	}
	if err == nil && status != 0 {
		err = fmt.Errorf("its watching process could not be started")
	}
	if err != nil {
		alive.Close()
		return nil, err
	}
	return alive, nil
}

// Serve does the work of the processes that [Main] starts, and does not
// return; in any other process it does nothing. It has to be called first in
// the main function.
func Serve() {
	if len(os.Args) != 3 {
		return
	}
	dir := os.Args[1]
	count, err := strconv.Atoi(os.Args[2])
	switch {
	case os.Args[0] == spawnName && err == nil:
		os.Exit(spawnWatcher(dir, count))
	case os.Args[0] == watchName && err == nil:
		os.Exit(watchOver(dir, count))
	}
}

func spawnWatcher(dir string, count int) int {
	files := make([]uintptr, count)
	for fd := range files {
		files[fd] = uintptr(fd)
	}
	_, err := syscall.ForkExec("/proc/self/exe", []string{watchName, dir, strconv.Itoa(count)}, &syscall.ProcAttr{Files: files, Dir: "/"})
	if err != nil {
		return 1
	}
	return 0
}

func watchOver(dir string, count int) int {
	// Nobody is to wait for us because of what the caller had open.
	_ = unix.CloseRange(uint(count), math.MaxUint32, 0) // since Linux 5.9
	pipe := os.NewFile(watchPipe, "pipe")
	_, _ = io.Copy(io.Discard, pipe) // nobody writes; until its end
	if count > watchPID {
		poll := []unix.PollFd{{Fd: watchPID, Events: unix.POLLIN}}
		for {
			if _, err := unix.Poll(poll, -1); err != unix.EINTR {
				break
			}
		}
	}
	parent, err := os.Open(filepath.Dir(dir))
	if err != nil {
		return 1
	}
	if portable.RemoveTree(parent, filepath.Base(dir)) != nil {
		return 1
	}
	return 0
}
