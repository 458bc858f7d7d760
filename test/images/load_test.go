package images

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/engine"
)

// load has the engine load an archive, and returns the name it says.
func load(t *testing.T, c engine.Client, file string) string {
	t.Helper()
	said := must(t, c.Command(t.Context(), "load", "-i", file))
	name, ok := strings.CutPrefix(said, "Loaded image: ")
	if !ok {
		t.Fatalf("docker load said %q", said)
	}
	t.Cleanup(func() { forget(c, name) })
	return name
}

// shell is a directory with a shell and nothing else.
func shell(t *testing.T) string {
	t.Helper()
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	run(t, "sh", "-ec", `mkdir -p "$1/bin" "$1/srv"; cp "$2" "$1/bin/busybox"; ln "$1/bin/busybox" "$1/bin/sh"; chmod 755 "$1"`, "shell", dir, busybox)
	return dir
}

// TestLoad has the engine run what the flags say, from every form that all
// engines load.
func TestLoad(t *testing.T) {
	suite(t)
	c := docker(t)
	dir := shell(t)
	flags := []string{
		"--entrypoint", `/bin/sh -c 'echo "$0 $A $PWD"; exec /bin/busybox id -u'`, "--cmd", `["two words"]`, "--env", "A=b=c", "--label", "made.by=pack",
		"--user", "12:34", "--workdir", "/srv", "--expose", "80", "--expose", "53/udp", "--volume", "/data", "--stop-signal", "SIGINT",
		"--created", "2001-02-03T04:05:06Z",
	}
	for _, more := range [][]string{nil, {"--compression", "none"}, {"--compression", "gzip", "--compression-level", "9"}} {
		t.Run(strings.Join(more, " "), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "image.tar")
			must(t, pack(t, append(append([]string{"image", "pack-test/load:1.0", dir, "--destination", file}, flags...), more...)...))
			name := load(t, c, file)
			if name != "pack-test/load:1.0" {
				t.Errorf("it was loaded as %s", name)
			}
			if got := must(t, c.Command(t.Context(), "run", "--rm", "--network", "none", name)); got != "two words b=c /srv\n12" {
				t.Errorf("it printed %q", got)
			}
			inspect(t, c, name)
		})
	}
}

func inspect(t *testing.T, c engine.Client, name string) {
	t.Helper()
	var got []struct {
		Architecture, Os, Created string
		Config                    struct {
			Entrypoint, Cmd, Env         []string
			Labels                       map[string]string
			ExposedPorts, Volumes        map[string]struct{}
			User, WorkingDir, StopSignal string
		}
	}
	said := must(t, c.Command(t.Context(), "image", "inspect", name))
	if err := json.Unmarshal([]byte(said), &got); err != nil || len(got) != 1 {
		t.Fatalf("%v\n%s", err, said)
	}
	im, config := got[0], got[0].Config
	for _, fact := range []struct{ got, want any }{
		{im.Architecture + "/" + im.Os + " " + im.Created, runtime.GOARCH + "/linux 2001-02-03T04:05:06Z"},
		{config.Entrypoint, []string{"/bin/sh", "-c", `echo "$0 $A $PWD"; exec /bin/busybox id -u`}},
		{config.Cmd, []string{"two words"}},
		{config.Env, []string{"A=b=c"}},
		{config.Labels, map[string]string{"made.by": "pack"}},
		{config.ExposedPorts, map[string]struct{}{"80/tcp": {}, "53/udp": {}}},
		{config.Volumes, map[string]struct{}{"/data": {}}},
		{config.User + " " + config.WorkingDir + " " + config.StopSignal, "12:34 /srv SIGINT"},
	} {
		if !reflect.DeepEqual(fact.got, fact.want) {
			t.Errorf("docker inspect: %q, not %q", fact.got, fact.want)
		}
	}
}

// TestLoadedBundle has the engine run what the main job has made an image of.
func TestLoadedBundle(t *testing.T) {
	suite(t)
	c := docker(t)
	program, err := exec.LookPath("jq")
	if err != nil {
		t.Skip(err)
	}
	file := filepath.Join(t.TempDir(), "jq.tar")
	must(t, pack(t, program, "--image-tar", file, "--tag", "pack-test/jq"))
	cmd := c.Command(t.Context(), "run", "-i", "--rm", "--network", "none", load(t, c, file), ".a")
	cmd.Stdin = strings.NewReader(`{"a": 42}`)
	if got := must(t, cmd); got != "42" {
		t.Errorf("it printed %q", got)
	}
}

// TestBaseOfEngine puts files on an image of the engine, and has it run both.
func TestBaseOfEngine(t *testing.T) {
	suite(t)
	c := docker(t)
	work := t.TempDir()
	file := filepath.Join(work, "image.tar")
	must(t, pack(t, "image", "pack-test/lower", shell(t), "--destination", file, "--entrypoint", "/bin/sh", "--env", "A=below"))
	lower := load(t, c, file)
	run(t, "sh", "-ec", `echo 'echo "$A and above"' >"$1"`, "sh", filepath.Join(work, "script"))
	must(t, pack(t, "image", "pack-test/upper", filepath.Join(work, "script"), "--base", lower, "--local", "--destination", file, "--cmd", "/script"))
	if got := must(t, c.Command(t.Context(), "run", "--rm", "--network", "none", load(t, c, file))); got != "below and above" {
		t.Errorf("it printed %q", got)
	}
	said, err := pack(t, "image", "x", work, "--base", "pack-test/none", "--local", "--destination", file).CombinedOutput()
	if err == nil || !regexp.MustCompile("(?m)^hint: ").Match(said) {
		t.Errorf("%v\n%s", err, said)
	}
}
