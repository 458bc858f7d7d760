package rules

import (
	"fmt"
	"io/fs"
	"strings"
)

// Default is "on" or "off".
func (r *Rule) Default() string {
	if r.On {
		return "on"
	}
	return "off"
}

// String is the rule as a rule file has it: [Parse] reads the same rule.
func (r *Rule) String() string {
	var b strings.Builder
	line := func(word, rest string) { fmt.Fprintf(&b, "  %-8s %s\n", word, rest) }
	lines := func(word string, args []string) {
		for _, arg := range args {
			line(word, arg)
		}
	}
	fmt.Fprintf(&b, "rule %s\n", r.Name)
	line("why", r.Why)
	if r.If != "" {
		line("if", r.If)
	}
	line("size", r.Size)
	line("default", r.Default())
	for _, e := range r.When {
		line("when", e.String())
	}
	for _, e := range r.And {
		line("and", e.String())
	}
	for _, e := range r.Unless {
		line("unless", e.String())
	}
	lines("in", r.In)
	lines("above", r.Above)
	lines("exists", r.Exists)
	for _, a := range r.Do {
		line(string(a.Verb), a.operands())
	}
	lines("skip", r.Skip)
	return b.String()
}

func (e Evidence) String() string {
	return strings.TrimSpace(string(e.Kind) + " " + escape.Replace(e.Arg))
}

// escape is the opposite of unescape.
var escape = strings.NewReplacer(" ", `\s`, "\x00", `\0`)

// operands is what follows the verb.
func (a Action) operands() string {
	switch a.Verb {
	case Dir:
		return fmt.Sprintf("%04o %s %d:%d", unixBits(a.Mode), a.Arg, a.UID, a.GID)
	case File:
		return strings.TrimRight(a.Arg+" "+strings.ReplaceAll(a.Text, "\n", `\n`), " ")
	}
	return a.Arg
}

// special are the bits of a mode that Go keeps elsewhere.
var special = []struct {
	bit  uint64
	mode fs.FileMode
}{{0o4000, fs.ModeSetuid}, {0o2000, fs.ModeSetgid}, {0o1000, fs.ModeSticky}}

func unixMode(bits uint64) fs.FileMode {
	m := fs.FileMode(bits & 0o777)
	for _, s := range special {
		if bits&s.bit != 0 {
			m |= s.mode
		}
	}
	return m
}

func unixBits(m fs.FileMode) uint64 {
	bits := uint64(m.Perm())
	for _, s := range special {
		if m&s.mode != 0 {
			bits |= s.bit
		}
	}
	return bits
}
