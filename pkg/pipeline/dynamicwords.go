package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// prepare finds out what a run runs. That is done when its turn has come: an
// earlier one may make it.
func (o *observer) prepare(r *tracedRun) error {
	if r.command == "" {
		p := o.inputs[0]
		r.name, r.Path, r.Args, r.Env = p.Name, p.Path, slices.Concat([]string{p.Path}, o.Args), o.env
		return nil
	}
	r.name = fmt.Sprintf("%q", r.command)
	call, err := parseCommand(r.command)
	if err != nil {
		return err
	}
	assigned, words, err := expandCommand(call, o.env, o.dir)
	if err != nil {
		return &DynamicError{Err: fmt.Errorf("cannot expand --dynamic-command %s: %w", r.name, err), Advice: "quote what shall stand as it is"}
	}
	r.Args, r.Env = words, slices.Concat(o.env, assigned)
	r.Path, err = o.find(words[0], r.Env)
	return err
}

// find looks a command up as a shell does: a name on the PATH of env, anything
// else as a path. The name of an input is that input, wherever it is.
func (o *observer) find(word string, env []string) (string, error) {
	for _, m := range o.inputs {
		if word == m.Name || word == path.Base(m.Path) {
			return m.Path, nil
		}
	}
	f := &Finder{Root: rootfs.Host(), Cwd: o.dir, Path: lastValue(env, "PATH")}
	if strings.Contains(word, "/") {
		full := f.abs(word)
		if _, err := rootfs.Trace(f.Root, full); err != nil {
			return "", &DynamicError{Err: openError(word, err), Advice: "give the program's full path, or its name"}
		}
		return full, nil
	}
	full, ok := f.onPath(word)
	if !ok {
		return "", &DynamicError{
			Err:    fmt.Errorf("cannot run %s: it is no input, nor on the search path %s", word, f.path()),
			Advice: "give the program's full path, or set PATH with --dynamic-env",
		}
	}
	return full, nil
}

// lastOfEach drops the assignments that a later one overrides: of several, most
// programs see the first.
func lastOfEach(env []string) []string {
	at := map[string]int{}
	var out []string
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		if i, ok := at[name]; ok {
			out[i] = kv
			continue
		}
		at[name] = len(out)
		out = append(out, kv)
	}
	return out
}

// lastValue is the value of the last assignment to name.
func lastValue(env []string, name string) string {
	value := ""
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			value = v
		}
	}
	return value
}

// parseCommand reads one command of a shell that consists of nothing but
// assignments and words (POSIX.1, Shell & Utilities, 2.9.1 "Simple Commands").
// Anything else is a *UsageError.
func parseCommand(text string) (*syntax.CallExpr, error) {
	file, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	if err != nil {
		return nil, usagef("see to its quotes", "cannot split --dynamic-command %q into words: %v", text, err)
	}
	if len(file.Stmts) == 0 {
		return nil, usagef("name a program", "--dynamic-command is empty")
	}
	st := file.Stmts[0]
	call, simple := st.Cmd.(*syntax.CallExpr)
	why := ""
	switch {
	case len(file.Stmts) > 1:
		why = "it is more than one command"
	case len(st.Redirs) > 0:
		why = "it redirects"
	case !simple, st.Negated, st.Background, st.Coprocess, st.Disown:
		why = "it is more than a simple command"
	case len(call.Args) == 0:
		return nil, usagef("name a program", "--dynamic-command %q names no program", text)
	default:
		why = substitution(call)
	}
	if why != "" {
		return nil, usagef("write --dynamic-command \"sh -c '...'\"; the shell then comes along", "--dynamic-command %q needs a shell: %s", text, why)
	}
	return call, nil
}

// substitution says what in a simple command takes more than variables to
// expand.
func substitution(call *syntax.CallExpr) (why string) {
	for _, a := range call.Assigns {
		if a.Array != nil || a.Append || a.Index != nil {
			why = "it assigns more than text"
		}
	}
	syntax.Walk(call, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ParamExp:
			if n.Param == nil || !syntax.ValidName(n.Param.Value) {
				why = "it asks for what only a shell knows"
			}
		case *syntax.CmdSubst, *syntax.ProcSubst:
			why = "it runs a command to make a word"
		case *syntax.ArithmExp:
			why = "it calculates"
		case *syntax.ExtGlob:
			why = "it has a pattern that only shells know"
		}
		return why == ""
	})
	return why
}

// expandCommand returns the words of a command, with variables of env, "~" and
// patterns of files in dir replaced, and the assignments before it.
func expandCommand(call *syntax.CallExpr, env []string, dir string) (assigned, words []string, err error) {
	vars := slices.Concat(env, []string{"PWD=" + dir})
	cfg := &expand.Config{Env: expand.ListEnviron(vars...), ReadDir2: os.ReadDir}
	for _, a := range call.Assigns {
		value := ""
		if a.Value != nil {
			if value, err = expand.Literal(cfg, a.Value); err != nil {
				return nil, nil, err
			}
		}
		assigned = append(assigned, a.Name.Value+"="+value)
	}
	words, err = expand.Fields(cfg, call.Args...)
	if err == nil && (len(words) == 0 || words[0] == "") {
		err = errors.New("its first word is empty")
	}
	return assigned, words, err
}
