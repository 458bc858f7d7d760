package behaviour

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

// TestRenamed copies interpreters to names and places that say nothing: they
// run from there, and must from their bundles.
func TestRenamed(t *testing.T) {
	bundle.Suite(t)
	tests := []struct {
		program string
		args    []string
		want    string
	}{
		{"/usr/bin/python3", []string{"-c", `import json, ssl; print(json.dumps([6 * 7]), ssl.create_default_context().verify_mode.name)`}, "[42] CERT_REQUIRED"},
		{"/usr/bin/perl", []string{"-MPOSIX=floor", "-MList::Util=sum", "-e", `print floor(2.5), sum(1..4)`}, "210"},
		{"/usr/bin/ruby", []string{"-rjson", "-rset", "-e", `puts JSON.dump(Set[42].to_a)`}, "[42]"},
		{"/usr/bin/php", []string{"-r", `echo extension_loaded("posix") ? "posix" : "none";`}, "posix"},
		{"/usr/bin/lua", []string{"-e", `print(6 * 7); os.execute("echo from sh")`}, "from sh"},
		{"/usr/bin/git", []string{"init", "-q", "/tmp/a"}, ""},
	}
	for _, tt := range tests {
		t.Run(filepath.Base(tt.program), func(t *testing.T) {
			data, err := os.ReadFile(tt.program)
			bundle.Must(t, err)
			name := bundle.Script(t, filepath.Join(bundle.Open(t), "thing"), string(data))
			bundle.Contains(t, bundle.Pack(t, name).Run(t, append([]string{name}, tt.args...)...), tt.want)
		})
	}
}

// TestNamesakes gives a plain program the names of large ones.
func TestNamesakes(t *testing.T) {
	bundle.Suite(t)
	dir := filepath.Join(bundle.Open(t), "bin")
	plain := compile(t, `#include <stdio.h>
int main(void) { return puts("plain") < 0; }
`)
	data, err := os.ReadFile(plain)
	bundle.Must(t, err)
	for _, name := range []string{"python3", "perl5", "ruby", "psql", "initdb", "git", "x-gcc-12", "clang-14", "clang++", "vim", "valgrind", "gdb", "gawk", "ocamlc", "R", "dotnet", "mysqld", "soffice"} {
		program := bundle.Script(t, filepath.Join(dir, name), string(data))
		b := bundle.Pack(t, program)
		bundle.Contains(t, b.Run(t, program), "plain")
		for _, large := range []string{"usr/share", "usr/lib/git-core", "usr/lib/python3", "usr/bin/perl"} {
			if _, err := os.Lstat(b.Path(large)); err == nil {
				t.Errorf("%s, a plain program, brought %s", name, large)
			}
		}
	}
}

func compile(t *testing.T, source string) string {
	t.Helper()
	dir := bundle.Open(t)
	bundle.Must(t, os.WriteFile(filepath.Join(dir, "plain.c"), []byte(source), 0o644))
	out, err := exec.Command("gcc", "-o", filepath.Join(dir, "plain"), filepath.Join(dir, "plain.c")).CombinedOutput()
	if err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	return filepath.Join(dir, "plain")
}

// TestBesideScripts starts scripts that read files of their own, which read
// others.
func TestBesideScripts(t *testing.T) {
	bundle.Suite(t)
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"node", map[string]string{
			"main":         "#!/usr/bin/env node\nconsole.log(require('./lib/one').sum)\n",
			"lib/one.js":   "exports.sum = require('../two.json').n + 40\n",
			"two.json":     `{"n": 2}`,
			"lib/other.js": "unused",
		}, "42"},
		{"ruby", map[string]string{
			"main":         "#!/usr/bin/ruby\nrequire_relative 'one'\n$:.unshift File.expand_path('../lib', __FILE__)\nrequire 'two'\nputs ONE + TWO\n",
			"one.rb":       "require_relative 'lib/three'\nONE = THREE - 1\n",
			"lib/two.rb":   "TWO = 40\n",
			"lib/three.rb": "THREE = 3\n",
		}, "42"},
		{"perl", map[string]string{
			"main":          "#!/usr/bin/perl\nuse FindBin;\nuse lib \"$FindBin::Bin/lib\";\nuse My::One;\nprint My::One::sum(), do \"$FindBin::Bin/more.pl\";\n",
			"lib/My/One.pm": "package My::One;\nuse My::Two;\nsub sum { 40 + My::Two::n() }\n1;\n",
			"lib/My/Two.pm": "package My::Two;\nsub n { 2 }\n1;\n",
			"more.pl":       "' more'",
		}, "42 more"},
		{"php", map[string]string{
			"main":        "#!/usr/bin/php\n<?php require __DIR__ . '/one.php'; echo one();\n",
			"one.php":     "<?php include dirname(__FILE__) . '/lib/two.php'; function one() { return 40 + two(); }\n",
			"lib/two.php": "<?php function two() { return 2; }\n",
		}, "42"},
		{"sh", map[string]string{
			"main":   "#!/bin/sh\n. \"$(dirname \"$0\")/one.sh\"\none 42\n",
			"one.sh": "one() { seq \"$1\" \"$1\"; }\n",
		}, "42"},
		{"python", map[string]string{
			"main":            "#!/usr/bin/python3\nimport os, one as o\nprint(o.value(), open(os.path.join(os.path.dirname(__file__), 'data', 'x.txt')).read())\n",
			"one.py":          "from two.three import n\ndef value(): return 40 + n\n",
			"two/__init__.py": "from . import three\n",
			"two/three.py":    "n = 2\n",
			"data/x.txt":      "text",
		}, "42 text"},
		{"lua", map[string]string{
			"main":    "#!/usr/bin/lua\nlocal here = arg[0]:match('(.*/)')\nprint(dofile(here .. 'one.lua'))\n",
			"one.lua": "return 42\n",
		}, "42"},
		{"tcl", map[string]string{
			"main":    "#!/usr/bin/tclsh\nsource [file join [file dirname [info script]] one.tcl]\nputs $one\n",
			"one.tcl": "set one 42\n",
		}, "42"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(bundle.Open(t), "work")
			for name, text := range tt.files {
				bundle.Script(t, filepath.Join(dir, name), text)
			}
			b := bundle.Pack(t, filepath.Join(dir, "main"))
			bundle.Contains(t, b.Run(t, filepath.Join(dir, "main")), tt.want)
			if _, err := os.Lstat(b.Path(dir, "lib/other.js")); err == nil {
				t.Error("a file that nothing names is in the bundle")
			}
		})
	}
}
