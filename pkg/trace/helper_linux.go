package trace

import (
	"bytes"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"sync"
	"time"

	"syscall"

	"golang.org/x/sys/unix"
)

// notify starts the program under the filter of this thread and stays its
// ancestor: whatever is orphaned below becomes the helper's child, and nothing
// outlives the tracer.
func (h *helper) notify() {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		_ = h.conn.say(sayRefused, number(err))
		return
	}
	listener, noNewPrivs, err := h.install(retNotify, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
	if err != nil {
		_ = h.conn.say(sayRefused, number(err))
		return
	}
	err = h.conn.sayWithFD(sayFilter, noNewPrivs, listener)
	unix.Close(listener)
	if err != nil {
		return
	}
	// The program is not executed before the tracer lets it. If we are killed
	// until then, by a terminal for instance, nothing has escaped.
	pid, err := syscall.ForkExec(h.path, h.args, &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}})
	if err != nil {
		_ = h.conn.say(sayExec, number(err))
		_ = h.conn.say(sayEnd, 0)
		syscall.Exit(0)
	}
	// What a terminal sends to all its foreground processes must not end this
	// one; done any earlier, the program would inherit it.
	signal.Ignore(unix.SIGINT, unix.SIGQUIT, unix.SIGHUP, unix.SIGTERM)
	w := watchdog{conn: h.conn, program: pid}
	go w.obey()
	w.reap(pid)
}

// watchdog is the helper while the program runs.
type watchdog struct {
	conn    conn
	mu      sync.Mutex
	program int // 0 once reaped
}

// obey does what the tracer says, and kills everything when it is gone.
func (w *watchdog) obey() {
	for {
		switch word, _, _, _ := w.conn.hear(); word {
		case sayTerm:
			w.mu.Lock() // not reaped meanwhile
			if w.program != 0 {
				terminate(w.program)
			}
			w.mu.Unlock()
		case sayTermAll:
			for _, pid := range descendants(os.Getpid()) {
				terminate(pid)
			}
		default:
			for {
				for _, pid := range descendants(os.Getpid()) {
					_ = unix.Kill(pid, unix.SIGKILL) // may be gone by now
				}
				time.Sleep(time.Millisecond)
			}
		}
	}
}

// reap reports how the program ended and exits when no descendant is left.
func (w *watchdog) reap(program int) {
	for {
		var info unix.Siginfo
		if err := unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOWAIT, nil); err == unix.EINTR {
			continue
		} else if err != nil {
			_ = w.conn.say(sayEnd, 0)
			syscall.Exit(0)
		}
		var ws unix.WaitStatus
		w.mu.Lock()
		pid, err := unix.Wait4(-1, &ws, unix.WNOHANG, nil)
		if pid == w.program {
			w.program = 0
		}
		w.mu.Unlock()
		switch {
		case err != nil || pid != program:
		case ws.Signaled():
			_ = w.conn.say(saySignal, int(ws.Signal()))
		default:
			_ = w.conn.say(sayExit, ws.ExitStatus())
		}
		if pid == program {
			program = -1
		}
	}
}

// descendants lists the processes below those of roots.
func descendants(roots ...int) []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1) // what could be read is what there is
	children := map[int][]int{}
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			parent := parentOf(pid)
			children[parent] = append(children[parent], pid)
		}
	}
	found := slices.Clone(roots)
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i]]...)
		delete(children, found[i]) // numbers reused while we read could make a circle
	}
	return found[len(roots):]
}

// parentOf reads the fourth field of /proc/PID/stat; the second is the
// program's name in parentheses and may hold anything (proc_pid_stat(5)).
func parentOf(pid int) int {
	stat, err := os.ReadFile(procName(pid, "stat"))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(string(fields[1]))
	return parent
}
