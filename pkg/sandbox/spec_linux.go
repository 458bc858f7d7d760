package sandbox

import (
	"fmt"
	"io"
	"syscall"
)

// Spec says what to start, and in which surroundings.
type Spec struct {
	// Ops are applied in order before the program starts.
	Ops []Op

	// Clone is a set of CLONE_NEW* flags (namespaces(7)) for the helper and
	// the program. With CLONE_NEWNS every mount is made private first, so that
	// nothing done to the new namespace shows outside of it. With CLONE_NEWPID
	// the helper is process 1 and the program never is.
	Clone uintptr
	// MapUID and MapGID are, with CLONE_NEWUSER, the caller's own ids as seen
	// inside; other ids are not mapped (user_namespaces(7)).
	MapUID, MapGID int

	// User, if not nil, is what the program runs as, without supplementary
	// groups.
	User *User
	// Dir is the program's working directory, inside the new root.
	Dir string
	// Argv is the program and its arguments. A name without a slash is looked
	// up in Env's PATH inside the new root, as execvp(3) does. With no Argv the
	// operations are tried out and nothing is started.
	Argv []string
	// Env is the program's whole environment, as K=V.
	Env []string

	// Stdin, Stdout and Stderr are the program's; nil is /dev/null. Outputs
	// are read until every process in the sandbox is gone.
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// Started, if not nil, is called once the program has been executed.
	Started func()
}

// User is a numeric user and group.
type User struct{ UID, GID int }

// Status is how a program ended.
type Status struct {
	Code   int            // exit status, 0 if a signal ended it
	Signal syscall.Signal // 0 if it exited
	// Skipped are the optional operations that failed.
	Skipped []*SetupError
}

// SetupError is a step of the preparation that failed; the program was not
// started.
type SetupError struct {
	Step string // for messages: "mount proc on /proc"
	Op   Op     // zero if the step is not one of Spec.Ops
	Call string // the system call that was refused, "" if [Enter] did not make one
	Err  error  // usually a syscall.Errno
}

func (e *SetupError) Error() string { return fmt.Sprintf("cannot %s: %v", e.Step, e.Err) }

// Unwrap returns the cause.
func (e *SetupError) Unwrap() error { return e.Err }

// ExecError is a program that could not be executed; everything before that
// had worked.
type ExecError struct {
	Path string
	Err  error
	// Exists tells an ENOENT for the program itself (false) from one for its
	// ELF or #! interpreter (true); execve(2) gives the same error for both.
	Exists bool
}

func (e *ExecError) Error() string {
	if e.Exists && e.Err == syscall.ENOENT {
		return fmt.Sprintf("cannot execute %s: its loader or #! interpreter is missing", e.Path)
	}
	return fmt.Sprintf("cannot execute %s: %v", e.Path, e.Err)
}

// Unwrap returns the cause.
func (e *ExecError) Unwrap() error { return e.Err }
