package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// wait reaps children until the program has ended, reports how, and sees that
// nothing it started lives on.
func (h *helper) wait(program int) error {
	for {
		var ws unix.WaitStatus
		pid, err := unix.Wait4(-1, &ws, 0, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			// No children left: being a subreaper, that means no descendants.
			return nil
		}
		if pid != program {
			continue
		}
		if ws.Signaled() {
			fmt.Fprintf(h.report, "signal %d\n", int(ws.Signal()))
		} else {
			fmt.Fprintf(h.report, "exit %d\n", ws.ExitStatus())
		}
		if h.pidNamespace() {
			// The end of process 1 kills all others (pid_namespaces(7)).
			return nil
		}
		go h.killAll()
	}
}

// killAll kills everything below the helper. It does not return: in a pid
// namespace the helper's own end does it, otherwise the helper exits when
// wait finds that no child is left.
func (h *helper) killAll() {
	if h.pidNamespace() {
		exit(1)
	}
	for {
		for _, pid := range descendants(h.proc, os.Getpid()) {
			_ = unix.Kill(pid, unix.SIGKILL) // it may be gone by now
		}
		time.Sleep(time.Millisecond)
	}
}

func openProc() int {
	fd, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	return fd
}

// descendants lists the processes below root, found through proc, an open
// /proc: the helper may have changed its root to one that has none.
func descendants(proc, root int) []int {
	children := map[int][]int{}
	for _, pid := range processes(proc) {
		if parent, ok := parentOf(proc, pid); ok {
			children[parent] = append(children[parent], pid)
		}
	}
	found := []int{root}
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i]]...)
		delete(children, found[i]) // numbers reused while we read could make a circle
	}
	return found[1:]
}

func processes(proc int) []int {
	fd, err := unix.Openat(proc, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	dir := os.NewFile(uintptr(fd), "/proc")
	defer dir.Close()
	names, _ := dir.Readdirnames(-1) // what could be read is what there is
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// parentOf reads the fourth field of /proc/PID/stat; the second is the
// program's name in parentheses and may hold anything (proc_pid_stat(5)).
func parentOf(proc, pid int) (int, bool) {
	fd, err := unix.Openat(proc, strconv.Itoa(pid)+"/stat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, false
	}
	defer unix.Close(fd)
	buf := make([]byte, 512)
	n, err := unix.Read(fd, buf)
	if err != nil {
		return 0, false
	}
	stat := bytes.Fields(buf[bytes.LastIndexByte(buf[:n], ')')+1 : n])
	if len(stat) < 2 {
		return 0, false
	}
	ppid, err := strconv.Atoi(string(stat[1]))
	return ppid, err == nil
}
