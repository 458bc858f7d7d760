package pipeline

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// commands adds the programs a shell script calls, as far as its text shows
// them.
func (r *ruler) commands(script string, why plan.Reason) error {
	if r.done["commands of "+script] {
		return nil
	}
	r.done["commands of "+script] = true
	s := scanShell(r.readSmall(script))
	for _, name := range s.beside {
		name = strings.Replace(name, "$0", path.Base(script), 1)
		if err := r.command(path.Dir(script)+"/"+name, why); err != nil {
			return err
		}
	}
	for _, name := range s.sources() {
		if err := r.sourced(name, why); err != nil {
			return err
		}
	}
	return r.programsOf(s.commands(), why)
}

// sourced adds a file that a script reads as a part of itself, and what that
// calls.
func (r *ruler) sourced(name string, why plan.Reason) error {
	_, real, err := rootfs.Resolve(r.root, name)
	if err != nil {
		return nil
	}
	if fi, err := r.root.Lstat(real); err != nil || !fi.Mode().IsRegular() || fi.Mode()&0o004 == 0 {
		return nil
	}
	if err := r.addPath(name, why); err != nil {
		return err
	}
	return r.commands(real, why)
}

// programsOf adds the programs that words stand for on the search path. What is
// not there is passed over: a script may ask first.
func (r *ruler) programsOf(words []string, why plan.Reason) error {
	for _, word := range words {
		full, ok := word, path.IsAbs(word)
		if !ok {
			full, ok = r.finder.onPath(word)
		}
		if !ok {
			continue
		}
		if err := r.command(full, why); err != nil {
			return err
		}
	}
	return nil
}

// command adds the program at a path, if there is one that can be started.
func (r *ruler) command(full string, why plan.Reason) error {
	if r.done["command "+full] {
		return nil
	}
	r.done["command "+full] = true
	p, err := r.finder.Find(full)
	if err != nil || p.Graph != nil && len(p.Graph.Problems) > 0 {
		return nil
	}
	p.Warnings = nil
	return r.addProgram(p, "", why)
}

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

// commandWords returns the words of a shell script that stand where a command
// may stand and are written out: each once, without builtins and functions. It
// reads shell as people mostly write it (POSIX 2.3 and 2.9), not all there is.
func commandWords(text string) []string { return scanShell(text).commands() }

func scanShell(text string) *shellScan {
	s := &shellScan{values: map[string][]string{}, given: map[string][]string{}}
	s.scan(text)
	return s
}

// scan reads text, and then the strings in it that are shell too.
func (s *shellScan) scan(text string) {
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
			inner := &shellScan{values: s.values, given: s.given, depth: s.depth}
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

// commands returns the words, and the values of the variables that stand where
// a command may stand, as in "PAGER=less; $PAGER file".
func (s *shellScan) commands() []string {
	words := slices.Clone(s.words)
	for _, name := range s.called {
		words = append(words, s.values[name]...)
	}
	if s.forwards {
		for _, name := range s.functions {
			words = append(words, s.given[name]...)
		}
	}
	var out []string
	for _, w := range words {
		if !slices.Contains(out, w) && !slices.Contains(s.functions, w) && !slices.Contains(builtins, w) {
			out = append(out, w)
		}
	}
	for _, w := range s.executed {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// sources returns the absolute paths of the files that "." reads.
func (s *shellScan) sources() []string {
	var out []string
	for _, f := range s.read {
		dirs := []string{""}
		if f.variable != "" {
			dirs = s.values[f.variable]
		}
		for _, dir := range dirs {
			if name := dir + f.rest; path.IsAbs(name) && isPlain(name) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

type shellScan struct {
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
	// beside are the file names of commands in a directory that a variable
	// holds; "$0" in one is the script's own.
	beside []string
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
	kind              byte // " ( or `
	start             int  // of what is quoted
	caseWord, pattern bool
}

func (s *shellScan) in(kind byte) bool {
	n := len(s.nesting)
	return n > 0 && s.nesting[n-1].kind == kind
}

// enter begins a list of commands inside another.
func (s *shellScan) enter(kind byte) {
	s.nesting = append(s.nesting, frame{kind: kind, caseWord: s.caseWord, pattern: s.pattern})
	s.word, s.quoted, s.variable, s.previous = s.word[:0], false, "", ""
	s.caseWord, s.pattern = false, false
	s.command, s.runner = true, false
}

// leave goes back to what was around the i-th frame; a substitution was part of
// a word there.
func (s *shellScan) leave(i int) {
	f := s.nesting[i]
	s.nesting = s.nesting[:i]
	s.caseWord, s.pattern = f.caseWord, f.pattern
	s.command, s.quoted = false, true
}

// step reads one character or one lexical unit.
func (s *shellScan) step() {
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
		s.literal(s.text[s.pos : s.pos+end])
		s.pos = min(s.pos+end+1, len(s.text))
	case '"':
		if end := strings.IndexByte(s.text[s.pos:], '"'); end > 0 && s.literal(s.text[s.pos:s.pos+end]) {
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
		s.word = append(s.word, c)
	}
}

// literal takes in what is quoted: the value of an assignment if it is plain,
// which it tells, else perhaps shell.
func (s *shellScan) literal(text string) bool {
	if s.command && bytes.HasSuffix(s.word, []byte("=")) && isPlain(text) {
		s.word = append(s.word, text...)
		return true
	}
	s.quoted = true
	s.script(text)
	return false
}

// script notes a quoted argument that is shell itself.
func (s *shellScan) script(text string) {
	switch s.previous {
	case "trap", "eval", "-c":
		s.scripts = append(s.scripts, text)
	}
}

func (s *shellScan) inQuotes(c byte) {
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
			s.word = append(s.word, c)
		}
	}
}

func (s *shellScan) escaped() {
	if s.pos < len(s.text) && s.text[s.pos] != '\n' {
		s.quoted = true
	}
	s.pos++
}

// dollar passes over a parameter, or enters a command substitution.
func (s *shellScan) dollar() {
	s.quoted = true
	rest := s.text[s.pos:]
	switch {
	case strings.HasPrefix(rest, "("):
		s.pos++
		s.enter('(')
	case strings.HasPrefix(rest, "{"):
		if end := strings.IndexAny(rest, "}\n"); end >= 0 {
			s.pos += end + 1
			s.parameter(rest[1:end])
		}
	case rest != "":
		s.forwards = s.forwards || rest[0] == '@' && s.command && len(s.word) == 0
		s.parameter(rest)
		s.pos += max(1, len(rest)-len(strings.TrimLeft(rest, nameLetters)))
	}
}

const nameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// parameter notes the variable that a word begins with, and the default that
// ${NAME:-WORD} or ${NAME=WORD} has written out (POSIX 2.6.2).
func (s *shellScan) parameter(text string) {
	after := strings.TrimLeft(text, nameLetters)
	name := text[:len(text)-len(after)]
	if name == "" {
		return
	}
	value := strings.TrimLeft(after, ":-=")
	if i := strings.LastIndexAny(value, "-="); strings.HasPrefix(value, "${") && i >= 0 {
		value = value[i+1:] // a default of a default
	}
	if value != after && value != "" && isPlain(value) {
		s.values[name] = append(s.values[name], value)
		if to, ok := strings.CutSuffix(string(s.word), "="); ok {
			s.values[to] = append(s.values[to], value)
		}
	}
	if len(s.word) == 0 && s.variable == "" {
		s.variable = name
	}
}

func (s *shellScan) backquote() {
	if i := slices.IndexFunc(s.nesting, func(f frame) bool { return f.kind == '`' }); i >= 0 {
		s.endWord()
		s.leave(i)
		return
	}
	s.enter('`')
}

// redirect passes over the name behind "<", and notes a here-document.
func (s *shellScan) redirect() {
	s.endWord()
	doc := strings.HasPrefix(s.text[s.pos:], "<") && !strings.HasPrefix(s.text[s.pos:], "<<")
	s.pos += len(s.text[s.pos:]) - len(strings.TrimLeft(s.text[s.pos:], "<-&"))
	if name := s.skipWord(); doc && name != "" {
		s.heredocs = append(s.heredocs, strings.Trim(name, `'"\`))
	}
}

func (s *shellScan) skipWord() string {
	rest := strings.TrimLeft(s.text[s.pos:], ">&| \t")
	end := strings.IndexAny(rest, " \t\n;|&()<>`")
	if end < 0 {
		end = len(rest)
	}
	s.pos = len(s.text) - len(rest) + end
	return rest[:end]
}

func (s *shellScan) skipLine() {
	if end := strings.IndexByte(s.text[s.pos:], '\n'); end >= 0 {
		s.pos += end
	} else {
		s.pos = len(s.text)
	}
}

// separator ends a word at a character that ends a command too.
func (s *shellScan) separator(c byte) {
	if c == '(' {
		s.definition()
	}
	s.endWord()
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
func (s *shellScan) definition() {
	switch {
	case len(s.word) > 0 && s.command:
		s.functions = append(s.functions, string(s.word))
		s.word = s.word[:0]
	case len(s.word) == 0 && s.fresh:
		s.functions = append(s.functions, s.words[len(s.words)-1])
	}
}

func (s *shellScan) skipHeredocs() {
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

// endWord takes in the word that ends here.
func (s *shellScan) endWord() {
	word, quoted, variable := string(s.word), s.quoted, s.variable
	s.word, s.quoted, s.variable = s.word[:0], false, ""
	if word == "" && !quoted {
		return
	}
	s.fresh = false
	previous := s.previous
	s.previous = word
	switch {
	case !s.command && (previous == "." || previous == "source"):
		s.read = append(s.read, prefixed{variable, word})
	case !s.command && previous != "" && !quoted && isPlain(word):
		s.given[previous] = append(s.given[previous], word)
	case !s.command && previous != "" && word == "" && variable != "":
		s.given[previous] = append(s.given[previous], s.values[variable]...)
	}
	if s.command && previous == "exec" && !quoted && isPlain(word) && !strings.HasPrefix(word, "-") {
		s.executed = append(s.executed, word)
	}
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

// assign takes in NAME=VALUE; a program's path is likely to be called later.
func (s *shellScan) assign(word string, quoted bool) {
	name, value, _ := strings.Cut(word, "=")
	if quoted || value == "" || !isPlain(value) {
		return
	}
	s.values[name] = append(s.values[name], value)
	if path.IsAbs(value) {
		s.words = append(s.words, value)
	}
}

// byVariable takes in a command that begins with a variable: "$PAGER", or
// "$bindir/name".
func (s *shellScan) byVariable(variable, rest string) {
	switch base := path.Base(rest); {
	case variable == "":
	case rest == "":
		s.called = append(s.called, variable)
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
