package rules

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// SyntaxError is a line of a rule file that cannot be understood.
type SyntaxError struct {
	File string
	Line int
	Msg  string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg) }

// Parse reads a rule file: blocks that begin with "rule NAME", one directive a
// line, "#" to the end of a line is a comment.
//
//	rule NAME
//	  why SENTENCE
//	  if CLAUSE               when a user of a rule that is off wants it
//	  size small|medium|large
//	  default on|off
//	  when KIND ARG...        each ARG is evidence of its own; \s in one is a space, \0 a NUL
//	  and KIND ARG...         the same file must be one of these too
//	  unless KIND ARG...      the same file must be none of these
//	  in PATTERN...           the directory of the evidence is one of these
//	  above GLOB...           landmarks, relative, in order of preference
//	  exists GLOB...          one of these must be in the root
//	  add GLOB...   run GLOB...   skip GLOB...
//	  load SONAME...
//	  dir MODE PATH [UID:GID] the owner is root if none is given
//	  file PATH TEXT          \n in TEXT is a line end
//	  make NAME...
//	  modules GLOB...
//
// What a line says is checked as far as it can be without a root: a glob that
// is none, a relative path and a variable that does not exist are errors, each a
// *SyntaxError with the line.
func Parse(file, text string) ([]Rule, error) {
	p := parser{lines: map[string]int{}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if err := p.line(n, line); err != nil {
			return nil, &SyntaxError{File: file, Line: n, Msg: err.Error()}
		}
	}
	for _, r := range p.rules {
		if err := r.complete(); err != nil {
			return nil, &SyntaxError{File: file, Line: p.lines[r.Name], Msg: err.Error()}
		}
	}
	return p.rules, nil
}

// parser collects the rules of a file, and where each begins.
type parser struct {
	rules []Rule
	lines map[string]int
}

func (p *parser) line(n int, line string) error {
	if i := strings.IndexByte(line, '#'); i >= 0 && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
		line = line[:i]
	}
	word, rest := line, ""
	word = strings.TrimSpace(word)
	if i := strings.IndexAny(word, " \t"); i >= 0 {
		word, rest = word[:i], strings.TrimSpace(word[i:])
	}
	switch {
	case word == "":
		return nil
	case word == "rule":
		if rest == "" || rest == "all" || strings.ContainsAny(rest, " \t/,") || p.lines[rest] != 0 {
			return fmt.Errorf("%s is no name for a rule, or there is one already", quoted(rest))
		}
		p.lines[rest] = n
		p.rules = append(p.rules, Rule{Name: rest, Size: "small", On: true})
		return nil
	case len(p.rules) == 0:
		return fmt.Errorf("%s before the first rule", quoted(word))
	}
	return p.rules[len(p.rules)-1].directive(word, rest)
}

// quoted writes a word of a rule file into a message: what is no rule file has
// words of any length.
func quoted(word string) string {
	const most = 80
	if len(word) > most {
		return fmt.Sprintf("%.*q...", most, word)
	}
	return strconv.Quote(word)
}

// complete checks that a rule has what every rule needs.
func (r *Rule) complete() error {
	for _, part := range []struct {
		lacks bool
		what  string
	}{{r.Why == "", "a why"}, {len(r.When) == 0, "a when"}, {len(r.Do) == 0, "anything to add"}} {
		if part.lacks {
			return fmt.Errorf("rule %s lacks %s", r.Name, part.what)
		}
	}
	return nil
}

func (r *Rule) directive(word, rest string) error {
	if rest == "" {
		return fmt.Errorf("%s: nothing follows", quoted(word))
	}
	switch word {
	case "why":
		r.Why = rest
	case "if":
		r.If = rest
	case "size":
		r.Size = rest
		if rest != "small" && rest != "medium" && rest != "large" {
			return fmt.Errorf("size is small, medium or large, not %s", quoted(rest))
		}
	case "default":
		r.On = rest == "on"
		if rest != "on" && rest != "off" {
			return fmt.Errorf("default is on or off, not %s", quoted(rest))
		}
	case "when":
		return appendEvidence(&r.When, rest)
	case "and":
		return appendEvidence(&r.And, rest)
	case "unless":
		return appendEvidence(&r.Unless, rest)
	case "in":
		return appendChecked(&r.In, rest, checkPattern)
	case "above":
		return appendChecked(&r.Above, rest, checkBelow)
	case "exists":
		return appendChecked(&r.Exists, rest, checkGlob)
	case "skip":
		return appendChecked(&r.Skip, rest, checkSkip)
	default:
		return r.action(word, rest)
	}
	return nil
}

// unescape is for what a word of a rule file cannot hold.
var unescape = strings.NewReplacer(`\s`, " ", `\0`, "\x00")

func appendEvidence(list *[]Evidence, text string) error {
	fields := strings.Fields(text)
	kind := Kind(fields[0])
	switch kind {
	case Always:
		*list = append(*list, Evidence{Kind: kind})
		return nil
	case Soname, Import, Define, Main, Text, Word, Path, Start, Script, Fired:
	default:
		return fmt.Errorf("unknown evidence %s", quoted(fields[0]))
	}
	if len(fields) == 1 {
		return fmt.Errorf("evidence of kind %s: of what?", kind)
	}
	for _, arg := range fields[1:] {
		*list = append(*list, Evidence{Kind: kind, Arg: unescape.Replace(arg)})
	}
	return nil
}

func (r *Rule) action(word, rest string) error {
	switch Verb(word) {
	case Add, Run, Load, Make, Modules:
		for _, arg := range strings.Fields(rest) {
			if err := checkArg(Verb(word), arg); err != nil {
				return fmt.Errorf("%s %s: %w", word, quoted(arg), err)
			}
			r.Do = append(r.Do, Action{Verb: Verb(word), Arg: arg})
		}
	case Dir:
		a, ok := parseDir(strings.Fields(rest))
		if !ok {
			return fmt.Errorf("dir takes an octal mode, an absolute path and perhaps an owner, not %s", quoted(rest))
		}
		r.Do = append(r.Do, a)
	case File:
		name, text, _ := strings.Cut(rest, " ")
		if !path.IsAbs(name) || checkVariables(name) != nil {
			return fmt.Errorf("file takes an absolute path and a text, not %s", quoted(rest))
		}
		text = strings.ReplaceAll(strings.TrimSpace(text), `\n`, "\n")
		r.Do = append(r.Do, Action{Verb: File, Arg: name, Mode: 0o644, Text: text})
	default:
		return fmt.Errorf("unknown directive %s", quoted(word))
	}
	return nil
}

func parseDir(fields []string) (Action, bool) {
	if len(fields) < 2 || len(fields) > 3 || !path.IsAbs(fields[1]) || checkVariables(fields[1]) != nil {
		return Action{}, false
	}
	bits, err := strconv.ParseUint(fields[0], 8, 12)
	a := Action{Verb: Dir, Arg: fields[1], Mode: unixMode(bits)}
	if len(fields) == 3 {
		uid, gid, _ := strings.Cut(fields[2], ":")
		var errs [2]error
		a.UID, errs[0] = strconv.Atoi(uid)
		a.GID, errs[1] = strconv.Atoi(gid)
		err = errors.Join(err, errs[0], errs[1])
	}
	return a, err == nil && a.UID >= 0 && a.GID >= 0
}
