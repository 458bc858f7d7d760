package object_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
)

// envLines lists what stands behind "#!/usr/bin/env ", and the program and
// assignments; no program: not ok. The program "py" is on PATH, and so are some
// others, so that env itself can be asked.
var envLines = []struct {
	arg, prog string
	assigns   []string
	elsewhere bool // env itself cannot be asked: it depends on the environment or its version
}{
	{arg: "py", prog: "py"},
	{arg: "py -u", prog: "py -u"},
	{arg: "sub/py", prog: "sub/py"},
	{arg: "-S py -u", prog: "py"},
	{arg: "-Spy -u", prog: "py"},
	{arg: "-S  \tpy", prog: "py"},
	{arg: "-vS py", prog: "py"},
	{arg: "--split-string=py -u", prog: "py"},
	{arg: "--split-string py"}, // one argument, so no such option
	{arg: "--sp=py -u", prog: "py"},
	{arg: "-S -- py", prog: "py"},
	{arg: "-S -i py", prog: "py", assigns: []string{"PATH=/bin:/usr/bin"}, elsewhere: true},
	{arg: "-iS py", prog: "py", assigns: []string{"PATH=/bin:/usr/bin"}, elsewhere: true},
	{arg: "-S - py", prog: "py", assigns: []string{"PATH=/bin:/usr/bin"}, elsewhere: true},
	{arg: "-S -i PATH=. py", prog: "py", assigns: []string{"PATH=."}},
	{arg: "-S -u PATH py", prog: "py", assigns: []string{"PATH=/bin:/usr/bin"}, elsewhere: true},
	{arg: "-S -uPATH A=b py", prog: "py", assigns: []string{"PATH=/bin:/usr/bin", "A=b"}, elsewhere: true},
	{arg: "-S -u HOME py -u", prog: "py"},
	{arg: "-S --unset=HOME --unset LANG py", prog: "py"},
	{arg: "-S -u A=B py"},
	{arg: "-S -u '' py"},
	{arg: "-S A=1 B=2 py C=3", prog: "py", assigns: []string{"A=1", "B=2"}},
	{arg: "-S -C sub py", prog: "py"},
	{arg: "-S -C sub ./py", prog: "sub/./py", elsewhere: true},
	{arg: "-S -C sub/ ../py", prog: "sub/../py", elsewhere: true},
	{arg: "-S --chdir=/ usr/bin/py", prog: "/usr/bin/py", elsewhere: true},
	{arg: "-S -C / /usr/bin/py", prog: "/usr/bin/py", elsewhere: true},
	{arg: "-S -a zero py", prog: "py", elsewhere: true},
	{arg: "-S --argv0=zero py", prog: "py", elsewhere: true},
	{arg: "-S --default-signal=PIPE --ignore-signal=HUP --block-signal=USR1 py", prog: "py"},
	{arg: "-S --default-signal --list-signal-handling --debug py", prog: "py"},
	{arg: "-S --debug=x py"},
	{arg: "-S --i py"}, // --ignore-environment or --ignore-signal
	{arg: "-S --nosuch py"},
	{arg: "-S -0 py"},
	{arg: "-S -x py"},
	{arg: "-i py"},
	{arg: "-u HOME", elsewhere: true}, // runs the script again, for ever
	{arg: "A=1 py", elsewhere: true},
	{arg: "-S A=1", elsewhere: true},
	{arg: "", elsewhere: true},
	{arg: "-S -S 'py -u'", prog: "py"},
	{arg: "-S -S py", prog: "py"},
	{arg: `-S "py x" y`, prog: "py x"},
	{arg: `-S 'py x' y`, prog: "py x"},
	{arg: `-S p"y" y`, prog: "py"},
	{arg: `-S "" py`},
	{arg: `-S py\_-u`, prog: "py"},
	{arg: `-S "py\_x"`, prog: "py x"},
	{arg: `-S py\c -u 'open`, prog: "py"},
	{arg: `-S "py\c"`},
	{arg: `-S 'p\y'`, prog: `p\y`},
	{arg: `-S 'p\'y'`, prog: "p'y"},
	{arg: `-S p\\y`, prog: `p\y`},
	{arg: `-S \#py`, prog: "#py"},
	{arg: `-S p\#y`, prog: "p#y"},
	{arg: `-S p#y # comment 'open`, prog: "p#y"},
	{arg: `-S A=x\ty\n py`, prog: "py", assigns: []string{"A=x\ty\n"}, elsewhere: true},
	{arg: `-S \$x`, prog: "$x"},
	{arg: `-S py \q`},
	{arg: `-S py \`},
	{arg: `-S py 'open`},
	{arg: `-S py "open`},
	{arg: `-S py $HOME`},
	{arg: `-S py ${1}`},
	{arg: `-S py ${}`},
	{arg: `-S py ${HOME`},
	{arg: `-S py '${HOME'`, prog: "py"},
	{arg: `-S py ${HOME}/x`, prog: "py"},
	{arg: `-S ${PY}`, elsewhere: true},
	{arg: `-S p${Y}`, elsewhere: true},
	{arg: `-S ${OPTIONS} py`, elsewhere: true},
	{arg: `-S -${OPTIONS} py`, elsewhere: true},
	{arg: `-S -u ${NAME} py`, elsewhere: true},
	{arg: `-S PATH=${HOME}/bin:/bin py`, elsewhere: true},
	{arg: `-S A${B}=c py`, elsewhere: true},
	{arg: `-S A=${HOME}/x B=1 py`, prog: "py", assigns: []string{"B=1"}, elsewhere: true},
}

func TestScriptEnv(t *testing.T) {
	for _, tt := range envLines {
		s, err := readScript(strings.TrimSuffix("#!/usr/bin/env "+tt.arg, " ") + "\n")
		if err != nil {
			t.Fatal(err)
		}
		prog, assigns, ok := s.Env()
		if prog != tt.prog || ok != (tt.prog != "") || !slices.Equal(assigns, tt.assigns) {
			t.Errorf("env %s: got %q %q %v, want %q %q", tt.arg, prog, assigns, ok, tt.prog, tt.assigns)
		}
	}
}

func TestScriptEnvOfOtherInterpreters(t *testing.T) {
	for interp, want := range map[string]bool{"/bin/env": true, "env": true, "/usr/bin/envy": false, "/bin/sh": false, "/env/sh": false} {
		if _, _, ok := (&object.Script{Interp: interp, Arg: "python3"}).Env(); ok != want {
			t.Errorf("%s: got %v", interp, ok)
		}
	}
}

// The machine's env, started by the kernel, runs the same program with the same
// assignments, and refuses the same lines.
func TestScriptEnvAgreesWithEnv(t *testing.T) {
	version, err := exec.Command("/usr/bin/env", "--version").Output()
	if err != nil || !bytes.Contains(version, []byte("GNU coreutils")) {
		t.Skip("needs /usr/bin/env of GNU coreutils")
	}
	dir := t.TempDir()
	show := gcc(t, "gcc", showArgs)
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	// "x", "y" and so on must not be found: then a wrong word is an error.
	for _, name := range []string{"py", "py -u", "sub/py", "py x", `p\y`, "p'y", "#py", "p#y", "$x"} {
		writeProgram(t, filepath.Join(dir, name), show)
	}
	for _, tt := range envLines {
		if tt.elsewhere {
			continue
		}
		t.Run(tt.arg, func(t *testing.T) {
			writeProgram(t, filepath.Join(dir, "script"), []byte("#!/usr/bin/env "+tt.arg+"\n"))
			cmd := exec.Command("./script")
			cmd.Dir = dir
			cmd.Env = []string{"PATH=" + dir, "HOME=/home"}
			out, err := cmd.Output()
			if tt.prog == "" {
				if err == nil {
					t.Errorf("it ran: %q", out)
				}
				return
			}
			if got := shownArgs(out)[0]; err != nil || got != tt.prog {
				t.Errorf("got %q, %v; want %q", got, err, tt.prog)
			}
			for _, a := range tt.assigns {
				if !strings.Contains(string(out), "\n"+a+"\n") {
					t.Errorf("no %q in %q", a, out)
				}
			}
		})
	}
}
