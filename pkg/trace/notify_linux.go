package trace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The structures of linux/seccomp.h.
type (
	seccompNotif struct {
		id    uint64
		pid   uint32 // of the thread
		flags uint32
		nr    uint32
		arch  uint32
		_     uint64 // instruction pointer
		args  [6]uint64
	}
	seccompResp struct {
		id    uint64
		val   int64
		error int32
		flags uint32
	}
)

// server is one run under seccomp user notification.
type server struct {
	on       func(Event) error
	decoder  *decoder
	conn     conn
	listener int
	events   []Event
	resp     seccompResp
	program  int          // its process, once it made its first call
	thread   atomic.Int64 // that serves; 0 when done
	ended    atomic.Bool  // the helper is done
	mu       sync.Mutex   // held while a call is answered; guards the rest
	lost     bool         // the helper was killed, and the run is over
	seen     map[int]bool // processes
	images   images
	err      error
}

// runNotify is Run by the engine Notify.
func runNotify(ctx context.Context, cmd *Command, opts *Options, s *streams, on func(Event) error) (Result, error) {
	helper, conn, err := startHelper(Notify, cmd, opts, s.theirs)
	if err != nil {
		return Result{}, err
	}
	// It kills what it has started when the connection is closed.
	defer reapHelper(helper)
	defer unix.Close(conn.fd)
	word, n, listener, err := conn.hear()
	switch {
	case word == sayRefused:
		return Result{}, refusedBy(Notify, "install a seccomp filter with user notification", syscall.Errno(n))
	case word != sayFilter || listener < 0:
		return Result{}, fmt.Errorf("tracing helper did not start: it said %q (%v)", word, err)
	}
	// Linux before 6.6 does not have it; it only makes things faster.
	_, _, _ = unix.RawSyscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_SET_FLAGS, unix.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP)
	v := &server{on: on, decoder: newDecoder(Notify, opts.Looks), conn: conn, listener: listener, seen: map[int]bool{}, images: images{}}
	gone, ended := programEnd(opts)
	done, served := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(served)
		defer unix.Close(listener)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		v.serve()
	}()
	go endWith(ctx, opts.Grace, v, gone, done)
	told := v.listen(cmd.Path, ended)
	close(done)
	if told.lost {
		v.abandon()
		return told.result, told.err
	}
	v.ended.Store(true)
	v.wake(served)
	told.result.NoNewPrivs, told.result.Unseen = n != 0, v.decoder.unseen
	switch {
	case v.err != nil:
		return told.result, v.err
	case ctx.Err() != nil:
		return told.result, context.Cause(ctx)
	}
	return told.result, told.err
}

// told is what the helper said about the program.
type told struct {
	result Result
	err    error
	lost   bool // it said no more, though it should have
}

// listen hears the helper until it ends. It calls ended when the program has.
func (v *server) listen(path string, ended func()) told {
	var t told
	for {
		word, n, _, err := v.conn.hear()
		switch word {
		case sayExec:
			t.err = &ExecError{path, syscall.Errno(n)}
		case sayExit:
			t.result.Code = n
			ended()
		case saySignal:
			t.result.Signal = syscall.Signal(n)
			ended()
		case sayEnd:
			return t
		case "":
			t.err, t.lost = errors.Join(errors.New("tracing helper ended early"), err), true
			return t
		}
	}
}

// wake makes serve, which may be waiting for a call, see that there are no
// more. The runtime ignores the signal; the wait it interrupts is not resumed.
func (v *server) wake(served <-chan struct{}) {
	for {
		if tid := int(v.thread.Load()); tid != 0 {
			_ = unix.Tgkill(os.Getpid(), tid, unix.SIGURG)
		}
		select {
		case <-served:
			return
		case <-time.After(time.Millisecond): // it may not have been waiting yet
		}
	}
}

// serve answers calls until the helper has ended. One thread does it, so that
// the kernel can hand the processor to and fro.
func (v *server) serve() {
	v.thread.Store(int64(unix.Gettid()))
	defer v.images.close()
	defer v.thread.Store(0)
	// A kernel with larger structures writes more (seccomp_unotify(2)).
	var buf [512]byte
	n := (*seccompNotif)(unsafe.Pointer(&buf))
	for !v.ended.Load() {
		clear(buf[:])
		_, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(v.listener), unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(n)))
		switch e {
		case 0:
			v.answer(n)
		case unix.EINTR: // woken
		case unix.ENOENT: // the process was killed, or none is left
			if v.unused() {
				return
			}
		default:
			v.fail(fmt.Errorf("cannot receive system calls: %w", e))
			return
		}
	}
}

// answer lets one call run and yields its events. A call that the kernel has
// given up meanwhile did not happen; if it is made again, it is seen again.
func (v *server) answer(n *seccompNotif) {
	tid := int(n.pid)
	s := syscallAt{tid: tid, arch: n.arch, nr: n.nr, args: n.args}
	var err error
	v.mu.Lock()
	defer v.mu.Unlock()
	v.events = v.events[:0]
	if v.err == nil && !v.lost {
		v.events, err = v.decoder.decode(v.events, &s)
	}
	if err != nil && v.valid(n.id) {
		if v.program == 0 && errors.Is(err, unix.EPERM) {
			err = refusedBy(Notify, "read the memory of another process", unix.EPERM)
		}
		v.fail(err)
	}
	if len(v.events) > 0 {
		v.identify(tid)
	}
	v.resp = seccompResp{id: n.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
	if v.err != nil || v.lost {
		_ = unix.Kill(tid, unix.SIGKILL)
		v.resp.flags, v.resp.error = 0, -int32(unix.EPERM)
	}
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(v.listener), unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&v.resp)))
	switch {
	case v.err != nil || v.lost || e == unix.ENOENT:
		return
	case e != 0:
		v.fail(refusedBy(Notify, "let a system call continue (Linux 5.5)", e))
		return
	}
	for i := range v.events {
		if err := v.on(v.events[i]); err != nil {
			v.fail(err)
			return
		}
	}
}

func (v *server) valid(id uint64) bool {
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(v.listener), unix.SECCOMP_IOCTL_NOTIF_ID_VALID, uintptr(unsafe.Pointer(&id)))
	return e == 0
}

// identify fills in the process of a thread and what it executes.
func (v *server) identify(tid int) {
	pid, exe := v.images.of(tid)
	if v.program == 0 {
		v.program, exe = pid, "" // the helper's
	}
	if v.events[0].Intent&Exec != 0 {
		v.images.executing(pid, tid)
	}
	v.seen[pid] = true
	for i := range v.events {
		v.events[i].PID, v.events[i].Exe = pid, exe
	}
}

func (v *server) fail(err error) {
	if v.err == nil {
		v.err = err
		v.kill()
	}
}

func (v *server) term()    { _ = v.conn.say(sayTerm, 0) }
func (v *server) termAll() { _ = v.conn.say(sayTermAll, 0) }
func (v *server) kill()    { _ = v.conn.say(sayKill, 0) }

// unused says that no process with the filter is left (Linux 5.9).
func (v *server) unused() bool {
	p := []unix.PollFd{{Fd: int32(v.listener)}}
	_, err := unix.Poll(p, 0)
	return err == nil && p[0].Revents&unix.POLLHUP != 0
}

// abandon kills what the helper, itself killed, can no longer, and yields no
// more events. What it does not find is killed at its next call: serve goes on
// until nothing is left, and nobody waits for that. Numbers may have been used
// again: what has no filter is not ours.
func (v *server) abandon() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lost = true
	var ours []int
	for pid := range v.seen {
		status, _ := os.ReadFile(procName(pid, "status"))
		if strings.Contains(string(status), "\nSeccomp:\t2\n") {
			ours = append(ours, pid)
		}
	}
	for _, pid := range append(descendants(ours...), ours...) {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
}
