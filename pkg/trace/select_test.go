package trace

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each testdata/select/NAME.jsonl is a recorded log; NAME.want is what Select
// makes of it, one path a line.
func TestSelect(t *testing.T) {
	logs, err := filepath.Glob("testdata/select/*.jsonl")
	if err != nil || len(logs) == 0 {
		t.Fatal("no logs", err)
	}
	for _, log := range logs {
		t.Run(strings.TrimSuffix(filepath.Base(log), ".jsonl"), func(t *testing.T) {
			got := describe(Select(readLog(t, log), SelectOptions{
				Outputs: []string{"/work/out"}, Home: "/home/me",
				Keep: func(p string) bool { return p == "/home/me/.aws/wanted" },
			}))
			want, err := os.ReadFile(strings.TrimSuffix(log, ".jsonl") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func readLog(t *testing.T, name string) []Event {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var events []Event
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var e Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		events = append(events, e)
	}
	return events
}

func describe(s Selection) string {
	var b strings.Builder
	by := func(all []Opener) {
		for _, o := range all {
			fmt.Fprintf(&b, " %d:%s", o.Run, o.Exe)
		}
		b.WriteByte('\n')
	}
	for _, n := range s.Needed {
		fmt.Fprintf(&b, "%s %s", n.Type, n.Path)
		if n.Exec {
			b.WriteString(" exec")
		}
		if n.Derived {
			b.WriteString(" derived")
		}
		by(n.By)
	}
	for _, x := range s.Secrets {
		fmt.Fprintf(&b, "secret %s (%s)", x.Path, x.Why)
		by(x.By)
	}
	return b.String()
}

func TestEventsAsJSON(t *testing.T) {
	for _, e := range []Event{
		{PID: 1, Call: "execve", Path: "/bin/x", Intent: Exec, Existed: true, Type: Regular},
		{Run: 2, PID: 7, Exe: "/bin/\xff", Call: "openat", Path: "/not\xfeutf-8", Intent: Read | Write, Foreign: true},
	} {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back Event
		if err := json.Unmarshal(text, &back); err != nil || back != e {
			t.Errorf("%s: got %+v, %v", text, back, err)
		}
	}
}

func TestSecret(t *testing.T) {
	for name, is := range map[string]bool{
		"/home/me/.ssh/config":                 true,
		"/home/you/.aws/credentials":           true,
		"/root/.netrc":                         true,
		"/run/secrets/db":                      true,
		"/etc/shadow":                          true,
		"/srv/app/server.key":                  true,
		"/srv/app/.env":                        true,
		"/srv/app/github-token":                true,
		"/etc/ssl/certs/ca-certificates.pem":   false,
		"/usr/lib/python3/dist-packages/t.pem": false,
		"/etc/passwd":                          false,
		"/srv/app/tokenizer.json":              false,
		"/home/me/.sshrc":                      false,
	} {
		if got := secret(name, "/home/me"); (got != "") != is {
			t.Errorf("%s: %q", name, got)
		}
	}
}
