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

const ownTable = `
rule better
  why  w
  when start **/tool
  add  /usr/share/ruled/some
rule own
  why  w
  when start **
  make own
`

// TestOwnFiles expects what a program names in its strings or is named as, and
// nothing that is secret, common, large, or known better by another rule.
func TestOwnFiles(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"etc/tool.conf":               "c",
		"etc/secret.conf":             "s",
		"etc/fstab":                   "the machine's",
		"usr/share/data/list":         "l",
		"usr/share/large/list":        strings.Repeat("x", 5<<20),
		"usr/share/tool-data/x/large": strings.Repeat("x", 5<<20),
		"usr/share/tool/functions":    "f",
		"usr/share/ruled/some":        "s",
		"usr/share/ruled/more":        "m",
		"usr/share/doc/page":          "p",
		"var/lib/tool/state":          "v",
	} {
		writeFile(t, filepath.Join(root, name), text, 0o644)
	}
	if err := os.Chmod(filepath.Join(root, "etc/secret.conf"), 0o600); err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(t.TempDir(), "main.c")
	writeFile(t, source, `const char *volatile s[] = {"/etc/tool.conf", "/etc/secret.conf", "/etc/fstab", "/usr/share/data", "/usr/share/large",
	"/usr/share/tool-data/x", "/usr/share/ruled", "/usr/share/doc", "/var/lib/tool", "/usr/bin/helper -x", "/usr/bin/editor", "/bin/sh"};
int main(void) { return !s[0]; }
`, 0o644)
	if err := os.MkdirAll(filepath.Join(root, "usr/bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	gcc(t, root, "-static", "-o", "usr/bin/tool", source)
	for _, name := range []string{"helper", "other", "sh"} {
		if err := os.Link(filepath.Join(root, "usr/bin/tool"), filepath.Join(root, "usr/bin", name)); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"usr/bin/editor": "other", "bin": "usr/bin"} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := rules.Parse("test", ownTable)
	if err != nil {
		t.Fatal(err)
	}
	sys, err := rootfs.OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close()
	r, err := pipeline.Plan(context.Background(), &pipeline.Spec{
		Inputs: []string{"/usr/bin/tool"}, Output: "/bundle", Root: sys, Foreign: true,
		Rules: &pipeline.Rules{Set: rules.NewSet(list)},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var files []string
	for e := range r.Plan.All() {
		if e.Mode.IsRegular() {
			files = append(files, e.Path)
		}
	}
	slices.Sort(files)
	want := []string{"/etc/tool.conf", "/usr/bin/helper", "/usr/bin/tool", "/usr/share/data/list", "/usr/share/ruled/some",
		"/usr/share/tool-data/x/large", "/usr/share/tool/functions"}
	if !slices.Equal(files, want) {
		t.Errorf("%q, not %q", files, want)
	}
	if r.Plan.Get("/var/lib/tool") == nil || r.Plan.Get("/var/lib/tool/state") != nil {
		t.Error("of /var/lib/tool there is not the directory alone")
	}
}
