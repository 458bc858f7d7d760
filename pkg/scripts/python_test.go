package scripts

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
			if s := ScanPython(tt.text); !slices.Equal(s.Modules, tt.modules) || s.Computed || s.Runs {
				t.Errorf("%q imports %q (computed %v, runs %v), not %q", tt.text, s.Modules, s.Computed, s.Runs, tt.modules)
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
		{text: "from .loader import get_loader\nget_loader(name)"},
		{text: "from pkgutil import get_loader\nget_loader(name)", computed: true},
		{text: "from .compat import import_module\nimport_module(name)", computed: true},
		{text: "exec(code)", runs: true},
		{text: "application.exec()"},
		{text: "import runpy", runs: true},
		{text: "walk_packages()", runs: true, inside: true},
		{text: "iter_modules(__path__)", inside: true},
		{text: "from importlib.metadata import distributions\ndistributions()", runs: true},
	}
	for _, tt := range tests {
		s := ScanPython(tt.text)
		if s.Computed != tt.computed || s.Runs != tt.runs || s.Inside != tt.inside || !slices.Equal(s.Packages, tt.packages) {
			t.Errorf("%q: computed %v, runs %v, inside %v, packages %q", tt.text, s.Computed, s.Runs, s.Inside, s.Packages)
		}
	}
}

func TestScanPythonInstead(t *testing.T) {
	s := ScanPython("try:\n  from a import b\nexcept ImportError:\n  try:\n    import c\n  except ImportError:\n    from d import e\nimport f\n")
	if want := []string{"a", "a.b", "f"}; !slices.Equal(s.Modules, want) {
		t.Errorf("%q is imported, not %q", s.Modules, want)
	}
	if len(s.Instead) != 1 || s.Instead[0].Tried[0].Module != "a" || !slices.Equal(s.Instead[0].Tried[0].Names, []string{"b"}) ||
		!slices.Equal(s.Instead[0].Does.Modules, []string{"c"}) || len(s.Instead[0].Does.Instead) != 1 {
		t.Errorf("instead: %+v", s.Instead)
	}
	if s := ScanPython("try:\n  import a\n  a.use()\nexcept ImportError:\n  import b\n"); !slices.Contains(s.Modules, "b") {
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
		s := ScanPython(text)
		StartModules(text)
		for _, name := range append(s.Modules, s.Words...) {
			for word := range strings.SplitSeq(name, ".") {
				if !strings.Contains(text, word) {
					t.Errorf("%q is not in %q", word, text)
				}
			}
		}
	})
}
