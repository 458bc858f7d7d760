package scripts

import (
	"path"
	"slices"
	"strings"
)

// builtins are the commands shells have themselves (POSIX 2.14, dash(1),
// bash(1)); those of them that are programs too are not worth bundling.
var builtins = strings.Fields(`. : [ [[ alias bg break builtin case cd continue declare dirs disown echo enable esac
	eval exit export false fc fg fi for function getopts hash help history in jobs kill let local logout mapfile popd
	printf pushd pwd read readarray readonly return select set shift shopt source suspend test times trap true type
	typeset ulimit umask unalias unset wait done`)

// prefixes are words behind which a command follows.
var prefixes = strings.Fields(`if then else elif do while until ! time exec command { builtin eval`)

// runners are programs that run the command that follows their options.
var runners = strings.Fields(`env nice nohup xargs sudo setsid timeout chroot stdbuf`)

// ScanShell reads a script of shell, and the strings in it that are shell too.
func ScanShell(text string) *Shell {
	s := &Shell{values: map[string][]string{}, given: map[string][]string{}}
	s.scan(text)
	return s
}

// scan reads text, and then the strings in it that are shell too.
func (s *Shell) scan(text string) {
	s.text, s.pos, s.command = text, 0, true
	for s.pos < len(s.text) {
		s.step()
	}
	s.endWord()
	for len(s.scripts) > 0 && s.depth < maxDepth {
		scripts := s.scripts
		s.scripts = nil
		s.depth++
		for _, script := range scripts {
			inner := &Shell{values: s.values, given: s.given, depth: s.depth}
			inner.scan(script)
			s.words = append(s.words, inner.words...)
			s.called = append(s.called, inner.called...)
			s.functions = append(s.functions, inner.functions...)
			s.beside = append(s.beside, inner.beside...)
		}
	}
}

// maxDepth bounds strings of shell in strings of shell.
const maxDepth = 3

// commandWords returns the commands that a text of shell runs.
func commandWords(text string) []string { return ScanShell(text).Commands() }

// Commands returns the words that stand where a command may stand and are written
// out: each once, without builtins and functions. The values of variables that
// stand there are among them, as in "PAGER=less; $PAGER file".
func (s *Shell) Commands() []string {
	words := slices.Clone(s.words)
	for _, name := range s.called {
		words = append(words, s.values[name]...)
	}
	if s.forwards {
		for _, name := range distinct(s.functions) {
			words = append(words, s.given[name]...)
		}
	}
	no := map[string]bool{}
	for _, w := range append(slices.Clone(builtins), s.functions...) {
		no[w] = true
	}
	words = slices.DeleteFunc(words, func(w string) bool { return no[w] })
	return distinct(append(words, s.executed...))
}

// maxWords bounds the names taken from one script: each is looked for in every
// directory of the search path, and a program that people wrote calls fewer.
const maxWords = 2000

// distinct returns the first words, each once.
func distinct(words []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, w := range words {
		if !seen[w] && len(out) < maxWords {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// Beside returns the file names of commands in a directory that a variable holds;
// "$0" in one is the script's own.
func (s *Shell) Beside() []string { return s.beside }

// Sources returns the absolute paths of the files that "." reads.
func (s *Shell) Sources() []string {
	var out []string
	for _, f := range s.read {
		dirs := []string{""}
		if f.variable != "" {
			dirs = s.values[f.variable]
		}
		for _, dir := range dirs {
			if name := dir + f.rest; path.IsAbs(name) && isPlain(name) {
				out = append(out, name)
			}
		}
	}
	return distinct(out)
}

// endWord takes in the word that ends here.
func (s *Shell) endWord() {
	word, quoted, variable := string(s.word), s.quoted, s.variable
	s.word, s.quoted, s.variable = s.word[:0], false, ""
	if word == "" && !quoted {
		return
	}
	s.fresh = false
	if s.previous == "function" && !quoted && isPlain(word) { // of bash and ksh
		s.functions = append(s.functions, word)
		s.previous, s.command = "", true
		return
	}
	s.follow(word, variable, quoted)
	s.previous = word
	switch {
	case s.caseWord:
		s.pattern, s.caseWord = word == "in", word != "in"
	case s.pattern:
		s.pattern = word != "esac"
	case word == "-exec":
		s.command = true
	case s.command && isAssignment(word):
		s.assign(word, quoted)
	case !s.command, slices.Contains(prefixes, word), s.runner && (strings.HasPrefix(word, "-") || isDigits(word)):
	case word == "case":
		s.caseWord, s.command = true, false
	case quoted || !isPlain(word):
		s.command = false
		s.byVariable(variable, word)
	default:
		s.words = append(s.words, word)
		s.command = slices.Contains(runners, word)
		s.runner, s.fresh = s.command, true
	}
}

// follow takes in what a word is for the one before it.
func (s *Shell) follow(word, variable string, quoted bool) {
	plain := !quoted && isPlain(word)
	switch {
	case s.previous == "":
	case s.command:
		if s.previous == "exec" && plain && !strings.HasPrefix(word, "-") && len(s.executed) < maxKept {
			s.executed = append(s.executed, word)
		}
	case s.previous == "." || s.previous == "source":
		if len(s.read) < maxKept {
			s.read = append(s.read, prefixed{variable, word})
		}
	case plain:
		keep(s.given, s.previous, word)
	case word == "" && variable != "":
		keep(s.given, s.previous, s.values[variable]...)
	}
}

// maxKept bounds the values of one name: no script that people write has more.
const maxKept = 100

func keep(m map[string][]string, name string, values ...string) {
	for _, v := range values {
		if len(m[name]) < maxKept && !slices.Contains(m[name], v) {
			m[name] = append(m[name], v)
		}
	}
}

// assign takes in NAME=VALUE; a program's path is likely to be called later.
func (s *Shell) assign(word string, quoted bool) {
	name, value, _ := strings.Cut(word, "=")
	if quoted || value == "" || !isPlain(value) {
		return
	}
	keep(s.values, name, value)
	if path.IsAbs(value) {
		s.words = append(s.words, value)
	}
}

// byVariable takes in a command that begins with a variable: "$PAGER", or
// "$bindir/name".
func (s *Shell) byVariable(variable, rest string) {
	switch base := path.Base(rest); {
	case variable == "":
	case rest == "":
		if len(s.called) < maxKept && !slices.Contains(s.called, variable) {
			s.called = append(s.called, variable)
		}
	case variable == "0" && base == rest && isPlain(rest):
		s.beside = append(s.beside, "$0"+rest)
	case isPlain(base):
		s.beside = append(s.beside, base)
	}
}

func isAssignment(word string) bool {
	name, _, ok := strings.Cut(word, "=")
	return ok && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+") == ""
}

func isDigits(word string) bool { return strings.Trim(word, "0123456789") == "" }

func isPlain(word string) bool {
	return strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-/[") == ""
}
