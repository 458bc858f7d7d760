package image

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/syntax"
)

// Command reads a command line: a JSON array of words if it begins with "[",
// as in a Dockerfile, else words as a shell splits them. No shell will see
// them, so what only a shell could do, but for quoting, is an error.
func Command(text string) ([]string, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		words := []string{}
		if err := json.Unmarshal([]byte(text), &words); err != nil {
			return nil, fmt.Errorf("it is no JSON array of words: %w", err)
		}
		return words, nil
	}
	file, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	if err != nil {
		return nil, fmt.Errorf("it cannot be split into words: %w", err)
	}
	words := []string{}
	for i, st := range file.Stmts {
		call, simple := st.Cmd.(*syntax.CallExpr)
		if i > 0 || !simple || len(call.Assigns) > 0 || len(st.Redirs) > 0 || st.Negated || st.Background || st.Coprocess || st.Disown {
			return nil, errShell
		}
		for _, w := range call.Args {
			word, err := literal(w.Parts)
			if err != nil {
				return nil, err
			}
			words = append(words, word)
		}
	}
	return words, nil
}

var errShell = errors.New("it takes a shell: quote what shall stand as it is, write a JSON array, or start sh -c '...'")

// literal is a word without its quotes (POSIX.1, Shell & Utilities, 2.2).
func literal(parts []syntax.WordPart) (string, error) {
	var b strings.Builder
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			b.WriteString(unescape(p.Value, ""))
		case *syntax.SglQuoted:
			if p.Dollar {
				return "", errShell
			}
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			for _, inner := range p.Parts {
				lit, ok := inner.(*syntax.Lit)
				if !ok || p.Dollar {
					return "", errShell
				}
				b.WriteString(unescape(lit.Value, "$`\"\\"))
			}
		default:
			return "", errShell
		}
	}
	return b.String(), nil
}

// unescape drops the backslashes before one of the characters only, or before
// any if that is empty.
func unescape(s, only string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (only == "" || strings.IndexByte(only, s[i+1]) >= 0) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Port reads a port, NUMBER[/PROTOCOL], and returns it in full.
func Port(text string) (string, error) {
	number, protocol, ok := strings.Cut(text, "/")
	if !ok {
		protocol = "tcp"
	}
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil || n == 0 {
		return "", errors.New("a port is a number from 1 to 65535")
	}
	switch protocol {
	case "tcp", "udp", "sctp":
		return fmt.Sprintf("%d/%s", n, protocol), nil
	}
	return "", errors.New("the protocol is one of tcp, udp, sctp")
}

// CheckSignal makes sure that text names a signal of Linux: SIGTERM, TERM, 15,
// or SIGRTMIN+3 (signal(7)).
func CheckSignal(text string) error {
	if n, err := strconv.ParseUint(text, 10, 8); err == nil && n >= 1 && n <= 64 {
		return nil
	}
	name := strings.ToUpper(text)
	if !strings.HasPrefix(name, "SIG") {
		name = "SIG" + name
	}
	for _, real := range []string{"SIGRTMIN", "SIGRTMAX"} {
		if offset, ok := strings.CutPrefix(name, real); ok {
			n, err := strconv.Atoi(offset)
			if offset == "" || err == nil && (real == "SIGRTMIN") == (offset[0] == '+') && -30 <= n && n <= 30 {
				return nil
			}
		}
	}
	if unix.SignalNum(name) == 0 {
		return errors.New("there is no such signal")
	}
	return nil
}
