package pipeline

import (
	"slices"
	"testing"
)

func TestGuarded(t *testing.T) {
	for text, want := range map[string][]string{
		"if command -v java >/dev/null; then java -version; fi":    {"java"},
		"which bc >/dev/null && echo 1+1 | bc":                     {"bc"},
		"if type -p gsed; then gsed x; fi; ls":                     {"gsed"},
		"command -v java >/dev/null || exit 1; java -version":      nil,
		"if ! which java; then exit 1; fi; java -version":          nil,
		"which java && java; command -v java || exit":              nil,
		"j=$(command -v java); java":                               nil,
		"if [ -n \"$(command -v java)\" ]; then java; fi":          {"java"},
		"# command -v ls\nls":                                      nil,
		"if command -v java; then echo it is there; fi; command x": nil,
	} {
		if got := guarded(text, commandWords(text)); !slices.Equal(got, want) {
			t.Errorf("%q looks first for %q, not %q", text, got, want)
		}
	}
}

func TestFunctionWithoutParentheses(t *testing.T) {
	text := "function git { seq 2; }\nfunction ls() { cat; }\ngit; ls; sort\n"
	if got, want := commandWords(text), []string{"seq", "cat", "sort"}; !slices.Equal(got, want) {
		t.Errorf("%q calls %q, not %q", text, got, want)
	}
}

// TestNamedAfterCommand is about a script that calls the command whose name its
// own begins with.
func TestNamedAfterCommand(t *testing.T) {
	plain, _ := settled("#!/bin/sh\nprog=$(basename $0 tui)\nexec $prog -t\n", "/usr/bin/sorttui", map[string]string{})
	if got, want := commandWords(plain), []string{"sort"}; !slices.Equal(got, want) {
		t.Errorf("calls %q, not %q", got, want)
	}
}

func TestDocumentationOfPython(t *testing.T) {
	text := "#!/usr/bin/python3\n\"\"\"Like\n\nsubprocess.run(\"java\")\n\"\"\"\ndef f():\n    '''os.system(\"git\")'''\n    run(\"ls\")\n"
	if got, want := callWords(text), []string{"ls"}; !slices.Equal(got, want) {
		t.Errorf("calls %q, not %q", got, want)
	}
}

func TestNamesHere(t *testing.T) {
	for text, want := range map[string][]string{
		`require __DIR__ . '/a.php';`:                                       {"a.php"},
		`do "$FindBin::Bin/../lib/a.pl"`:                                    {"../lib/a.pl"},
		`open(os.path.join(os.path.dirname(__file__), "a", "b.txt"))`:       {"a/b.txt"},
		"HERE = Path(__file__).resolve().parent\nx = HERE / 'a' / 'b.txt'":  {"a/b.txt"},
		"here = os.path.dirname(os.path.abspath(__file__))\nf(here + '/a')": {"a"},
		`load File.join(__dir__, "a.rb")`:                                   {"a.rb"},
		`File.expand_path("../lib", __FILE__)`:                              {"lib"},
		"source [file join [file dirname [info script]] a.tcl]":             {"a.tcl"},
		`print("a.txt")`: nil,
	} {
		if got := namesHere(text); !slices.Equal(got, want) {
			t.Errorf("%q names %q, not %q", text, got, want)
		}
	}
}

func FuzzBeside(f *testing.F) {
	f.Add("use lib \"$FindBin::Bin/lib\"; x = Path(__file__).parent / 'a'\nimport a.b, c as d; command -v e && e")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range namesHere(text) {
			if name == "" || name[0] == '/' {
				t.Errorf("%q is not relative to the script", name)
			}
		}
		for _, c := range guarded(text, commandWords(text)) {
			if !isPlain(c) {
				t.Errorf("%q is no plain word", c)
			}
		}
	})
}
