package rules

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
)

// appendChecked appends the words of text, each of which check must pass.
func appendChecked(list *[]string, text string, check func(string) error) error {
	for _, word := range strings.Fields(text) {
		if err := check(word); err != nil {
			return fmt.Errorf("%s: %w", quoted(word), err)
		}
		*list = append(*list, word)
	}
	return nil
}

// checkArg tells whether an argument of a verb can ever mean anything.
func checkArg(verb Verb, arg string) error {
	switch verb {
	case Load:
		return checkSoname(arg)
	case Make:
		if !slices.Contains(Makings(), Making(arg)) {
			return fmt.Errorf("nothing of that name can be made, only %v", Makings())
		}
		return nil
	}
	return checkGlob(arg)
}

// checkSoname wants what dlopen(3) takes: a name without slash, or a path that
// does not depend on where the program is started.
func checkSoname(name string) error {
	if strings.Contains(name, "/") && !path.IsAbs(name) && name[0] != '$' {
		return errors.New("it is neither a name nor an absolute path")
	}
	return checkVariables(name)
}

// checkGlob wants a glob of absolute paths.
func checkGlob(pattern string) error {
	if err := checkSkip(pattern); err != nil {
		return err
	}
	if !absolute(pattern) {
		return errors.New("it is not an absolute path")
	}
	return nil
}

// absolute tells whether a glob, or each alternative of the braces it begins
// with, begins with a slash or with a variable, all of which are absolute.
func absolute(pattern string) bool {
	switch {
	case pattern == "":
		return false
	case pattern[0] != '{':
		return pattern[0] == '/' || pattern[0] == '$'
	}
	depth := 0
	for i, c := range pattern {
		switch c {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			return true
		}
		if next := pattern[i+1:]; (c == '{' || c == ',' && depth == 1) && !absolute(next) && !strings.HasPrefix(next, "}") {
			return false
		}
	}
	return true
}

// checkBelow wants a glob of paths below a directory.
func checkBelow(pattern string) error {
	if err := checkSkip(pattern); err != nil {
		return err
	}
	if path.IsAbs(pattern) {
		return errors.New("it is not a relative path")
	}
	return nil
}

// checkSkip wants a glob of any paths.
func checkSkip(pattern string) error {
	if err := checkVariables(pattern); err != nil {
		return err
	}
	_, err := glob.Compile(pattern)
	var syntax *glob.SyntaxError
	if errors.As(err, &syntax) {
		return errors.New(syntax.Reason)
	}
	return err
}

// checkPattern wants a pattern of evidence: all that has no variable is one.
func checkPattern(pattern string) error {
	if strings.Contains(pattern, "$") {
		return errors.New("there are no variables in the patterns of evidence")
	}
	return nil
}

// checkVariables wants the names of variables behind every "$".
func checkVariables(text string) error {
	for {
		_, rest, found := strings.Cut(text, "$")
		if !found {
			return nil
		}
		if name := varName(rest); !isVariable(name) {
			return fmt.Errorf("there is no variable $%.20s", name)
		}
		text = rest
	}
}
