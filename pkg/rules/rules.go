// Package rules says what a program needs that no ELF header names: name
// service modules, certificates, an interpreter's library. The rules are data:
// a table of evidence and of what it calls for ([Default], table.txt), read by
// [Parse]; users write their own in the same format.
package rules

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed table.txt
var table string

// Table is the text of the rules that come with pack.
func Table() string { return table }

// Default returns the rules that come with pack.
func Default() ([]Rule, error) { return Parse("table.txt", table) }

// Rule is one block of the table.
type Rule struct {
	Name string
	// Why is one sentence on what goes wrong without it.
	Why string
	// If ends the hint for a rule that is off: "add --with NAME (SIZE) if …".
	If string
	// Size is the size class: small, medium or large.
	Size string
	// On tells whether the rule applies without being asked for. A rule that is
	// off and has no If is never hinted at.
	On bool
	// When is the evidence; any one is enough.
	When []Evidence
	// In are patterns one of which the directory of the evidence must match,
	// empty for no condition.
	In []string
	// Above are landmarks: names below some directory at or above the one of
	// the evidence, as interpreters look for their own prefix. The nearest such
	// directory is $above, and the directory the landmark is in is $at. With
	// landmarks of which none is there, the rule does not apply.
	Above []string
	// Exists are paths one of which must be in the root, empty for no condition.
	Exists []string
	// Do is what the rule adds, in order.
	Do []Action
	// Skip are globs of what Do leaves out, matched against absolute paths as
	// --exclude does.
	Skip []string

	unread string // the text that the rest is still to be read from
}

// Kind is a sort of evidence.
type Kind string

// The sorts of evidence.
const (
	Soname Kind = "soname" // an object with that DT_SONAME, or file name, is in the bundle
	Import Kind = "import" // an object other than the libc imports the symbol
	Define Kind = "define" // an object defines the symbol
	Text   Kind = "text"   // an executable or script holds that text: what it was linked with statically is not seen otherwise
	Word   Kind = "word"   // a script holds that text: the name of a module that it uses
	Path   Kind = "path"   // a file of the bundle has that real path
	Start  Kind = "start"  // something the bundle starts is called by that path, links unresolved
	Script Kind = "script" // a script is run by an interpreter of that file name, env's choice included
	Fired  Kind = "rule"   // another rule applied
	Always Kind = "always" // only sensible for rules that are off
)

// Evidence is one condition. Its patterns know "*", which stands for any text
// without "/", and "**", which stands for any text; what each stood for is kept
// as $1, $2 …
type Evidence struct {
	Kind Kind
	Arg  string
}

func (e Evidence) String() string { return strings.TrimSpace(string(e.Kind) + " " + e.Arg) }

// Verb is a sort of action.
type Verb string

// The sorts of action.
const (
	Add  Verb = "add"  // what a glob of the root matches, directories with all below
	Run  Verb = "run"  // the same, and what the scripts among it are run by
	Load Verb = "load" // the library that the loader finds for a soname, searching for the file that is the evidence; for the C library if that is an import
	Dir  Verb = "dir"  // an empty directory, with a mode
	File Verb = "file" // a small file of given text, unless the root or the bundle has one
	Make Verb = "make" // something computed, see package pipeline
)

// Action is one thing a rule adds. Arg may hold variables:
//
//	$1 $2 …   what the wildcards of the evidence stood for
//	$dir      the real directory of the file that is the evidence; as it was
//	          named if the evidence is "start"
//	$name     the name of that file in $dir
//	$prefix   $dir without a trailing bin, sbin, lib, lib64, lib/TRIPLET
//	$above    the nearest directory from $dir up that has a landmark below it
//	$at       the directory that landmark is in
//	$lib      each default directory of the program's loader
//
// A glob with a variable that has no value adds nothing. Values are quoted: a
// star in a directory's name is no wildcard.
type Action struct {
	Verb Verb
	Arg  string // a glob, a path, or the name of what Make computes
	Mode fs.FileMode
	Text string
	// UID and GID own a Dir.
	UID, GID int
}

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
//	  when KIND ARG...        each ARG is evidence of its own
//	  in PATTERN...           the directory of the evidence is one of these
//	  above GLOB...           landmarks, relative, in order of preference
//	  exists GLOB...          one of these must be in the root
//	  add GLOB...   run GLOB...   skip GLOB...
//	  load SONAME...
//	  dir MODE PATH [UID:GID] the owner is root if none is given
//	  file PATH TEXT          \n in TEXT is a line end
//	  make NAME...
func Parse(file, text string) ([]Rule, error) {
	// Every run parses the table: it is made with few allocations.
	most := strings.Count(text, "\nrule ") + 1
	out := make([]Rule, 0, most)
	seen := make(map[string]bool, most)
	n := 0
	for line := range strings.Lines(text) {
		n++
		if i := strings.IndexByte(line, '#'); i >= 0 && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			line = line[:i]
		}
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest = strings.TrimSpace(rest)
		if word == "" {
			continue
		}
		var err error
		switch {
		case word == "rule":
			if rest == "" || strings.ContainsAny(rest, " \t/,") || seen[rest] {
				err = fmt.Errorf("%q is no name for a rule, or there is one already", rest)
				break
			}
			seen[rest] = true
			out = append(out, Rule{Name: rest, Size: "small", On: true})
		case len(out) == 0:
			err = fmt.Errorf("%q before the first rule", word)
		default:
			err = out[len(out)-1].directive(word, rest)
		}
		if err != nil {
			return nil, &SyntaxError{File: file, Line: n, Msg: err.Error()}
		}
	}
	for i := range out {
		if len(out[i].When) == 0 || len(out[i].Do) == 0 || out[i].Why == "" {
			return nil, &SyntaxError{File: file, Line: n, Msg: "rule " + out[i].Name + " lacks a why, a when, or anything to add"}
		}
	}
	return out, nil
}

func (r *Rule) directive(word, rest string) error {
	if rest == "" {
		return fmt.Errorf("%s: nothing follows", word)
	}
	switch word {
	case "why":
		r.Why = rest
	case "if":
		r.If = rest
	case "size":
		r.Size = rest
		if rest != "small" && rest != "medium" && rest != "large" {
			return fmt.Errorf("size is small, medium or large, not %q", rest)
		}
	case "default":
		r.On = rest == "on"
		if rest != "on" && rest != "off" {
			return fmt.Errorf("default is on or off, not %q", rest)
		}
	case "when":
		return r.when(strings.Fields(rest))
	case "in":
		r.In = append(r.In, strings.Fields(rest)...)
	case "above":
		r.Above = append(r.Above, strings.Fields(rest)...)
	case "exists":
		r.Exists = append(r.Exists, strings.Fields(rest)...)
	case "skip":
		r.Skip = append(r.Skip, strings.Fields(rest)...)
	default:
		return r.action(word, rest)
	}
	return nil
}

func (r *Rule) when(fields []string) error {
	kind := Kind(fields[0])
	switch kind {
	case Always:
		r.When = append(r.When, Evidence{Kind: kind})
		return nil
	case Soname, Import, Define, Text, Word, Path, Start, Script, Fired:
	default:
		return fmt.Errorf("unknown evidence %q", fields[0])
	}
	if len(fields) == 1 {
		return fmt.Errorf("when %s: of what?", kind)
	}
	r.When = slices.Grow(r.When, len(fields)-1)
	for _, arg := range fields[1:] {
		r.When = append(r.When, Evidence{Kind: kind, Arg: arg})
	}
	return nil
}

func (r *Rule) action(word, rest string) error {
	switch Verb(word) {
	case Add, Run, Load, Make:
		fields := strings.Fields(rest)
		r.Do = slices.Grow(r.Do, len(fields))
		for _, arg := range fields {
			r.Do = append(r.Do, Action{Verb: Verb(word), Arg: arg})
		}
	case Dir:
		a, ok := parseDir(strings.Fields(rest))
		if !ok {
			return fmt.Errorf("dir takes an octal mode, an absolute path and perhaps an owner, not %q", rest)
		}
		r.Do = append(r.Do, a)
	case File:
		name, text, _ := strings.Cut(rest, " ")
		if !path.IsAbs(name) {
			return fmt.Errorf("file takes an absolute path and a text, not %q", rest)
		}
		text = strings.ReplaceAll(strings.TrimSpace(text), `\n`, "\n")
		r.Do = append(r.Do, Action{Verb: File, Arg: name, Mode: 0o644, Text: text})
	default:
		return fmt.Errorf("unknown directive %q", word)
	}
	return nil
}

func parseDir(fields []string) (Action, bool) {
	if len(fields) < 2 || len(fields) > 3 || !path.IsAbs(fields[1]) {
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

func unixMode(bits uint64) fs.FileMode {
	m := fs.FileMode(bits & 0o777)
	for bit, mode := range map[uint64]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if bits&bit != 0 {
			m |= mode
		}
	}
	return m
}
