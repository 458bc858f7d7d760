package pipeline_test

import (
	"path/filepath"
	"testing"

	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// TestCalledByApplication expects the library that a program opens by a name that
// is written out, and the commands of a line that it gives to the shell; not words
// of its messages.
func TestCalledByApplication(t *testing.T) {
	dir, libs := t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(dir, "lib.c"), "int own(void) { return 1; }\n", 0o644)
	writeFile(t, filepath.Join(dir, "main.c"), `#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) { puts("sort failed"); return !dlopen("libown.so.3", RTLD_NOW) || system("nl -b a /dev/null | tac"); }
`, 0o644)
	gcc(t, dir, "-shared", "-fPIC", "-o", filepath.Join(libs, "libown.so.3"), "lib.c")
	gcc(t, dir, "-o", "main", "main.c", "-Wl,-rpath,"+libs)
	r := planTable(t, &pipeline.Spec{Inputs: []string{filepath.Join(dir, "main")}, Output: "/bundle"}, `
rule application
  why  w
  when import dlopen system
  and  start **
  make application
`)
	for _, name := range []string{filepath.Join(libs, "libown.so.3"), "/usr/bin/nl", "/usr/bin/tac", "/bin/sh"} {
		if !hasFile(r, name) {
			t.Errorf("there is no %s", name)
		}
	}
	if hasFile(r, "/usr/bin/sort") {
		t.Error("a word of a message is taken for a command")
	}
}

// hasFile tells whether a name leads to something in the bundle.
func hasFile(r *pipeline.Result, name string) bool {
	real, err := filepath.EvalSymlinks(name)
	return err == nil && r.Plan.Get(real) != nil
}
