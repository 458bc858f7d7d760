package pipeline_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

const ownTable = `
rule better
  why  w
  when start **/tool
  add  /usr/share/ruled/some /var/run
rule own
  why  w
  when start **
  when import execvp
  make own
rule libraries
  why  w
  when soname lib*.so*
  make own
`

// TestOwnFiles expects what a program names in its strings or is named as, and
// nothing that is secret, common, large, or known better by another rule.
func TestOwnFiles(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"etc/tool.conf":               "c",
		"etc/tool/site":               "s",
		"etc/other/site":              "o",
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
		"run/other/socket":            "of another program",
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
	for link, to := range map[string]string{"usr/bin/editor": "other", "bin": "usr/bin", "var/run": "../run"} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	r := planOwn(t, root, "/usr/bin/tool")
	want := []string{"/etc/tool.conf", "/etc/tool/site", "/usr/bin/helper", "/usr/bin/tool", "/usr/share/data/list", "/usr/share/ruled/some",
		"/usr/share/tool-data/x/large", "/usr/share/tool/functions"}
	if files := regularFiles(r); !slices.Equal(files, want) {
		t.Errorf("%q, not %q", files, want)
	}
	if r.Plan.Get("/var/lib/tool") == nil || r.Plan.Get("/var/lib/tool/state") != nil {
		t.Error("of /var/lib/tool there is not the directory alone")
	}
	if r.Plan.Get("/var/run") == nil || r.Plan.Get("/run") == nil || r.Plan.Get("/run/other") != nil {
		t.Error("/var/run is not there as the way to an empty directory")
	}
}

// TestOwnHome expects the directory of a package that a program really lies in
// and its library names, whatever the program is called, and
// not one that it does not lie in.
func TestOwnHome(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"usr/lib/wolf-tree/boot":     "b",
		"usr/lib/other-tree/boot":    "o",
		"usr/lib/wolf-tree/bin/wolf": "",
	} {
		writeFile(t, filepath.Join(root, name), text, 0o644)
	}
	source := filepath.Join(t.TempDir(), "lib.c")
	writeFile(t, source, `const char *volatile s[] = {"/usr/lib/wolf-tree", "/usr/lib/other-tree"}; int wolf(void) { return !s[0]; }
`, 0o644)
	main := filepath.Join(t.TempDir(), "main.c")
	writeFile(t, main, `int wolf(void); int main(void) { return wolf(); }
`, 0o644)
	gcc(t, root, "-shared", "-fPIC", "-nostdlib", "-Wl,-soname,libwolf.so.1", "-o", "usr/lib/libwolf.so.1", source)
	gcc(t, root, "-nostdlib", "-nostartfiles", "-Wl,-e,main", "-o", "usr/lib/wolf-tree/bin/wolf", main, "usr/lib/libwolf.so.1")
	if err := os.MkdirAll(filepath.Join(root, "usr/bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../lib/wolf-tree/bin/wolf", filepath.Join(root, "usr/bin/wolf")); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(root, "usr/lib/wolf-tree/bin/wolf"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	program, err := object.Read(f, fi.Size())
	if err != nil {
		t.Fatal(err)
	}
	loader, err := os.ReadFile(program.Interp)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(root, program.Interp), string(loader), 0o755)
	want := []string{"/usr/lib/libwolf.so.1", "/usr/lib/wolf-tree/bin/wolf", "/usr/lib/wolf-tree/boot"}
	files := regularFiles(planOwn(t, root, "/usr/bin/wolf"))
	if files = slices.DeleteFunc(files, func(name string) bool { return name == program.Interp || !strings.HasPrefix(name, "/usr/lib/") }); !slices.Equal(files, want) {
		t.Errorf("%q, not %q", files, want)
	}
}

func planOwn(t *testing.T, root, program string) *pipeline.Result {
	t.Helper()
	return planIn(t, root, &pipeline.Spec{Inputs: []string{program}}, ownTable)
}

// planIn plans by a table of rules in the root that a directory is.
func planIn(t *testing.T, root string, spec *pipeline.Spec, table string) *pipeline.Result {
	t.Helper()
	sys, err := rootfs.OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sys.Close() })
	spec.Root, spec.Foreign = sys, true
	return planTable(t, spec, table)
}

func regularFiles(r *pipeline.Result) []string {
	var files []string
	for e := range r.Plan.All() {
		if e.Mode.IsRegular() {
			files = append(files, e.Path)
		}
	}
	slices.Sort(files)
	return files
}
