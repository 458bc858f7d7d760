package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestCommandIsSplitAsByAShell(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a b", "a c", ".a"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"HOME=/home/me", "WORDS=x y", "WORDS=one two", "EMPTY="}
	for text, want := range map[string][]string{
		`app -x  1`:                       {"app", "-x", "1"},
		`app 'a b' "c d" e\ f ''`:         {"app", "a b", "c d", "e f", ""},
		`app $WORDS "$WORDS" '$WORDS'`:    {"app", "one", "two", "one two", "$WORDS"},
		`app $EMPTY "$EMPTY" $NONE`:       {"app", ""},
		`app ${NONE:-default} ~/x`:        {"app", "default", "/home/me/x"},
		`app a* "a*" *none`:               {"app", "a b", "a c", "a*", "*none"},
		`A=1 B="$WORDS" app`:              {"A=1", "B=one two", "app"},
		"app a # comment\n":               {"app", "a"},
		`app http://localhost/?a=1#b c=d`: {"app", "http://localhost/?a=1#b", "c=d"},
	} {
		call, err := parseCommand(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		assigned, words, err := expandCommand(call, env, dir)
		if got := append(assigned, words...); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q, %v", text, got, err)
		}
	}
}

func TestCommandThatNeedsAShell(t *testing.T) {
	for _, text := range []string{
		``, `# nothing`, `A=b`, `a | b`, `a; b`, "a\nb", `a &`, `! a`, `a && b`, `a > b`, `a < b`, `a 2>&1`, `(a)`, `{ a; }`,
		`if a; then b; fi`, `a $(b)`, "a `b`", `a <(b)`, `a $((1+1))`, `a $$`, `a $1`, `a "$@"`, `a 'b`, `a "b`, `a=(b) c`, `a+=b c`,
		`f() { a; }`, `a @(b|c)`,
	} {
		var usage *UsageError
		if _, err := parseCommand(text); !errors.As(err, &usage) || usage.Hint() == "" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestEmptyCommandWord(t *testing.T) {
	call, err := parseCommand(`$NONE`)
	if err != nil {
		t.Fatal(err)
	}
	if _, words, err := expandCommand(call, nil, "/"); err == nil {
		t.Errorf("got %q", words)
	}
}

func TestLastOfEach(t *testing.T) {
	got := lastOfEach([]string{"A=1", "B=2", "A=3", "C"})
	if !slices.Equal(got, []string{"A=3", "B=2", "C"}) {
		t.Errorf("got %q", got)
	}
}
