package race

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func sh(name, script string, args ...string) *Contestant {
	return &Contestant{Name: name, Args: append([]string{"sh", "-euc", script, "sh"}, args...)}
}

func TestCommandsTakeTurns(t *testing.T) {
	dir := t.TempDir()
	a, b := sh("a", "printf $ME >>log"), sh("b", "printf $ME >>log")
	a.Dir, a.Env = dir, []string{"ME=a"}
	b.Dir, b.Env = dir, []string{"ME=b"}
	if err := (&Race{Contestants: []*Contestant{a, b}}).Run(context.Background(), 3); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil || string(log) != "abbaabba" {
		t.Errorf("they ran as %q, %v, want abbaabba: each goes first in turn", log, err)
	}
	for _, c := range []*Contestant{a, b} {
		if len(c.Times) != 3 || c.Median() <= 0 || c.Peak <= 0 {
			t.Errorf("%s: times %v, peak %d bytes; want 3 times, as the first run is for the caches, and a peak", c.Name, c.Times, c.Peak)
		}
	}
}

func TestOutputIsFresh(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	makes, fills := sh("makes", `mkdir "$1"`, out), sh("fills", `test -z "$(ls "$1")"; touch "$1/file"`, out)
	makes.Output, fills.Output, fills.MakeDir = out, out, true
	if err := (&Race{Contestants: []*Contestant{makes, fills}}).Run(context.Background(), 2); err != nil {
		t.Error(err)
	}
}

func TestFailures(t *testing.T) {
	runs := 0
	flaky := &Contestant{Name: "flaky", MayFail: true, Do: func(context.Context) error {
		runs++
		return errors.New("out of luck")
	}}
	other := sh("other", "true")
	r := &Race{Task: "task", Contestants: []*Contestant{flaky, other}}
	if err := r.Run(context.Background(), 2); err != nil {
		t.Fatal(err)
	}
	if runs != 1 || flaky.Failed == nil || len(other.Times) != 2 {
		t.Errorf("who fails ran %d times (%v), the other %d; want 1 and 2", runs, flaky.Failed, len(other.Times))
	}
	r.Contestants = []*Contestant{other, sh("broken", "echo no such luck >&2; exit 3")}
	err := r.Run(context.Background(), 1)
	if err == nil || !strings.HasPrefix(err.Error(), "task: broken: exit status 3") || !strings.Contains(err.Error(), "no such luck") {
		t.Errorf("error %v, want the task, the tool, its exit status and its words", err)
	}
}

func TestCancelledIsNoFailure(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Contestant{Name: "c", MayFail: true, Do: func(context.Context) error {
		cancel()
		return errors.New("interrupted")
	}}
	if err := (&Race{Contestants: []*Contestant{c}}).Run(ctx, 1); !errors.Is(err, context.Canceled) || c.Failed != nil {
		t.Errorf("Run = %v with failure %v, want only that it was cancelled", err, c.Failed)
	}
}
