package pipeline

import (
	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

// dialect is how the scripts of a language name files of their own.
type dialect struct {
	runBy *lazyregexp.Regexp // the #! line
	// reads is a statement that reads a file, relative to the one it stands in.
	reads *lazyregexp.Regexp
	// uses is a statement that reads a module, by its name, from the directories
	// that are searched.
	uses *lazyregexp.Regexp
	// modules returns the names of those modules, where a pattern is too little.
	modules func(text string) []string
	// own tells that the directory of the script is searched.
	own bool
	// ends are what may follow the name of a file or module.
	ends []string
}

var dialects = []dialect{
	{
		runBy: lazyregexp.New(`^#![^\n]*\b(?:node|nodejs|bun|deno)\b`),
		reads: lazyregexp.New(`\b(?:require|import|from)\s*\(?\s*["'` + "`" + `](\.\.?/[\w./@+-]+)`),
		ends:  []string{"", ".js", ".mjs", ".cjs", ".json", ".node", "/index.js", "/package.json"},
	},
	{
		runBy: lazyregexp.New(`^#![^\n]*\bj?ruby`),
		reads: lazyregexp.New(`\brequire_relative[\s(]*["']([\w./+-]+)|\b(?:load|require)[\s(]*["'](\.\.?/[\w./+-]+)`),
		uses:  lazyregexp.New(`\b(?:require|autoload\s+:\w+,)[\s(]*["'](\w[\w./+-]*)`),
		ends:  []string{"", ".rb", ".so"},
	},
	{
		runBy: lazyregexp.New(`^#![^\n]*\bperl`),
		reads: lazyregexp.New(`\b(?:do|require)[\s(]+["'](\.\.?/[\w./+-]+)`),
		uses:  lazyregexp.New(`(?m)^\s*(?:use|require|no)\s+([A-Z][\w:]*)|\buse\s+(?:parent|base)\b[^;]*?([A-Z]\w*(?:::\w+)+)`),
		ends:  []string{"", ".pm", ".pl"},
	},
	{
		runBy: lazyregexp.New(`^#![^\n]*\bphp`),
		reads: lazyregexp.New(`\b(?:include|require)(?:_once)?[\s(]*["']([\w.][\w./+-]*)`),
		ends:  []string{""},
	},
	{
		runBy:   lazyregexp.New(`^#![^\n]*\b(?:python|pypy)`),
		modules: func(text string) []string { return scripts.ScanPython(text).AllModules() },
		own:     true,
		ends:    []string{"", ".py", ".abi3.so"},
	},
	{
		runBy: lazyregexp.New(`^#![^\n]*\blua`),
		reads: lazyregexp.New(`\b(?:dofile|loadfile)[\s(]*(?:\w+\s*\.\.\s*)?["']/?([\w./+-]+)`),
		uses:  lazyregexp.New(`\brequire[\s(]*["']([\w.]+)`),
		own:   true,
		ends:  []string{"", ".lua", ".so", "/init.lua"},
	},
	{
		runBy: lazyregexp.New(`^#![^\n]*\b(?:tclsh|wish|expect)`),
		reads: lazyregexp.New(`\bsource\s+["{]?([\w./+-]+)`),
		ends:  []string{""},
	},
	{runBy: shellScript, ends: []string{""}},
}

// shellScript begins a script of shell.
var shellScript = lazyregexp.New(`^#![^\n]*\b(?:ba|da|a|k|z|mk)?sh\b`)
