package scripts

import (
	"maps"
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
)

// self is how a script of shell writes its own name (sh(1), bash(1)).
const self = `(?:\\?")?\$(?:0|\{0\}|\{?BASH_SOURCE(?:\[0\])?\}?)(?:\\?")?`

var (
	// assigned is a variable with a value that is written out on one line.
	assigned = lazyregexp.New(`(?m)(?:^|[\s;&|({])([A-Za-z_]\w*)=((?:"[^"\n]*"|'[^'\n]*'|[^\s;&|()<>"']+)+)`)
	// defaulted is ${NAME:-VALUE} or ${NAME=VALUE} with a path.
	defaulted = lazyregexp.New(`\$\{(\w+):?[-=](/[\w./+-]+)\}`)
	// unquoted takes the quotes from a value.
	unquoted = strings.NewReplacer(`"`, "", "'", "")
	// reference is where the value of a variable is to stand.
	reference = lazyregexp.New(`\$(?:(\w+)|\{(\w+)\})`)
	// ownName is the name of the script with its links resolved, ownDir the
	// directory it is in.
	ownName = lazyregexp.New(`\$\((?:readlink\s+-\w+|realpath)\s+(?:--\s+)?` + self + `\)|` + "`(?:readlink\\s+-\\w+|realpath)\\s+" + self + "`")
	ownDir  = lazyregexp.New(`\$\(dirname\s+(?:--\s+)?` + self + `\)|` + "\\\\?`dirname\\s+(?:--\\s+)?" + self + "\\\\?`" + `|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\}`)
	// ownBase is its file name without an ending.
	ownBase = lazyregexp.New(`\$\(basename\s+(?:--\s+)?` + self + `\s+([\w.-]+)\)`)
	// dirOf and wentTo are the same of a path that is known by then.
	dirOf  = lazyregexp.New(`\$\(dirname\s+(?:--\s+)?"?(/[\w./+-]+)"?\)|` + "`dirname\\s+(?:--\\s+)?\"?(/[\\w./+-]+)\"?`")
	wentTo = lazyregexp.New(`(?:\$\(|` + "`" + `)\s*cd\s+(?:-P\s+)?(?:--\s+)?"?(/[\w./+-]+)"?\s*(?:>\s*/dev/null\s*(?:2>&1\s*)?)?(?:&&|;)\s*(?:/bin/)?pwd(?:\s+-P)?\s*(?:\)|` + "`)")
	// interpreted is a script that is given to its interpreter by its path.
	interpreted = lazyregexp.New(`\b(?:python[\d.]*|perl|ruby|node|php|tclsh|wish|guile|lua[\d.]*|sh|bash)\s+(?:-[\w-]+\s+)*(/[\w./+-]+)`)
	// searched is what is put in front of the search path.
	searched = lazyregexp.New(`(?m)(?:^|[\s;&|({])PATH=("?/[^\s;&|()<>']+)`)
	// quotedPath is a path that needs no quotes.
	quotedPath = lazyregexp.New(`"(/[\w./+-]*)"`)
)

// Settled returns a script of shell with the variables replaced that have one
// value in it, or in what reads it as a part of itself, and the expressions for
// where it is itself: scripts say by them where the rest of their package is.
// The values come with it.
func Settled(text, script string, known map[string]string) (string, map[string]string) {
	// A script that is longer has an archive in it.
	const longest, rounds = 256 << 10, 4
	if len(text) > longest {
		return text, known
	}
	text = ownName.ReplaceAllLiteralString(text, script)
	text = ownDir.ReplaceAllLiteralString(text, path.Dir(script))
	text = ownBase.ReplaceAllStringFunc(text, func(m string) string {
		return strings.TrimSuffix(path.Base(script), ownBase.FindStringSubmatch(m)[1])
	})
	text = defaulted.ReplaceAllString(text, "$2")
	values := known
	for range rounds {
		before := text
		text = replacePaths(dirOf, text, path.Dir)
		text = replacePaths(wentTo, text, path.Clean)
		values = assignments(text, known)
		text = replaceVariables(text, values)
		if text == before {
			break
		}
	}
	return quotedPath.ReplaceAllString(text, "$1"), values
}

// SearchPath returns the directories that a settled script searches for commands
// before others.
func SearchPath(text string) []string {
	var out []string
	for _, m := range searched.FindAllStringSubmatch(Uncommented(text), -1) {
		for dir := range strings.SplitSeq(unquoted.Replace(m[1]), ":") {
			if !path.IsAbs(dir) {
				break
			}
			out = append(out, dir)
		}
	}
	return distinct(out)
}

// Interpreted returns the scripts that a settled script gives to their
// interpreters.
func Interpreted(text string) []string {
	var out []string
	for _, m := range interpreted.FindAllStringSubmatch(Uncommented(text), -1) {
		out = append(out, m[1])
	}
	return out
}

// replacePaths puts what to makes of a path in the place of an expression with
// that path.
func replacePaths(expression *lazyregexp.Regexp, text string, to func(string) string) string {
	return expression.ReplaceAllStringFunc(text, func(s string) string {
		return to(strings.Join(expression.FindStringSubmatch(s)[1:], ""))
	})
}

// assignments returns the values that the variables of a script have, of those
// with several, or one that is not written out, the empty string.
func assignments(text string, known map[string]string) map[string]string {
	const longest = 128
	values := maps.Clone(known)
	for _, m := range assigned.FindAllStringSubmatch(text, -1) {
		name, value := m[1], unquoted.Replace(m[2])
		if old, ok := values[name]; ok && old != value || len(value) > longest || !isPlain(value) {
			value = ""
		}
		values[name] = value
	}
	return values
}

// replaceVariables puts values in the place of variables.
func replaceVariables(text string, values map[string]string) string {
	return reference.ReplaceAllStringFunc(text, func(s string) string {
		if value := values[strings.Trim(s, "${}")]; value != "" {
			return value
		}
		return s
	})
}
