package scripts

import "strings"

// pyKind is a sort of token of Python, as far as its imports ask for it.
type pyKind byte

const (
	pyName   pyKind = iota + 1 // an identifier or keyword
	pyString                   // a string; text is what is between the quotes
	pyFormat                   // an f-string, likewise
	pySign                     // any other character
)

type pyToken struct {
	kind pyKind
	text string
}

func (t pyToken) is(text string) bool {
	return t.text == text && (t.kind == pyName || t.kind == pySign)
}

// pyLines calls visit with the tokens of each logical line of a Python source
// and with its indentation (The Python Language Reference, 2. Lexical analysis):
// comments are gone, and brackets and backslashes have joined lines. The tokens
// are good until visit returns. What is no Python gives some tokens, too.
func pyLines(text string, visit func(indent int, line []pyToken)) {
	l := pyLexer{text: text}
	for l.at < len(text) {
		if indent := l.line(); len(l.tokens) > 0 {
			visit(indent, l.tokens)
		}
	}
}

type pyLexer struct {
	text   string
	at     int
	tokens []pyToken
}

// line reads one logical line and returns its indentation in characters.
func (l *pyLexer) line() (indent int) {
	l.tokens = l.tokens[:0]
	start := l.at
	for l.at < len(l.text) && strings.IndexByte(" \t\f", l.text[l.at]) >= 0 {
		l.at++
	}
	indent = l.at - start
	depth := 0
	for l.at < len(l.text) {
		c := l.text[l.at]
		switch {
		case c == '\n':
			l.at++
			if depth == 0 {
				return indent
			}
		case c == '\\', c == ' ', c == '\t', c == '\r', c == '\f':
			l.at += min(l.blank(), len(l.text)-l.at)
		case c == '#':
			l.until('\n')
		case c == '"' || c == '\'':
			l.string("")
		case isPyName(c):
			l.word()
		default:
			switch c {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth = max(0, depth-1)
			}
			l.tokens = append(l.tokens, pyToken{pySign, l.text[l.at : l.at+1]})
			l.at++
		}
	}
	return indent
}

// blank is how many bytes the space or joined line end takes that is next.
func (l *pyLexer) blank() int {
	rest := l.text[l.at:]
	switch {
	case strings.HasPrefix(rest, "\\\r\n"):
		return 3
	case strings.HasPrefix(rest, "\\\n"):
		return 2
	}
	return 1
}

// until goes on to the next c.
func (l *pyLexer) until(c byte) {
	n := strings.IndexByte(l.text[l.at:], c)
	if n < 0 {
		n = len(l.text) - l.at
	}
	l.at += n
}

func isPyName(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// word reads a name, a number, or a string with a prefix.
func (l *pyLexer) word() {
	start := l.at
	for l.at < len(l.text) && isPyName(l.text[l.at]) {
		l.at++
	}
	word := l.text[start:l.at]
	if l.at < len(l.text) && (l.text[l.at] == '"' || l.text[l.at] == '\'') && len(word) <= 2 && strings.Trim(word, "rRbBuUfFtT") == "" {
		l.string(word)
		return
	}
	l.tokens = append(l.tokens, pyToken{pyName, word})
}

// string reads a string. One of a single line ends with it at the latest.
func (l *pyLexer) string(prefix string) {
	quote := l.text[l.at : l.at+1]
	if strings.HasPrefix(l.text[l.at+1:], quote+quote) {
		quote = quote + quote + quote
	}
	l.at += len(quote)
	start := l.at
	for l.at < len(l.text) && !strings.HasPrefix(l.text[l.at:], quote) && (len(quote) == 3 || l.text[l.at] != '\n') {
		if l.text[l.at] == '\\' {
			l.at++
		}
		l.at++
	}
	l.at = min(l.at, len(l.text))
	kind := pyString
	if strings.ContainsAny(prefix, "fFtT") {
		kind = pyFormat
	}
	l.tokens = append(l.tokens, pyToken{kind, l.text[start:l.at]})
	if strings.HasPrefix(l.text[l.at:], quote) {
		l.at += len(quote)
	}
}
