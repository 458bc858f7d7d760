package sandbox

import (
	"math"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What [Enter] does in other processes is system calls and nothing else, so
// those processes need no Go: they are clones that share our memory and go
// through a list of calls, without a stack. That takes a tenth of the time in
// which a Go program starts, and such an init costs no memory.

// step is a system call and what comes after it. The assembly knows the
// fields up to into by their offsets.
type step struct {
	nr               uintptr
	args             [6]uintptr
	result           int      // of the call; notRun before
	allow            int      // a negative error number with which next follows too, or 0
	next, zero, fail *step    // after a positive result, after 0, after an error
	into             *uintptr // gets the result as well, if not nil

	op    int   // what it is a part of, for setupError
	cause *step // an earlier attempt whose error tells more, or nil
}

const notRun = math.MinInt

// script is a list of steps in the making.
type script struct {
	first *step
	steps []*step
	ends  []**step // where the next step goes
	keep  []any    // what is named in args
	exit  *step    // ends the process after a failure
	op    int
	err   error // of a string that cannot be passed
}

func newScript() *script {
	s := &script{exit: &step{nr: unix.SYS_EXIT_GROUP, args: [6]uintptr{1}, result: notRun}}
	s.ends = []**step{&s.first}
	return s
}

// call adds a step, which comes after all that have no successor yet.
func (s *script) call(nr uintptr, args ...uintptr) *step {
	st := &step{nr: nr, result: notRun, fail: s.exit, op: s.op}
	copy(st.args[:], args)
	s.goTo(st)
	s.ends = []**step{&st.next, &st.zero}
	s.steps = append(s.steps, st)
	return st
}

// try adds a step that may fail.
func (s *script) try(nr uintptr, args ...uintptr) *step {
	st := s.call(nr, args...)
	s.ends = append(s.ends, &st.fail)
	return st
}

// goTo has st follow what has no successor yet.
func (s *script) goTo(st *step) {
	for _, e := range s.ends {
		*e = st
	}
	s.ends = nil
}

// text returns the address of a string for a step.
func (s *script) text(text string) uintptr {
	p, err := unix.BytePtrFromString(text)
	if err != nil {
		s.err = err
		return 0
	}
	return address(s, p)
}

// texts returns the address of a list of strings.
func (s *script) texts(list []string) uintptr {
	ptrs := make([]*byte, len(list)+1)
	for i, text := range list {
		p, err := unix.BytePtrFromString(text)
		if err != nil {
			s.err = err
		}
		ptrs[i] = p
	}
	s.keep = append(s.keep, ptrs)
	return address(s, &ptrs[0])
}

// address returns what steps of s know p by, and keeps it from being freed.
func address[T any](s *script, p *T) uintptr {
	s.keep = append(s.keep, p)
	return uintptr(unsafe.Pointer(p))
}

// here is the current directory, as the first argument of a call.
var here = uintptr(math.MaxUint - 99) // AT_FDCWD is -100

func (st *step) failed() bool { return st.result < 0 && st.result != notRun && st.result != st.allow }

// failure returns the step that ended the process, nil if none did.
func (s *script) failure() *step {
	for _, st := range s.steps {
		if st.failed() && st.fail == s.exit {
			if st.cause != nil {
				return st.cause
			}
			return st
		}
	}
	return nil
}

func (st *step) errno() unix.Errno { return unix.Errno(-st.result) }

// error is what a failed step of s means.
func (st *step) error(s *Spec) error {
	err := setupError(s, st.op, st.errno())
	err.Call = callName(st.nr)
	return err
}

// callName names the system calls that surroundings refuse.
func callName(nr uintptr) string {
	switch nr {
	case unix.SYS_MOUNT:
		return "mount"
	case unix.SYS_MOUNT_SETATTR:
		return "mount_setattr"
	case unix.SYS_UMOUNT2:
		return "umount2"
	case unix.SYS_PIVOT_ROOT:
		return "pivot_root"
	case unix.SYS_CHROOT:
		return "chroot"
	case unix.SYS_CHDIR:
		return "chdir"
	case unix.SYS_SETNS:
		return "setns"
	case unix.SYS_CLONE:
		return "clone"
	}
	return ""
}
