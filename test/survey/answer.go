package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// patience is how long a program may take on the machine; in its bundle it may
// take twice as long, for the second run is beside a copy.
const patience = 10 * time.Second

// asked are the questions, in the order they are tried.
var asked = []string{"--version", "--help", "-V", "-h"}

// The kinds of answer.
const (
	// answers: --version or --help was answered with success and some output.
	answers = "answers"
	// complains: something else was said, and said again the second time.
	complains = "complains"
	// unstable: no two runs said the same.
	unstable = "unstable"
	// silent: nothing was said, or not in time.
	silent = "silent"
)

// reference is what a program does on the machine.
type reference struct {
	Path string
	Key  string
	Kind string
	Args []string
	// Why says what makes an unstable answer so.
	Why    string `json:",omitempty"`
	Result result
	// Masked: numbers are left out of the comparison, for the two runs on the
	// machine differ in them.
	Masked bool `json:",omitempty"`
}

// refer finds the question that p answers on the machine, seen through root.
// The best is --version or --help answered with success; else the first that
// makes it say the same twice, be it only how it is used.
func refer(ctx context.Context, root string, p program) (reference, error) {
	best := reference{Path: p.Path, Kind: silent}
	for _, question := range asked {
		args := []string{p.Path, question}
		first, err := enter(ctx, cell{Root: root, Args: args}, patience)
		if err != nil {
			return best, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
		}
		if first.TimedOut || strings.TrimSpace(first.Output) == "" {
			continue
		}
		second, err := enter(ctx, cell{Root: root, Args: args}, patience)
		if err != nil {
			return best, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
		}
		masked, same := agree(first, second)
		found := reference{Path: p.Path, Args: args, Result: first, Masked: masked}
		switch {
		case !same:
			found.Kind, found.Why = unstable, firstDifference(first, second)
		case first.Exit == 0 && strings.HasPrefix(question, "--"):
			found.Kind = answers
			return found, nil
		default:
			found.Kind = complains
		}
		if best.Kind == silent || best.Kind == unstable && found.Kind == complains {
			best = found
		}
	}
	return best, nil
}

// agree says whether two runs are the same, and whether only without numbers:
// times, process numbers, addresses, names of temporary files.
func agree(a, b result) (masked, same bool) {
	if a.Exit != b.Exit || a.TimedOut || b.TimedOut {
		return false, false
	}
	if a.Output == b.Output {
		return false, true
	}
	return true, mask(a.Output) == mask(b.Output)
}

var numbers = regexp.MustCompile(`0x[0-9a-fA-F]+|\d+`)

func mask(text string) string { return numbers.ReplaceAllString(text, "#") }

// matches compares a run in a bundle with the reference.
func (r reference) matches(got result) bool {
	if got.Exit != r.Result.Exit || got.TimedOut {
		return false
	}
	return got.Output == r.Result.Output || r.Masked && mask(got.Output) == mask(r.Result.Output)
}

// firstDifference tells two ends apart in one line.
func firstDifference(want, got result) string {
	if got.TimedOut {
		return "no end in time"
	}
	a, b := strings.Split(want.Output, "\n"), strings.Split(got.Output, "\n")
	for i := range max(len(a), len(b)) {
		if line(a, i) != line(b, i) {
			return fmt.Sprintf("exit %d → %d, line %d: %q → %q", want.Exit, got.Exit, i+1, line(a, i), line(b, i))
		}
	}
	return fmt.Sprintf("exit %d → %d", want.Exit, got.Exit)
}

func line(lines []string, i int) string {
	if i >= len(lines) {
		return ""
	}
	return lines[i][:min(len(lines[i]), 160)]
}
