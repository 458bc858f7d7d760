//go:build linux

package oracle

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// The second is what it says where its path file is empty.
	muslMissing = regexp.MustCompile(`^Error loading shared library (.*): (?:No such file or directory|No error information) \(needed by .*\)$`)
	muslSymbol  = regexp.MustCompile(`^Error relocating `)
)

// askMusl runs musl's loader as its ldd. It prints what it found on stdout as
// glibc does, and each library it did not find on stderr; any other complaint
// means that the program cannot start.
func (o *oracle) askMusl(s subject, libraryPath string) (answer, error) {
	var env []string
	if libraryPath != "" {
		env = []string{"LD_LIBRARY_PATH=" + libraryPath}
	}
	var stdout, stderr bytes.Buffer
	cmd := o.command(env, s.loader, "--list", s.file)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	failed := cmd.Run() != nil

	a, err := o.parseTrace(stdout.String())
	for line := range strings.Lines(stderr.String()) {
		line = strings.TrimSpace(line)
		if m := muslMissing.FindStringSubmatch(line); m != nil {
			a.missing = append(a.missing, m[1])
		} else if failed && !muslSymbol.MatchString(line) {
			a.refused = line
		}
	}
	slices.Sort(a.missing)
	a.missing = slices.Compact(a.missing)
	a.paths = tidy(a.paths, s.file)
	return a, err
}

// TestMusl resolves programs of musl-gcc where Debian puts musl: PT_INTERP is
// a link to libc.so, which is also what DT_NEEDED names.
func TestMusl(t *testing.T) {
	suite(t)
	const interp = "/lib/ld-musl-x86_64.so.1"
	if _, err := exec.LookPath("musl-gcc"); err != nil {
		t.Skip("needs musl-gcc: apt-get install musl-tools")
	}
	dir := realpath("/", t.TempDir())
	source := filepath.Join(dir, "main.c")
	if err := os.WriteFile(source, []byte("int f(void) { return 0; }\nint main(void) { return 0; }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	o := &oracle{root: "/"}
	for _, build := range []struct {
		name string
		args []string
	}{
		{"libone.so", []string{"-shared", "-fPIC", "-Wl,-soname,libone.so"}},
		{"libtwo.so", []string{"-shared", "-fPIC", "-Wl,-rpath,$ORIGIN", "libone.so"}},
		{"plain", nil},
		{"fixed", []string{"-no-pie"}},
		{"posix", []string{"-lm", "-lpthread", "-ldl", "-lrt"}},
		{"origin", []string{"-Wl,-rpath,$ORIGIN", "libtwo.so"}},
		{"absolute", []string{"-Wl,-rpath," + dir, "libtwo.so"}},
		{"missing", []string{"-Wl,-rpath-link,.", "libtwo.so"}},
	} {
		t.Run(build.name, func(t *testing.T) {
			cmd := exec.Command("musl-gcc", append([]string{"-o", build.name, "-Wl,--no-as-needed", source}, build.args...)...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("musl-gcc: %v\n%s", err, out)
			}
			file := filepath.Join(dir, build.name)
			fx, ok := readFacts(file)
			if !ok {
				t.Fatal("musl-gcc made no ELF file")
			}
			s := subject{file: file, facts: fx, loader: interp}
			want, err := o.askMusl(s, "")
			if err != nil {
				t.Fatal(err)
			}
			ours, err := newResolver("/", "")
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range diff(s, want, ours.resolve(file)) {
				t.Error(d)
			}
		})
	}
}
