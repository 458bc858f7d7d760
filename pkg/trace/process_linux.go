package trace

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// processOf is the process (thread group) of a thread, 0 if it is gone.
func processOf(tid int) int {
	if unix.Tgkill(tid, tid, 0) == nil {
		return tid // the first thread, by far the most common
	}
	status, err := os.ReadFile(procName(tid, "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "Tgid:"); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(value))
			return n
		}
	}
	return 0
}

// maxImages bounds how many processes are remembered, each with a descriptor.
const maxImages = 256

// images remembers what processes execute, for an engine that hears neither of
// the end of a process nor of a successful execve(2).
type images map[int]*heldImage

// heldImage is what one process executes. Its descriptor tells it from another
// that is given the same number later.
type heldImage struct {
	pidfd  int
	exe    string
	execBy int // the thread that may have replaced it meanwhile, or 0
}

// of is the executable of process pid, which a call by thread tid stopped.
// While one thread executes something, the others' calls still belong to the
// old image; all are gone once it succeeds.
func (m images) of(pid, tid int) string {
	im := m[pid]
	if im != nil && unix.PidfdSendSignal(im.pidfd, 0, nil, 0) != nil {
		m.drop(pid)
		im = nil
	}
	if im != nil && im.execBy == 0 {
		return im.exe
	}
	exe, err := readlink(procName(tid, "exe"))
	switch {
	case err != nil:
		return ""
	case im != nil:
		if exe != im.exe || im.execBy == tid && tid == pid {
			im.execBy = 0
		}
		im.exe = exe
		return exe
	}
	m.sweep()
	if fd, err := unix.PidfdOpen(pid, 0); err == nil && len(m) < maxImages {
		m[pid] = &heldImage{pidfd: fd, exe: exe}
	} else if err == nil {
		unix.Close(fd)
	}
	return exe
}

// executing: thread tid is about to replace the image of pid.
func (m images) executing(pid, tid int) {
	if im := m[pid]; im != nil {
		im.execBy = tid
	}
}

func (m images) drop(pid int) {
	unix.Close(m[pid].pidfd)
	delete(m, pid)
}

// sweep forgets processes that have ended, if there is no room for another.
func (m images) sweep() {
	if len(m) < maxImages {
		return
	}
	for pid, im := range m {
		if unix.PidfdSendSignal(im.pidfd, 0, nil, 0) != nil {
			m.drop(pid)
		}
	}
}

func (m images) close() {
	for pid := range m {
		m.drop(pid)
	}
}
