package pipeline_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

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
	list, err := rules.Parse("test", pythonTable)
	if err != nil {
		t.Fatal(err)
	}
	sys, err := rootfs.OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close()
	r, err := pipeline.Plan(t.Context(), &pipeline.Spec{Inputs: []string{"/usr/bin/app"}, Output: "/bundle", Root: sys, Foreign: true, Rules: &pipeline.Rules{Set: rules.NewSet(list)}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got := slices.DeleteFunc(regularFiles(r), func(name string) bool { return !strings.HasPrefix(name, "/srv/") })
	if want := []string{"/srv/edited/src/edited/__init__.py", "/srv/mapped/__init__.py", "/srv/mapped/part.py", "/srv/single.py"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}
