package scripts

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
		if got := Guarded(text); !slices.Equal(got, want) {
			t.Errorf("%q looks first for %q, not %q", text, got, want)
		}
	}
}

func FuzzGuarded(f *testing.F) {
	f.Add("if command -v a >/dev/null; then a; fi; which b || exit; b")
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range Guarded(text) {
			if !isPlain(c) {
				t.Errorf("%q is no plain word", c)
			}
		}
	})
}
