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

// heldImage is what one process executes. Its directory in /proc tells it from
// another that is given the same number later.
type heldImage struct {
	dir    int
	exe    string
	execBy int // the thread that may have replaced it meanwhile, or 0
}

// of is the process of thread tid, which a call stopped, and its executable.
// While one thread executes something, the others' calls still belong to the
// old image; all are gone once it succeeds.
func (m images) of(tid int) (pid int, exe string) {
	pid = tid
	im := m.held(tid)
	if im == nil {
		if pid = processOf(tid); pid != tid {
			im = m.held(pid)
		}
	}
	if im == nil {
		if im = m.hold(pid); im == nil {
			return pid, ""
		}
	} else if im.execBy != 0 {
		exe, _ := readlinkAt(im.dir, "exe")
		if exe != im.exe || im.execBy == tid && tid == pid {
			im.execBy = 0
		}
		im.exe = exe
	}
	return pid, im.exe
}

// held is what is remembered of a process that still lives.
func (m images) held(pid int) *heldImage {
	im := m[pid]
	if im != nil && unix.PidfdSendSignal(im.dir, 0, nil, 0) != nil {
		m.drop(pid)
		return nil
	}
	return im
}

// hold begins to remember a process, unless there is no room.
func (m images) hold(pid int) *heldImage {
	dir, err := unix.Open("/proc/"+strconv.Itoa(pid), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	exe, err := readlinkAt(dir, "exe")
	m.sweep()
	im := &heldImage{dir: dir, exe: exe}
	if err != nil || len(m) >= maxImages {
		unix.Close(dir)
		return im
	}
	m[pid] = im
	return im
}

// executing: thread tid is about to replace the image of pid.
func (m images) executing(pid, tid int) {
	if im := m[pid]; im != nil {
		im.execBy = tid
	}
}

func (m images) drop(pid int) {
	unix.Close(m[pid].dir)
	delete(m, pid)
}

// sweep forgets processes that have ended, if there is no room for another.
func (m images) sweep() {
	if len(m) < maxImages {
		return
	}
	for pid := range m {
		m.held(pid)
	}
}

func (m images) close() {
	for pid := range m {
		m.drop(pid)
	}
}
