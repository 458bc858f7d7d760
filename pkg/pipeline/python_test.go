package pipeline_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

const pythonTable = `
rule python
  why     w
  when    path **/bin/python3
  add     /usr/lib/python3.11
  modules /usr/lib/python3/dist-packages
`

const packages = "/usr/lib/python3/dist-packages/"

// pythonRoot makes a root with an interpreter, packages, and a script /usr/bin/app
// of that text.
func pythonRoot(t *testing.T, script string) string {
	root := t.TempDir()
	for name, text := range map[string]string{
		"usr/bin/app":                                        "#!/usr/bin/python3\n" + script,
		"usr/bin/called":                                     "#!/bin/sh\n",
		"bin/sh":                                             "",
		"usr/share/one/data.txt":                             "",
		"etc/one/conf":                                       "",
		"usr/share/never/data.txt":                           "",
		"usr/lib/python3.11/os.py":                           "",
		"usr/lib/python3.11/tomllib.py":                      "def loads(): pass\n",
		packages + "one/__init__.py":                         "from .used import x\n",
		packages + "one/used.py":                             "import two.part\nDATA = '/usr/share/one'\nCONF = '/etc/one'\nother = '/usr/share/never'\n",
		packages + "one/unused.py":                           "import never\n",
		packages + "two/__init__.py":                         "",
		packages + "two/part.py":                             "def lazy(name):\n  return __import__(name)\nNAMES = ['three']\n",
		packages + "three.py":                                "",
		packages + "never.py":                                "",
		packages + "tomllib_old.py":                          "",
		packages + "bare.py":                                 "",
		packages + "plugin_a.py":                             "",
		packages + "Tool_Box-1.0.dist-info/METADATA":         "Name: tool-box\nRequires-Dist: needed (>=1)\nRequires-Dist: never; extra == 'x'\n\nRequires-Dist: never\n",
		packages + "Tool_Box-1.0.dist-info/RECORD":           "toolbox/__init__.py,,\ntoolbox.libs/libx.so,,\n../../../bin/tb,,\n",
		packages + "Tool_Box-1.0.dist-info/entry_points.txt": "[console_scripts]\ntb = toolbox:main\n",
		packages + "toolbox/__init__.py":                     "entry_points(group='toolbox.plugins')\n",
		packages + "toolbox.libs/libx.so":                    "",
		packages + "needed-2.egg-info/top_level.txt":         "needed\n",
		packages + "needed.py":                               "",
		packages + "plugin_a-1.dist-info/entry_points.txt":   "[toolbox.plugins]\na = plugin_a:A\n",
		packages + "start.pth":                               "import begin; begin.x()\n",
		packages + "begin/__init__.py":                       "def later():\n  import never\n",
		packages + "never-1.dist-info/METADATA":              "Name: never\n",
	} {
		writeFile(t, filepath.Join(root, name), text, 0o755)
	}
	source := filepath.Join(t.TempDir(), "main.c")
	writeFile(t, source, "int main(void) { return 0; }\n", 0o644)
	gcc(t, root, "-static", "-o", "usr/bin/python3", source)
	return root
}

// TestPythonModules expects of the packages those that a script needs, or all
// where that cannot be told.
func TestPythonModules(t *testing.T) {
	list, err := rules.Parse("test", pythonTable)
	if err != nil {
		t.Fatal(err)
	}
	const all = "all"
	tests := []struct {
		name, script, input string
		want                []string // files and directories of packages, or all
	}{
		{name: "nothing", script: "import sys\n", want: []string{"start.pth", "begin"}},
		{name: "modules of modules", script: "import one\n", want: []string{"one/unused.py", "two", "three.py"}},
		{name: "a distribution", script: "import toolbox\n", want: []string{
			"toolbox", "Tool_Box-1.0.dist-info", "toolbox.libs", "needed.py", "needed-2.egg-info", "plugin_a.py", "plugin_a-1.dist-info"}},
		{name: "instead of what is standard", script: "try:\n  from tomllib import loads\nexcept ImportError:\n  import never\n"},
		{name: "instead of what is not there", script: "try:\n  import missing\nexcept ImportError:\n  import bare\n", want: []string{"bare.py"}},
		{name: "instead of a name that is not there", script: "try:\n  from tomllib import dumps\nexcept ImportError:\n  import bare\n", want: []string{"bare.py"}},
		{name: "computed", script: "__import__(input())\n", want: []string{all}},
		{name: "code of its user", script: "exec(input())\n", want: []string{all}},
		{name: "compiled", script: "\x00\n", want: []string{all}},
		{name: "the interpreter", input: "/usr/bin/python3", want: []string{all}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, err := rootfs.OpenDir(pythonRoot(t, tt.script))
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			input := tt.input
			if input == "" {
				input = "/usr/bin/app"
			}
			r, err := pipeline.Plan(context.Background(), &pipeline.Spec{
				Inputs: []string{input}, Output: "/bundle", Root: root, Foreign: true, Rules: &pipeline.Rules{Set: rules.NewSet(list)},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for _, name := range tt.want {
				if name == all {
					name = "never.py"
				}
				if r.Plan.Get(packages+name) == nil {
					t.Errorf("%s is left out", name)
				}
			}
			if whole := len(tt.want) == 1 && tt.want[0] == all; !whole && r.Plan.Get(packages+"never.py") != nil {
				t.Error("never.py is added")
			}
		})
	}
}

// TestPythonPackageLink expects what a package imports that is a link.
func TestPythonPackageLink(t *testing.T) {
	list, err := rules.Parse("test", pythonTable)
	if err != nil {
		t.Fatal(err)
	}
	dir := pythonRoot(t, "import elsewhere\n")
	writeFile(t, filepath.Join(dir, "usr/share/elsewhere/__init__.py"), "import bare\n", 0o644)
	if err := os.Symlink("/usr/share/elsewhere", filepath.Join(dir, packages, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	root, err := rootfs.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	r, err := pipeline.Plan(context.Background(), &pipeline.Spec{
		Inputs: []string{"/usr/bin/app"}, Output: "/bundle", Root: root, Foreign: true, Rules: &pipeline.Rules{Set: rules.NewSet(list)},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, name := range []string{packages + "elsewhere", "/usr/share/elsewhere/__init__.py", packages + "bare.py"} {
		if r.Plan.Get(name) == nil {
			t.Errorf("%s is left out", name)
		}
	}
}

// TestPythonData expects the data and configuration of a package that lie where
// its modules say, and not what else they name.
func TestPythonData(t *testing.T) {
	r := planPython(t, "import one\n", pythonTable)
	for name, want := range map[string]bool{"/usr/share/one/data.txt": true, "/etc/one/conf": true, "/usr/share/never": false} {
		if have := r.Plan.Get(name) != nil; have != want {
			t.Errorf("%s: %v, want %v", name, have, want)
		}
	}
}

// TestPythonCalls expects the programs that a module of the script's own package
// calls, and not those of other packages.
func TestPythonCalls(t *testing.T) {
	const calls = "rule calls\n  why  w\n  when script python*\n  make calls\n"
	for module, want := range map[string]bool{"app": true, "other": false} {
		r := planPython(t, "import "+module+"\n", pythonTable+calls)
		if have := r.Plan.Get("/usr/bin/called") != nil; have != want {
			t.Errorf("called by %s: %v, want %v", module, have, want)
		}
	}
}

// planPython plans /usr/bin/app of that text by a table of rules.
func planPython(t *testing.T, script, table string) *pipeline.Result {
	list, err := rules.Parse("test", table)
	if err != nil {
		t.Fatal(err)
	}
	dir := pythonRoot(t, script)
	writeFile(t, filepath.Join(dir, packages, "app/__init__.py"), "import subprocess\nsubprocess.run(['called'])\n", 0o644)
	writeFile(t, filepath.Join(dir, packages, "other/__init__.py"), "import subprocess\nsubprocess.run(['called'])\n", 0o644)
	gcc(t, dir, "-static", "-o", "bin/sh", mainSource(t))
	root, err := rootfs.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	r, err := pipeline.Plan(context.Background(), &pipeline.Spec{
		Inputs: []string{"/usr/bin/app"}, Output: "/bundle", Root: root, Foreign: true, Rules: &pipeline.Rules{Set: rules.NewSet(list)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func mainSource(t *testing.T) string {
	source := filepath.Join(t.TempDir(), "main.c")
	writeFile(t, source, "int main(void) { return 0; }\n", 0o644)
	return source
}

// TestPathFiles expects packages from where they are worked on: a directory that
// a *.pth file names, and what the module finds that setuptools has it import.
func TestPathFiles(t *testing.T) {
	root := pythonRoot(t, "import edited\nimport mapped.part\nimport single\n")
	for name, text := range map[string]string{
		packages + "__editable__.edited-1.pth":       "/srv/edited/src\n",
		"srv/edited/src/edited/__init__.py":          "",
		"srv/edited/src/other/__init__.py":           "",
		packages + "__editable__.mapped-1.pth":       "import __editable___mapped_1_finder; __editable___mapped_1_finder.install()\n",
		packages + "__editable___mapped_1_finder.py": "MAPPING: dict = {'mapped': '/srv/mapped', 'single': '/srv/single'}\ndef install(): pass\n",
		"srv/mapped/__init__.py":                     "",
		"srv/mapped/part.py":                         "",
		"srv/single.py":                              "",
		"srv/mapped/.git/config":                     "",
		"opt/env/lib/python3.11/site-packages/x.pth": "/srv/unasked\n",
		"srv/unasked/edited_not/__init__.py":         "",
	} {
		writeFile(t, filepath.Join(root, name), text, 0o644)
	}
	r := planIn(t, root, &pipeline.Spec{Inputs: []string{"/usr/bin/app"}}, pythonTable)
	got := slices.DeleteFunc(regularFiles(r), func(name string) bool { return !strings.HasPrefix(name, "/srv/") })
	if want := []string{"/srv/edited/src/edited/__init__.py", "/srv/mapped/__init__.py", "/srv/mapped/part.py", "/srv/single.py"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}
