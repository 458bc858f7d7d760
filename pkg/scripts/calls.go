package scripts

import (
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
)

// literal is a string of Perl, Python, Ruby or PHP on one line: as all four
// write it.
const literal = `("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')`

var (
	// called are the functions by which those languages run a command (perlfunc
	// system, exec, qx; Python subprocess, os, shutil; Ruby Kernel, IO; PHP
	// program execution functions).
	called  = lazyregexp.New(`^(?:system|exec|[Pp]open|run|call|check_call|check_output|spawn\w*|exec[lv]\w*|shell_exec|passthru|proc_open|which|getoutput|getstatusoutput)\b\s*\(?\s*(?:args\s*=\s*)?[\[(]?\s*(?:\w+::\w+,\s*)?` + literal)
	callers = strings.Fields(`system exec popen Popen run call check_call check_output spawn shell_exec passthru proc_open which getoutput getstatusoutput`)
	// piped is open of Perl with a pipe: open(F, "ls -l |"), open(F, "-|", "ls").
	piped = lazyregexp.New(`\bopen3?\b[^;\n]*?['"](?:-\||\|-)['"]\s*,\s*` + literal + `|\bopen\b[^;\n]*,\s*"([^"\n|]*)\|\s*"`)
	// kept is a list that is named a command.
	kept = lazyregexp.New(`\b\w*(?:cmd|command|argv)s?\s*\+?=\s*[\[(]\s*` + literal)
	// chosen is a program that a variable stands for, or that is taken for want
	// of a setting: $m4 = $ENV{M4} || '/usr/bin/m4'.
	chosen = lazyregexp.New(`(?:=|\|\||//|\bor)\s*["'](/(?:usr/(?:local/)?)?s?bin/[\w.+-]+)["']`)
	// listed is a list of words of Perl that is named commands.
	listed = lazyregexp.New(`\b\w*(?:cmd|command)s\s*=\s*qw\s*\(([^)]*)\)`)
	// backquoted is a command as Perl, Ruby and PHP embed it.
	backquoted = lazyregexp.New("`([^`\n]+)`")
	// beside is the name of a file in a directory that a variable holds.
	beside = lazyregexp.New(`[.+]\s*["']/([\w.+-]+)["']`)
	// dashed is a name that may be that of a program of the same family.
	dashed    = lazyregexp.New(`["']([\w.+]+-[\w.+-]+)["']`)
	hasQuotes = lazyregexp.New(`^#!.*(?:perl|ruby|php)`)
)

// Calls returns the commands that a script of Perl, Python, Ruby or PHP runs by a
// function of its language and a string that is written out.
func Calls(text string) []string {
	code := unexplained(Uncommented(text))
	commands := calledIn(code)
	// To look for a word takes far less time than to match where there is none.
	for _, by := range []struct {
		re    *lazyregexp.Regexp
		words []string
	}{{piped, []string{"open"}}, {kept, []string{"cmd", "command", "argv"}}, {chosen, []string{"bin/"}}} {
		if !slices.ContainsFunc(by.words, func(word string) bool { return strings.Contains(code, word) }) {
			continue
		}
		for _, m := range by.re.FindAllStringSubmatch(code, -1) {
			commands = append(commands, strings.Trim(strings.Join(m[1:], ""), `"'`))
		}
	}
	if strings.Contains(code, "qw") {
		for _, m := range listed.FindAllStringSubmatch(code, -1) {
			commands = append(commands, strings.Fields(m[1])...)
		}
	}
	if hasQuotes.MatchString(text) {
		for _, m := range backquoted.FindAllStringSubmatch(code, -1) {
			commands = append(commands, m[1])
		}
	}
	var out []string
	for _, c := range distinct(commands) {
		out = append(out, commandWords(c)...)
	}
	return distinct(out)
}

// calledIn returns the strings that are given to the functions which run commands,
// in the order of the text.
func calledIn(code string) []string {
	const longest = 4096
	var places []int
	for _, word := range callers {
		for from := 0; ; {
			i := strings.Index(code[from:], word)
			if i < 0 {
				break
			}
			if at := from + i; at == 0 || !isWordByte(code[at-1]) {
				places = append(places, at)
			}
			from += i + len(word)
		}
	}
	slices.Sort(places)
	var out []string
	end := 0 // of the last call: what is in its string is no other
	for _, at := range slices.Compact(places) {
		if at < end {
			continue
		}
		if m := called.FindStringSubmatch(code[at:min(len(code), at+longest)]); m != nil {
			out, end = append(out, strings.Trim(m[1], `"'`)), at+len(m[0])
		}
	}
	return out
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// unexplained leaves out the documentation that stands in Python's code: strings
// of several lines that are statements.
func unexplained(code string) string {
	var b strings.Builder
	for code != "" {
		line, _, _ := strings.Cut(code, "\n")
		size := min(len(line)+1, len(code))
		start := strings.TrimLeft(line, " \t")
		if start != "" && strings.IndexByte("rRuU", start[0]) >= 0 {
			start = start[1:]
		}
		for _, quote := range []string{`"""`, "'''"} {
			if !strings.HasPrefix(start, quote) {
				continue
			}
			begin := len(line) - len(start) + len(quote)
			if end := strings.Index(code[begin:], quote); end >= 0 {
				code, size = code[begin+end+len(quote):], 0
			}
			break
		}
		b.WriteString(code[:size])
		code = code[size:]
	}
	return b.String()
}

// CallsBeside returns the names that a script of one of these languages appends to
// a directory: programs, if the script's own directory has such.
func CallsBeside(text string) []string {
	var out []string
	for _, m := range beside.FindAllStringSubmatch(Uncommented(text), -1) {
		out = append(out, m[1])
	}
	return distinct(out)
}

// Family returns the names that a script of one of these languages makes of its own
// by adding "-something" to it: programs that lie beside it.
func Family(text, own string) []string {
	var out []string
	for _, m := range dashed.FindAllStringSubmatch(Uncommented(text), -1) {
		if strings.HasPrefix(m[1], own+"-") {
			out = append(out, m[1])
		}
	}
	return distinct(out)
}

// Uncommented leaves out lines that are comments as shells and these languages have
// them, and of Perl the documentation between the code and behind it (perlpod(1)).
func Uncommented(text string) string {
	var b strings.Builder
	pod := false
	for line := range strings.Lines(text) {
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "__END__":
			return b.String()
		case strings.HasPrefix(line, "=cut"):
			pod = false
		case len(line) > 1 && line[0] == '=' && line[1] >= 'a' && line[1] <= 'z':
			pod = true
		case !pod && !strings.HasPrefix(trimmed, "#"):
			b.WriteString(line)
		}
	}
	return b.String()
}
