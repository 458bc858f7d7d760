package jail

import (
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// maxDiffLines is how much of a diff is worth showing.
const maxDiffLines = 100

// judge compares what the program did with what was asked for. An exit status
// tells more than a wrong output, which usually follows from it.
func (r *run) judge(res *Result) error {
	failed := &FailedError{Result: res}
	if res.TimedOut {
		failed.Timeout = r.Timeout
		return failed
	}
	if r.WantStdout != nil {
		failed.Diff = r.compare(res)
	}
	if res.Signal == 0 && res.ExitCode == 0 && failed.Diff == "" {
		return nil
	}
	return failed
}

// compare returns a diff, "" if the output is what was wanted.
func (r *run) compare(res *Result) string {
	want, got := strings.TrimSpace(*r.WantStdout), strings.TrimSpace(string(res.Stdout))
	if want == got && !r.stdout.cut {
		return ""
	}
	if r.stdout.cut {
		got += "\n(more, not shown)"
	}
	text := diff.Diff("expected", []byte(want+"\n"), "standard output", []byte(got+"\n"))
	lines := strings.SplitAfter(string(text), "\n")
	// The first line repeats the command line of diff(1).
	lines = lines[min(1, len(lines)):]
	if len(lines) > maxDiffLines {
		lines = append(lines[:maxDiffLines], "(more, not shown)\n")
	}
	return strings.Join(lines, "")
}
