package manpage

import "strings"

// escape writes text that is typed as it is read: a hyphen is the character of
// a command line, not one of a word (groff_char(7)).
func escape(s string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, `"`, `\(dq`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(s)
}

// prose writes a sentence: the hyphens of its words stay hyphens, those of
// flags and paths are a command line's.
func prose(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if strings.HasPrefix(strings.TrimLeft(w, `("[`), "-") || strings.ContainsAny(w, "/=") {
			words[i] = escape(w)
			continue
		}
		parts := strings.Split(w, "-")
		for j := range parts {
			parts[j] = escape(parts[j])
		}
		words[i] = strings.Join(parts, "-")
	}
	return strings.Join(words, " ")
}

// markup writes a command line or a term: what is typed in bold, what it
// stands for, which is in capitals, in italics.
func markup(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		n := strings.IndexFunc(s, isPunctuation)
		switch {
		case n == 0:
			n = len(s) - len(strings.TrimLeftFunc(s, isPunctuation))
			b.WriteString(escape(s[:n]))
		default:
			if n < 0 {
				n = len(s)
			}
			b.WriteString(font(s[:n]) + escape(s[:n]) + `\fR`)
		}
		s = s[n:]
	}
	return b.String()
}

func isPunctuation(r rune) bool { return strings.ContainsRune(" ,|[]{}().:", r) }

// font is that of a word of the command line.
func font(word string) string {
	if word == strings.ToUpper(word) && strings.ContainsAny(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && word[0] != '-' {
		return `\fI`
	}
	return `\fB`
}
