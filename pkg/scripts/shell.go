package scripts

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// Shell is what a script of shell says about what it calls. It is read as people
// mostly write it (POSIX, Shell Command Language, 2.3 and 2.9), not all there is.
type Shell struct {
	text      string
	pos       int
	word      []byte
	quoted    bool // the word has a part that is quoted or substituted
	command   bool // the next word is a command
	runner    bool // the command is one that runs the command behind its options
	pattern   bool // among the patterns of a case
	caseWord  bool // between "case" and "in"
	nesting   []frame
	heredocs  []string
	words     []string
	functions []string
	fresh     bool // nothing but blanks since the last of words
	// variable is the one that the word begins with, called are those that are a
	// whole command, and values what is assigned to each, defaults included.
	variable string
	called   []string
	values   map[string][]string
	beside   []string
	// previous is the command or option before the word.
	previous string
	executed []string // the words behind exec: no builtins
	// forwards tells that "$@" is a command somewhere, and given what each
	// command has as its first argument: a function may run that.
	forwards bool
	given    map[string][]string
	read     []prefixed
	scripts  []string // strings that are shell
	depth    int
}

// prefixed is a word that may begin with a variable.
type prefixed struct{ variable, rest string }

// frame is a quotation, substitution or subshell, and what was going on around
// it.
type frame struct {
	kind              byte // " ( ` or n, a ` inside of `
	start             int  // of what is quoted
	caseWord, pattern bool
}

func (s *Shell) in(kind byte) bool {
	n := len(s.nesting)
	return n > 0 && s.nesting[n-1].kind == kind
}

// maxNesting bounds lists of commands inside others. Behind more the rest of
// the text is not read: nobody wrote it.
const maxNesting = 100

// enter begins a list of commands inside another.
func (s *Shell) enter(kind byte) {
	if len(s.nesting) == maxNesting {
		s.pos = len(s.text)
		return
	}
	s.nesting = append(s.nesting, frame{kind: kind, caseWord: s.caseWord, pattern: s.pattern})
	s.word, s.quoted, s.variable, s.previous = s.word[:0], false, "", ""
	s.caseWord, s.pattern = false, false
	s.command, s.runner = true, false
}

// leave goes back to what was around the i-th frame; a substitution was part of
// a word there.
func (s *Shell) leave(i int) {
	f := s.nesting[i]
	s.nesting = s.nesting[:i]
	s.caseWord, s.pattern = f.caseWord, f.pattern
	s.command, s.quoted = false, true
}

// step reads one character or one lexical unit.
func (s *Shell) step() {
	c := s.text[s.pos]
	s.pos++
	if s.in('"') {
		s.inQuotes(c)
		return
	}
	switch c {
	case '\'':
		end := strings.IndexByte(s.text[s.pos:], '\'')
		if end < 0 {
			end = len(s.text) - s.pos
		}
		if text := s.text[s.pos : s.pos+end]; !s.value(text) {
			s.quoted = true
			s.script(text)
		}
		s.pos = min(s.pos+end+1, len(s.text))
	case '"':
		if end := strings.IndexByte(s.text[s.pos:], '"'); end > 0 && s.value(s.text[s.pos:s.pos+end]) {
			s.pos += end + 1
			break
		}
		s.quoted = true
		s.nesting = append(s.nesting, frame{kind: '"', start: s.pos})
	case '\\':
		s.escaped()
	case '$':
		s.dollar()
	case '`':
		s.backquote()
	case ' ', '\t':
		s.endWord()
	case '#':
		if len(s.word) > 0 || s.quoted {
			s.word = append(s.word, c)
		} else {
			s.skipLine()
		}
	case '<':
		s.redirect()
	case '>':
		s.endWord()
		s.skipWord()
	case '\n', ';', '|', '&', '(', ')':
		s.separator(c)
	default:
		s.letter(c)
	}
}

// letter is a part of a word. One that is too long for the name of a file is
// none.
func (s *Shell) letter(c byte) {
	const longest = 4096
	if len(s.word) == longest {
		s.quoted = true
		return
	}
	s.word = append(s.word, c)
}

// value takes in what is quoted, if it is the value of an assignment and plain.
func (s *Shell) value(text string) bool {
	const longest = 4096
	ok := s.command && bytes.HasSuffix(s.word, []byte("=")) && len(text) < longest && isPlain(text)
	if ok {
		s.word = append(s.word, text...)
	} else if to, is := strings.CutSuffix(string(s.word), "="); is && s.command {
		s.inDirectory(to, text)
	}
	return ok
}

// inDirectory notes "$bindir/name", a value of a variable: if that is called,
// it is a program of that name wherever the directory is.
func (s *Shell) inDirectory(variable, text string) {
	dir, name := path.Split(text)
	if strings.HasPrefix(dir, "$") && strings.Trim(dir, nameLetters+"${}/") == "" && name != "" && isPlain(name) {
		keep(s.values, variable, name)
	}
}

// script notes a quoted argument that is shell itself.
func (s *Shell) script(text string) {
	switch s.previous {
	case "trap", "eval", "-c":
		s.scripts = append(s.scripts, text)
	}
}

func (s *Shell) inQuotes(c byte) {
	switch c {
	case '"':
		start := s.nesting[len(s.nesting)-1].start
		s.nesting = s.nesting[:len(s.nesting)-1]
		s.script(s.text[start : s.pos-1])
	case '\\':
		s.pos++
	case '$':
		s.dollar()
	case '`':
		s.backquote()
	default:
		if s.variable != "" {
			s.letter(c)
		}
	}
}

// escaped passes over a character; a backquote that is escaped among backquotes
// is a substitution inside a substitution (POSIX 2.6.3).
func (s *Shell) escaped() {
	const nested = 'n'
	if strings.HasPrefix(s.text[s.pos:], "`") && slices.ContainsFunc(s.nesting, func(f frame) bool { return f.kind == '`' }) {
		s.pos++
		if i := slices.IndexFunc(s.nesting, func(f frame) bool { return f.kind == nested }); i >= 0 {
			s.endWord()
			s.leave(i)
		} else {
			s.enter(nested)
		}
		return
	}
	if s.pos < len(s.text) && s.text[s.pos] != '\n' {
		s.quoted = true
	}
	s.pos++
}

// dollar passes over a parameter, or enters a command substitution.
func (s *Shell) dollar() {
	s.quoted = true
	rest := s.text[s.pos:]
	switch {
	case strings.HasPrefix(rest, "("):
		s.pos++
		s.enter('(')
	case strings.HasPrefix(rest, "{"):
		if end := closing(rest); end >= 0 {
			s.pos += end + 1
			s.parameter(rest[1:end])
		}
	case rest != "":
		s.forwards = s.forwards || rest[0] == '@' && s.command && len(s.word) == 0
		name := rest[:len(rest)-len(strings.TrimLeft(rest, nameLetters))]
		s.parameter(name)
		s.pos += max(1, len(name))
	}
}

// closing is where the brace that text begins with is closed on the same line,
// -1 if it is not.
func closing(text string) int {
	const longest = 4096
	depth := 0
	for i := range min(len(text), longest) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		case '\n':
			return -1
		}
	}
	return -1
}

const nameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// parameter notes the variable that a word begins with, and the default that
// ${NAME:-WORD} or ${NAME=WORD} has written out (POSIX 2.6.2).
func (s *Shell) parameter(text string) {
	after := strings.TrimLeft(text, nameLetters)
	name := text[:len(text)-len(after)]
	if name == "" {
		return
	}
	value := strings.TrimLeft(after, ":-=")
	if i := strings.LastIndexAny(value, "-="); strings.HasPrefix(value, "${") && i >= 0 {
		value = strings.TrimRight(value[i+1:], "}") // a default of a default
	}
	if value != after && value != "" && isPlain(value) {
		keep(s.values, name, value)
		if to, ok := strings.CutSuffix(string(s.word), "="); ok {
			keep(s.values, to, value)
		}
	}
	if len(s.word) == 0 && s.variable == "" {
		s.variable = name
	}
}

func (s *Shell) backquote() {
	if i := slices.IndexFunc(s.nesting, func(f frame) bool { return f.kind == '`' }); i >= 0 {
		s.endWord()
		s.leave(i)
		return
	}
	s.enter('`')
}

// redirect passes over the name behind "<", and notes a here-document.
func (s *Shell) redirect() {
	s.endWord()
	doc := strings.HasPrefix(s.text[s.pos:], "<") && !strings.HasPrefix(s.text[s.pos:], "<<")
	s.pos += len(s.text[s.pos:]) - len(strings.TrimLeft(s.text[s.pos:], "<-&"))
	if name := s.skipWord(); doc && name != "" {
		s.heredocs = append(s.heredocs, strings.Trim(name, `'"\`))
	}
}

func (s *Shell) skipWord() string {
	rest := strings.TrimLeft(s.text[s.pos:], ">&| \t")
	end := strings.IndexAny(rest, " \t\n;|&()<>`")
	if end < 0 {
		end = len(rest)
	}
	s.pos = len(s.text) - len(rest) + end
	return rest[:end]
}

func (s *Shell) skipLine() {
	if end := strings.IndexByte(s.text[s.pos:], '\n'); end >= 0 {
		s.pos += end
	} else {
		s.pos = len(s.text)
	}
}

// separator ends a word at a character that ends a command too.
func (s *Shell) separator(c byte) {
	if c == '(' {
		s.definition()
	}
	s.endWord()
	if n := len(s.words); s.runner && n > 0 && s.words[n-1] == "xargs" && len(s.executed) < maxKept {
		s.executed = append(s.executed, "echo") // what xargs(1) runs by itself, no builtin
	}
	switch c {
	case '(':
		if !s.pattern {
			s.enter('(')
		}
		return
	case ')':
		if s.pattern {
			s.pattern = false
			break
		}
		if s.in('(') {
			s.leave(len(s.nesting) - 1)
			if s.text[s.pos-2] == '(' { // a function's body follows
				s.command, s.quoted = true, false
			}
			return
		}
	case ';':
		if strings.HasPrefix(s.text[s.pos:], ";") {
			s.pos++
			s.pattern = true
		}
	case '\n':
		s.skipHeredocs()
	}
	s.command, s.runner, s.fresh, s.previous = !s.pattern, false, false, ""
}

// definition notes that "name (" begins a function.
func (s *Shell) definition() {
	switch {
	case len(s.word) > 0 && s.command:
		s.functions = append(s.functions, string(s.word))
		s.word = s.word[:0]
	case len(s.word) == 0 && s.fresh:
		s.functions = append(s.functions, s.words[len(s.words)-1])
	}
}

func (s *Shell) skipHeredocs() {
	for _, end := range s.heredocs {
		for s.pos < len(s.text) {
			line, _, _ := strings.Cut(s.text[s.pos:], "\n")
			s.pos = min(s.pos+len(line)+1, len(s.text))
			if strings.TrimLeft(line, "\t") == end {
				break
			}
		}
	}
	s.heredocs = nil
}
