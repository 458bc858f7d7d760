package object

import "strings"

// envSplitter splits the argument of env -S (coreutils env(1), "-S/--split-string
// syntax"; build_argv in src/env.c).
type envSplitter struct {
	rest           string
	words          []envWord
	between        bool // the next byte begins a new word
	single, double bool // inside such quotes
}

// splitEnv splits s into words; false where env would refuse it.
func splitEnv(s string) ([]envWord, bool) {
	p := envSplitter{rest: s, between: true}
	for p.rest != "" {
		end, ok := p.step()
		if !ok {
			return nil, false
		}
		if end {
			return p.words, true
		}
	}
	return p.words, !p.single && !p.double
}

// word returns the word being read, a new one after a separator.
func (p *envSplitter) word() *envWord {
	if p.between {
		p.words = append(p.words, envWord{varAt: -1})
		p.between = false
	}
	return &p.words[len(p.words)-1]
}

// take appends c, for which n bytes of the text stood.
func (p *envSplitter) take(c byte, n int) {
	p.word().text += string([]byte{c})
	p.rest = p.rest[n:]
}

// step reads one character, escape or variable; end tells that the rest is to
// be left.
func (p *envSplitter) step() (end, ok bool) {
	c := p.rest[0]
	quoted := p.single || p.double
	switch {
	case c == '\'' && !p.double:
		p.word()
		p.single, p.rest = !p.single, p.rest[1:]
	case c == '"' && !p.single:
		p.word()
		p.double, p.rest = !p.double, p.rest[1:]
	case !quoted && strings.IndexByte(" \t\n\v\f\r", c) >= 0:
		p.between, p.rest = true, p.rest[1:]
	case c == '#' && p.between:
		return true, true
	case c == '\\':
		return p.escape()
	case c == '$' && !p.single:
		return false, p.variable()
	default:
		p.take(c, 1)
	}
	return false, true
}

// escape reads a backslash and what follows.
func (p *envSplitter) escape() (end, ok bool) {
	if len(p.rest) == 1 {
		// Inside single quotes it is literal, but then the quote has no end.
		return false, false
	}
	c := p.rest[1]
	if p.single && c != '\\' && c != '\'' {
		p.take('\\', 1)
		return false, true
	}
	switch c {
	case '"', '#', '$', '\'', '\\':
		p.take(c, 2)
	case '_':
		if p.double {
			p.take(' ', 2)
			break
		}
		p.between, p.rest = true, p.rest[2:]
	case 'c':
		return true, !p.double
	default:
		i := strings.IndexByte("fnrtv", c)
		if i < 0 {
			return false, false
		}
		p.take("\f\n\r\t\v"[i], 2)
	}
	return false, true
}

// variable reads ${NAME}, the only form env knows.
func (p *envSplitter) variable() bool {
	name, rest, found := strings.Cut(strings.TrimPrefix(p.rest, "$"), "}")
	if !found || len(name) < 2 || name[0] != '{' {
		return false
	}
	for i, c := range []byte(name[1:]) {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	if w := p.word(); w.varAt < 0 {
		w.varAt = len(w.text)
	}
	p.rest = rest
	return true
}
