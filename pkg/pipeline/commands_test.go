package pipeline

import (
	"slices"
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
		{"runners", "find . -exec chmod 1 {} +\nls | xargs -n 1 md5sum\nenv A=b nice -n 5 tar x", []string{"find", "chmod", "ls", "xargs", "md5sum", "env", "nice", "tar"}},
		{"redirections", "ls >date 2>&1 <who | wc >>id", []string{"ls", "wc"}},
		{"continued line", "tar \\\n  gzip", []string{"tar"}},
		{"parameters", "x=${1:-$HOME}; [ -n \"${x#*/}\" ] && head", []string{"head"}},
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
