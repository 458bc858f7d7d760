package launch

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// Exit statuses of the launcher itself, those of env(1).
const (
	exitFailed     = 125 // the program was not started
	exitNoExec     = 126 // it cannot be executed
	exitNotFound   = 127 // it is not there
	exitDifference = 1   // --pack-verify found a difference
)

// hinted is an error with what to do about it.
type hinted struct {
	err  error
	hint string
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }
func (e *hinted) Hint() string  { return e.hint }

func withHint(err error, hint string) error {
	if err == nil || hint == "" {
		return err
	}
	return &hinted{err, hint}
}

// orHint adds a hint to an error that has none yet.
func orHint(err error, hint string) error {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return err
	}
	return withHint(err, hint)
}

// fail prints err and returns the status to end with.
func (p *Process) fail(err error) sandbox.Status {
	err = explained(err)
	fmt.Fprintf(p.Stderr, "pack: %v\n", err)
	var h interface{ Hint() string }
	if errors.As(err, &h) && h.Hint() != "" {
		for line := range strings.Lines(h.Hint()) {
			fmt.Fprintf(p.Stderr, "hint: %s\n", strings.TrimSuffix(line, "\n"))
		}
	}
	return sandbox.Status{Code: exitStatus(err)}
}

func exitStatus(err error) int {
	var e *sandbox.ExecError
	switch {
	case !errors.As(err, &e):
		return exitFailed
	case errors.Is(e.Err, fs.ErrNotExist) && !e.Exists, e.Err == unix.ENOTDIR:
		return exitNotFound
	}
	return exitNoExec
}

// damaged adds what to do about a file that is not what was made.
func damaged(err error) error {
	if errors.Is(err, portable.ErrDamaged) || errors.Is(err, portable.ErrNotPortable) {
		return withHint(err, "the file was changed or cut short on its way: get it again")
	}
	return err
}
