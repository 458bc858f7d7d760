package pipeline_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

const scriptTable = `
rule shell
  why  w
  when script sh
  make commands named
rule calls
  why  w
  when script speak
  make calls named
rule words
  why  w
  when word My::Module
  file /etc/made/by-words x
`

// scriptRoot makes a root with two scripts, and the files that they name.
func scriptRoot(t *testing.T) string {
	root := t.TempDir()
	for name, text := range map[string]string{
		"usr/bin/outer":              "#!/bin/sh\nDIR=/usr/share/own\n. $DIR/functions\n. /etc/own.conf\ncat /usr/share/own/data/list /etc/secret /etc/passwd\n\"$here/inner\"\n",
		"usr/bin/inner":              "#!/bin/speak\nuse My::Module;\nsystem('tool', 'x');\nlog('/var/lib/own/state');\n",
		"usr/share/own/functions":    "helper\n",
		"usr/share/own/data/list":    "l",
		"usr/share/own/data/other":   "o",
		"etc/own.conf":               "c",
		"etc/secret":                 "s",
		"etc/passwd":                 "root:x:0:0::/:/bin/sh\n",
		"var/lib/own/state/of-today": "v",
		"usr/bin/bystander":          "#!/bin/sh\n",
	} {
		writeFile(t, filepath.Join(root, name), text, 0o755)
	}
	if err := os.Chmod(filepath.Join(root, "etc/secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(t.TempDir(), "main.c")
	writeFile(t, source, "int main(void) { return 0; }\n", 0o644)
	if err := os.MkdirAll(filepath.Join(root, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	gcc(t, root, "-static", "-o", "bin/sh", source)
	for _, name := range []string{"bin/speak", "bin/cat", "bin/helper", "bin/tool"} {
		if err := os.Link(filepath.Join(root, "bin/sh"), filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func writeFile(t *testing.T, name, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// TestScriptRules expects what scripts call, read and name, and nothing that is
// secret or the machine's.
func TestScriptRules(t *testing.T) {
	list, err := rules.Parse("test", scriptTable)
	if err != nil {
		t.Fatal(err)
	}
	root, err := rootfs.OpenDir(scriptRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	r, err := pipeline.Plan(context.Background(), &pipeline.Spec{
		Inputs: []string{"/usr/bin/outer"}, Output: "/bundle", Root: root, Foreign: true,
		Rules: &pipeline.Rules{Set: rules.NewSet(list)},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for path, want := range map[string]bool{
		"/usr/bin/inner": true, "/bin/cat": true, "/bin/helper": true, "/bin/tool": true, "/etc/made/by-words": true,
		"/usr/share/own/functions": true, "/usr/share/own/data/list": true, "/etc/own.conf": true, "/var/lib/own/state": true,
		"/etc/secret": false, "/etc/passwd": false, "/var/lib/own/state/of-today": false, "/usr/bin/bystander": false,
	} {
		if have := r.Plan.Get(path) != nil; have != want {
			t.Errorf("%s: %v, want %v", path, have, want)
		}
	}
}

// TestNeighbourThatIsAProgram expects what a script calls that another script
// names by its path, as one that it may start.
func TestNeighbourThatIsAProgram(t *testing.T) {
	list, err := rules.Parse("test", "rule neighbours\n  why  w\n  when script sh\n  make beside\nrule calls\n  why  w\n  when script speak\n  make calls\n")
	if err != nil {
		t.Fatal(err)
	}
	dir := scriptRoot(t)
	writeFile(t, filepath.Join(dir, "usr/bin/outer"), "#!/bin/sh\n: ${INNER='/usr/bin/inner'}\neval set x \"$INNER\"\nshift\n\"$@\"\n", 0o755)
	root, err := rootfs.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	r, err := pipeline.Plan(context.Background(), &pipeline.Spec{
		Inputs: []string{"/usr/bin/outer"}, Output: "/bundle", Root: root, Foreign: true, Rules: &pipeline.Rules{Set: rules.NewSet(list)},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, name := range []string{"/usr/bin/inner", "/bin/speak", "/bin/tool"} {
		if r.Plan.Get(name) == nil {
			t.Errorf("%s is left out", name)
		}
	}
}
