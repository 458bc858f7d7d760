package publish

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"
)

// releases serves a release as GitHub does, and notes what is asked for.
type releases struct {
	url   string
	mu    sync.Mutex
	asked []string
}

// serve makes the release v1.2.3, the latest, of these files.
func serve(t *testing.T, files map[string][]byte) *releases {
	t.Helper()
	var r releases
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		r.asked = append(r.asked, req.URL.Path)
		r.mu.Unlock()
		name := strings.TrimPrefix(strings.TrimPrefix(req.URL.Path, "/latest/download/"), "/download/v1.2.3/")
		data, ok := files[name]
		if !ok {
			http.NotFound(w, req)
			return
		}
		w.Write(data)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return &r
}

// release is the files of one for this machine, with pack as it is built here.
func release(t *testing.T) map[string][]byte {
	t.Helper()
	program, err := os.ReadFile(needPack(t))
	if err != nil {
		t.Fatal(err)
	}
	name := "pack-linux-" + runtime.GOARCH
	return map[string][]byte{
		name:         program,
		"SHA256SUMS": fmt.Appendf(nil, "%s  pack-share.tar.gz\n%x  %s\n", strings.Repeat("0", 64), sha256.Sum256(program), name),
	}
}

// use runs the action with these inputs.
func use(t *testing.T, with map[string]string) (*runner, string, error) {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl: make setup")
	}
	var a action
	readYAML(t, "actions/pack/action.yml", &a)
	inputs := map[string]string{}
	for name, in := range a.Inputs {
		inputs[name] = in.Default
	}
	for name, value := range with {
		if _, ok := inputs[name]; !ok {
			t.Fatalf("the action takes no %s", name)
		}
		inputs[name] = value
	}
	r := newRunner(t, inputs)
	here, err := filepath.Abs(filepath.Join(root, ".github", "actions", "pack"))
	if err != nil {
		t.Fatal(err)
	}
	r.env = []string{"GITHUB_ACTION_PATH=" + here}
	out, err := r.do(t, a.Runs.Steps)
	if err == nil {
		if got := r.expand(t, a.Outputs["pack"].Value); !exists(got) {
			t.Errorf("the output pack is %q, and no file", got)
		}
	}
	return r, out, err
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func TestActionBundles(t *testing.T) {
	served := serve(t, release(t))
	r, out, err := use(t, map[string]string{
		"releases": served.url, "version": "1.2.3",
		"args": "/usr/bin/env --mkdir '/a  b' --mkdir /c\\ d\n--mkdir '/$(touch /x)'\nthe-bundle",
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"usr/bin/env", "a  b", "c d", "$(touch /x)"} {
		if !exists(filepath.Join(r.dir, "the-bundle", name)) {
			t.Errorf("the bundle has no %s", name)
		}
	}
	if !slices.Contains(served.asked, "/download/v1.2.3/SHA256SUMS") {
		t.Errorf("asked for %q", served.asked)
	}
}

// TestActionMakesPortableFile by the step that the README shows.
func TestActionMakesPortableFile(t *testing.T) {
	var shown []step
	if err := yaml.Unmarshal([]byte(readmeBlock(t, "yaml", "actions/pack")), &shown); err != nil {
		t.Fatal(err)
	}
	served := serve(t, release(t))
	with := maps.Clone(shown[0].With)
	with["releases"], with["args"] = served.url, strings.Replace(with["args"], "./build/app", "/usr/bin/printf", 1)
	r, out, err := use(t, with)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(r.dir, "app.run"), "%s!", "hello  there")
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir())
	if got, err := cmd.CombinedOutput(); err != nil || string(got) != "hello  there!" {
		t.Errorf("the portable file printed %q, %v", got, err)
	}
	if !slices.Contains(served.asked, "/latest/download/pack-linux-"+runtime.GOARCH) {
		t.Errorf("asked for %q", served.asked)
	}
}

// TestActionInstalls puts pack on the PATH of later steps, from a file too.
func TestActionInstalls(t *testing.T) {
	served := serve(t, nil)
	binary, err := filepath.Abs(needPack(t))
	if err != nil {
		t.Fatal(err)
	}
	r, out, err := use(t, map[string]string{"releases": served.url, "binary": binary})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err = r.script(t, step{Shell: "bash", Run: "type -p pack; pack --version"})
	if err != nil || !strings.HasPrefix(out, r.temp) || !strings.Contains(out, "pack version ") {
		t.Errorf("the next step found %s, %v", out, err)
	}
	if len(served.asked) > 0 {
		t.Errorf("a binary was given, and %q asked for", served.asked)
	}
}

// TestActionRefuses what is not the release's own.
func TestActionRefuses(t *testing.T) {
	name := "pack-linux-" + runtime.GOARCH
	changed := release(t)
	changed[name] = append(slices.Clone(changed[name]), 0)
	unnamed := release(t)
	unnamed["SHA256SUMS"] = []byte(strings.ReplaceAll(string(unnamed["SHA256SUMS"]), name, name+".old"))
	without := release(t)
	delete(without, "SHA256SUMS")
	for _, tt := range []struct {
		name  string
		files map[string][]byte
		want  string
	}{
		{"a changed file", changed, "the checksum of " + name + " is not that of the release"},
		{"a file without a checksum", unnamed, "SHA256SUMS does not name " + name},
		{"a release without checksums", without, "cannot download"},
		{"no release", nil, "cannot download"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, out, err := use(t, map[string]string{"releases": serve(t, tt.files).url, "args": "--version"})
			if err == nil || !strings.Contains(out, "::error::pack: "+tt.want) {
				t.Errorf("%v: %s", err, out)
			}
			if len(r.path) > 0 || strings.Contains(out, "pack version") {
				t.Errorf("it is used all the same: %s", out)
			}
		})
	}
}

// TestWorkflow runs the scripts of the job for other repositories.
func TestWorkflow(t *testing.T) {
	var w struct {
		Jobs map[string]struct{ Steps []step }
	}
	readYAML(t, "workflows/pack.yml", &w)
	var a action
	readYAML(t, "actions/pack/action.yml", &a)
	for _, s := range w.Jobs["pack"].Steps {
		if !strings.Contains(s.Uses, "/.github/actions/pack@") {
			continue
		}
		for name := range s.With {
			if _, ok := a.Inputs[name]; !ok {
				t.Errorf("the workflow gives the action %s, which it does not take", name)
			}
		}
	}
	for _, tt := range []struct{ build, output, keeps string }{
		{"mkdir -p out/bin\necho x >out/bin/app\nln -s app out/bin/link", "out/", "out.tar"},
		{"echo x >app.run", "app.run", "app.run"},
	} {
		r := newRunner(t, map[string]string{"build": tt.build, "output": tt.output})
		if out, err := r.do(t, w.Jobs["pack"].Steps); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := r.outputs["steps.keep.outputs.file"]; got != tt.keeps || !exists(filepath.Join(r.dir, got)) {
			t.Errorf("of %s it keeps %q, want %s", tt.output, got, tt.keeps)
		}
		if tt.keeps == "out.tar" {
			if got := output(t, nil, "tar", "-tvf", filepath.Join(r.dir, "out.tar")); !strings.Contains(got, "./bin/link -> app") {
				t.Errorf("the archive has lost the link: %s", got)
			}
		}
	}
}

// TestWorkflowsLint has actionlint read all workflows.
func TestWorkflowsLint(t *testing.T) {
	if out := output(t, nil, "go", "tool", "-modfile=tools.mod", "actionlint"); out != "" {
		t.Error(out)
	}
}
