package rules

import (
	"slices"
	"testing"
)

func TestGlobOfEvidence(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          []string
		ok            bool
	}{
		{"libpython*.so.*", "libpython3.12.so.1.0", []string{"3.12", "1.0"}, true},
		{"/usr/*/git", "/usr/bin/git", []string{"bin"}, true},
		{"/usr/*/git", "/usr/local/bin/git", nil, false},
		{"**/git", "/git", []string{""}, true},
		{"**/git", "/usr/local/bin/git", []string{"/usr/local/bin"}, true},
		{"**/lib*/gcc/*/*/cc1", "/opt/x/libexec/gcc/t-x-y/12/cc1", []string{"/opt/x", "exec", "t-x-y", "12"}, true},
		{"/opt/**", "/opt/a/b", []string{"a/b"}, true},
		{"**", "", []string{""}, true},
		{"*", "a/b", nil, false},
	}
	for _, tt := range tests {
		if got, ok := Glob(tt.pattern, tt.name); ok != tt.ok || !slices.Equal(got, tt.want) {
			t.Errorf("Glob(%q, %q) = %q, %v, not %q, %v", tt.pattern, tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

func TestStartedAndScripts(t *testing.T) {
	list, err := Parse("test", `
rule venv
  why x
  when start **/python*
  above pyvenv.cfg
  add $above/lib
rule package
  why x
  when script node
  in /opt/**
  add $dir
`)
	if err != nil {
		t.Fatal(err)
	}
	set := NewSet(list)
	link := Fact{Path: "/usr/bin/python3.11", Start: "/venv/bin/python3"}
	m := set.Match(link)
	if len(m) != 1 || m[0].Vars["dir"] != "/venv/bin" || m[0].Vars["name"] != "python3" {
		t.Errorf("what is started is known by the name it is started by, not %+v", m)
	}
	tool := Fact{Path: "/opt/app/bin/x.js", Start: "/usr/bin/x", RunBy: []string{"env", "node"}}
	m = set.Match(tool)
	if len(m) != 1 || m[0].Vars["dir"] != "/opt/app/bin" {
		t.Errorf("a script is known by its real path, not %+v", m)
	}
	tool.Path = "/usr/bin/x.js"
	if m = set.Match(tool); len(m) != 0 {
		t.Errorf("outside the directories of the rule: %+v", m)
	}
}

func TestExpand(t *testing.T) {
	m := Match{Vars: map[string]string{"dir": "/opt/a[1]", "prefix": "/", "1": "3.11", "at": "/x", "name": "p"}}
	lib := []string{"/lib", "/usr/lib"}
	for text, want := range map[string][]string{
		"/etc/x":       {"/etc/x"},
		"$lib/y$1.so":  {"/lib/y3.11.so", "/usr/lib/y3.11.so"},
		"$prefix/lib":  {"/lib"},
		"$dir/*.py":    {`/opt/a\[1]/*.py`},
		"$above/lib":   nil,
		"$dir/$2":      nil,
		"$at/$name.rc": {"/x/p.rc"},
		"$nothing":     nil,
	} {
		if got := m.Expand(text, lib); !slices.Equal(got, want) {
			t.Errorf("Expand(%q) = %q, not %q", text, got, want)
		}
	}
}

// TestFiredKeepsVariables is about a rule that goes with another.
func TestFiredKeepsVariables(t *testing.T) {
	list, err := Parse("test", "rule a\nwhy x\nwhen path **/p\nadd $dir\nrule b\nwhy x\nwhen rule a\nadd $dir/more\n")
	if err != nil {
		t.Fatal(err)
	}
	set := NewSet(list)
	next := set.After(set.Match(Fact{Path: "/d/p"})[0])
	if len(next) != 1 || next[0].Rule.Name != "b" || next[0].Vars["dir"] != "/d" {
		t.Errorf("after a came %+v", next)
	}
}
