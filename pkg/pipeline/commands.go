package pipeline

import (
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
)

// commands adds the programs a shell script calls, as far as its text shows
// them. What is not there is passed over: a script may ask first.
func (r *ruler) commands(script string, why plan.Reason) error {
	for _, word := range commandWords(r.readSmall(script)) {
		full, ok := word, path.IsAbs(word)
		if !ok {
			full, ok = r.finder.onPath(word)
		}
		if !ok || r.done["command "+full] {
			continue
		}
		r.done["command "+full] = true
		p, err := r.finder.Find(full)
		if err != nil || p.Graph != nil && len(p.Graph.Problems) > 0 {
			continue
		}
		p.Warnings = nil
		if err := r.addProgram(p, "", why); err != nil {
			return err
		}
	}
	return nil
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
func commandWords(text string) []string {
	s := &shellScan{text: text, command: true}
	for s.pos < len(s.text) {
		s.step()
	}
	s.endWord()
	var out []string
	for _, w := range s.words {
		if !slices.Contains(out, w) && !slices.Contains(s.functions, w) && !slices.Contains(builtins, w) {
			out = append(out, w)
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
}

// frame is a quotation, substitution or subshell, and what was going on around
// it.
type frame struct {
	kind              byte // " ( or `
	caseWord, pattern bool
}

func (s *shellScan) in(kind byte) bool {
	n := len(s.nesting)
	return n > 0 && s.nesting[n-1].kind == kind
}

// enter begins a list of commands inside another.
func (s *shellScan) enter(kind byte) {
	s.nesting = append(s.nesting, frame{kind, s.caseWord, s.pattern})
	s.word, s.quoted = s.word[:0], false
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
		s.quoted = true
		if end := strings.IndexByte(s.text[s.pos:], '\''); end >= 0 {
			s.pos += end + 1
		} else {
			s.pos = len(s.text)
		}
	case '"':
		s.quoted = true
		s.nesting = append(s.nesting, frame{kind: '"'})
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

func (s *shellScan) inQuotes(c byte) {
	switch c {
	case '"':
		s.nesting = s.nesting[:len(s.nesting)-1]
	case '\\':
		s.pos++
	case '$':
		s.dollar()
	case '`':
		s.backquote()
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
		}
	case rest != "":
		s.pos++
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
	s.command, s.runner, s.fresh = !s.pattern, false, false
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
	word, quoted := string(s.word), s.quoted
	s.word, s.quoted = s.word[:0], false
	if word == "" && !quoted {
		return
	}
	s.fresh = false
	switch {
	case s.caseWord:
		s.pattern, s.caseWord = word == "in", word != "in"
	case s.pattern:
		s.pattern = word != "esac"
	case word == "-exec":
		s.command = true
	case s.command && isAssignment(word):
		if _, value, _ := strings.Cut(word, "="); !quoted && path.IsAbs(value) && isPlain(value) {
			s.words = append(s.words, value)
		}
	case !s.command, slices.Contains(prefixes, word), s.runner && (strings.HasPrefix(word, "-") || isDigits(word)):
	case word == "case":
		s.caseWord, s.command = true, false
	case quoted || !isPlain(word):
		s.command = false
	default:
		s.words = append(s.words, word)
		s.command = slices.Contains(runners, word)
		s.runner, s.fresh = s.command, true
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
