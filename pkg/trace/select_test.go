package trace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// Each testdata/select/NAME.jsonl is a log; NAME.want is what Select makes of it,
// one path a line, where NAME.links has links, if any, and what they lead to.
func TestSelect(t *testing.T) {
	logs, err := filepath.Glob("testdata/select/*.jsonl")
	if err != nil || len(logs) == 0 {
		t.Fatal("no logs", err)
	}
	for _, log := range logs {
		t.Run(strings.TrimSuffix(filepath.Base(log), ".jsonl"), func(t *testing.T) {
			opts := SelectOptions{
				Outputs: []string{"/build/out"}, Home: "/home/me",
				Keep:    func(p string) bool { return p == "/home/me/.aws/wanted" },
				Resolve: resolver(t, strings.TrimSuffix(log, ".jsonl")+".links"),
			}
			events := readLog(t, log)
			got := describe(Select(events, opts))
			want, err := os.ReadFile(strings.TrimSuffix(log, ".jsonl") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			recorded, all := repeated(events)
			if got := describe(Select(recorded, opts)); got != string(want) {
				t.Errorf("from a record:\n%s\nwant:\n%s", got, want)
			}
			if got := describe(Select(all, opts)); got != string(want) {
				t.Errorf("with every event again after each:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// repeated is what a Record keeps of events, and all that was added to it: after
// each event, those before it once more.
func repeated(events []Event) (kept, all []Event) {
	var r Record
	for i := range events {
		all = append(all, events[i])
		all = append(all, events[:i]...)
	}
	for _, e := range all {
		r.Add(e)
	}
	return r.Events(), all
}

func TestRecordKeepsEachOnce(t *testing.T) {
	var r Record
	read := Event{Run: 1, PID: 7, Exe: "/bin/cat", Call: "openat", Path: "/etc/passwd", Intent: Read, Existed: true, Type: Regular}
	looked, byOther, again := read, read, read
	looked.Call, looked.Intent, again.PID, byOther.Exe = "stat", Stat, 8, "/bin/tac"
	for _, e := range []Event{read, looked, again, byOther, read} {
		r.Add(e)
	}
	if got := r.Events(); len(got) != 2 || got[0].Exe != read.Exe || got[1] != (Event{Run: 1, Exe: "/bin/tac", Call: "openat", Path: "/etc/passwd", Intent: Read, Existed: true, Type: Regular}) {
		t.Errorf("got %+v", got)
	}
}

// resolver follows the links that a file lists; nil if there is no such file.
func resolver(t *testing.T, name string) func(string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		t.Fatal(err)
	}
	links := map[string]string{}
	for line := range strings.Lines(string(text)) {
		from, to, _ := strings.Cut(strings.TrimSpace(line), " ")
		links[from] = to
	}
	var resolve func(string) string
	resolve = func(name string) string {
		if name == "/" {
			return name
		}
		name = path.Join(resolve(path.Dir(path.Clean(name))), path.Base(path.Clean(name)))
		if to, ok := links[name]; ok {
			return resolve(to)
		}
		return name
	}
	return resolve
}

func readLog(t *testing.T, name string) []Event {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	events, err := ReadLog(f)
	if err != nil {
		t.Fatal(err)
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
	for _, name := range s.Foreign {
		fmt.Fprintf(&b, "foreign %s\n", name)
	}
	return b.String()
}

func TestSecret(t *testing.T) {
	for name, is := range map[string]bool{
		"/home/me/.ssh/config":                 true,
		"/srv/me/.ssh/config":                  true,
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
		"/etc/pam.d/common-password":           false,
		"/srv/app/tokenizer.json":              false,
		"/home/me/.sshrc":                      false,
	} {
		if got := secret(name, []string{"/root", "/srv/me"}); (got != "") != is {
			t.Errorf("%s: %q", name, got)
		}
	}
}
