package object

import (
	"path"
	"slices"
	"strings"
)

// execvpPath is where glibc's execvp(3) looks when PATH is unset.
const execvpPath = "PATH=/bin:/usr/bin"

// Env tells which program a script runs whose interpreter's base name is env:
// the name env would look for on PATH (or a path, if it holds a slash), and the
// NAME=VALUE assignments made before, in order. Where env is told to clear PATH
// without setting another, the first of them is execvp's default PATH.
//
// The rules are those of coreutils env(1). Without -S the kernel hands over the
// whole rest of the line as one argument, so "#!/usr/bin/env python3 -u" looks
// for a program called "python3 -u".
//
// ok is false when the interpreter is not env, when env would refuse the line or
// run the script itself, and when program or PATH depend on a ${VARIABLE}. Other
// assignments that depend on one are left out.
func (s *Script) Env() (prog string, assignments []string, ok bool) {
	if path.Base(s.Interp) != "env" || s.Arg == "" {
		return "", nil, false
	}
	// The script's own path, which the kernel appends, is left out: env reaching
	// it is never of use.
	e := envLine{words: []envWord{{text: s.Arg, varAt: -1}}}
	if !e.options() {
		return "", nil, false
	}
	return e.command()
}

// envWord is one argument of env.
type envWord struct {
	text  string // without its variables
	varAt int    // where in text the first variable stands, -1 without one
}

// envLine is env's command line while it is read.
type envLine struct {
	words       []envWord
	pathCleared bool
	dir         string
}

// options consumes the options; false where env would fail or do other things
// than run a program.
func (e *envLine) options() bool {
	for len(e.words) > 0 {
		w := e.words[0]
		if w.varAt == 0 || w.varAt > 0 && w.text[0] == '-' {
			return false
		}
		if len(w.text) < 2 || w.text[0] != '-' {
			break
		}
		e.words = e.words[1:]
		if w.text == "--" {
			break
		}
		ok := false
		if strings.HasPrefix(w.text, "--") {
			ok = e.long(w.text[2:])
		} else {
			ok = e.short(w.text[1:])
		}
		if !ok {
			return false
		}
	}
	// A mere - implies -i.
	if len(e.words) > 0 && e.words[0] == (envWord{"-", -1}) {
		e.words, e.pathCleared = e.words[1:], true
	}
	return true
}

// short handles a cluster of one-letter options.
func (e *envLine) short(letters string) bool {
	for i, c := range []byte(letters) {
		switch c {
		case 'i':
			e.pathCleared = true
		case 'v':
		case 'C', 'S', 'u', 'a':
			value := letters[i+1:]
			if value == "" {
				var ok bool
				if value, ok = e.value(); !ok {
					return false
				}
			}
			return e.apply(c, value)
		default: // -0 goes with no command; a blank is what -S is for
			return false
		}
	}
	return true
}

// envLong are env's long options; the letter is the short one or, where there
// is none that matters, 'v' (no argument) or 's' (an optional one).
var envLong = []struct {
	name   string
	letter byte
}{
	{"argv0", 'a'}, {"block-signal", 's'}, {"chdir", 'C'}, {"debug", 'v'},
	{"default-signal", 's'}, {"help", '0'}, {"ignore-environment", 'i'},
	{"ignore-signal", 's'}, {"list-signal-handling", 'v'}, {"null", '0'},
	{"split-string", 'S'}, {"unset", 'u'}, {"version", '0'},
}

// long handles a long option, which getopt_long lets one abbreviate.
func (e *envLine) long(option string) bool {
	name, value, hasValue := strings.Cut(option, "=")
	var letter byte
	for _, l := range envLong {
		if l.name == name {
			letter = l.letter
			break
		}
		if strings.HasPrefix(l.name, name) {
			if letter != 0 {
				return false
			}
			letter = l.letter
		}
	}
	switch letter {
	case 's':
		return true
	case 'v', 'i':
		e.pathCleared = e.pathCleared || letter == 'i'
		return !hasValue
	case 'C', 'S', 'u', 'a':
		if !hasValue {
			if value, hasValue = e.value(); !hasValue {
				return false
			}
		}
		return e.apply(letter, value)
	}
	return false
}

// value consumes the argument of an option.
func (e *envLine) value() (string, bool) {
	if len(e.words) == 0 || e.words[0].varAt >= 0 {
		return "", false
	}
	v := e.words[0].text
	e.words = e.words[1:]
	return v, true
}

// apply handles an option with its argument.
func (e *envLine) apply(letter byte, value string) bool {
	switch letter {
	case 'C':
		e.dir = value
	case 'u':
		if value == "" || strings.Contains(value, "=") {
			return false
		}
		e.pathCleared = e.pathCleared || value == "PATH"
	case 'S':
		words, ok := splitEnv(value)
		if !ok {
			return false
		}
		e.words = append(words, e.words...)
	}
	return true
}

// command reads the assignments and the program.
func (e *envLine) command() (prog string, assignments []string, ok bool) {
	hasPath := false
	for i, w := range e.words {
		name, _, assigns := strings.Cut(w.text, "=")
		varies := w.varAt >= 0
		if varies && (!assigns || w.varAt <= len(name) || name == "PATH") {
			return "", nil, false
		}
		if assigns {
			hasPath = hasPath || name == "PATH"
			if !varies {
				assignments = append(assignments, w.text)
			}
			continue
		}
		if w.text == "" {
			return "", nil, false
		}
		if e.pathCleared && !hasPath {
			assignments = slices.Insert(assignments, 0, execvpPath)
		}
		return e.inDir(e.words[i].text), assignments, true
	}
	return "", nil, false
}

// inDir applies -C to a program's path; a bare name is looked up on PATH.
func (e *envLine) inDir(prog string) string {
	if e.dir == "" || prog[0] == '/' || !strings.Contains(prog, "/") {
		return prog
	}
	return strings.TrimRight(e.dir, "/") + "/" + prog
}
