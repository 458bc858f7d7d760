package rules_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/rules"
)

// TestString expects every rule of the table to be read again as it is shown.
func TestString(t *testing.T) {
	list, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		again, err := rules.Parse("shown", r.String())
		if err != nil || len(again) != 1 || !reflect.DeepEqual(again[0], r) {
			t.Errorf("%s is read as %+v, %v", r.String(), again, err)
		}
	}
}

func TestParse(t *testing.T) {
	text := `# a comment
rule one
  why   it fails    # a comment
  if    it is used
  size  medium
  default off
  when  soname lib*.so.1 libb.so
  when  text /etc/x
  in    /usr/**
  exists /etc/one
  add   /etc/one $dir/a#b
  load  libc.so.6
  dir   1777 /tmp
  dir   0700 /home/x 65532:65533
  file  /etc/two a b\nc\n
  make  passwd
  skip  **/doc
`
	got, err := rules.Parse("f", text)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 {
		t.Fatalf("%d rules", len(got))
	}
	r := got[0]
	if r.Name != "one" || r.Why != "it fails" || r.If != "it is used" || r.Size != "medium" || r.On {
		t.Errorf("%+v", r)
	}
	if want := []rules.Evidence{{rules.Soname, "lib*.so.1"}, {rules.Soname, "libb.so"}, {rules.Text, "/etc/x"}}; !slices.Equal(r.When, want) {
		t.Errorf("when %v", r.When)
	}
	var do []string
	for _, a := range r.Do {
		do = append(do, string(a.Verb)+" "+a.Arg+" "+a.Mode.String()+" "+strings.TrimPrefix(fmt.Sprint(a.UID, a.GID), "0 0")+a.Text)
	}
	want := []string{
		"add /etc/one ---------- ", "add $dir/a#b ---------- ", "load libc.so.6 ---------- ",
		"dir /tmp trwxrwxrwx ", "dir /home/x -rwx------ 65532 65533", "file /etc/two -rw-r--r-- a b\nc\n", "make passwd ---------- ",
	}
	if !slices.Equal(do, want) {
		t.Errorf("do %q", do)
	}
}

func TestParseErrors(t *testing.T) {
	two := "rule two\n why w\n when soname x\n add /x\n"
	block := "rule one\n why w\n when soname x\n add /x\n"
	for name, c := range map[string]struct {
		text string
		line int
		msg  string
	}{
		"nothing before the first rule": {"add /x\n", 1, "before the first rule"},
		"rule without a name":           {"rule\n", 1, "no name"},
		"name of two words":             {"rule a b\n", 1, "no name"},
		"name with a comma":             {"rule a,b\n", 1, "no name"},
		"name twice":                    {block + block, 5, "already"},
		"unknown directive":             {block + " frobnicate x\n", 5, "unknown directive"},
		"directive alone":               {block + " add\n", 5, "nothing follows"},
		"unknown evidence":              {block + " when moon full\n", 5, "unknown evidence"},
		"evidence of nothing":           {block + " when soname\n", 5, "of what"},
		"unknown size":                  {block + " size huge\n", 5, "size is"},
		"unknown default":               {block + " default maybe\n", 5, "default is"},
		"directory without a mode":      {block + " dir /x\n", 5, "octal mode"},
		"directory with a wide mode":    {block + " dir 77777 /x\n", 5, "octal mode"},
		"directory of nobody known":     {block + " dir 0755 /x nobody\n", 5, "owner"},
		"directory of one number":       {block + " dir 0755 /x 1\n", 5, "owner"},
		"relative directory":            {block + " dir 0755 x\n", 5, "absolute"},
		"relative file":                 {block + " file x y\n", 5, "absolute"},
		"rule without a why":            {"rule one\n when soname x\n add /x\n" + two, 1, "lacks a why"},
		"rule without evidence":         {"\nrule one\n why w\n add /x\n" + two, 2, "lacks a when"},
		"rule that adds nothing":        {"rule one\n why w\n when soname x\n" + two, 1, "lacks anything to add"},
		"rule called all":               {"rule all\n", 1, "no name"},
		"unknown making":                {block + " make coffee\n", 5, "nothing of that name can be made"},
		"no glob":                       {block + " add /x /[y\n", 5, `add "/[y": unclosed`},
		"no glob to skip":               {block + " skip {a\n", 5, `"{a": unclosed`},
		"relative glob":                 {block + " add x/y\n", 5, "not an absolute path"},
		"relative glob to run":          {block + " run bin/y\n", 5, "not an absolute path"},
		"relative alternative":          {block + " add {$dir,{/a,b}}/y\n", 5, "not an absolute path"},
		"relative condition":            {block + " exists y\n", 5, "not an absolute path"},
		"absolute landmark":             {block + " above /y\n", 5, "not a relative path"},
		"relative library":              {block + " load ../../x\n", 5, "neither a name nor an absolute path"},
		"unknown variable":              {block + " add $lib/x /y/$home/z\n", 5, "no variable $home"},
		"longer name of a variable":     {block + " add $directory/x\n", 5, "no variable $directory"},
		"dollar alone":                  {block + " add /x$/y\n", 5, "no variable $"},
		"unknown variable of file":      {block + " file /x/$y z\n", 5, "file takes"},
		"variable in evidence":          {block + " in $dir/x\n", 5, "no variables"},
		"not a rule file":               {strings.Repeat("\x00ELF", 1000) + " x\n", 1, `ELF"... before`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := rules.Parse("my.rules", c.text)
			var syntax *rules.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("error %v", err)
			}
			if len(err.Error()) > 500 {
				t.Errorf("a message of %d bytes", len(err.Error()))
			}
			if syntax.File != "my.rules" || syntax.Line != c.line || !strings.Contains(syntax.Msg, c.msg) {
				t.Errorf("%v, want line %d: %s", err, c.line, c.msg)
			}
		})
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		groups        []string
		ok            bool
	}{
		{"libc.so.6", "libc.so.6", nil, true},
		{"libc.so.6", "libc.so", nil, false},
		{"libcrypto.so.*", "libcrypto.so.3", []string{"3"}, true},
		{"libMagickCore-*.*.so.*", "libMagickCore-6.Q16.so.6", []string{"6", "Q16", "6"}, true},
		{"lib*.so", "lib.so", []string{""}, true},
		{"lib*.so", "lib/x.so", nil, false},
		{"**/bin/git", "/usr/bin/git", []string{"/usr"}, true},
		{"**/bin/git", "/usr/bin/gitk", nil, false},
		{"/usr/**", "/usr/a/b", []string{"a/b"}, true},
		{"*", "", []string{""}, true},
		{"/usr/*/git", "/usr/local/bin/git", nil, false},
		{"**/git", "/git", []string{""}, true},
		{"**/lib*/gcc/*/*/cc1", "/opt/x/libexec/gcc/t-x-y/12/cc1", []string{"/opt/x", "exec", "t-x-y", "12"}, true},
		{"**", "", []string{""}, true},
		{"*", "a/b", nil, false},
		{"", "", nil, true},
	} {
		if groups, ok := rules.Glob(c.pattern, c.name); ok != c.ok || !slices.Equal(groups, c.groups) {
			t.Errorf("%s against %s: %q %v, want %q %v", c.pattern, c.name, groups, ok, c.groups, c.ok)
		}
	}
}

func TestExpand(t *testing.T) {
	m := rules.Match{Vars: map[string]string{"dir": "/usr/lib/x[1]", "prefix": "/", "1": "3.11", "name": "a*b", "at": "/x"}}
	lib := []string{"/lib", "/usr/lib"}
	for text, want := range map[string][]string{
		"/etc/x":            {"/etc/x"},
		"$dir/engines-$1":   {`/usr/lib/x\[1]/engines-3.11`},
		"$prefix/share":     {"/share"},
		"$lib/gconv":        {"/lib/gconv", "/usr/lib/gconv"},
		"{$dir,$lib}/a":     {`{/usr/lib/x\[1],/lib}/a`, `{/usr/lib/x\[1],/usr/lib}/a`},
		"$2/nothing":        nil,
		"$above/nothing":    nil,
		"$at/$name.rc":      {`/x/a\*b.rc`},
		"/quoted/$name/end": {`/quoted/a\*b/end`},
	} {
		if got := m.Expand(text, lib); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	list, err := rules.Parse("f", `
rule tls
  why  w
  when soname libssl.so.* libcrypto.so.*
  add  $dir/engines-$1
rule both
  why  w
  when import a b
  add  /x
rule child
  why  w
  when rule tls
  add  /y
rule away
  why  w
  when soname libssl.so.*
  in   /opt/**
  add  /z
`)
	if err != nil {
		t.Fatal(err)
	}
	set := rules.NewSet(list)
	got := set.Match(rules.Fact{Path: "/usr/lib/libssl.so.3", Soname: "libssl.so.3", ELF: true, Imports: []string{"b", "a"}})
	if len(got) != 2 || got[0].Rule.Name != "tls" || got[0].Vars["1"] != "3" || got[1].Evidence != "imports a" {
		t.Fatalf("%+v", got)
	}
	if next := set.After(got[0]); len(next) != 1 || next[0].Rule.Name != "child" {
		t.Errorf("after tls: %+v", next)
	}
	if got := set.Match(rules.Fact{Path: "/usr/share/doc/libssl.so.3"}); len(got) != 0 {
		t.Errorf("a text file is evidence: %+v", got)
	}
	if set := rules.NewSet(list, []rules.Rule{{Name: "tls", Why: "other"}}); set.Rule("tls").Why != "other" || len(set.Rules()) != 4 {
		t.Error("a later rule does not replace an earlier")
	}
}

func TestPrefix(t *testing.T) {
	for dir, want := range map[string]string{
		"/usr/bin": "/usr", "/usr/lib/x86_64-linux-gnu": "/usr", "/usr/lib/arm-linux-gnueabihf": "/usr",
		"/usr/lib64": "/usr", "/lib": "/", "/opt/app/sbin": "/opt/app", "/opt/app": "/opt/app",
	} {
		if got := rules.Prefix(dir); got != want {
			t.Errorf("%s: %s, want %s", dir, got, want)
		}
	}
}
