package python_test

import (
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/python"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

const (
	interpreter = "/usr/bin/python3"
	library     = "/usr/lib/python3.11"
	packages    = "/usr/lib/python3/dist-packages"
)

// installed is what the roots of the tests have.
var installed = map[string]string{
	library + "/os.py":                                "",
	library + "/tomllib.py":                           "def loads(): pass\n",
	packages + "/one/__init__.py":                     "from .used import x\n",
	packages + "/one/used.py":                         "import two.part\n",
	packages + "/one/unused.py":                       "import never\n",
	packages + "/two/__init__.py":                     "",
	packages + "/two/part.py":                         "def lazy(name):\n  return __import__(name)\nNAMES = ['three']\n",
	packages + "/three.py":                            "",
	packages + "/never.py":                            "",
	packages + "/tool/__init__.py":                    "entry_points(group='tool.plugins')\n",
	packages + "/tool.libs/libx.so":                   "",
	packages + "/tool-1.dist-info/METADATA":           "Name: tool\nRequires-Dist: three\nRequires-Dist: never; extra == 'x'\n",
	packages + "/tool-1.dist-info/RECORD":             "tool/__init__.py,,\ntool.libs/libx.so,,\n",
	packages + "/tool-1.dist-info/entry_points.txt":   "[console_scripts]\ntool-app = tool:main\n",
	packages + "/three-2.egg-info/top_level.txt":      "three\n",
	packages + "/plugin.py":                           "",
	packages + "/plugin-1.dist-info/entry_points.txt": "[tool.plugins]\na = plugin:A\n",
	packages + "/native.so":                           "\x7fELF\x00three\x00",
}

// bundle is a bundle of files of a directory.
type bundle struct {
	root     string
	programs []python.Program
	files    []string
	needed   []python.Needed
	sources  []python.Source
}

func (b *bundle) Programs() []python.Program { return b.programs }

func (b *bundle) Files() iter.Seq2[string, fs.FileMode] {
	return func(yield func(string, fs.FileMode) bool) {
		for _, f := range b.files {
			if !yield(f, 0o644) {
				return
			}
		}
	}
}

func (b *bundle) Add(n python.Needed) {
	b.needed = append(b.needed, n)
	b.take(n.Path)
}

func (b *bundle) Source(s python.Source) { b.sources = append(b.sources, s) }

// take takes in the files at and below a path.
func (b *bundle) take(name string) {
	filepath.WalkDir(filepath.Join(b.root, name), func(full string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			b.files = append(b.files, strings.TrimPrefix(full, b.root))
		}
		return nil
	})
	slices.Sort(b.files)
}

// paths are those that were added, relative to the directory of packages.
func (b *bundle) paths() []string {
	var out []string
	for _, n := range b.needed {
		out = append(out, strings.TrimPrefix(n.Path, packages+"/"))
	}
	slices.Sort(out)
	return out
}

// start makes a root with a script of that text, and a bundle with the script and
// the standard library.
func start(t *testing.T, script string, more map[string]string) (*python.Finder, *bundle) {
	b := &bundle{root: t.TempDir(), programs: []python.Program{
		{Path: "/usr/bin/app", Real: "/usr/bin/app", Runs: []string{interpreter}},
		{Path: interpreter, Real: interpreter, ForScripts: true},
	}}
	for _, files := range []map[string]string{installed, more, {"/usr/bin/app": "#!" + interpreter + "\n" + script}} {
		for name, text := range files {
			full := filepath.Join(b.root, name)
			if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	b.take(library)
	return finder(t, b), b
}

func finder(t *testing.T, b *bundle) *python.Finder {
	root, err := rootfs.OpenDir(b.root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	f := python.New(root, func(file string, texts []string) []string {
		content := rootfs.ReadSmall(root, file)
		return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return !strings.Contains(content, text) })
	})
	f.Search(packages, interpreter)
	return f
}

// look looks until there is no more.
func look(f *python.Finder, b *bundle) {
	for f.Look(b) {
	}
}

// TestLook expects what scripts of some texts need, and no more.
func TestLook(t *testing.T) {
	tests := []struct {
		name, script string
		want         []string
	}{
		{"nothing", "import sys\n", nil},
		{"modules of modules", "import one\n", []string{"one", "three-2.egg-info", "three.py", "two"}},
		{"a distribution", "import tool\n", []string{
			"plugin-1.dist-info", "plugin.py", "three-2.egg-info", "three.py", "tool", "tool-1.dist-info", "tool.libs"}},
		{"a compiled module", "import native\n", []string{"native.so", "three-2.egg-info", "three.py"}},
		{"instead of what is standard", "try:\n  from tomllib import loads\nexcept ImportError:\n  import never\n", nil},
		{"instead of what is not there", "try:\n  import missing\nexcept ImportError:\n  import never\n", []string{"never.py"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, b := start(t, tt.script, nil)
			look(f, b)
			if got := b.paths(); !slices.Equal(got, tt.want) || f.Whole() != "" {
				t.Errorf("%q (whole: %q), want %q", got, f.Whole(), tt.want)
			}
		})
	}
}

// TestWhole expects all packages, and why, where what is imported cannot be told.
func TestWhole(t *testing.T) {
	for script, why := range map[string]string{
		"__import__(input())\n": "/usr/bin/app imports what cannot be told",
		"\x00\n":                "/usr/bin/app cannot be read as Python",
	} {
		f, b := start(t, script, nil)
		look(f, b)
		if !slices.ContainsFunc(b.needed, func(n python.Needed) bool { return n.Path == packages && n.For == why }) || f.Whole() != why {
			t.Errorf("%q: %q is needed, for %q, not for %q", script, b.paths(), f.Whole(), why)
		}
	}
	f, b := start(t, "", nil)
	b.programs = []python.Program{{Path: "/bin/python3", Real: interpreter}}
	look(f, b)
	if want := "/bin/python3 imports what it is told"; f.Whole() != want {
		t.Errorf("the interpreter: %q, want %q", f.Whole(), want)
	}
}

// TestReasons expects each thing once, with what first needed it.
func TestReasons(t *testing.T) {
	f, b := start(t, "import one, three\n", nil)
	look(f, b)
	got := map[string]string{}
	for _, n := range b.needed {
		if got[n.Path] != "" {
			t.Errorf("%s is added again", n.Path)
		}
		got[n.Path] = n.For
		if n.Place.Dir != packages {
			t.Errorf("%s is from %s", n.Path, n.Place.Dir)
		}
	}
	for name, why := range map[string]string{"/one": "/usr/bin/app", "/three.py": "/usr/bin/app", "/two": packages + "/one/used.py"} {
		if got[packages+name] != why {
			t.Errorf("%s is for %q, not %q", name, got[packages+name], why)
		}
	}
}

// TestClone expects that what a copy is told leaves the original as it is.
func TestClone(t *testing.T) {
	f, b := start(t, "import three\n", nil)
	first := &bundle{root: b.root, programs: b.programs, files: slices.Clone(b.files)}
	look(f.Clone(), first)
	look(f, b)
	if want := []string{"three-2.egg-info", "three.py"}; !slices.Equal(first.paths(), want) || !slices.Equal(b.paths(), want) {
		t.Errorf("the copy found %q, the original %q, want %q", first.paths(), b.paths(), want)
	}
}

// TestSource expects the sources of packages that may be imported, and which of
// them are of a script's own distribution.
func TestSource(t *testing.T) {
	f, b := start(t, "import tool, one\n", nil)
	b.programs[0].Path = "/usr/bin/tool-app"
	look(f, b)
	got := map[string]bool{}
	for _, s := range b.sources {
		got[s.Real] = true
		if want := s.Module == "tool"; s.Own != want {
			t.Errorf("%s is the script's own: %v, want %v", s.Real, s.Own, want)
		}
	}
	for name, want := range map[string]bool{"/one/used.py": true, "/one/unused.py": false} {
		if got[packages+name] != want {
			t.Errorf("%s may be imported: %v, want %v", name, got[packages+name], want)
		}
	}
}

// TestPathFile expects packages from where a *.pth file says that they are worked
// on, and not what serves that work.
func TestPathFile(t *testing.T) {
	f, b := start(t, "import edited, one\n", map[string]string{packages + "/edited.pth": "/srv/src\n", "/srv/src/edited/__init__.py": ""})
	look(f, b)
	places := map[string]python.Place{}
	for _, n := range b.needed {
		places[n.Path] = n.Place
	}
	edited := places["/srv/src/edited"]
	if edited.Dir != packages || !edited.LeavesOut("/srv/src/edited/.git") || edited.LeavesOut("/srv/src/edited/git.py") {
		t.Errorf("%q: what is worked on is from %+v", b.paths(), edited)
	}
	if places[packages+"/one"].LeavesOut(packages + "/one/.git") {
		t.Error("what is installed is left out")
	}
}

// TestFiles expects a source with its compiled forms, and only what is there.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"__pycache__/m.cpython-311.pyc", "__pycache__/mm.cpython-311.pyc", "m.py"} {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := rootfs.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for name, want := range map[string][]string{"/m.py": {"/m.py", "/__pycache__/m.cpython-311.pyc"}, "/missing": nil} {
		got, err := python.Needed{Path: name}.Files(root)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
}
