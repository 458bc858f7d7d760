package trace

import (
	"fmt"
	"io"
	"syscall"
	"time"
)

// Engine is a way to see system calls; see the package's description.
type Engine string

// The engines.
const (
	Auto     Engine = ""
	Notify   Engine = "notify"
	Ptrace   Engine = "ptrace"
	Syscalls Engine = "syscalls"
)

// Command is the program to run.
type Command struct {
	Path string   // of the executable; not searched for
	Args []string // with the program's own name first
	Env  []string
	Dir  string // working directory; empty for ours
	// Stdin, Stdout and Stderr are handed on as they are if they are files
	// (*os.File), and /dev/null if nil; otherwise they are copied through pipes.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Options say how to trace.
type Options struct {
	Engine Engine
	// Looks adds stat, access and their kin, which most programs make so often
	// that seeing them is what costs most.
	Looks bool
	// Grace is how long processes have to end after SIGTERM when the context
	// ends, before SIGKILL; 0 for none, which means SIGKILL at once.
	Grace time.Duration
	// Ended is called, if not nil, once the program has ended; what it has left
	// running may still make events. It must not block.
	Ended func()
}

// Result says how a traced program ended.
type Result struct {
	Engine Engine
	// Code is the exit status of the program, unless Signal ended it.
	Code   int
	Signal syscall.Signal
	// NoNewPrivs says that set-user-ID programs and file capabilities had no
	// effect: either the filter could only be installed under no_new_privs, or
	// we may not trace what has more privileges than we.
	NoNewPrivs bool
	// Unseen lists, a sentence each, by which means traced processes may have
	// used files without any event, and what they could not do because they
	// were traced.
	Unseen []string
}

// RefusedError is tracing that this machine does not allow.
type RefusedError struct {
	Engine Engine
	What   string // the operation that was refused, or did not work
	Err    error
	Cause  string // what probably refuses it; may be empty
}

func (e *RefusedError) Error() string {
	s := fmt.Sprintf("cannot %s: %v", e.What, e.Err)
	if e.Cause != "" {
		s += " (" + e.Cause + ")"
	}
	return s
}

func (e *RefusedError) Unwrap() error { return e.Err }

// ExecError is a program that could not be executed.
type ExecError struct {
	Path string
	Err  error
}

func (e *ExecError) Error() string { return fmt.Sprintf("cannot execute %s: %v", e.Path, e.Err) }
func (e *ExecError) Unwrap() error { return e.Err }
