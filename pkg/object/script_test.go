package object_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
)

func readScript(s string) (*object.Script, error) {
	return object.ReadScript(strings.NewReader(s), int64(len(s)))
}

// showArgs prints its arguments, each ended by a NUL, and then its environment.
const showArgs = `#include <stdio.h>
int main(int argc, char **argv, char **envp) {
	for (int i = 0; i < argc; i++) { fputs(argv[i], stdout); putchar(0); }
	puts("");
	for (; *envp; envp++) puts(*envp);
	return 0;
}
`

// scripts lists #! lines; "show" is the interpreter, found in the working
// directory.
var scripts = []struct {
	name, file  string
	interp, arg string // both empty: refused
}{
	{"plain", "#!show\n", "show", ""},
	{"argument", "#!show -e\nbody", "show", "-e"},
	{"one argument only", "#!show a b  c\n", "show", "a b  c"},
	{"blanks everywhere", "#! \t show \t -x y \t \n", "show", "-x y"},
	{"carriage return belongs to the path", "#!show\r\n", "show\r", ""},
	{"no newline", "#!show", "show", ""},
	{"no newline, argument", "#!show -e", "show", "-e"},
	{"no newline, blank kept", "#!show -e ", "show", "-e "},
	{"NUL ends the line", "#!show -e\x00x\n", "show", "-e"},
	{"NUL ends the path", "#!show\x00 -e\n", "show", ""},
	{"other white space belongs to the path", "#!show\v-e\n", "show\v-e", ""},
	{"nothing", "#!", "", ""},
	{"empty line", "#!\nshow\n", "", ""},
	{"blank line", "#! \t \nshow\n", "", ""},
	{"blanks only", "#!" + strings.Repeat(" ", 300) + "show\n", "", ""},
	{"blanks to the last byte", "#!" + strings.Repeat(" ", 253) + "show\n", "", ""},
	{"long argument is cut", "#!show " + strings.Repeat("a", 300) + "\n", "show", strings.Repeat("a", 248)},
	{"longest path", "#!" + strings.Repeat("./", 124) + "/show\n", strings.Repeat("./", 124) + "/show", ""},
	{"longest path before a blank", "#!" + strings.Repeat("./", 124) + "/show -e\n", strings.Repeat("./", 124) + "/show", ""},
	{"path cut", "#!" + strings.Repeat("./", 124) + "//show\n", "", ""},
	{"path cut after blanks", "#!" + strings.Repeat(" ", 250) + "show\n", "", ""},
	{"newline in the last byte", "#!" + strings.Repeat(" ", 249) + "show\n", "show", ""},
	{"path up to a NUL in the last byte", "#!" + strings.Repeat(" ", 249) + "show\x00", "show", ""},
}

func TestReadScript(t *testing.T) {
	for _, tt := range scripts {
		t.Run(tt.name, func(t *testing.T) {
			s, err := readScript(tt.file)
			if tt.interp == "" {
				var fe *object.FormatError
				if !errors.As(err, &fe) {
					t.Errorf("got %+v, %v; want a FormatError", s, err)
				}
				return
			}
			if err != nil || s.Interp != tt.interp || s.Arg != tt.arg {
				t.Errorf("got %q, %v; want %q %q", s, err, tt.interp, tt.arg)
			}
		})
	}
}

// The kernel starts the same interpreter with the same argument.
func TestReadScriptAgreesWithTheKernel(t *testing.T) {
	dir := t.TempDir()
	show := gcc(t, "gcc", showArgs)
	for _, name := range []string{"show", "show\r", "show\v-e"} {
		writeProgram(t, filepath.Join(dir, name), show)
	}
	for _, tt := range scripts {
		t.Run(tt.name, func(t *testing.T) {
			writeProgram(t, filepath.Join(dir, "script"), []byte(tt.file))
			cmd := exec.Command("./script")
			cmd.Dir = dir
			out, err := cmd.Output()
			if tt.interp == "" {
				if err == nil {
					t.Errorf("it ran: %q", out)
				}
				return
			}
			want := []string{tt.interp, tt.arg, "./script"}
			if tt.arg == "" {
				want = []string{tt.interp, "./script"}
			}
			if got := shownArgs(out); err != nil || !slices.Equal(got, want) {
				t.Errorf("got %q, %v; want %q", got, err, want)
			}
		})
	}
}

func writeProgram(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o755); err != nil {
		t.Fatal(err)
	}
}

// shownArgs returns the arguments printed by showArgs.
func shownArgs(out []byte) []string {
	args, _, _ := strings.Cut(string(out), "\x00\n")
	return strings.Split(args, "\x00")
}

func TestReadScriptRefusesOthers(t *testing.T) {
	for file, want := range map[string]error{
		"":                  object.ErrEmpty,
		"#":                 object.ErrNotScript,
		" #!/bin/sh\n":      object.ErrNotScript,
		"\x7fELF":           object.ErrNotScript,
		"\ufeff#!/bin/sh\n": object.ErrNotScript,
	} {
		if _, err := readScript(file); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", file, err, want)
		}
	}
}
