package pipeline

import (
	"slices"
	"strings"
	"testing"
)

func TestScanPython(t *testing.T) {
	tests := []struct {
		name, text string
		modules    []string
	}{
		{"import", "import a.b as c, d\nif x: import e; import f\n", []string{"a.b", "d", "e", "f"}},
		{"from", "from a import b\nfrom .c import (d,\n  e as f)\nfrom . import g", []string{"a", "a.b", ".c", ".c.d", ".c.e", ".", ".g"}},
		{"lines joined", "import a, \\\n  b\n", []string{"a", "b"}},
		{"text and comments", "'''\nimport a\n'''\n# import b\nx = \"import c\"\nyield_from = 1\n", nil},
		{"for type checkers", "if TYPE_CHECKING:\n  import a\n  if x:\n    import b\nimport c\n", []string{"c"}},
		{"functions", "importlib.import_module('a.b')\n__import__(\"c\")\nrun([sys.executable, '-m', 'd'])\n", []string{"a.b", "c", "d"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if s := scanPython(tt.text); !slices.Equal(s.modules, tt.modules) || s.computed || s.runs {
				t.Errorf("%q imports %q (computed %v, runs %v), not %q", tt.text, s.modules, s.computed, s.runs, tt.modules)
			}
		})
	}
}

func TestScanPythonUnclear(t *testing.T) {
	tests := []struct {
		text                   string
		computed, runs, inside bool
		packages               []string
	}{
		{text: "import_module(name)", computed: true},
		{text: "__import__('%s.x' % name)", computed: true},
		{text: "import_module('a.' + name)", packages: []string{"a"}},
		{text: "import_module(f'a.b.{name}')", packages: []string{"a"}},
		{text: "import_module(f'{name}.a')", computed: true},
		{text: "import_module(f'{__name__}.{name}')", inside: true},
		{text: "import_module(name, package=__package__)", inside: true},
		{text: "def import_module(name): pass"},
		{text: "exec(code)", runs: true},
		{text: "application.exec()"},
		{text: "import runpy", runs: true},
		{text: "walk_packages()", runs: true, inside: true},
		{text: "iter_modules(__path__)", inside: true},
		{text: "from importlib.metadata import distributions\ndistributions()", runs: true},
	}
	for _, tt := range tests {
		s := scanPython(tt.text)
		if s.computed != tt.computed || s.runs != tt.runs || s.inside != tt.inside || !slices.Equal(s.packages, tt.packages) {
			t.Errorf("%q: computed %v, runs %v, inside %v, packages %q", tt.text, s.computed, s.runs, s.inside, s.packages)
		}
	}
}

func TestScanPythonInstead(t *testing.T) {
	s := scanPython("try:\n  from a import b\nexcept ImportError:\n  try:\n    import c\n  except ImportError:\n    from d import e\nimport f\n")
	if want := []string{"a", "a.b", "f"}; !slices.Equal(s.modules, want) {
		t.Errorf("%q is imported, not %q", s.modules, want)
	}
	if len(s.instead) != 1 || s.instead[0].tried[0].module != "a" || !slices.Equal(s.instead[0].tried[0].names, []string{"b"}) ||
		!slices.Equal(s.instead[0].does.modules, []string{"c"}) || len(s.instead[0].does.instead) != 1 {
		t.Errorf("instead: %+v", s.instead)
	}
	if s := scanPython("try:\n  import a\n  a.use()\nexcept ImportError:\n  import b\n"); !slices.Contains(s.modules, "b") {
		t.Error("what is imported when more than an import fails is left out")
	}
}

// FuzzScanPython expects of any text an end, and names that are part of it.
func FuzzScanPython(f *testing.F) {
	for _, text := range []string{
		"import a.b as c, d\n", "from .a import (b,\n c)", "try:\n import a\nexcept:\n import b", "'''x", "f'{a[\"b\"]}'\\", "__import__(", "if TYPE_CHECKING:\n\timport x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := scanPython(text)
		startModules(text)
		for _, name := range append(s.modules, s.words...) {
			for word := range strings.SplitSeq(name, ".") {
				if !strings.Contains(text, word) {
					t.Errorf("%q is not in %q", word, text)
				}
			}
		}
	})
}
