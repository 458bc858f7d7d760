package trace

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	waitAll      = 0x40000000 // __WALL
	waitNoThread = unix.WNOTHREAD

	ptraceOptions = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK |
		unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_EXITKILL | unix.PTRACE_O_TRACESECCOMP

	syscallStop = int(unix.SIGTRAP) | 0x80 // PTRACE_O_TRACESYSGOOD
)

// tracer is one run under ptrace(2). All its requests and waits are made by one
// thread, which alone is the tracer for the kernel. Waiting with __WNOTHREAD,
// it leaves alone what other threads of this program have started.
type tracer struct {
	on      func(Event) error
	decoder *decoder
	resume  int // PTRACE_CONT or PTRACE_SYSCALL
	program int // its process, 0 when it has ended
	started bool
	result  Result
	err     error
	gone    func()  // says that the program has ended
	events  []Event // scratch
	threads map[int]*thread
	mu      sync.Mutex // guards killing, and program and threads against ender methods
	killing bool
}

// thread is a traced thread.
type thread struct {
	process int    // 0 until known
	exe     string // what the process executes; kept with its first thread, empty until known
}

// runPtrace is Run by the engines Ptrace and Syscalls.
func runPtrace(ctx context.Context, engine Engine, cmd *Command, opts *Options, s *streams, on func(Event) error) (Result, error) {
	type outcome struct {
		result Result
		err    error
	}
	c := make(chan outcome)
	go func() {
		// Never unlocked: the thread ends with this goroutine.
		runtime.LockOSThread()
		r, err := tracePtrace(ctx, engine, cmd, opts, s, on)
		c <- outcome{r, err}
	}()
	o := <-c
	return o.result, o.err
}

func tracePtrace(ctx context.Context, engine Engine, cmd *Command, opts *Options, s *streams, on func(Event) error) (Result, error) {
	helper, conn, err := startHelper(engine, cmd, opts, s.theirs)
	if err != nil {
		return Result{}, err
	}
	defer unix.Close(conn.fd)
	gone, ended := programEnd(opts)
	t := &tracer{
		on: on, decoder: newDecoder(engine, opts.Looks), resume: unix.PTRACE_CONT, program: helper,
		gone: ended, threads: map[int]*thread{},
	}
	if engine == Syscalls {
		t.resume = unix.PTRACE_SYSCALL
	}
	if err := t.seize(engine, conn); err != nil {
		killHelper(helper)
		return Result{}, err
	}
	said := make(chan helperSaid, 1)
	go func() { said <- listen(engine, cmd.Path, conn) }()
	done := make(chan struct{})
	go endWith(ctx, opts.Grace, t, gone, done)
	t.loop()
	close(done)
	if !t.started {
		killHelper(helper)
	}
	told := <-said
	t.result.NoNewPrivs, t.result.Unseen = told.noNewPrivs || !mayTraceAll(), t.decoder.unseen
	switch {
	case told.err != nil:
		return t.result, told.err
	case t.err != nil:
		return t.result, t.err
	case ctx.Err() != nil:
		return t.result, context.Cause(ctx)
	case !t.started:
		return t.result, fmt.Errorf("tracing helper ended before the program started")
	}
	return t.result, nil
}

// seize attaches to the helper's thread that will be the program.
func (t *tracer) seize(engine Engine, c conn) error {
	word, tid, _, err := c.hear()
	if err != nil || word != sayThread {
		return fmt.Errorf("tracing helper did not start: it said %q (%v)", word, err)
	}
	if _, _, e := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(tid), 0, ptraceOptions, 0, 0); e != 0 {
		return refusedBy(engine, "trace a process with ptrace", e)
	}
	t.threads[tid] = &thread{process: t.program}
	if engine == Syscalls {
		t.request(unix.PTRACE_INTERRUPT, tid, 0) // a first stop to resume from
	}
	return c.say(sayGo, 0)
}

// helperSaid is what the helper of a ptrace engine had to say.
type helperSaid struct {
	noNewPrivs bool
	err        error
}

// listen hears the helper until it has become the program, or ended.
func listen(engine Engine, path string, c conn) helperSaid {
	var said helperSaid
	for {
		word, n, _, err := c.hear()
		switch {
		case err != nil || word == "":
			return said
		case word == sayFilter:
			said.noNewPrivs = n != 0
		case word == sayRefused:
			said.err = refusedBy(engine, "install a seccomp filter", syscall.Errno(n))
		case word == sayExec:
			said.err = &ExecError{path, syscall.Errno(n)}
		}
	}
}

// loop handles stops until there is nothing left to trace.
func (t *tracer) loop() {
	for {
		var ws unix.WaitStatus
		tid, err := unix.Wait4(-1, &ws, waitAll|waitNoThread, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return
		}
		if ws.Exited() || ws.Signaled() {
			t.ended(tid, ws)
			continue
		}
		t.stopped(tid, ws)
	}
}

func (t *tracer) ended(tid int, ws unix.WaitStatus) {
	isProgram := tid == t.program && t.started
	t.mu.Lock()
	delete(t.threads, tid)
	if isProgram {
		t.program = 0 // its number may be given to another process
	}
	t.mu.Unlock()
	if !isProgram {
		return
	}
	if ws.Signaled() {
		t.result.Signal = ws.Signal()
	} else {
		t.result.Code = ws.ExitStatus()
	}
	t.gone()
}

// stopped handles one stop of ptrace(2) and lets the thread go on.
func (t *tracer) stopped(tid int, ws unix.WaitStatus) {
	th := t.thread(tid)
	sig := int(ws.StopSignal())
	switch event := int(uint32(ws) >> 16); event {
	case unix.PTRACE_EVENT_STOP:
		switch unix.Signal(sig) {
		case unix.SIGSTOP, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU:
			t.request(unix.PTRACE_LISTEN, tid, 0) // stays stopped, as without us
			return
		}
		sig = 0
	case unix.PTRACE_EVENT_SECCOMP:
		t.call(tid, th)
		sig = 0
	case unix.PTRACE_EVENT_EXEC:
		t.executed(tid)
		sig = 0
	case 0:
		if sig == syscallStop {
			t.call(tid, th)
			sig = 0
		}
	default:
		sig = 0
	}
	t.request(t.resume, tid, sig)
}

// request makes a request that can only fail because the thread has been
// killed, which the next wait tells.
func (t *tracer) request(what, tid, data int) {
	_, _, _ = unix.RawSyscall6(unix.SYS_PTRACE, uintptr(what), uintptr(tid), 0, uintptr(data), 0, 0)
}

// thread finds a thread. One not heard of yet has just been made by another.
func (t *tracer) thread(tid int) *thread {
	if th := t.threads[tid]; th != nil {
		return th
	}
	th := &thread{}
	t.mu.Lock()
	t.threads[tid] = th
	killing := t.killing
	t.mu.Unlock()
	if killing {
		_ = unix.Kill(tid, unix.SIGKILL)
	}
	return th
}

// executed: the process has a new image, and only the thread that asked for
// it is left, under the number of the process (ptrace(2), "execve(2) under
// ptrace").
func (t *tracer) executed(tid int) {
	var former uintptr
	_, _, e := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GETEVENTMSG, uintptr(tid), 0, uintptr(unsafe.Pointer(&former)), 0, 0)
	t.mu.Lock()
	defer t.mu.Unlock()
	if e == 0 && int(former) != tid {
		delete(t.threads, int(former))
	}
	t.threads[tid] = &thread{process: tid}
	t.started = t.started || tid == t.program
}

// call yields the events of the call a thread is about to make.
func (t *tracer) call(tid int, th *thread) {
	if t.err != nil {
		return
	}
	s, ok, err := syscallInfo(tid)
	if err == nil && ok {
		t.events, err = t.decoder.decode(t.events[:0], &s)
	}
	for i := 0; err == nil && ok && i < len(t.events); i++ {
		e := &t.events[i]
		e.PID, e.Exe = t.identify(tid, th)
		err = t.on(*e)
	}
	if err != nil {
		t.err = err
		t.kill()
	}
}

// identify finds the process of a thread and what it executes.
func (t *tracer) identify(tid int, th *thread) (int, string) {
	if th.process == 0 {
		th.process = processOf(tid)
	}
	if th.process == t.program && !t.started {
		return th.process, ""
	}
	if pid := th.process; pid != tid {
		leader := t.threads[th.process]
		if leader == nil { // has ended before its threads
			exe, _ := readlink(procName(tid, "exe"))
			return pid, exe
		}
		th = leader
		th.process = pid
	}
	if th.exe == "" {
		th.exe, _ = readlink(procName(tid, "exe"))
	}
	return th.process, th.exe
}

// mayTraceAll says whether this process has CAP_SYS_PTRACE; without it, what it
// traces gets no privileges by execve(2).
func mayTraceAll() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	return unix.Capget(&header, &data[0]) == nil && data[0].Effective&(1<<unix.CAP_SYS_PTRACE) != 0
}

func (t *tracer) term() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.threads[t.program] != nil {
		terminate(t.program)
	}
}

func (t *tracer) termAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for tid := range t.threads {
		if unix.Tgkill(tid, tid, 0) == nil {
			terminate(tid)
		}
	}
}

// terminate also wakes a stopped process, which could not end otherwise.
func terminate(pid int) {
	_ = unix.Kill(pid, unix.SIGTERM)
	_ = unix.Kill(pid, unix.SIGCONT)
}

func (t *tracer) kill() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.killing = true
	for tid := range t.threads {
		_ = unix.Kill(tid, unix.SIGKILL)
	}
}
