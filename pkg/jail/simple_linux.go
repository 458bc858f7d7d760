package jail

import (
	"fmt"
	"strconv"
	"strings"
)

// shellOnly are the words that mean something only inside a shell when they
// come first: the reserved words and the built-in utilities (POSIX.1, Shell &
// Utilities, 2.4, 2.15 and 1.6 "intrinsic"). A program of that name could not
// do what is meant.
var shellOnly = map[string]bool{
	"!": true, "{": true, "}": true, "case": true, "do": true, "done": true,
	"elif": true, "else": true, "esac": true, "fi": true, "for": true, "if": true,
	"in": true, "then": true, "until": true, "while": true,

	".": true, ":": true, "alias": true, "bg": true, "break": true, "cd": true,
	"command": true, "continue": true, "eval": true, "exec": true, "exit": true,
	"export": true, "fc": true, "fg": true, "getopts": true, "hash": true,
	"jobs": true, "local": true, "read": true, "readonly": true, "return": true,
	"set": true, "shift": true, "source": true, "times": true, "trap": true,
	"type": true, "ulimit": true, "umask": true, "unalias": true, "unset": true,
	"wait": true,
}

// simpleCommand splits Command into words if no shell is needed for it: one
// command of plain and quoted words.
func (o *Options) simpleCommand() ([]string, error) {
	argv, why := splitSimple(o.Command)
	if why == "" {
		return argv, nil
	}
	name := o.BusyboxName
	if name == "" {
		name = "busybox"
	}
	return nil, &NeedShellError{
		Command: o.Command,
		Why:     fmt.Sprintf("%s needs a shell, and %s was not found", why, name),
		Busybox: name,
	}
}

// splitSimple returns the words of command, or what about it needs a shell.
func splitSimple(command string) (argv []string, why string) {
	s := splitter{rest: command}
	for s.rest != "" && why == "" {
		why = s.next()
	}
	s.endWord()
	switch {
	case why != "":
		return nil, why
	case len(s.argv) == 0:
		return nil, "an empty command"
	case shellOnly[s.argv[0]]:
		return nil, s.argv[0]
	}
	return s.argv, ""
}

// splitter recognises words as POSIX.1 2.2 "Quoting" and 2.3 "Token
// Recognition" have it, and gives up at whatever a shell would act on.
type splitter struct {
	rest   string
	argv   []string
	word   strings.Builder
	inWord bool
	quoted bool // something of word is
	over   bool // the command has ended, another would be the second
}

// next takes what stands between words, or a part of a word. It returns what
// needs a shell, "" for nothing.
func (s *splitter) next() (why string) {
	switch c := s.rest[0]; {
	case c == ' ' || c == '\t':
		s.endWord()
		s.rest = s.rest[1:]
	case c == '\n' || c == ';':
		s.endWord()
		if c == ';' && (len(s.argv) == 0 || s.over) {
			return "its syntax"
		}
		s.over = len(s.argv) > 0
		s.rest = s.rest[1:]
	case c == '#' && !s.inWord:
		_, after, _ := strings.Cut(s.rest, "\n")
		s.rest = s.rest[len(s.rest)-len(after):]
		s.over = len(s.argv) > 0
	case strings.HasPrefix(s.rest, "\\\n"): // goes on in the next line
		s.rest = s.rest[2:]
	case s.over:
		return "more than one command"
	case !s.inWord && c == '~':
		return strconv.Quote("~")
	case c == '=' && len(s.argv) == 0 && !s.quoted && isShellName(s.word.String()):
		return "an assignment"
	default:
		s.inWord = true
		return s.part(c)
	}
	return ""
}

func (s *splitter) endWord() {
	if s.inWord {
		s.argv = append(s.argv, s.word.String())
	}
	s.word.Reset()
	s.inWord, s.quoted = false, false
}

// part takes the part of a word that begins with c: quoted text or one
// character.
func (s *splitter) part(c byte) (why string) {
	s.quoted = s.quoted || strings.IndexByte(`'"\`, c) >= 0
	switch {
	case c == '\'':
		text, after, ok := strings.Cut(s.rest[1:], "'")
		if !ok {
			return "its syntax"
		}
		s.word.WriteString(text)
		s.rest = after
		return ""
	case c == '"':
		return s.doubleQuoted()
	case c == '\\' && len(s.rest) > 1:
		s.word.WriteByte(s.rest[1])
		s.rest = s.rest[2:]
		return ""
	case strings.IndexByte("&|<>()$`*?[", c) >= 0:
		return strconv.Quote(string(c))
	}
	s.word.WriteByte(c)
	s.rest = s.rest[1:]
	return ""
}

// doubleQuoted takes text in double quotes (POSIX.1 2.2.3).
func (s *splitter) doubleQuoted() (why string) {
	for i := 1; i < len(s.rest); i++ {
		c := s.rest[i]
		switch {
		case c == '"':
			s.rest = s.rest[i+1:]
			return ""
		case c == '$' || c == '`':
			return strconv.Quote(string(c))
		case c == '\\' && i+1 < len(s.rest) && strings.IndexByte("$`\"\\\n", s.rest[i+1]) >= 0:
			i++
			if s.rest[i] == '\n' {
				continue
			}
			c = s.rest[i]
		}
		s.word.WriteByte(c)
	}
	return "its syntax"
}

// isShellName reports whether s may name a variable or function (POSIX.1
// Base Definitions 3.235 "Name").
func isShellName(s string) bool {
	return s != "" && (s[0] < '0' || s[0] > '9') && onlyWordChars(s, "_")
}

// onlyWordChars reports whether s is made of ASCII letters, digits and
// characters of others.
func onlyWordChars(s, others string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}
