package jail

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shellOnly are the POSIX utilities that work only inside a shell (POSIX.1,
// Shell & Utilities, 2.15 and 1.6 "intrinsic"); a program of that name could
// not do what is meant.
var shellOnly = map[string]bool{
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
	f, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(command), "")
	if err != nil {
		return nil, "its syntax"
	}
	if len(f.Stmts) != 1 {
		return nil, "more than one command"
	}
	st := f.Stmts[0]
	call, ok := st.Cmd.(*syntax.CallExpr)
	switch {
	case st.Background || st.Negated || len(st.Redirs) > 0:
		return nil, "redirecting, negating or background work"
	case !ok:
		return nil, "what it does"
	case len(call.Assigns) > 0:
		return nil, "an assignment"
	}
	for _, w := range call.Args {
		word, ok := plainWord(w)
		if !ok {
			return nil, fmt.Sprintf("%q", command[w.Pos().Offset():w.End().Offset()])
		}
		argv = append(argv, word)
	}
	if shellOnly[argv[0]] {
		return nil, argv[0]
	}
	return argv, ""
}

// plainWord removes the quotes from a word (POSIX.1 2.2 "Quoting"). It is
// false for one that a shell would expand.
func plainWord(w *syntax.Word) (string, bool) {
	var b strings.Builder
	for i, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			if i == 0 && strings.HasPrefix(p.Value, "~") {
				return "", false
			}
			if !unescape(&b, p.Value, "*?[") {
				return "", false
			}
		case *syntax.SglQuoted:
			if p.Dollar {
				return "", false
			}
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			if !doubleQuoted(&b, p) {
				return "", false
			}
		default:
			return "", false
		}
	}
	return b.String(), true
}

func doubleQuoted(b *strings.Builder, q *syntax.DblQuoted) bool {
	if q.Dollar {
		return false
	}
	for _, part := range q.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok {
			return false
		}
		for s := lit.Value; s != ""; {
			// Only these are escaped by a backslash inside double quotes.
			if s[0] == '\\' && len(s) > 1 && strings.IndexByte("$`\"\\\n", s[1]) >= 0 {
				if s[1] != '\n' {
					b.WriteByte(s[1])
				}
				s = s[2:]
				continue
			}
			b.WriteByte(s[0])
			s = s[1:]
		}
	}
	return true
}

// unescape removes backslashes; it is false if one of the special characters
// stands unescaped.
func unescape(b *strings.Builder, s, special string) bool {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			if s[i] != '\n' {
				b.WriteByte(s[i])
			}
		case strings.IndexByte(special, s[i]) >= 0:
			return false
		default:
			b.WriteByte(s[i])
		}
	}
	return true
}
