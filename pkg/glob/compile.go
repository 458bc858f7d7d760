package glob

import (
	"strings"

	gobwas "github.com/gobwas/glob"
)

// compile writes tokens in the syntax of gobwas/glob, which differs from ours:
// it has no bytes that are not UTF-8, no [^a], no sets that mix ranges and
// characters, and ends a set at the first "]". With slash, "/" is matched by
// "**" and itself only.
func compile(tokens []token, slash bool) (*gobwas.Pattern, error) {
	var b strings.Builder
	for i := 0; i < len(tokens); i++ {
		switch t := tokens[i]; t.kind {
		case anyOne:
			b.WriteByte('?')
		case star:
			b.WriteByte('*')
		case deep:
			if directories(tokens, i) {
				b.WriteString("{**/,}")
				i++
				continue
			}
			b.WriteString("**")
		case class:
			writeClass(&b, t.set, slash)
		default:
			writeLiteral(&b, t.char)
		}
	}
	if slash {
		return gobwas.Compile(b.String(), '/')
	}
	return gobwas.Compile(b.String())
}

// directories says whether the "**" at i is a component with a "/" behind it:
// then it stands for any number of directories, with their slashes.
func directories(tokens []token, i int) bool {
	return (i == 0 || tokens[i-1].is('/')) && i+1 < len(tokens) && tokens[i+1].is('/')
}

func writeLiteral(b *strings.Builder, r rune) {
	if strings.ContainsRune(special+`]!-`, r) {
		b.WriteByte('\\')
	}
	b.WriteRune(r)
}

// writeClass writes a set as alternatives, each a range or a character.
func writeClass(b *strings.Builder, set []span, slash bool) {
	if slash {
		set = without(set, '/')
	}
	b.WriteByte('{')
	if len(set) == 0 {
		b.WriteRune(never)
	}
	for i, s := range set {
		if i > 0 {
			b.WriteByte(',')
		}
		writeSpan(b, s)
	}
	b.WriteByte('}')
}

func writeSpan(b *strings.Builder, s span) {
	// Halves of UTF-16 pairs cannot be written, nor met in a name.
	if s.lo >= 0xd800 && s.lo <= 0xdfff {
		s.lo = 0xe000
	}
	if s.hi >= 0xd800 && s.hi <= 0xdfff {
		s.hi = 0xd7ff
	}
	switch {
	case s.lo > s.hi:
		b.WriteRune(never)
	case s.lo == s.hi:
		writeLiteral(b, s.lo)
	case s.lo == '!':
		// First in brackets it would negate them.
		b.WriteString(`\!,`)
		writeSpan(b, span{'!' + 1, s.hi})
	default:
		b.WriteByte('[')
		b.WriteRune(s.lo)
		b.WriteByte('-')
		b.WriteRune(s.hi)
		b.WriteByte(']')
	}
}

func without(set []span, r rune) []span {
	var out []span
	for _, s := range set {
		if r < s.lo || r > s.hi {
			out = append(out, s)
			continue
		}
		if s.lo < r {
			out = append(out, span{s.lo, r - 1})
		}
		if r < s.hi {
			out = append(out, span{r + 1, s.hi})
		}
	}
	return out
}
