package pipeline_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rules"
)

const ruleTable = `
rule account
  why  w
  when import getpwuid
  make passwd group nss
rule text
  why  w
  when text /etc/of-no-program-else
  file /etc/made/by-text one\ntwo
  dir  1777 /var/made-for-text 7:8
rule beside
  why  w
  when start **/rules-main
  load libmust.so.1 libabsent.so.1
  add  $dir/lib/libgood*
rule child
  why  w
  when rule beside
  file /etc/made/by-child x
rule off
  why  w
  if   it is wanted
  default off
  when import getpwuid
  add  $dir/lib/libextra.so.1
rule quiet
  why  w
  default off
  when import getpwuid
  add  $dir/lib/libextra.so.1
`

// ruleProgram builds a program that is evidence for all of ruleTable.
func ruleProgram(t *testing.T) (dir, program string) {
	dir = buildNoted(t)
	source := "#include <pwd.h>\nconst char *volatile s = \"/etc/of-no-program-else\";\nint main(void) { return !getpwuid(0) + !s; }\n"
	if err := os.WriteFile(filepath.Join(dir, "rules.c"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	gcc(t, dir, "-o", "rules-main", "rules.c", "-Wl,-rpath,$ORIGIN/lib")
	return dir, filepath.Join(dir, "rules-main")
}

func planRules(t *testing.T, program string, with, without []string) *pipeline.Result {
	t.Helper()
	list, err := rules.Parse("test", ruleTable)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pipeline.Plan(context.Background(), &pipeline.Spec{
		Inputs: []string{program}, Output: "/bundle",
		Rules: &pipeline.Rules{Set: rules.NewSet(list), With: with, Without: without},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestRules(t *testing.T) {
	dir, program := ruleProgram(t)
	r := planRules(t, program, nil, nil)
	for path, want := range map[string]plan.Reason{
		"/etc/made/by-text":         {Kind: plan.Rule, By: "text", Via: program + " holds the text /etc/of-no-program-else"},
		"/var/made-for-text":        {Kind: plan.Rule, By: "text", Via: program + " holds the text /etc/of-no-program-else"},
		dir + "/lib/libmust.so.1":   {Kind: plan.Rule, By: "beside", Via: program + " is started as " + program},
		dir + "/lib/libgood.so.1":   {Kind: plan.Rule, By: "beside", Via: program + " is started as " + program},
		dir + "/lib/libdeep.so.1":   {Kind: plan.Needed, By: dir + "/lib/libgood.so.1", Via: "libdeep.so.1 by RUNPATH " + dir + "/lib"},
		"/etc/passwd":               {Kind: plan.Rule, By: "account", Via: program + " imports getpwuid"},
		"/etc/group":                {Kind: plan.Rule, By: "account", Via: program + " imports getpwuid"},
		dir + "/lib/libextra.so.1":  {},
		dir + "/lib/libabsent.so.1": {},
	} {
		e := r.Plan.Get(path)
		switch {
		case e == nil && want != plan.Reason{}:
			t.Errorf("%s is not in the bundle", path)
		case e != nil && e.Why[0] != want:
			t.Errorf("%s is there because of %v, want %v", path, e.Why, want)
		}
	}
	if e := r.Plan.Get("/var/made-for-text"); e != nil && (e.Mode != fs.ModeDir|fs.ModeSticky|0o777 || e.UID != 7 || e.GID != 8) {
		t.Errorf("made directory: %v %d:%d", e.Mode, e.UID, e.GID)
	}
	if r.Plan.Get("/etc/made/by-child") == nil {
		t.Error("a rule does not bring on another")
	}
	if len(r.Tips) != 1 || !strings.HasPrefix(r.Tips[0], "rules-main imports getpwuid: add --with off (") || !strings.HasSuffix(r.Tips[0], " if it is wanted") {
		t.Errorf("tips %q", r.Tips)
	}
}

func TestRulesChosen(t *testing.T) {
	dir, program := ruleProgram(t)
	r := planRules(t, program, []string{"off"}, []string{"all"})
	if r.Plan.Get(dir+"/lib/libextra.so.1") == nil {
		t.Error("--with does not win over --without all")
	}
	for _, path := range []string{"/etc/passwd", "/etc/made/by-text", dir + "/lib/libgood.so.1"} {
		if r.Plan.Get(path) != nil {
			t.Errorf("%s is in the bundle for all --without all", path)
		}
	}
}

// TestAccounts expects no account but those of every container and of the
// bundle's owners, and no password.
func TestAccounts(t *testing.T) {
	_, program := ruleProgram(t)
	e := planRules(t, program, nil, nil).Plan.Get("/etc/passwd")
	if e == nil {
		t.Fatal("no passwd")
	}
	ids := map[string]bool{"0": true, "7": true, "65532": true, "65534": true}
	for line := range strings.Lines(string(e.From.Data)) {
		fields := strings.Split(line, ":")
		if len(fields) != 7 || fields[1] != "x" && fields[1] != "*" || !ids[fields[2]] {
			t.Errorf("account %q", line)
		}
	}
}
