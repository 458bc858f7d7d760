package rules

import "testing"

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
