package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// check builds an example, has it do its work and returns the size in bytes of
// what was built.
type check func(t *testing.T, e example) int64

// checks are all examples, those that take longest first: some run at a time.
var checks = []struct {
	example string
	check   check
}{
	{"patchelf", prints("libstdc++.so.6\nlibgcc_s.so.1\nlibc.so.6", "", "--print-needed", "/usr/local/bin/patchelf")},
	{"python", prints("y = -0.5x + 4", "0 4\n2 3\n4 2\n")},
	{"rust", prints("2 be\n1 not\n1 or\n2 to", "to be or not\nto be\n")},
	{"ffmpeg", encodes},
	{"postgres", postgres},
	{"node", serves("http://localhost:8080/?name=pack", "Hello, pack!")},
	{"clang-format", prints("int main() { return 0; }", "int   main( ){return 0;}")},
	{"portable", portable},
	{"curl", fetches},
	{"nginx", serves("http://localhost:8080/", "Served by nginx, alone in its image.")},
	{"nonroot", redis},
	{"shellcheck", prints("-:1:6: note: Double quote to prevent globbing and word splitting. [SC2086]", "echo $1\n", "--format=gcc", "--shell=sh", "-")},
	{"multiarch", multiarch},
	{"script", prints(`[{"address":"192.0.2.7","requests":2},{"address":"192.0.2.1","requests":1}]`, "192.0.2.1 a\n192.0.2.7 b\n192.0.2.7 c\n")},
	{"mount", prints("3", `{"a": [1, 2]}`, ".a | add")},
}

// prints checks what the example prints when it is given input and arguments.
func prints(want, input string, args ...string) check {
	return func(t *testing.T, e example) int64 {
		image := e.build(t)
		if got := e.run(t, image, input, args...); strings.TrimSpace(got) != want {
			t.Errorf("%s %q printed %q, want %q", e.name, args, got, want)
		}
		return e.size(t, image)
	}
}

// encodes makes a film and reads it: five pictures, one a line.
func encodes(t *testing.T, e example) int64 {
	image := e.build(t)
	film := e.run(t, image, "", "-v", "error", "-f", "lavfi", "-i", "testsrc=duration=0.2",
		"-c:v", "libx264", "-f", "matroska", "-")
	list := e.run(t, image, film, "-v", "error", "-i", "-", "-f", "framecrc", "-")
	if got := strings.Count(list, "\n0, "); got != 5 {
		t.Errorf("the film has %d pictures, want 5:\n%s", got, list)
	}
	return e.size(t, image)
}

// portable runs the file on this machine, outside of any image.
func portable(t *testing.T, e example) int64 {
	out, home := t.TempDir(), t.TempDir()
	must(t, e.client.Do("build", "--network", "host", "--output", out, e.dir))
	file := filepath.Join(out, "git.run")
	git := func(args ...string) string {
		cmd := exec.Command(file, args...)
		cmd.Dir, cmd.Env = home, append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+t.TempDir())
		got, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git.run %q: %v\n%s", args, err, got)
		}
		return strings.TrimSpace(string(got))
	}
	git("init", "-q")
	git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "first")
	if got := git("log", "--format=%an: %s"); got != "A: first" {
		t.Errorf("git.run log printed %q", got)
	}
	info, err := os.Stat(file)
	must(t, err)
	return info.Size()
}

// run runs the image with the input and returns what it prints.
func (e example) run(t *testing.T, image, input string, args ...string) string {
	t.Helper()
	cmd := e.client.Command(t.Context(), append([]string{"run", "--rm", "-i", image}, args...)...)
	var out, diagnosis strings.Builder
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &diagnosis
	// Whoever finds fault with the input ends with a status of its own.
	if err := cmd.Run(); err != nil && diagnosis.Len() > 0 {
		t.Fatalf("%s %q: %v\n%s", e.name, args, err, &diagnosis)
	}
	return out.String()
}
