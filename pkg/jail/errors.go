//go:build linux

package jail

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// FailedError is a program that ran, or was to be executed, in the bundle and
// did not do what was expected.
type FailedError struct {
	Result *Result
	// Exec is why the program could not be executed, nil if it was.
	Exec *sandbox.ExecError
	// Timeout is the limit it exceeded, 0 if it did not.
	Timeout time.Duration
	// Diff is a unified diff from the expected to the real standard output,
	// "" if that was right or not asked for.
	Diff string
}

// Error says in one line what went wrong.
func (e *FailedError) Error() string { return "the test failed: " + e.reason() }

func (e *FailedError) reason() string {
	r := e.Result
	switch {
	case e.Exec != nil:
		return e.Exec.Error()
	case e.Timeout > 0:
		return fmt.Sprintf("%s did not end within %v", quoteArgv(r.Argv), e.Timeout)
	case r.Signal != 0:
		return fmt.Sprintf("%s was ended by signal %d (%s)", quoteArgv(r.Argv), int(r.Signal), unix.SignalName(r.Signal))
	case r.ExitCode != 0:
		return fmt.Sprintf("%s ended with exit status %d", quoteArgv(r.Argv), r.ExitCode)
	}
	return "the standard output is not what was expected"
}

// Unwrap returns Exec.
func (e *FailedError) Unwrap() error {
	if e.Exec == nil {
		return nil
	}
	return e.Exec
}

// Detail is text of several lines to show below the error: the diff if there
// is one, else the end of the output. It is "" if there was no output.
func (e *FailedError) Detail() string {
	if e.Diff != "" {
		return e.Diff + section("standard error", e.Result.StderrTail)
	}
	return section("standard output", e.Result.StdoutTail) + section("standard error", e.Result.StderrTail)
}

func section(name string, text []byte) string {
	s := strings.TrimRight(string(text), "\n")
	if s == "" {
		return ""
	}
	return name + ":\n  " + strings.ReplaceAll(s, "\n", "\n  ") + "\n"
}

// Attempt is a strategy that could not be set up, and why.
type Attempt struct {
	Strategy Strategy
	Err      error
}

// UnavailableError says that no strategy works here.
type UnavailableError struct {
	Attempts []Attempt
	UID      *int // who the program was to run as
}

func (e *UnavailableError) Error() string {
	var why []string
	for _, a := range e.Attempts {
		why = append(why, fmt.Sprintf("%s: %v", a.Strategy, a.Err))
	}
	return "cannot run the test in the bundle: " + strings.Join(why, "; ")
}

// Unwrap returns the causes.
func (e *UnavailableError) Unwrap() []error {
	var errs []error
	for _, a := range e.Attempts {
		errs = append(errs, a.Err)
	}
	return errs
}

// Hint says what to do about it.
func (e *UnavailableError) Hint() string {
	if e.UID != nil {
		return "run as root to test as another user"
	}
	return "run as root, or allow unprivileged user namespaces (sysctl user.max_user_namespaces, " +
		"kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)"
}

// NeedShellError is a test command that needs a shell where there is none to
// be had.
type NeedShellError struct {
	Command string
	Why     string // what in the command needs a shell, or what is wrong with the busybox
	Busybox string // what was looked for, or found and of no use
}

func (e *NeedShellError) Error() string {
	return fmt.Sprintf("cannot run the test command %s: %s", strconv.Quote(e.Command), e.Why)
}

// Hint says what to do about it.
func (e *NeedShellError) Hint() string {
	return "install busybox-static (apt-get install busybox-static), or name one with --busybox"
}

func quoteArgv(argv []string) string {
	var words []string
	for _, a := range argv {
		if a == "" || strings.ContainsAny(a, " \t\n\"'\\$`") {
			a = strconv.Quote(a)
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}
