package pipeline_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// planTable plans with the rules of a text alone.
func planTable(t *testing.T, spec *pipeline.Spec, table string, with ...string) *pipeline.Result {
	t.Helper()
	list, err := rules.Parse("test", table)
	if err != nil {
		t.Fatal(err)
	}
	spec.Output, spec.Rules = "/bundle", &pipeline.Rules{Set: rules.NewSet(list), With: with}
	r, err := pipeline.Plan(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func write(t *testing.T, mode os.FileMode, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

// TestHintIsThePrice compares what a hint says with the difference between the
// bundles: the libraries of what the rule adds count, those that are there
// already do not, and a file of two names counts once.
func TestHintIsThePrice(t *testing.T) {
	const table = "rule extra\nwhy w\nif it is wanted\ndefault off\nwhen start **/main\nadd $dir/plugins\nload libextra.so.1\n" +
		"rule more\nwhy w\nwhen path **/plugins/data\nadd $1/more\n"
	dir := buildNoted(t)
	write(t, 0o644, dir+"/plugins/data", strings.Repeat("x", 100000))
	write(t, 0o644, dir+"/more", strings.Repeat("x", 50000))
	if err := os.Link(dir+"/plugins/data", dir+"/plugins/same"); err != nil {
		t.Fatal(err)
	}
	gcc(t, dir, "-shared", "-o", "plugins/p.so", "lib.c", "-Wl,--no-as-needed", "lib/libgood.so.1", "-Wl,-rpath,"+dir+"/lib")
	without := planTable(t, &pipeline.Spec{Inputs: []string{dir + "/main"}}, table)
	with := planTable(t, &pipeline.Spec{Inputs: []string{dir + "/main"}}, table, "extra")
	_, before := without.Size()
	_, after := with.Size()
	if cache := with.Plan.Get("/etc/ld.so.cache"); cache != nil {
		after -= cache.Size // is written when all is known
	}
	if with.Plan.Get(dir+"/lib/libdeep.so.1") == nil || with.Plan.Get(dir+"/lib/libextra.so.1") == nil || with.Plan.Get(dir+"/more") == nil {
		t.Fatal("the rule does not bring what it should")
	}
	want := "main is started as " + dir + "/main: add --with extra (" + pipeline.IEC(after-before) + ") if it is wanted"
	if !slices.Equal(without.Tips, []string{want}) {
		t.Errorf("tips %q, want %q", without.Tips, want)
	}
	if len(with.Tips) != 0 || len(without.Warnings) != 0 {
		t.Errorf("tips %q, warnings %q", with.Tips, without.Warnings)
	}
}

// TestHintOfMuch expects a bound instead of the price of what is large; names of
// one file are not that.
func TestHintOfMuch(t *testing.T) {
	const table = "rule extra\nwhy w\nif it is wanted\ndefault off\nwhen start **/main\nadd $dir/large\n"
	dir := buildNoted(t)
	for _, tt := range []struct{ name, price string }{{"a", "100.0 MiB"}, {"b", "more than 128.0 MiB"}} {
		name := dir + "/large/" + tt.name
		write(t, 0o644, name, "")
		if err := os.Truncate(name, 100<<20); err != nil {
			t.Fatal(err)
		}
		if err := os.Link(name, name+"-too"); err != nil {
			t.Fatal(err)
		}
		r := planTable(t, &pipeline.Spec{Inputs: []string{dir + "/main"}}, table)
		want := "main is started as " + dir + "/main: add --with extra (" + tt.price + ") if it is wanted"
		if !slices.Equal(r.Tips, []string{want}) {
			t.Errorf("tips %q, want %q", r.Tips, want)
		}
	}
}

// TestWithoutEvidence asks for rules that nothing in the bundle calls for.
func TestWithoutEvidence(t *testing.T) {
	program := buildPlain(t)
	dir := filepath.Dir(program)
	write(t, 0o644, dir+"/share/landmark/file", "x")
	table := `
rule library
  why  w
  when soname libm.so.*
  add  $dir/libm.so.$1
rule command
  why  w
  when path **/bin/env
  add  $1/bin/env
rule landmark
  why  w
  when import of_nobody
  above bin/env
  add  $above/bin/env
rule nothing
  why  w
  when import of_nobody
  add  /of/nobody $dir/x
rule script
  why  w
  when script of-nobody
  make commands
`
	for name, want := range map[string]string{
		"library": "libm.so.6", "command": "/usr/bin/env", "landmark": "/usr/bin/env", "nothing": "", "script": "",
	} {
		r := planTable(t, &pipeline.Spec{Inputs: []string{program}}, table, name)
		found := ""
		for e := range r.Plan.All() {
			if e.Why[0].By == name {
				found = e.Path
			}
		}
		warned := len(r.Warnings) == 1 && strings.HasPrefix(r.Warnings[0], "rule "+name+" found nothing to add")
		if want == "" && (found != "" || !warned) || want != "" && (!strings.HasSuffix(found, want) || len(r.Warnings) != 0) {
			t.Errorf("--with %s adds %q, not %q, and warns %q", name, found, want, r.Warnings)
		}
	}
}

func TestWithAll(t *testing.T) {
	for _, choice := range []*pipeline.Rules{
		{Set: rules.NewSet(), With: []string{"all"}},
		{Set: rules.NewSet(), With: []string{"of-nobody"}},
		{Set: rules.NewSet(), Without: []string{"of-nobody"}},
	} {
		_, err := pipeline.Plan(context.Background(), &pipeline.Spec{Inputs: []string{"/bin/true"}, Output: "/bundle", Rules: choice})
		if _, ok := err.(*pipeline.UsageError); !ok {
			t.Errorf("with %q, without %q: %v", choice.With, choice.Without, err)
		}
	}
}

// TestRulesKeepSecrets expects no rule to add what is not for everybody.
func TestRulesKeepSecrets(t *testing.T) {
	program := buildPlain(t)
	dir := filepath.Dir(program)
	write(t, 0o644, dir+"/data/open", "x")
	write(t, 0o640, dir+"/data/closed", "x")
	write(t, 0o644, dir+"/data/server.key", "-----BEGIN PRIVATE KEY-----\n")
	write(t, 0o644, dir+"/data/public.pem", "-----BEGIN CERTIFICATE-----\n")
	write(t, 0o644, dir+"/data/inner/file", "x")
	if err := os.Symlink("closed", dir+"/data/link"); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir+"/data/inner", 0o700); err != nil {
		t.Fatal(err)
	}
	const table = "rule data\nwhy w\nwhen start **/plain\nadd $dir/data\nadd $dir/data/closed\n"
	r := planTable(t, &pipeline.Spec{Inputs: []string{program}}, table)
	for name, want := range map[string]bool{"open": true, "public.pem": true, "closed": false, "server.key": false, "inner": false, "inner/file": false} {
		if have := r.Plan.Get(dir+"/data/"+name) != nil; have != want {
			t.Errorf("%s in the bundle: %v", name, have)
		}
	}
	if len(r.Infos) != 3 || len(r.Warnings) != 0 {
		t.Errorf("infos %q, warnings %q", r.Infos, r.Warnings)
	}
	if r = planTable(t, &pipeline.Spec{Inputs: []string{program}, Include: []string{dir + "/data/closed"}}, table); r.Plan.Get(dir+"/data/closed") == nil {
		t.Error("what is included by name is not added")
	}
}

// TestConfigurationThatIsNoFile plans with roots whose nsswitch.conf is a fifo,
// or a link to passwords, and whose groups have members.
func TestConfigurationThatIsNoFile(t *testing.T) {
	const table = "rule names\nwhy w\nwhen path **/program\nfile /etc/nsswitch.conf hosts: files\\n\nmake nss passwd group\n"
	program := buildPlain(t)
	for name, prepare := range map[string]func(etc string) error{
		"fifo": func(etc string) error { return syscall.Mkfifo(etc+"/nsswitch.conf", 0o644) },
		"link": func(etc string) error { return os.Symlink("shadow", etc+"/nsswitch.conf") },
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			gcc(t, filepath.Dir(program), "-static", "-o", "static", "plain.c")
			text, err := os.ReadFile(filepath.Dir(program) + "/static")
			if err != nil {
				t.Fatal(err)
			}
			write(t, 0o755, root+"/program", string(text))
			write(t, 0o644, root+"/etc/shadow", "root:secret:1::::::\n")
			write(t, 0o644, root+"/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n")
			write(t, 0o644, root+"/etc/group", "root:x:0:alice,root,bob\nusers:x:100:alice\n")
			if err := prepare(root + "/etc"); err != nil {
				t.Fatal(err)
			}
			d, err := rootfs.OpenDir(root)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			r := planTable(t, &pipeline.Spec{Root: d, Foreign: true, Cwd: "/", Inputs: []string{"/program"}}, table)
			if e := r.Plan.Get("/etc/nsswitch.conf"); e == nil || string(e.From.Data) != "hosts: files\n" {
				t.Errorf("nsswitch.conf is %+v", e)
			}
			if r.Plan.Get("/etc/shadow") != nil {
				t.Error("the passwords are in the bundle")
			}
			if e := r.Plan.Get("/etc/group"); e == nil || !strings.HasPrefix(string(e.From.Data), "root:x:0:root\nnogroup:") || strings.Contains(string(e.From.Data), "alice") {
				t.Errorf("group is %+v", e)
			}
		})
	}
}

// TestDlopenPaths follows notes that name paths, as dlopen(3) does.
func TestDlopenPaths(t *testing.T) {
	dir := buildNoted(t)
	source := strings.NewReplacer(
		"libabsent.so.1", "/of/nobody.so", "libmust.so.1", "$ORIGIN/lib/libmust.so.1", "libgood.so.1", "/etc/shadow-of-nobody", "libextra.so.1", "/etc/passwd",
	).Replace(notedSource)
	write(t, 0o644, dir+"/paths.c", source)
	gcc(t, dir, "-o", "paths", "paths.c")
	r, err := pipeline.Plan(context.Background(), &pipeline.Spec{Inputs: []string{dir + "/paths"}, Output: "/bundle", Dlopen: &pipeline.Dlopen{Level: object.DlopenSuggested}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.Plan.Get(dir+"/lib/libmust.so.1") == nil || r.Plan.Get("/etc/passwd") != nil {
		t.Error("not the library that $ORIGIN leads to, or what is none")
	}
}
