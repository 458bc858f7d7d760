package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/5bbb5df2/pack/pkg/jail"
	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/plan"
)

// The exit statuses; docs and help list them too.
const (
	exitOK = iota
	exitFailure
	exitUsage
	exitMissing
	exitTest
)

// usageError is a command line that cannot be understood.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }
func (e *usageError) Hint() string  { return "see pack --help" }

// exitCode is the one table from error to exit status.
func exitCode(err error) int {
	switch {
	case err == nil:
		return exitOK
	case is[*usageError](err), is[*pipeline.UsageError](err), is[*plan.ConflictError](err):
		return exitUsage
	case is[*pipeline.MissingError](err), is[*pipeline.ProofError](err):
		return exitMissing
	case is[*jail.FailedError](err):
		return exitTest
	}
	return exitFailure
}

func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// report prints err the way every failure looks: what and why on one line,
// what to do about it on the next, details after that. It returns the exit
// status.
func report(w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	var failed *jail.FailedError
	var missing *pipeline.MissingError
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "pack: interrupted: nothing was written")
		return exitFailure
	case errors.As(err, &missing):
		for _, p := range missing.Problems {
			fmt.Fprintf(w, "pack: %s\n", oneLine(p.Error()))
		}
	default:
		fmt.Fprintf(w, "pack: %s\n", oneLine(err.Error()))
	}
	var h interface{ Hint() string }
	if errors.As(err, &h) && h.Hint() != "" {
		fmt.Fprintf(w, "hint: %s\n", h.Hint())
	}
	if errors.As(err, &failed) {
		fmt.Fprint(w, failed.Detail())
	}
	return exitCode(err)
}

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", "; ") }
