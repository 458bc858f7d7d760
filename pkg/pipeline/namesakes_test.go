package pipeline_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// namesakesOf plans a program made of main.c and of a library made of lib.c, in
// a root with files, and returns what is in the bundle but for these two.
func namesakesOf(t *testing.T, library, program string, flags []string, lib, main string, files ...string) []string {
	t.Helper()
	root, source := t.TempDir(), t.TempDir()
	for _, name := range files {
		mode := os.FileMode(0o755)
		if strings.Contains(name, "-data/") {
			mode = 0o644
		}
		writeFile(t, filepath.Join(root, name), "#!/"+program+"\n", mode)
	}
	writeFile(t, filepath.Join(source, "lib.c"), lib, 0o644)
	writeFile(t, filepath.Join(source, "main.c"), main, 0o644)
	for _, name := range []string{library, program} {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	gcc(t, root, "-shared", "-fPIC", "-nostdlib", "-Wl,-soname,"+filepath.Base(library), "-o", library, filepath.Join(source, "lib.c"))
	gcc(t, root, append([]string{"-nostdlib", "-nostartfiles", "-Wl,-e,main", "-o", program, filepath.Join(source, "main.c"), library}, flags...)...)
	f, err := os.ReadFile("/lib64/ld-linux-x86-64.so.2")
	if err != nil {
		t.Skip("the loader of another architecture")
	}
	writeFile(t, filepath.Join(root, "lib64/ld-linux-x86-64.so.2"), string(f), 0o755)
	out := regularFiles(planOwn(t, root, "/"+program))
	return slices.DeleteFunc(out, func(name string) bool {
		return name == "/"+library || name == "/"+program || strings.HasPrefix(name, "/lib64/")
	})
}

const callsLib = "int lib(void); int main(void) { return lib(); }\n"

// TestBesideLibrary expects the directories that have a library's name, whether
// it has them written out or not, and none of headers or of another version.
func TestBesideLibrary(t *testing.T) {
	got := namesakesOf(t, "usr/lib/libwolf-0.1.so.0", "usr/bin/tool", nil, "int lib(void) { return 0; }\n", callsLib,
		"usr/lib/wolf-0.1/a.so", "usr/lib/wolf-0.1-data/d", "usr/lib/wolf-0.2/b.so", "usr/lib/wolf/c.so")
	if want := []string{"/usr/lib/wolf-0.1-data/d", "/usr/lib/wolf-0.1/a.so"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
	if got := namesakesOf(t, "usr/lib/libwolf-0.1.so.0", "usr/bin/tool", nil, "int lib(void) { return 0; }\n", callsLib, "usr/lib/wolf-0.1/include/w.h", "usr/lib/wolf-0.1/wolf-query"); len(got) > 0 {
		t.Errorf("headers and programs: %q", got)
	}
}

// TestOwnVersion expects the directories of a program's name with a version.
func TestOwnVersion(t *testing.T) {
	got := namesakesOf(t, "usr/lib/libx.so.0", "usr/bin/wolf", nil, "int lib(void) { return 0; }\n",
		"const char *volatile s = \"/usr/\"; int lib(void); int main(void) { return s ? lib() : 1; }\n",
		"usr/share/wolf-3.7/data", "usr/share/wolf-tree/data", "usr/share/wolfram-1/data")
	if want := []string{"/usr/share/wolf-3.7/data"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

// TestOwnSearchPath expects what belongs to the package whose libraries a
// program finds by its DT_RUNPATH, but not the libraries that it does not load.
func TestOwnSearchPath(t *testing.T) {
	got := namesakesOf(t, "usr/lib/wolf/9.4/libwolf.so.1", "usr/bin/wolf-cli", []string{"-Wl,--enable-new-dtags,-rpath,/usr/lib/wolf/9.4"},
		"int lib(void) { return 0; }\n", callsLib,
		"usr/lib/wolf/9.4/libgui.so.1", "usr/lib/wolf/9.4/oct/a.oct", "usr/lib/wolf/site/s", "usr/share/wolf/9.4/m", "usr/share/other/o")
	if want := []string{"/usr/lib/wolf/9.4/oct/a.oct", "/usr/lib/wolf/site/s", "/usr/share/wolf/9.4/m"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

// TestLibraryOfProgram expects what a library has written out that is called as
// the program is, as libgimpbase is of gimp-console.
func TestLibraryOfProgram(t *testing.T) {
	got := namesakesOf(t, "usr/lib/libwolfbase.so.0", "usr/bin/wolf-console",
		nil, "const char *volatile s[] = {\"/usr/share/wolf/3.0\", \"/etc/wolf/3.0\", \"/usr/share/other/3.0\"}; int lib(void) { return !s[0]; }\n", callsLib,
		"usr/share/wolf/3.0/brush", "etc/wolf/3.0/rc", "usr/share/other/3.0/o")
	if want := []string{"/etc/wolf/3.0/rc", "/usr/share/wolf/3.0/brush"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

// TestSiblings expects the program beside one that it names, if it is called
// alike; the linker may have put the name at the end of another string.
func TestSiblings(t *testing.T) {
	got := namesakesOf(t, "usr/lib/libx.so.0", "usr/bin/wolf-run", nil, "int execvp(const char *f, char *const *a) { return !f || !a; }\n",
		"const char *volatile s[] = {\"--wolf-daemon\", \"bear-daemon\"}; int execvp(const char *, char *const *); int main(void) { return execvp(s[0], 0); }\n",
		"usr/bin/wolf-daemon", "usr/bin/wolf-other", "usr/bin/bear-daemon")
	if want := []string{"/usr/bin/wolf-daemon"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

// TestImportedFrom expects all that a script of Python names of the package whose
// directory it puts into sys.path, however large, and its programs.
func TestImportedFrom(t *testing.T) {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "usr/bin/convert-it"), "#!/usr/bin/tool\nimport sys\nsys.path.insert(0, '/usr/lib/wolf')\n"+
		"data = '/usr/share/wolf'\nother = '/usr/share/other'\nfrom wolfpack.cli import main\n", 0o755)
	large := strings.Repeat("x", 9<<20)
	for name, text := range map[string]string{
		"usr/lib/wolf/wolfpack/__init__.py": "", "usr/lib/wolf/large": large, "usr/share/wolf/large": large, "usr/share/other/large": large,
		"usr/bin/wolf-worker": "#!/usr/bin/tool\n", "usr/bin/bear-worker": "#!/usr/bin/tool\n",
	} {
		writeFile(t, filepath.Join(root, name), text, 0o755)
	}
	source := filepath.Join(t.TempDir(), "main.c")
	writeFile(t, source, "int main(void) { return 0; }\n", 0o644)
	gcc(t, root, "-static", "-o", "usr/bin/tool", source)
	r := planIn(t, root, &pipeline.Spec{Inputs: []string{"/usr/bin/convert-it"}}, "rule named\n  why w\n  when script tool\n  make named\n")
	want := []string{"/usr/bin/convert-it", "/usr/bin/tool", "/usr/bin/wolf-worker", "/usr/lib/wolf/large", "/usr/lib/wolf/wolfpack/__init__.py", "/usr/share/wolf/large"}
	if got := regularFiles(r); !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}
