package glob

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits on patterns, far above any that is meant.
const (
	maxPattern = 1 << 16 // bytes
	maxNesting = 16      // braces in braces
	maxTokens  = 1 << 18 // in all alternatives together
)

type kind int

const (
	literal kind = iota
	anyOne       // ?
	star         // *
	deep         // **
	class        // [...]
)

// token is one element of a pattern without braces.
type token struct {
	kind kind
	char rune   // of a literal
	set  []span // of a class: sorted, without overlaps, not negated
}

// span is a range of characters, both ends included.
type span struct{ lo, hi rune }

func (t token) is(char rune) bool { return t.kind == literal && t.char == char }

// Names and patterns are matched as UTF-8 text in which a byte that is not
// UTF-8 is replaced by a character of its own, byteBase plus the byte. Those
// characters themselves are replaced byte by byte, so no two names become one.
const (
	byteBase = 0x10ff00
	// never is such a character for a byte that is always UTF-8: no name has it.
	never = byteBase
)

func encode(name string) string {
	if utf8.ValidString(name) && !strings.Contains(name, "\xf4\x8f") {
		return name
	}
	return string(characters(name))
}

func characters(name string) []rune {
	out := make([]rune, 0, len(name))
	for len(name) > 0 {
		r, n := utf8.DecodeRuneInString(name)
		if r == utf8.RuneError && n == 1 || r >= byteBase {
			r, n = byteBase+rune(name[0]), 1
		}
		out = append(out, r)
		name = name[n:]
	}
	return out
}

// decode undoes encode for one character.
func decode(r rune) string {
	if r >= byteBase {
		return string([]byte{byte(r - byteBase)})
	}
	return string(r)
}

// parser reads a pattern from left to right.
type parser struct {
	rest   []rune
	depth  int // of braces
	tokens int // made so far
}

// parse returns the alternatives that pattern's braces stand for; without
// braces it is one.
func parse(pattern string) ([][]token, error) {
	var p parser
	switch {
	case pattern == "":
		return nil, &SyntaxError{pattern, "it is empty"}
	case len(pattern) > maxPattern:
		return nil, &SyntaxError{pattern[:64] + "...", fmt.Sprintf("it is longer than %d bytes", maxPattern)}
	case strings.Contains(pattern, "\x00"):
		return nil, &SyntaxError{pattern, "no name has a NUL byte"}
	}
	p.rest = characters(pattern)
	alternatives, err := p.sequence()
	if err != nil {
		return nil, &SyntaxError{pattern, err.Error()}
	}
	for i := range alternatives {
		alternatives[i] = mergeStars(alternatives[i])
	}
	return alternatives, nil
}

// sequence reads up to the end, or to the "," or "}" that ends a branch.
func (p *parser) sequence() ([][]token, error) {
	branches := [][]token{nil}
	for len(p.rest) > 0 {
		var next [][]token
		var err error
		switch r := p.rest[0]; {
		case p.depth > 0 && (r == ',' || r == '}'):
			return branches, nil
		case r == '{':
			next, err = p.group()
		default:
			var t token
			t, err = p.token()
			next = [][]token{{t}}
		}
		if err != nil {
			return nil, err
		}
		if branches, err = p.join(branches, next); err != nil {
			return nil, err
		}
	}
	return branches, nil
}

// join returns every branch of a followed by every branch of b.
func (p *parser) join(a, b [][]token) ([][]token, error) {
	if len(b) == 1 {
		for i := range a {
			a[i] = append(a[i], b[0]...)
		}
		return a, p.count(len(a) * len(b[0]))
	}
	var out [][]token
	for _, head := range a {
		for _, tail := range b {
			if err := p.count(1 + len(head) + len(tail)); err != nil {
				return nil, err
			}
			out = append(out, slices.Concat(head, tail))
		}
	}
	return out, nil
}

func (p *parser) count(n int) error {
	if p.tokens += n; p.tokens > maxTokens {
		return fmt.Errorf("its braces stand for too many patterns")
	}
	return nil
}

func (p *parser) group() ([][]token, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, fmt.Errorf("more than %d braces in one another", maxNesting)
	}
	defer func() { p.depth-- }()
	var all [][]token
	for {
		p.rest = p.rest[1:] // the "{" or ","
		branch, err := p.sequence()
		if err != nil {
			return nil, err
		}
		all = append(all, branch...)
		if len(p.rest) == 0 {
			return nil, fmt.Errorf("unclosed {")
		}
		if p.rest[0] == '}' {
			p.rest = p.rest[1:]
			return all, nil
		}
	}
}

func (p *parser) token() (token, error) {
	switch p.rest[0] {
	case '*':
		n := 1
		for n < len(p.rest) && p.rest[n] == '*' {
			n++
		}
		p.rest = p.rest[n:]
		if n > 1 {
			return token{kind: deep}, nil
		}
		return token{kind: star}, nil
	case '?':
		p.rest = p.rest[1:]
		return token{kind: anyOne}, nil
	case '[':
		p.rest = p.rest[1:]
		return p.class()
	}
	r, err := p.char()
	return token{char: r}, err
}

// char reads one character, quoted or not.
func (p *parser) char() (rune, error) {
	r := p.rest[0]
	p.rest = p.rest[1:]
	if r != '\\' {
		return r, nil
	}
	if len(p.rest) == 0 {
		return 0, fmt.Errorf("a backslash at the end")
	}
	r = p.rest[0]
	p.rest = p.rest[1:]
	return r, nil
}

// class reads what follows "[", up to and including the "]".
func (p *parser) class() (token, error) {
	negated := len(p.rest) > 0 && (p.rest[0] == '!' || p.rest[0] == '^')
	if negated {
		p.rest = p.rest[1:]
	}
	var set []span
	for len(p.rest) > 0 {
		if p.rest[0] == ']' && set != nil {
			p.rest = p.rest[1:]
			set = merge(set)
			if negated {
				set = complement(set)
			}
			return token{kind: class, set: set}, nil
		}
		if p.rest[0] == '[' && len(p.rest) > 1 && strings.ContainsRune(":.=", p.rest[1]) {
			return token{}, fmt.Errorf("[%c in brackets is not supported; put a backslash before that [ to mean the character", p.rest[1])
		}
		s, err := p.span()
		if err != nil {
			return token{}, err
		}
		set = append(set, s)
	}
	return token{}, fmt.Errorf("unclosed [")
}

// span reads "a" or "a-z". A "-" before the closing bracket is a character.
func (p *parser) span() (span, error) {
	lo, err := p.char()
	if err != nil || len(p.rest) < 2 || p.rest[0] != '-' || p.rest[1] == ']' {
		return span{lo, lo}, err
	}
	p.rest = p.rest[1:]
	hi, err := p.char()
	if err == nil && hi < lo {
		err = fmt.Errorf("the range %s-%s is reversed", decode(lo), decode(hi))
	}
	return span{lo, hi}, err
}

// merge sorts spans and joins those that touch.
func merge(set []span) []span {
	slices.SortFunc(set, func(a, b span) int { return cmp.Compare(a.lo, b.lo) })
	out := set[:1]
	for _, s := range set[1:] {
		if last := &out[len(out)-1]; s.lo <= last.hi+1 {
			last.hi = max(last.hi, s.hi)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// complement returns the characters that are not in set, which is merged.
func complement(set []span) []span {
	out := []span{}
	next := rune(0)
	for _, s := range set {
		if s.lo > next {
			out = append(out, span{next, s.lo - 1})
		}
		next = s.hi + 1
	}
	if next <= utf8.MaxRune {
		out = append(out, span{next, utf8.MaxRune})
	}
	return out
}

// mergeStars makes one star of stars that braces have put side by side.
func mergeStars(tokens []token) []token {
	out := tokens[:0:0]
	for _, t := range tokens {
		if n := len(out); n > 0 && wild(out[n-1]) && wild(t) {
			out[n-1].kind = max(out[n-1].kind, t.kind)
			continue
		}
		out = append(out, t)
	}
	return out
}

func wild(t token) bool { return t.kind == star || t.kind == deep }
