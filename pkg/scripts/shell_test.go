package scripts

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCommandWords(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"simple", "#!/bin/sh\nsed -n p file\ncd /tmp\nexec /usr/bin/grep x", []string{"sed", "/usr/bin/grep"}},
		{"lists and pipes", "a && b || c; d | e & f", []string{"a", "b", "c", "d", "e", "f"}},
		{"keywords", "if cmp a b; then rm a; else mv a b; fi\nwhile sleep 1; do ls; done", []string{"cmp", "rm", "mv", "sleep", "ls"}},
		{"substitution", "x=$(uname -s) y=`hostname` z=\"$(basename \"$0\")\"\ntr a b", []string{"uname", "hostname", "basename", "tr"}},
		{"assignments go before", "LC_ALL=C sort file", []string{"sort"}},
		{"a program kept in a variable", "SED=/bin/sed DIR=$x/bin\n${SED} p", []string{"/bin/sed"}},
		{"quotes hide", "echo 'rm -rf; ls' \"cut; date\"\n\"$prog\" ls\n'/bin/x' y", nil},
		{"comments", "# cp a b\nls # mv\necho a#b", []string{"ls"}},
		{"case patterns", "case $1 in\nstart) ls ;;\ninstall|find)\n  cp a b;;\n*) date\nesac\nwho", []string{"ls", "cp", "date", "who"}},
		{"case of a substitution", "case $(uname -s) in\n(Linux|date) a=$(case x in y) ls;; esac);;\nesac\nwc", []string{"uname", "ls", "wc"}},
		{"functions", "info() {\n ls\n}\ninfo x; usage () { :; }", []string{"ls"}},
		{"here document", "cat <<EOF\nrm all\nEOF\ncat <<-'X' | wc\n\tfind\n\tX\nls", []string{"cat", "wc", "ls"}},
		{"xargs by itself", "echo 1 | xargs -n 1 | sort", []string{"xargs", "sort", "echo"}},
		{"runners", "find . -exec chmod 1 {} +\nls | xargs -n 1 md5sum\nenv A=b nice -n 5 tar x", []string{"find", "chmod", "ls", "xargs", "md5sum", "env", "nice", "tar"}},
		{"redirections", "ls >date 2>&1 <who | wc >>id", []string{"ls", "wc"}},
		{"continued line", "tar \\\n  gzip", []string{"tar"}},
		{"parameters", "x=${1:-$HOME}; [ -n \"${x#*/}\" ] && head", []string{"head"}},
		{"a command kept in a variable", "if x; then more=less; else more='most'; fi\nbzip2 | eval $more\nPICK=/bin/ed\n", []string{"x", "bzip2", "/bin/ed", "less", "most"}},
		{"a variable that is no command", "name=less\necho $name", nil},
		{"defaults", "${PAGER:-less} f; : ${AWK=awk}; \"$AWK\" p; CC=\"${CC:-cc}\"; $CC x", []string{"less", "awk", "cc"}},
		{"default of a default", "${EDITOR:-${VISUAL:-vi}} f", []string{"vi"}},
		{"functions that run their arguments", "Run() { \"$@\"; }\nRun ${PAGER:-pager} x || Run more", []string{"pager", "more"}},
		{"functions that do not", "say() { echo \"$1\"; }\nsay more", nil},
		{"shell in strings", "trap 'rm -f $x; exit' 0\neval \"cut -f $n\"\nsh -c 'ls | wc'", []string{"sh", "rm", "cut", "ls", "wc"}},
		{"exec passes builtins over", "exec echo x\necho y; pwd", []string{"echo"}},
		{"backquotes in backquotes", "d=`cd \\`dirname $0\\` && pwd`\nls `wc \\`id\\``", []string{"dirname", "ls", "wc", "id"}},
		{"unclosed", "echo \"$(ls", []string{"ls"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := commandWords(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("commands of %q are %q, not %q", tt.text, got, tt.want)
			}
		})
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
	plain, _ := Settled("#!/bin/sh\nprog=$(basename $0 tui)\nexec $prog -t\n", "/usr/bin/sorttui", map[string]string{})
	if got, want := commandWords(plain), []string{"sort"}; !slices.Equal(got, want) {
		t.Errorf("calls %q, not %q", got, want)
	}
}

func TestCommandsBeside(t *testing.T) {
	s := ScanShell("exec \"$dir/oosplash\" \"$@\"\n\"${bin}\"ed x\nexec $0.bin\n$(ls)/no \"$a/b c\"")
	if want := []string{"oosplash", "ed", "$0.bin"}; !slices.Equal(s.Beside(), want) {
		t.Errorf("%q, not %q", s.Beside(), want)
	}
}

func TestSources(t *testing.T) {
	s := ScanShell("DIR=/usr/share/x\n. /lib/a.sh\n. \"$DIR/b\"\nsource ${DIR}/c\n. ./d\n. $unknown/e")
	if got, want := s.Sources(), []string{"/lib/a.sh", "/usr/share/x/b", "/usr/share/x/c"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func FuzzCommandWords(f *testing.F) {
	f.Add("a `b \"$(c 'd' <<E\nE\n) e\" ` case x in y) z;; esac")
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range commandWords(text) {
			if !isPlain(w) || w == "" {
				t.Errorf("%q is no plain word", w)
			}
		}
	})
}

// TestHostileScripts counts what is kept of scripts that nobody wrote.
func TestHostileScripts(t *testing.T) {
	var calls, arguments strings.Builder
	for i := range 60000 {
		fmt.Fprintf(&calls, "system(\"a%d\");\n", i)
		fmt.Fprintf(&arguments, "a%d \"$b\";", i)
	}
	nested := ScanShell(strings.Repeat("(", 500000) + strings.Repeat("`", 499900))
	if len(nested.nesting) > maxNesting {
		t.Errorf("%d lists inside each other", len(nested.nesting))
	}
	long := ScanShell(strings.Repeat("a''", 300000))
	if words := long.Commands(); len(words) != 0 {
		t.Errorf("%d words of one that is too long", len(words))
	}
	for name, words := range map[string][]string{"calls": Calls(calls.String()), "arguments": commandWords(arguments.String())} {
		if len(words) != maxWords || words[0] != "a0" {
			t.Errorf("%s: %d words are kept", name, len(words))
		}
	}
}
