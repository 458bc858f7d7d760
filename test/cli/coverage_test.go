package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryFlag: each flag of the commands about portable files, each option of
// such a file and each variable is used by a script of this directory.
func TestEveryFlag(t *testing.T) {
	names, err := filepath.Glob("*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(string(text), "\n")...)
	}
	for _, c := range []struct{ command, used string }{
		{"bundle", `pack (bundle|b|render|.*--portable)\b`},
		{"render", `pack (bundle|b|render|.*--portable)\b`},
		{"assets", `pack (assets|pack-assets)\b`},
		{"extract", `pack (extract|e|.*--root|.*--library-path)\b`},
	} {
		out, err := exec.Command(filepath.Join(bin, "pack"), c.command, "--help").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, flag := range flagsOf(string(out)) {
			if flag == "--insecure" { // takes a registry: test/images
				continue
			}
			if !used(lines, c.used, flag) && !used(lines, `^env `, variableOf(flag)+"=") {
				t.Errorf("pack %s: no script uses %s", c.command, flag)
			}
		}
	}
	for _, option := range []string{"--help", "--version", "--store", "--entrypoint", "--mounts", "--mounts=", "--add-mounts", "--attrs", "exec", "uninstall", "-",
		"--pack-help", "--pack-info", "--pack-list", "--pack-verify", "--pack-extract", "--pack-uninstall"} {
		if !used(lines, `exec .*\.run\b`, option) {
			t.Errorf("no script has a portable file take %s", option)
		}
	}
	for _, variable := range []string{"PACK_STORE", "PACK_ENTRYPOINT", "PACK_MOUNTS", "PACK_ADD_MOUNTS", "PACK_ATTRS"} {
		if !used(lines, `^env `, variable+"=") {
			t.Errorf("no script sets %s", variable)
		}
	}
}

// flagsOf lists the flags in the text of --help but for --help itself.
func flagsOf(help string) []string {
	var flags []string
	for _, m := range regexp.MustCompile(`(?m)^ +(?:-\w, )?(--[a-z-]+)`).FindAllStringSubmatch(help, -1) {
		if m[1] != "--help" && !slices.Contains(flags, m[1]) {
			flags = append(flags, m[1])
		}
	}
	return flags
}

func variableOf(flag string) string {
	return "PACK_" + strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(flag, "--"), "app-"), "-", "_"))
}

// used tells whether a line that matches pattern has the word.
func used(lines []string, pattern, word string) bool {
	end := `($|[\s=)"'])`
	if strings.HasSuffix(word, "=") {
		end = ""
	}
	match, has := regexp.MustCompile(pattern), regexp.MustCompile(`(^|[\s"'])`+regexp.QuoteMeta(word)+end)
	return slices.ContainsFunc(lines, func(l string) bool { return match.MatchString(l) && has.MatchString(l) })
}
