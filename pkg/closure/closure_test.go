//go:build linux

package closure_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// fixture builds a script of lib.sh in a new directory, which it returns.
func fixture(t *testing.T, script string) string {
	t.Helper()
	cc := compiler(t, "gcc")
	if cc.err != nil {
		t.Skip(cc.err)
	}
	out, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	rules, err := filepath.Abs("testdata/rules")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-euc", `. "$RULES/lib.sh"`+"\n"+script)
	cmd.Env = append(os.Environ(), "OUT="+out, "RULES="+rules, "STUBS="+t.TempDir(), "CC=gcc", "INTERP="+cc.interp)
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("cannot build: %v\n%s", err, msg)
	}
	return out
}

func resolver() *closure.Resolver {
	return closure.New(closure.Options{Root: rootfs.Memo(rootfs.Host())})
}

func paths(nodes []*closure.Node, out string) string {
	var names []string
	for _, n := range nodes {
		if name, ok := strings.CutPrefix(n.Real, out); ok {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func TestOpenResolvesAPluginInItsProcess(t *testing.T) {
	out := fixture(t, `
exe bin/app libcore.so "$(rpath "$OUT/lib")"
lib lib/libcore.so
lib lib/libextra.so
lib plugins/plugin.so libcore.so libextra.so libown.so libnone.so
cp "$STUBS/libown.so" "$OUT/lib/"
`)
	r := resolver()
	g, err := r.Program(out + "/bin/app")
	if err != nil {
		t.Fatal(err)
	}
	before := len(g.Nodes)
	p, err := r.Open(g, out+"/plugins/plugin.so")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := paths(p.Nodes, out), "/plugins/plugin.so /lib/libextra.so /lib/libown.so"; got != want {
		t.Errorf("opened %s, want %s", got, want)
	}
	if len(p.Problems) > 0 || len(p.Warnings) != 1 || !strings.HasPrefix(p.Warnings[0], "libnone.so needed by "+out+"/plugins/plugin.so: not found") {
		t.Errorf("problems %v, warnings %q", p.Problems, p.Warnings)
	}
	if len(g.Nodes) != before || len(g.Warnings) > 0 {
		t.Error("the program's own graph has changed")
	}
	if again, err := r.Open(g, out+"/lib/libcore.so"); err != nil || len(again.Nodes) != 0 {
		t.Errorf("a loaded object adds %v, %v", again.Nodes, err)
	}
	alone, err := r.Open(nil, out+"/plugins/plugin.so")
	if err != nil || len(alone.Problems) > 0 || len(alone.Warnings) != 4 {
		t.Errorf("alone: %v, problems %v, warnings %q", err, alone.Problems, alone.Warnings)
	}
}

func TestMissingListsEveryLibrary(t *testing.T) {
	out := fixture(t, `exe app libx.so liby.so; mkdir "$OUT/d"`)
	g, err := resolver().Program(out + "/app")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range g.Missing() {
		names = append(names, m.Name+" by "+m.By)
		if !errors.Is(m, fs.ErrNotExist) || len(m.Tried) == 0 {
			t.Errorf("%v", m)
		}
	}
	if want := []string{"libx.so by " + out + "/app", "liby.so by " + out + "/app"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

func TestProgramErrors(t *testing.T) {
	out := fixture(t, `
mkdir "$OUT/dir"
: >"$OUT/empty"
echo text >"$OUT/text"
ln -s none "$OUT/dangling"
ln -s loop "$OUT/loop"
exe whole
head -c 100 "$OUT/whole" >"$OUT/truncated"
gcc -c -o "$OUT/object.o" "$RULES/empty.c"
`)
	for name, want := range map[string]string{
		"dir":       "not a regular file",
		"empty":     "the file is empty",
		"text":      "not an ELF file",
		"dangling":  "leads to " + out + "/none): no such file or directory",
		"loop":      "too many levels of symbolic links",
		"none":      "no such file or directory",
		"truncated": "truncated: ",
		"object.o":  "neither an executable nor a shared library",
	} {
		_, err := resolver().Program(filepath.Join(out, name))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func TestClassify(t *testing.T) {
	out := fixture(t, `
exe dynamic -no-pie libx.so
exe pie -pie
prog static -static
prog static-pie -static-pie
lib lib.so
gcc -c -o "$OUT/object.o" "$RULES/empty.c"
`)
	for name, want := range map[string]closure.KindOf{
		"dynamic": closure.Dynamic, "pie": closure.Dynamic, "static": closure.Static, "static-pie": closure.Static,
		"lib.so": closure.Library, "object.o": closure.NotLoadable,
	} {
		o := readObject(t, filepath.Join(out, name))
		if got := closure.Classify(o); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

func TestInterpErrors(t *testing.T) {
	out := fixture(t, `
exe app -pie -Wl,--dynamic-linker,/none/ld.so
exe foreign -pie -Wl,--dynamic-linker,"$OUT/ld.so"
cp -L "$INTERP" "$OUT/ld.so"
printf '\363\000' | dd of="$OUT/ld.so" bs=1 seek=18 conv=notrunc status=none
exe text -pie -Wl,--dynamic-linker,"$OUT/ld.txt"
echo text >"$OUT/ld.txt"
`)
	for name, want := range map[string]string{
		"app":     "interpreter /none/ld.so needed by " + out + "/app: not found",
		"foreign": out + "/ld.so is for another machine (ELFCLASS64 EM_RISCV)",
		"text":    "not an ELF file",
	} {
		g, err := resolver().Program(filepath.Join(out, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var ie *closure.InterpError
		if len(g.Problems) != 1 || !errors.As(g.Problems[0], &ie) || !strings.Contains(ie.Error(), want) {
			t.Errorf("%s: %v, want %q", name, g.Problems, want)
		}
	}
}

func TestEveryNodeSaysWhyItIsThere(t *testing.T) {
	out := fixture(t, `
exe bin/app liba.so "$(runpath '$ORIGIN/../lib')"
lib lib/liba.so libb.so "$(runpath '$ORIGIN')"
lib lib/libb.so
`)
	g, err := resolver().Program(out + "/bin/app")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range g.Nodes[1:] {
		if n.By == nil || n.Name == "" || n.Found.How == "" || n.Kind == "" {
			t.Errorf("%s: %+v", n.Path, n)
		}
	}
	if n := g.Nodes[2]; n.Name != "libb.so" || n.By != g.Nodes[1] || n.Found.How != ldso.ByRunpath {
		t.Errorf("%+v", n)
	}
	if g.Main.By != nil || g.Interp == nil || !slices.Contains(g.Nodes, g.Interp) {
		t.Error("the program has a loader of its own, or no interpreter")
	}
}

func TestResolverIsSafeForConcurrentUse(t *testing.T) {
	out := fixture(t, `
exe bin/app liba.so libb.so "$(runpath "$OUT/lib")"
lib lib/liba.so libb.so "$(runpath "$OUT/lib")"
lib lib/libb.so
`)
	r := resolver()
	done := make(chan string)
	for range 8 {
		go func() {
			g, err := r.Program(out + "/bin/app")
			if err != nil {
				done <- err.Error()
				return
			}
			done <- paths(g.Nodes, out)
		}()
	}
	for range 8 {
		if got := <-done; got != "/bin/app /lib/liba.so /lib/libb.so" {
			t.Error(got)
		}
	}
}
