package sandbox

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Entry says what [Enter] becomes.
//
// Of Spec, Stdin, Stdout, Stderr and Started are not used: the program has
// what the caller has, all inherited descriptors and the terminal among it.
type Entry struct {
	Spec
	// Path, if not empty, is executed in the place of Argv's first, as which
	// the program still knows itself.
	Path string
	// MapAll maps, with CLONE_NEWUSER, every id of the caller's namespace to
	// itself instead of MapUID and MapGID. It takes CAP_SETUID and CAP_SETGID.
	// A caller who has those is taken for an administrator, and the program
	// keeps all capabilities. In every other new user namespace it has none,
	// nor gets any by executing a file, whatever its number is: what is
	// read-only in its root stays so.
	MapAll bool
	// Stage is called for each [Stage] operation with a path under which the
	// caller reaches the operation's directory in the new mount namespace.
	Stage func(dir string) error
}

// Enter makes the namespaces of e.Clone, does e.Ops in them and becomes the
// program, in two ways.
//
// With a pid namespace the caller stays, and so does a small init, which is
// process 1, takes up orphans, and shares the caller's memory. The program is
// the caller's child. Signals sent to the caller are sent on, the caller stops
// and goes on when the program does, and when the program ends all others of
// the namespace are killed. Enter then returns how it ended; pass that to
// [Status.Exit].
//
// Without one the calling process itself joins the namespaces and executes the
// program, and Enter does not return. That needs the linker option
// -E _pack_entry; in a program linked without it, in one with rights that its
// caller lacks, or when e.User asks for another user, the caller stays as above,
// but what the program leaves running lives on.
//
// The error is a *[SetupError], an *[ExecError], or what Stage returned. When an
// operation fails nothing has changed for the calling process, so that another
// Entry may be tried.
func Enter(e *Entry) (Status, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	h := &entering{entry: e, becomes: entryLinked != 0 && entrySecure == 0 &&
		e.Clone&unix.CLONE_NEWPID == 0 && e.User == nil}
	defer h.end()
	if err := h.prepare(); err != nil {
		return Status{}, err
	}
	if h.becomes {
		return Status{}, h.become()
	}
	return h.run()
}

// entering is a process that makes namespaces and a root in them, as seen by
// the one that started it. Afterwards it only keeps the namespaces, or it is
// their init, or it becomes the program.
type entering struct {
	entry   *Entry
	becomes bool // this process becomes the program
	mask    sigset
	build   *builder
	paths   []*step // that look for the program, if its name has no slash

	pid  int // of the new process, 0 if there is none
	conn int // to it
	peer int // its end

	joined  []int // descriptors of its namespaces, and of its root if this process joins them
	program *programStart
	witness *witness
	scripts []*script // of other processes
}

// What the process says on the socket, each time waiting for an answer.
const (
	sayBegun = 'b' // it waits for its ids
	sayStage = 's' // it is at a Stage operation
	sayReady = 'r' // the root is made
)

// prepare has the root made.
func (h *entering) prepare() error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return &SetupError{Step: "make a socket", Err: err}
	}
	h.conn, h.peer = pair[0], pair[1]
	if h.mask, err = setMask(allSignals); err != nil {
		return &SetupError{Step: "block signals", Err: err}
	}
	defer func() { _, _ = setMask(h.mask) }()
	if err := h.compile(); err != nil {
		return err
	}
	h.pid = spawn(unix.CLONE_VM|uintptr(unix.SIGCHLD)|h.entry.Clone, h.build.first)
	if h.pid < 0 {
		err := unix.Errno(-h.pid)
		h.pid = 0
		return &SetupError{Step: "start " + surroundings(h.entry.Clone), Call: "clone", Err: err}
	}
	h.peer = closed(h.peer)
	// A signal may end us again: the process ends when the socket does.
	if _, err := setMask(h.mask); err != nil {
		return &SetupError{Step: "unblock signals", Err: err}
	}
	return h.follow()
}

func closed(fd int) int {
	unix.Close(fd)
	return -1
}

// compile writes down what the process does.
func (h *entering) compile() error {
	e := h.entry
	b := &builder{script: newScript(), conn: uintptr(h.peer)}
	h.build = b
	b.op = stepDescribe
	b.call(unix.SYS_CLOSE, uintptr(h.conn))
	b.say(sayBegun)
	if e.Clone&unix.CLONE_NEWNS != 0 {
		b.op = stepPrivate
		b.call(unix.SYS_MOUNT, 0, b.text("/"), 0, unix.MS_REC|unix.MS_PRIVATE, 0)
	}
	umask := b.call(unix.SYS_UMASK, 0)
	if err := b.ops(e.Ops); err != nil {
		return err
	}
	b.op = stepDescribe
	umask.into = &b.call(unix.SYS_UMASK, 0).args[0]
	if e.Dir != "" {
		b.op = stepDir
		b.call(unix.SYS_CHDIR, b.text(e.Dir))
	}
	b.op = stepDescribe
	if h.becomes {
		h.lookPath()
	}
	b.say(sayReady)
	switch {
	case h.becomes:
		b.goTo(b.exit)
	case e.Clone&unix.CLONE_NEWPID != 0:
		h.witness = b.beInit(h.peer)
	default:
		h.program = b.startProgram(e, h.mask)
	}
	return b.err
}

// candidates are the files that execvp(3) would try.
func (e *Entry) candidates() []string {
	name := e.Argv[0]
	switch {
	case e.Path != "":
		return []string{e.Path}
	case strings.Contains(name, "/"):
		return []string{name}
	}
	var found []string
	for _, kv := range e.Env {
		if v, ok := strings.CutPrefix(kv, "PATH="); ok {
			found = nil
			for dir := range strings.SplitSeq(v, ":") {
				found = append(found, dir+"/"+name)
			}
		}
	}
	return append(found, name)
}

// lookPath finds the program where the process will not execute it itself.
func (h *entering) lookPath() {
	b := h.build
	var found []**step
	for _, name := range h.entry.candidates() {
		const executable = 1 // X_OK
		st := b.try(unix.SYS_FACCESSAT, here, b.text(name), executable)
		h.paths = append(h.paths, st)
		found = append(found, &st.zero)
		b.ends = []**step{&st.fail, &st.next}
	}
	b.ends = append(b.ends, found...)
}

// follow answers what the process says until its root is made.
func (h *entering) follow() error {
	stages := stagesOf(h.entry.Ops)
	for {
		var b [1]byte
		n, err := readAll(h.conn, b[:])
		if err != nil || n == 0 {
			return h.why()
		}
		switch b[0] {
		case sayReady:
			return nil
		case sayBegun:
			err = h.mapIDs()
		case sayStage:
			err = h.entry.Stage(fmt.Sprintf("/proc/%d/root%s", h.pid, stages[0]))
			stages = stages[1:]
		}
		if err != nil {
			return err
		}
		h.answer()
	}
}

func stagesOf(ops []Op) []string {
	var dirs []string
	for _, o := range ops {
		if o.Do == doStage {
			dirs = append(dirs, o.Target)
		}
	}
	return dirs
}

// answer has the process go on. One that is gone is noticed by who waits for it.
func (h *entering) answer() { _, _ = unix.Write(h.conn, []byte{0}) }

// why tells why the process ended.
func (h *entering) why() error {
	st := h.build.failure()
	if st == nil {
		ws, _ := waitFor(h.pid) // without a status it counts as not killed
		h.pid = 0
		return &SetupError{Step: "make a root", Err: killed(ws)}
	}
	return st.error(&h.entry.Spec)
}

// killed says how a process of ours ended that has no failed step. A seccomp
// filter may end it by SIGSYS (seccomp(2)).
func killed(ws unix.WaitStatus) error {
	if !ws.Signaled() {
		return errors.New("a process of ours ended unexpectedly")
	}
	return fmt.Errorf("signal %d (%s) ended it", int(ws.Signal()), ws.Signal())
}

// end ends what is left of the process, and its namespaces, and waits for that.
func (h *entering) end() {
	for _, fd := range append(h.joined, h.conn, h.peer) {
		if fd > 0 {
			unix.Close(fd)
		}
	}
	if h.pid > 0 {
		waitFor(h.pid)
	}
	if h.witness != nil {
		h.witness.end()
	}
	runtime.KeepAlive(h)
}

// waitFor waits until a child has ended.
func waitFor(pid int) (unix.WaitStatus, error) {
	var ws unix.WaitStatus
	for {
		if _, err := unix.Wait4(pid, &ws, 0, nil); err != unix.EINTR {
			return ws, err
		}
	}
}

func readAll(fd int, b []byte) (int, error) {
	for {
		n, err := unix.Read(fd, b)
		if err != unix.EINTR {
			return n, err
		}
	}
}

// mapIDs says what the ids of a new user namespace are outside.
func (h *entering) mapIDs() error {
	e := h.entry
	if e.Clone&unix.CLONE_NEWUSER == 0 {
		return nil
	}
	maps := []struct{ file, text string }{
		{"uid_map", fmt.Sprintf("%d %d 1\n", e.MapUID, os.Geteuid())},
		{"setgroups", "deny"}, // or users could drop groups (user_namespaces(7))
		{"gid_map", fmt.Sprintf("%d %d 1\n", e.MapGID, os.Getegid())},
	}
	if e.MapAll {
		maps = maps[:0]
		for _, file := range []string{"uid_map", "gid_map"} {
			text, err := sameIDs("/proc/self/" + file)
			if err != nil {
				return &SetupError{Step: "read the user ids", Err: err}
			}
			maps = append(maps, struct{ file, text string }{file, text})
		}
	}
	for _, m := range maps {
		fd, err := unix.Open(fmt.Sprintf("/proc/%d/%s", h.pid, m.file), unix.O_WRONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			_, err = unix.Write(fd, []byte(m.text))
			unix.Close(fd)
		}
		if err != nil {
			return &SetupError{Step: "write " + m.file + " of a user namespace", Err: err}
		}
	}
	return nil
}

// sameIDs reads a map and returns one that changes no id that it has.
func sameIDs(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var same strings.Builder
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 3 {
			fmt.Fprintln(&same, f[0], f[0], f[2])
		}
	}
	return same.String(), nil
}

// namespaceFiles are the names in /proc/PID/ns, in the order of joining: the
// user namespace gives the right to join the others.
var namespaceFiles = []struct {
	flag uintptr
	name string
}{
	{unix.CLONE_NEWUSER, "user"}, {unix.CLONE_NEWIPC, "ipc"}, {unix.CLONE_NEWUTS, "uts"},
	{unix.CLONE_NEWNET, "net"}, {unix.CLONE_NEWPID, "pid"}, {unix.CLONE_NEWNS, "mnt"},
}

// openNamespaces opens the namespaces of the process.
func (h *entering) openNamespaces() error {
	for _, ns := range namespaceFiles {
		if h.entry.Clone&ns.flag == 0 {
			continue
		}
		fd, err := unix.Open(fmt.Sprintf("/proc/%d/ns/%s", h.pid, ns.name), unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return &SetupError{Step: "open the new " + ns.name + " namespace", Err: err}
		}
		h.joined = append(h.joined, fd)
	}
	return nil
}

// openRoot opens the root of the process.
func (h *entering) openRoot() (int, error) {
	fd, err := unix.Open(fmt.Sprintf("/proc/%d/root", h.pid), unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, &SetupError{Step: "open the new root", Err: err}
	}
	return fd, nil
}

// run starts the program, or lets the process become it, and stays until it
// has ended.
func (h *entering) run() (Status, error) {
	if err := blockAll(); err != nil {
		return Status{}, err
	}
	program, release, err := h.start()
	if err != nil {
		return Status{}, err
	}
	r := relay{program, h.witness}
	settle()
	r.catchUp()
	release()
	ws := r.follow()
	if program == h.pid {
		h.pid = 0
	}
	if err := h.program.failure(); err != nil {
		return Status{}, err
	}
	if h.build.failure() != nil {
		return Status{}, h.why()
	}
	if ws.Signaled() {
		return Status{Signal: ws.Signal()}, nil
	}
	return Status{Code: ws.ExitStatus()}, nil
}

// start makes the process that will be the program, and the witness. The
// program waits, its signals blocked, until release is called.
func (h *entering) start() (program int, release func(), err error) {
	if h.entry.Clone&unix.CLONE_NEWPID == 0 {
		var s *script
		h.witness, s, err = startWitness()
		h.scripts = append(h.scripts, s)
		return h.pid, h.answer, err
	}
	if err := h.openNamespaces(); err != nil {
		return 0, nil, err
	}
	root, err := h.openRoot()
	if err != nil {
		return 0, nil, err
	}
	defer unix.Close(root)
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return 0, nil, &SetupError{Step: "make a pipe", Err: err}
	}
	defer unix.Close(pipe[0])
	h.answer() // the init begins its work
	h.witness.conn = h.conn
	program, err = h.joinAndStart(pipe, root)
	if err != nil {
		unix.Close(pipe[1])
	}
	return program, func() { unix.Close(pipe[1]) }, err
}

// become makes this process the program, in the namespaces of the other one,
// which is gone by then: the program gets no child that it did not make.
func (h *entering) become() error {
	if err := h.openNamespaces(); err != nil {
		return err
	}
	root, err := h.openRoot()
	if err != nil {
		return err
	}
	h.joined = slices.Insert(h.joined, 0, root)
	for _, fd := range h.joined {
		if fd > maxEntryFD {
			return &SetupError{Step: "pass namespaces on", Err: unix.EMFILE}
		}
	}
	names := h.entry.candidates()
	name := names[len(names)-1]
	for i, st := range h.paths {
		if st.result == 0 {
			name = names[i]
		}
	}
	// Past the next execve(2) there is no way back.
	if err := unix.Setns(-1, 0); err != unix.EBADF {
		return &SetupError{Step: "join the new namespaces", Call: "setns", Err: err}
	}
	if err := unix.Chroot(""); err != unix.ENOENT {
		return &SetupError{Step: "change the root", Call: "chroot", Err: err}
	}
	h.conn = closed(h.conn)
	waitFor(h.pid)
	h.pid = 0
	passIgnored()
	drop := h.entry.Clone&unix.CLONE_NEWUSER != 0 && !h.entry.MapAll
	argv := append([]string{entryName(h.mask, drop, h.joined), h.entry.Dir, name}, h.entry.Argv...)
	for _, fd := range h.joined {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, 0); err != nil {
			return &SetupError{Step: "pass namespaces on", Err: err}
		}
	}
	err = execute("/proc/self/exe", argv, h.entry.Env)
	return &SetupError{Step: "execute this file once more", Err: err}
}

// Exec becomes the file in the caller's own surroundings. Signals that were
// ignored when the process began are ignored then. The error is an
// *[ExecError].
func Exec(file string, argv, env []string) error {
	passIgnored()
	err := execute(file, argv, env)
	_, statErr := os.Stat(file)
	return &ExecError{Path: file, Err: err, Exists: statErr == nil}
}
