package sandbox

import (
	"math"
	"unsafe"

	"golang.org/x/sys/unix"
)

// programStart is the part of a script that becomes the program.
type programStart struct {
	entry *Entry
	tries []*step // execve(2) of each candidate
	looks []*step // whether that file is there
}

// startProgram adds what turns a process into the program, the last of it
// being execve(2). mask is what the program has blocked.
func (b *builder) startProgram(e *Entry, mask sigset) *programStart {
	if e.User != nil {
		uid, gid := uintptr(e.User.UID), uintptr(e.User.GID)
		b.op = stepGroups
		b.call(unix.SYS_SETGROUPS, 0, 0)
		b.op = stepGID
		b.call(unix.SYS_SETRESGID, gid, gid, gid)
		b.op = stepUID
		b.call(unix.SYS_SETRESUID, uid, uid, uid)
	}
	b.op = stepUID
	if e.Clone&unix.CLONE_NEWUSER != 0 && !e.MapAll {
		b.dropCapabilities()
	}
	b.op = stepDescribe
	if startFiles.Max != 0 {
		b.try(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, address(b.script, &startFiles), 0)
	}
	b.restoreSignals(mask)
	p := &programStart{entry: e}
	argv, env := b.texts(e.Argv), b.texts(e.Env)
	for _, name := range e.candidates() {
		run := b.call(unix.SYS_EXECVE, b.text(name), argv, env)
		b.ends = []**step{&run.fail}
		p.looks = append(p.looks, b.try(unix.SYS_STATFS, b.text(name), address(b.script, new(unix.Statfs_t))))
		p.tries = append(p.tries, run)
	}
	b.goTo(b.exit)
	return p
}

// dropCapabilities takes all from the process, and from what it executes
// (capabilities(7), "Capability bounding set").
func (b *builder) dropCapabilities() {
	for n := range uintptr(capabilityBits) {
		b.call(unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, n).allow = -int(unix.EINVAL) // it has none of that number
	}
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	b.call(unix.SYS_CAPSET, address(b.script, &head), address(b.script, new([2]unix.CapUserData)))
}

// capabilityBits is how many capabilities the kernel has bits for.
const capabilityBits = 64

// restoreSignals gives up our handlers, which would run in our memory, and
// then lets the program's signals through.
func (b *builder) restoreSignals(mask sigset) {
	const ignore = 1 // SIG_IGN
	dfl, ign := address(b.script, new(sigaction)), address(b.script, &sigaction{ignore})
	for n := range uintptr(64) {
		action := dfl
		if entryIgnored&(1<<n) != 0 {
			action = ign
		}
		b.try(unix.SYS_RT_SIGACTION, n+1, action, 0, sigsetBytes) // not for SIGKILL and SIGSTOP
	}
	b.call(unix.SYS_RT_SIGPROCMASK, setmask, address(b.script, &mask), 0, sigsetBytes)
}

// failure tells why the program was not executed; nil if it was.
func (p *programStart) failure() error {
	last := p.tries[len(p.tries)-1]
	if last.result >= 0 || last.result == notRun {
		return nil
	}
	failed := &ExecError{Path: p.entry.Argv[0], Err: last.errno(), Exists: p.looks[len(p.looks)-1].result == 0}
	for _, st := range p.tries {
		if st.errno() == unix.EACCES { // as execvp(3)
			failed.Err = unix.EACCES
		}
	}
	return failed
}

// joinAndStart starts the program as our child in the namespaces of an init.
// It is two processes, for only a child is in a pid namespace that is joined.
// The program waits until release is closed.
func (h *entering) joinAndStart(release [2]int, root int) (pid int, err error) {
	b := &builder{script: newScript()}
	b.op = stepDescribe
	for _, fd := range h.joined {
		b.call(unix.SYS_SETNS, uintptr(fd), 0)
	}
	// The root of the mount namespace is not the init's if that could not pivot.
	b.call(unix.SYS_FCHDIR, uintptr(root))
	b.call(unix.SYS_CHROOT, b.text("."))
	b.op = stepDir
	b.call(unix.SYS_CHDIR, b.text(h.entry.Dir))
	b.op = stepDescribe
	number := new(int32)
	fork := b.call(unix.SYS_CLONE, unix.CLONE_VM|unix.CLONE_PARENT|unix.CLONE_PARENT_SETTID|uintptr(unix.SIGCHLD), 0, address(b.script, number))
	b.ends = []**step{&fork.next}
	b.call(unix.SYS_EXIT_GROUP, 0)
	b.ends = []**step{&fork.zero}
	b.call(unix.SYS_CLOSE, uintptr(release[1]))
	b.call(unix.SYS_READ, uintptr(release[0]), address(b.script, new(byte)), 1)
	// The init has our memory, which is not for the program to look into.
	b.call(unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 0)
	h.program = b.startProgram(h.entry, h.mask)
	if b.err != nil {
		return 0, b.err
	}
	joiner := spawn(unix.CLONE_VM|uintptr(unix.SIGCHLD), b.first)
	if joiner < 0 {
		return 0, &SetupError{Step: "start a process", Call: "clone", Err: unix.Errno(-joiner)}
	}
	h.scripts = append(h.scripts, b.script)
	if ws, err := waitFor(joiner); err != nil || ws != 0 {
		if st := b.failure(); st != nil {
			return 0, st.error(&h.entry.Spec)
		}
		return 0, &SetupError{Step: "join the new namespaces", Err: killed(ws)}
	}
	return int(*number), nil
}

// witness is a process in our process group that blocks all signals. What is
// sent to the group stays pending in it, until we ask.
type witness struct {
	pid  int // 0 if it is a process that somebody else waits for
	conn int
}

// startWitness starts one that is nothing else.
func startWitness() (*witness, *script, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, &SetupError{Step: "make a socket", Err: err}
	}
	b := &builder{script: newScript()}
	b.serveWitness(pair[1])
	pid := spawn(unix.CLONE_VM|uintptr(unix.SIGCHLD), b.first)
	unix.Close(pair[1])
	if pid < 0 {
		unix.Close(pair[0])
		return nil, nil, &SetupError{Step: "start a process", Call: "clone", Err: unix.Errno(-pid)}
	}
	return &witness{pid, pair[0]}, b.script, nil
}

// beInit adds what process 1 of a pid namespace does until its socket ends:
// the kernel reaps orphans for one that ignores SIGCHLD (wait(2)).
func (b *builder) beInit(conn int) *witness {
	const ignore = 1 // SIG_IGN
	b.call(unix.SYS_RT_SIGACTION, uintptr(unix.SIGCHLD), address(b.script, &sigaction{ignore}), 0, sigsetBytes)
	b.serveWitness(conn)
	return &witness{}
}

// serveWitness adds an endless loop: a set of signals comes in, and what
// rt_sigtimedwait(2) has to say about it goes out. Nobody is to wait for this
// process because of what the caller had open.
func (b *builder) serveWitness(conn int) {
	for fd := range min(3, conn) {
		b.try(unix.SYS_CLOSE, uintptr(fd))
	}
	b.try(unix.SYS_CLOSE_RANGE, 3, uintptr(conn-1), 0) // since Linux 5.9
	b.try(unix.SYS_CLOSE_RANGE, uintptr(conn+1), math.MaxUint32, 0)
	var set sigset
	ask := b.call(unix.SYS_READ, uintptr(conn), address(b.script, &set), sigsetBytes)
	ask.zero = b.exit
	b.ends = []**step{&ask.next}
	take := b.try(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(&set)), 0, address(b.script, new(unix.Timespec)), sigsetBytes)
	b.call(unix.SYS_WRITE, uintptr(conn), uintptr(unsafe.Pointer(&take.result)), unsafe.Sizeof(take.result))
	b.goTo(ask)
}

// take removes a pending signal of the set from the witness and tells whether
// there was one.
func (w *witness) take(set sigset) bool {
	result := 0
	if _, err := unix.Write(w.conn, unsafe.Slice((*byte)(unsafe.Pointer(&set)), sigsetBytes)); err != nil {
		return false
	}
	n, err := readAll(w.conn, unsafe.Slice((*byte)(unsafe.Pointer(&result)), unsafe.Sizeof(result)))
	return err == nil && n > 0 && result > 0
}

// end ends a witness that is a process of its own.
func (w *witness) end() {
	if w.pid != 0 {
		unix.Close(w.conn)
		waitFor(w.pid)
	}
}
