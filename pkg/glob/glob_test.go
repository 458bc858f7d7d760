package glob

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		pattern    string
		match, not string // names, separated by spaces
	}{
		{"/a/b", "/a/b", "/a /a/b/c a/b"},
		{"*.so", "/lib/x.so .so", "/lib/x.so.1"},
		{"/usr/*", "/usr/ /usr/x /usr/share/doc/x /usr/.x", "/usr /var/usr/x"},
		{"/usr/share/doc/**", "/usr/share/doc/x /usr/share/doc/x/y", "/usr/share/doc /usr/share/docs"},
		{"**", "/ /x/y .asdf", ""},
		{"some/**/needle", "some/needle some/a/needle some/a/b/needle", "some/x some/aneedle someneedle"},
		{"some/**/**/needle", "some/needle some/a/needle some/a/b/needle", "some/aneedle"},
		{"/**/test", "/test /a/test /a/b/test", "/atest /a/notest"},
		{"**/.*", ".abc abc/.abc", "ab.c abc/ab.c"},
		{"/a**b", "/ab /a/x/b", "/a/x"},
		{"/a***b", "/ab /a/x/b", "/a/x"},
		{"/a?c", "/abc /a/c /aéc /a\xffc", "/ac /abbc"},
		{"[a-c]x[0-9_]", "ax0 bx9 cx_", "dx0 axx ax-"},
		{"[!a-c0]", "d 1 - ] é \xff /", "a b c 0"},
		{"[^a-c0]", "d 1 ^", "a b c 0"},
		{"[a^]", "a ^", "b"},
		{"[]a]", "] a", "b []a]"},
		{"[!]a]", "b [", "] a"},
		{"[a-]", "a -", "b"},
		{"[-a]", "a -", "b"},
		{"[]-a]", "] ^ a", "b ["},
		{"[--/]", "- . /", "0 ,"},
		{"[!-/]", "! a", "- /"}, // negated: neither - nor /
		{"[#!-]", "# ! -", "a"},
		{`[\!-#]`, `! " #`, "$"},
		{`[\]\\]`, `] \`, "a"},
		{`[*?{,]`, "* ? { ,", "a"},
		{"[[]", "[", "]"},
		{"{a,b*,}x", "ax bx byx x", "cx"},
		{"/{usr/,}lib{,64}/x", "/usr/lib/x /lib/x /lib64/x", "/usr/x"},
		{"{a,{b,c}d}", "a bd cd", "b d"},
		{"{*,b}*", "b bb a", ""},
		{"{a}b{}", "ab", "b"},
		{`{a\,b,c\}}`, "a,b c}", "a b c"},
		{"a,b}]!^-", "a,b}]!^-", "ab"},
		{`\*\[\\`, `*[\`, `x[\ *[`},
		{"caf\xe9*", "caf\xe9 caf\xe9s", "café cafe"},
		{"é[à-ï]", "éé éà", "éz é\xe9"},
		{"[\xe0-\xef]", "\xe9", "é \xf0"},
		{"\U0010ffe9", "\U0010ffe9", "\xe9"},
		{"[!\ue000]\ud7ff", "a\ud7ff", "\ue000\ud7ff"},
	} {
		m, err := Compile(tt.pattern)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, name := range strings.Fields(tt.match) {
			if !m.Match(name) {
				t.Errorf("%q does not match %q", tt.pattern, name)
			}
		}
		for _, name := range strings.Fields(tt.not) {
			if m.Match(name) {
				t.Errorf("%q matches %q", tt.pattern, name)
			}
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, tt := range []struct{ pattern, reason string }{
		{"", "it is empty"},
		{"/a[bc", "unclosed ["},
		{"/a[]", "unclosed ["},
		{"/a[!]", "unclosed ["},
		{"/a[", "unclosed ["},
		{`/a[\`, "a backslash at the end"},
		{"/a{b,c", "unclosed {"},
		{"/a{b,{c}", "unclosed {"},
		{`/a\`, "a backslash at the end"},
		{"/[z-a]", "the range z-a is reversed"},
		{"/[[:alpha:]]", "[: in brackets is not supported; put a backslash before that [ to mean the character"},
		{"/a\x00b", "no name has a NUL byte"},
		{"/" + strings.Repeat("x", maxPattern), "it is longer than 65536 bytes"},
		{"/" + strings.Repeat("{a,b}", 30), "its braces stand for too many patterns"},
		{"/" + strings.Repeat("{", 40) + strings.Repeat("}", 40), "more than 16 braces in one another"},
	} {
		_, compile := Compile(tt.pattern)
		_, expand := Expand(nil, tt.pattern)
		for _, err := range []error{compile, expand} {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Reason != tt.reason {
				t.Errorf("%.40q: %v, want %q", tt.pattern, err, tt.reason)
			}
		}
	}
	var syntax *SyntaxError
	if _, err := Expand(nil, "/a{b,c"); !errors.As(err, &syntax) || err.Error() != `cannot use pattern "/a{b,c": unclosed {` {
		t.Errorf("message: %v", err)
	}
}

func TestQuote(t *testing.T) {
	name := "/a*?[x]{y,z}\\!^-\xff é"
	m, err := Compile(Quote(name))
	if err != nil {
		t.Fatal(err)
	}
	if !m.Match(name) || m.Match("/ax") {
		t.Errorf("%q matches something else", m)
	}
}

// matchTokens is the syntax written down a second time, as a search over all
// possibilities.
func matchTokens(tokens []token, name []rune, slash, start bool) bool {
	if len(tokens) == 0 {
		return len(name) == 0
	}
	t, rest := tokens[0], tokens[1:]
	if t.kind == deep && start && len(rest) > 0 && rest[0].is('/') {
		if matchTokens(rest[1:], name, slash, true) {
			return true
		}
		for i, r := range name {
			if r == '/' && matchTokens(rest[1:], name[i+1:], slash, true) {
				return true
			}
		}
		return false
	}
	if wild(t) {
		for i := 0; ; i++ {
			if matchTokens(rest, name[i:], slash, false) {
				return true
			}
			if i == len(name) || slash && t.kind == star && name[i] == '/' {
				return false
			}
		}
	}
	if len(name) == 0 {
		return false
	}
	r, ok := name[0], false
	switch t.kind {
	case anyOne:
		ok = !slash || r != '/'
	case class:
		for _, s := range t.set {
			ok = ok || s.lo <= r && r <= s.hi
		}
		ok = ok && (!slash || r != '/')
	default:
		ok = r == t.char
	}
	return ok && matchTokens(rest, name[1:], slash, t.is('/'))
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{
		"/usr/**/lib*.so", "{a,b*}[!x-z]?", `[]a]\*`, "*a*b*a", "/a**b/**/c", "[\xe0-\xff]\xff", "{,a}{b,}*{c,d*}e", "**/**/a", "[!a][!b]*[^c]",
	} {
		f.Add(s, "/usr/a/lib/libx.so")
		f.Add(s, "ab/ca/\xffé")
	}
	f.Fuzz(func(t *testing.T, pattern, name string) {
		// The second opinion takes exponential time.
		if len(pattern) > 40 || len(name) > 20 || strings.Count(pattern, "*") > 6 {
			return
		}
		m, err := Compile(pattern)
		if err != nil {
			return
		}
		alternatives, err := parse(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if len(alternatives) > 64 {
			return
		}
		want, wantSlash, gotSlash := false, false, false
		for _, tokens := range alternatives {
			want = want || matchTokens(tokens, characters(name), false, true)
			wantSlash = wantSlash || matchTokens(tokens, characters(name), true, true)
			p, err := compile(tokens, true)
			if err != nil {
				t.Fatal(err)
			}
			gotSlash = gotSlash || p.Match(encode(name))
		}
		if got := m.Match(name); got != want {
			t.Errorf("%q on %q: %v, want %v", pattern, name, got, want)
		}
		if gotSlash != wantSlash {
			t.Errorf("%q on %q, slashes apart: %v, want %v", pattern, name, gotSlash, wantSlash)
		}
		if q, err := Compile(Quote(name)); name != "" && !strings.Contains(name, "\x00") && (err != nil || !q.Match(name)) {
			t.Errorf("quoted, %q does not match itself: %v", name, err)
		}
		if !utf8.ValidString(encode(name)) {
			t.Errorf("%q is not encoded", name)
		}
	})
}
