package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

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
	exitDynamic
)

// usageError is a command line that cannot be understood; of is the command
// whose help says how it is right.
type usageError struct {
	err error
	of  string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }
func (e *usageError) Hint() string  { return "see " + cmp.Or(e.of, "pack") + " --help" }

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
	case is[*pipeline.DynamicError](err):
		return exitDynamic
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
		fmt.Fprintf(w, "hint: %s\n", oneLine(h.Hint()))
	}
	if errors.As(err, &failed) {
		fmt.Fprint(w, failed.Detail())
	}
	return exitCode(err)
}

func oneLine(s string) string { return printable(strings.ReplaceAll(s, "\n", "; ")) }

// printable writes what a terminal would obey rather than show, and what is no
// UTF-8, as escape sequences of Go: names and texts of files are anybody's.
func printable(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, isControl) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case isControl(r):
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
		s = s[n:]
	}
	return b.String()
}

// isControl also takes the format characters, which can turn the direction of
// the text around them (category Cf of Unicode).
func isControl(r rune) bool { return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) }
