package pipeline_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/plan"
)

// noted is a program that says what it opens: one note of each priority, the
// required one with alternatives of which only the second is there.
const notedSource = `
#define NOTE(json) \
  __asm__(".pushsection .note.dlopen,\"a\",%note\n.balign 4\n" \
    ".long 4\n.long 1f-0f\n.long 0x407c0c0a\n.asciz \"FDO\"\n" \
    "0: .asciz \"" json "\"\n1:\n.balign 4\n.popsection\n")
NOTE("[{\\\"soname\\\":[\\\"libabsent.so.1\\\",\\\"libmust.so.1\\\"],\\\"priority\\\":\\\"required\\\"}]");
NOTE("[{\\\"soname\\\":[\\\"libgood.so.1\\\"],\\\"feature\\\":\\\"speed\\\"}]");
NOTE("[{\\\"soname\\\":[\\\"libextra.so.1\\\"],\\\"feature\\\":\\\"colour\\\",\\\"priority\\\":\\\"suggested\\\"}]");
int main(void) { return 0; }
`

func gcc(t testing.TB, dir string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("gcc is not installed")
	}
	c := exec.Command("gcc", args...)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("gcc %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func buildNoted(t *testing.T) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"main.c": notedSource, "lib.c": "int x;\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "lib"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, lib := range []string{"libdeep.so.1", "libmust.so.1", "libgood.so.1", "libextra.so.1"} {
		args := []string{"-shared", "-o", "lib/" + lib, "-Wl,-soname," + lib, "lib.c"}
		if lib == "libgood.so.1" {
			args = append(args, "-Wl,--no-as-needed", "lib/libdeep.so.1", "-Wl,-rpath,$ORIGIN")
		}
		gcc(t, dir, args...)
	}
	gcc(t, dir, "-o", "main", "main.c", "-Wl,-rpath,$ORIGIN/lib")
	return dir
}

func TestDlopenNotes(t *testing.T) {
	dir := buildNoted(t)
	for name, c := range map[string]struct {
		choice *pipeline.Dlopen
		want   string // of libmust, libgood, libdeep, libextra
		tips   int
	}{
		"nobody asks":      {nil, "", 0},
		"none":             {&pipeline.Dlopen{}, "", 1},
		"required":         {&pipeline.Dlopen{Level: object.DlopenRequired}, "must", 1},
		"recommended":      {&pipeline.Dlopen{Level: object.DlopenRecommended}, "deep good must", 1},
		"suggested":        {&pipeline.Dlopen{Level: object.DlopenSuggested}, "deep extra good must", 0},
		"a feature more":   {&pipeline.Dlopen{Level: object.DlopenRequired, Features: features(t, "+main:colour")}, "extra must", 0},
		"a feature less":   {&pipeline.Dlopen{Level: object.DlopenRecommended, Features: features(t, "-spe*")}, "must", 1},
		"others' features": {&pipeline.Dlopen{Level: object.DlopenRequired, Features: features(t, "libother*:*")}, "must", 1},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := pipeline.Plan(context.Background(), &pipeline.Spec{Inputs: []string{dir + "/main"}, Output: "/bundle", Dlopen: c.choice})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var got []string
			for e := range r.Plan.All() {
				if lib, ok := strings.CutPrefix(e.Path, dir+"/lib/lib"); ok {
					got = append(got, strings.TrimSuffix(lib, ".so.1"))
				}
			}
			slices.Sort(got)
			if have := strings.Join(got, " "); have != c.want {
				t.Errorf("bundled %q, want %q", have, c.want)
			}
			if len(r.Tips) != c.tips {
				t.Errorf("tips %q", r.Tips)
			}
			if e := r.Plan.Get(dir + "/lib/libmust.so.1"); e != nil && e.Why[0] != (plan.Reason{Kind: plan.Dlopen, By: dir + "/main", Via: "required"}) {
				t.Errorf("libmust is there because of %v", e.Why)
			}
		})
	}
}

// TestDlopenSuggestedFar expects advice on what a library may open where the
// program needs that library itself, and none where another library does.
func TestDlopenSuggestedFar(t *testing.T) {
	dir := buildNoted(t)
	gcc(t, dir, "-shared", "-fPIC", "-o", "lib/libfar.so.1", "-Wl,-soname,libfar.so.1", "-Wl,-rpath,$ORIGIN", "main.c")
	gcc(t, dir, "-shared", "-fPIC", "-o", "lib/libnear.so.1", "-Wl,-soname,libnear.so.1", "-Wl,--no-as-needed", "lib/libfar.so.1", "-Wl,-rpath,$ORIGIN", "lib.c")
	if err := os.WriteFile(filepath.Join(dir, "user.c"), []byte("int main(void) { return 0; }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for lib, tips := range map[string]int{"libfar.so.1": 1, "libnear.so.1": 0} {
		gcc(t, dir, "-o", "user", "user.c", "-Wl,--no-as-needed", "lib/"+lib, "-Wl,-rpath,$ORIGIN/lib")
		r, err := pipeline.Plan(t.Context(), &pipeline.Spec{Inputs: []string{dir + "/user"}, Output: "/bundle", Dlopen: &pipeline.Dlopen{Level: object.DlopenRecommended}})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if len(r.Tips) != tips {
			t.Errorf("%s is needed: tips %q", lib, r.Tips)
		}
	}
}

func features(t *testing.T, text string) []pipeline.Feature {
	t.Helper()
	f, err := pipeline.ParseFeature(text)
	if err != nil {
		t.Fatal(err)
	}
	return []pipeline.Feature{f}
}

func TestParseFeature(t *testing.T) {
	for text, want := range map[string]pipeline.Feature{
		"zstd":             {Name: "zstd"},
		"+zstd":            {Name: "zstd"},
		"-libsystemd*:tpm": {Off: true, Library: "libsystemd*", Name: "tpm"},
	} {
		if got, err := pipeline.ParseFeature(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-", "lib:"} {
		if _, err := pipeline.ParseFeature(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// TestDlopenFoundByEnvironment expects what only LD_LIBRARY_PATH finds to be
// found in the bundle all the same.
func TestDlopenFoundByEnvironment(t *testing.T) {
	dir := buildNoted(t)
	gcc(t, dir, "-o", "plain", "main.c")
	r, err := pipeline.Plan(context.Background(), &pipeline.Spec{
		Inputs: []string{dir + "/plain"}, Output: "/bundle", LibraryPath: dir + "/lib",
		Dlopen: &pipeline.Dlopen{Level: object.DlopenRequired},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.Plan.Get(dir+"/lib/libmust.so.1") == nil {
		t.Fatal("libmust is not in the bundle")
	}
	if r.Plan.Get("/etc/ld.so.cache") == nil {
		t.Error("nothing tells the bundle's loader where libmust is")
	}
}
