package pipeline_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
)

const applicationTable = `
rule application
  why  w
  when start **
  make application
rule shell
  why  w
  when script sh
  make commands
`

// planApplication plans a program of a root, and returns the files of the bundle
// besides the program and its shell.
func planApplication(t *testing.T, root, program string) []string {
	t.Helper()
	r := planIn(t, root, &pipeline.Spec{Inputs: []string{program}}, applicationTable)
	return slices.DeleteFunc(regularFiles(r), func(name string) bool { return name == program || name == "/bin/sh" })
}

// bareProgram builds a program without a libc that holds the strings.
func bareProgram(t *testing.T, root, name string, texts ...string) {
	t.Helper()
	source := filepath.Join(t.TempDir(), "main.c")
	writeFile(t, source, "const char *volatile s[] = {\""+strings.Join(texts, "\", \"")+"\"};\nint main(void) { return !s[0]; }\n", 0o644)
	if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755); err != nil {
		t.Fatal(err)
	}
	gcc(t, root, "-static", "-nostdlib", "-nostartfiles", "-Wl,-e,main", "-o", strings.TrimPrefix(name, "/"), source)
}

// TestApplication expects what a program of an application needs of it, by where
// it lies and by its strings.
func TestApplication(t *testing.T) {
	large := strings.Repeat("x", 65<<20)
	for _, test := range []struct {
		what, program string
		texts         []string
		files         map[string]string
		want          []string
	}{
		{"all of what finds itself", "/opt/vendor/app/bin/app", []string{"/proc/self/exe"},
			map[string]string{"/opt/vendor/app/conf/a": "", "/opt/vendor/app/share/.git/b": "", "/opt/vendor/other/c": ""}, []string{"/opt/vendor/app/conf/a"}},
		{"all where its prefix is compiled in", "/opt/app/sbin/app", []string{"/opt/app/conf/a"},
			map[string]string{"/opt/app/conf/a": "", "/opt/app/modules/m": ""}, []string{"/opt/app/conf/a", "/opt/app/modules/m"}},
		{"nothing without evidence", "/opt/app/app", []string{"unrelated"}, map[string]string{"/opt/app/data": ""}, nil},
		{"nothing for what the C library names", "/opt/app/app", []string{"locale"}, map[string]string{"/opt/app/locale/x": ""}, nil},
		{"what a large one names", "/opt/app/app", []string{"/proc/self/exe", "%s/locales/%s.pak", "see the notes"},
			map[string]string{"/opt/app/large": large, "/opt/app/locales/en.pak": "", "/opt/app/notes": ""}, []string{"/opt/app/locales/en.pak"}},
		{"what one names that is built there", "/build/app/app", []string{"/proc/self/exe", "data/x", "app.c"},
			map[string]string{"/build/app/data/x": "", "/build/app/app.c": "", "/build/app/app.o": "", "/build/app/junk": ""}, []string{"/build/app/data/x"}},
		{"by a path upwards, where many are", "/usr/local/bin/app", []string{"/proc/self/exe", "%s/../share/data"},
			map[string]string{"/usr/local/share/data/x": "", "/usr/local/share/other": "", "/usr/local/bin/other": ""}, []string{"/usr/local/share/data/x"}},
		{"by paths of a store", "/nix/store/a-app/bin/app", []string{"/nix/store/b-data/share/d", "/nix/store/b-data/src/main.c"},
			map[string]string{"/nix/store/b-data/share/d": "", "/nix/store/b-data/src/main.c": "", "/nix/store/c-x": ""}, []string{"/nix/store/b-data/share/d"}},
		{"nothing of where environments are", "/opt/env/bin/app", []string{"/proc/self/exe", "share"},
			map[string]string{"/opt/env/conda-meta/history": "", "/opt/env/share/x": ""}, nil},
		{"nothing in the system's own places", "/usr/bin/app", []string{"/proc/self/exe", "../share/x"}, map[string]string{"/usr/share/x": ""}, nil},
	} {
		t.Run(test.what, func(t *testing.T) {
			root := t.TempDir()
			for name, text := range test.files {
				writeFile(t, filepath.Join(root, name), text, 0o644)
			}
			bareProgram(t, root, test.program, test.texts...)
			if got := planApplication(t, root, test.program); !slices.Equal(got, test.want) {
				t.Errorf("%q, not %q", got, test.want)
			}
		})
	}
}

// TestApplicationOfScript expects all of an application that a script finds by
// its own place, with the commands of what it reads and starts there, and of a
// large one what it names.
func TestApplicationOfScript(t *testing.T) {
	root := t.TempDir()
	const self = "#!/bin/sh\nHERE=$(cd \"$(dirname \"$0\")/..\" && pwd)\n"
	for name, text := range map[string]string{
		"opt/small/bin/run":      self + "for f in \"$HERE\"/lib/*.sh; do . \"$f\"; done\n",
		"opt/small/lib/a.sh":     "f() { first; }\n",
		"opt/small/libexec/sub":  "#!/bin/sh\nsecond\n",
		"opt/small/data":         "",
		"opt/small/dev/check":    "#!/usr/bin/third\n",
		"opt/large/bin/run":      self + "exec \"$HERE\"/lib/main \"$HERE/etc/conf\"\n",
		"opt/large/lib/main":     "#!/bin/sh\nfirst\n",
		"opt/large/etc/conf":     "",
		"opt/large/etc/other":    "",
		"opt/large/rest":         strings.Repeat("x", 65<<20),
		"usr/local/bin/loop":     self + "for f in \"$HERE\"/*; do cat \"$f\"; done\n",
		"usr/local/notes":        "",
		"opt/plain/bin/run":      "#!/bin/sh\ntrue\n",
		"opt/plain/share/unused": "",
	} {
		writeFile(t, filepath.Join(root, name), text, 0o755)
	}
	bareProgram(t, root, "/bin/sh", "sh")
	bareProgram(t, root, "/usr/bin/first", "first")
	bareProgram(t, root, "/usr/bin/second", "second")
	bareProgram(t, root, "/usr/bin/third", "what developers have")
	for program, want := range map[string][]string{
		"/opt/small/bin/run":  {"/opt/small/data", "/opt/small/dev/check", "/opt/small/lib/a.sh", "/opt/small/libexec/sub", "/usr/bin/first", "/usr/bin/second"},
		"/opt/large/bin/run":  {"/opt/large/etc/conf", "/opt/large/lib/main", "/usr/bin/first"},
		"/usr/local/bin/loop": nil,
		"/opt/plain/bin/run":  nil,
	} {
		if got := planApplication(t, root, program); !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q", program, got, want)
		}
	}
}
