package readme

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestConsoleBlocks runs every console block of the README, each in the
// directory the one before it left. Those marked "docker" are run by
// test/docker, which has the images.
func TestConsoleBlocks(t *testing.T) {
	if os.Getenv("PACK_SUITE") == "" {
		t.Skip("bundles real programs: set PACK_SUITE=sample")
	}
	if os.Getuid() != 0 {
		t.Skip("the README's chroot needs root")
	}
	blocks, err := Blocks("console")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	env := append(os.Environ(), "PATH="+commands(t)+":"+os.Getenv("PATH"), "LC_ALL=C")
	for _, b := range blocks {
		if b.Info != "" {
			continue
		}
		for _, s := range b.Steps() {
			if err := s.Run(t.Context(), dir, env); err != nil {
				t.Error(err)
			}
		}
	}
}

// commands returns a directory in which the program under test is called pack,
// whatever PACK_BIN calls it.
func commands(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(packBinary(t), filepath.Join(dir, "pack")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// packBinary returns the pack that PACK_BIN names or else builds one.
func packBinary(t *testing.T) string {
	if name := os.Getenv("PACK_BIN"); name != "" {
		return name
	}
	name := filepath.Join(t.TempDir(), "pack")
	cmd := exec.Command("go", "build", "-o", name, "github.com/5bbb5df2/pack/cmd/pack")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("cannot build pack: %v\n%s", err, out)
	}
	return name
}

// TestLinks finds relative links of the README that lead nowhere.
func TestLinks(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(Root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(data), "](")[1:] {
		target, _, _ := strings.Cut(part, ")")
		target, _, _ = strings.Cut(target, "#")
		if target == "" || strings.Contains(target, "://") {
			continue
		}
		if _, err := os.Stat(filepath.Join(Root, target)); err != nil {
			t.Errorf("the README links to %s: %v", target, err)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		name, want, got string
		ok              bool
	}{
		{"equal", "a\nb", "a\nb", true},
		{"one line differs", "a\nb", "a\nc", false},
		{"output shown, none came", "a", "", false},
		{"none shown, output came", "", "a", false},
		{"none", "", "", true},
		{"lines left out", "a\n...\nz", "a\nb\nc\nz", true},
		{"no line where some may be", "a\n...\nz", "a\nz", true},
		{"the end is looked at", "a\n...\nz", "a\nb\nz\nq", false},
		{"text of a line left out", "v... of git", "v2.39 of git", true},
		{"but not more than the line", "v... of git", "v2\n of git", false},
		{"blanks are alike", "12K  x", "12K\tx", true},
		{"any size", "jq  30.1 KiB  # input", "jq  1.0 MiB  # input", true},
		{"any size without a blank", "curl 16.4MB", "curl 20MB", true},
		{"but a size", "jq  30.1 KiB", "jq  30.1", false},
		{"pattern characters stand for themselves", "a.c", "abc", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var want []string
			if tt.want != "" {
				want = strings.Split(tt.want, "\n")
			}
			if got := Match(want, tt.got); got != tt.ok {
				t.Errorf("Match(%q, %q) = %v", tt.want, tt.got, got)
			}
		})
	}
}

func TestSteps(t *testing.T) {
	blocks := parse("x\n```console docker\n$ a \\\n  b\nout\n$ c\n```\n```\nplain\n```\n")
	if len(blocks) != 2 || blocks[0].Lang != "console" || blocks[0].Info != "docker" {
		t.Fatalf("blocks = %+v", blocks)
	}
	steps := blocks[0].Steps()
	if len(steps) != 2 || steps[0].Command != "a \\\n  b" || strings.Join(steps[0].Output, "|") != "out" || steps[1].Line != 6 {
		t.Errorf("steps = %+v", steps)
	}
}

// TestFlags finds flags that the program has and the README lacks.
func TestFlags(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(Root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	pack := packBinary(t)
	for _, args := range [][]string{{"--help"}, {"tree", "--help"}, {"rules", "--help"}, {"bundle", "--help"}, {"render", "--help"}, {"assets", "--help"}, {"extract", "--help"}, {"unpack", "--help"}, {"image", "--help"}} {
		help, err := exec.Command(pack, args...).Output()
		if err != nil {
			t.Fatalf("pack %q: %v", args, err)
		}
		for _, flag := range regexp.MustCompile(`(?m)^ +(?:-\w, +)?(--[a-z-]+)`).FindAllStringSubmatch(string(help), -1) {
			if !strings.Contains(string(data), flag[1]) {
				t.Errorf("the README does not mention %s", flag[1])
			}
		}
	}
}
