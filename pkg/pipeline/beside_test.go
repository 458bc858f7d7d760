package pipeline

import (
	"slices"
	"testing"
)

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
	f.Add("use lib \"$FindBin::Bin/lib\"; x = Path(__file__).parent / 'a'\nimport a.b, c as d")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range namesHere(text) {
			if name == "" || name[0] == '/' {
				t.Errorf("%q is not relative to the script", name)
			}
		}
	})
}
