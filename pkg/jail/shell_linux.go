package jail

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// toolsDir is where the shell stands in the jail, unless the bundle has
// something there. It is not on PATH.
const toolsDir = "/.pack-test"

// stageShell puts busybox and the prelude into a directory of ours and makes
// the command a command line for it.
func (r *run) stageShell(ctx context.Context) error {
	r.toolsAt = r.freeName()
	r.tools = filepath.Join(r.dir, "tools")
	if err := os.Mkdir(r.tools, 0o755); err != nil {
		return err
	}
	applets, err := r.applets(ctx)
	if err != nil {
		return err
	}
	if err := copyProgram(r.Busybox, filepath.Join(r.tools, "busybox")); err != nil {
		return fmt.Errorf("cannot copy the test's shell: %w", err)
	}
	busybox, err := r.stageLibraries(ctx)
	if err != nil {
		return err
	}
	text := prelude(r.toolsAt, busybox, applets)
	if err := os.WriteFile(filepath.Join(r.tools, "prelude"), []byte(text), 0o644); err != nil {
		return err
	}
	// By a line of its own, so that aliases of the prelude hold in the command.
	r.Argv = append(busybox, "sh", "-c", ". "+r.toolsAt+"/prelude\n"+r.Command)
	return nil
}

// freeName is a name in the bundle's root that nothing has yet.
func (r *run) freeName() string {
	name := toolsDir
	for i := 1; ; i++ {
		if _, err := os.Lstat(path.Join(r.Tree, name)); errors.Is(err, fs.ErrNotExist) {
			return name
		}
		name = fmt.Sprintf("%s-%d", toolsDir, i)
	}
}

func (r *run) needShell(format string, args ...any) error {
	return &NeedShellError{Command: r.Command, Why: r.Busybox + " " + fmt.Sprintf(format, args...), Busybox: r.Busybox}
}

// applets asks busybox for the names of its applets.
func (r *run) applets(ctx context.Context) ([]string, error) {
	cmd := exec.CommandContext(ctx, r.Busybox)
	// Its file may have any name, but the name it is called by chooses the applet.
	cmd.Args = []string{"busybox", "--list"}
	cmd.Env = []string{}
	out, err := cmd.Output()
	if err != nil {
		return nil, r.needShell("cannot be used as the shell: --list: %v", err)
	}
	names := strings.Fields(string(out))
	if !slices.Contains(names, "sh") {
		return nil, r.needShell("has no applet sh")
	}
	return names, nil
}

// stageLibraries copies what a dynamically linked busybox needs, and returns
// the words that run busybox in the jail. It is started by its own loader with
// a library path, because that, unlike a variable, is not passed on to the
// programs it starts.
func (r *run) stageLibraries(ctx context.Context) (busybox []string, err error) {
	program := path.Join(r.toolsAt, "busybox")
	dynamic, err := hasInterp(r.Busybox)
	if err != nil {
		return nil, r.needShell("cannot be used as the shell: %v", err)
	}
	if !dynamic {
		return []string{program}, nil
	}
	if r.Libraries == nil {
		return nil, r.needShell("is not statically linked")
	}
	interp, libs, err := r.Libraries(ctx, r.Busybox)
	if err != nil {
		return nil, r.needShell("cannot be used as the shell: %v", err)
	}
	dir := filepath.Join(r.tools, "lib")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	for _, file := range append([]string{interp}, libs...) {
		if err := copyProgram(file, filepath.Join(dir, filepath.Base(file))); err != nil {
			return nil, fmt.Errorf("cannot copy the test's shell: %w", err)
		}
	}
	at := path.Join(r.toolsAt, "lib")
	return []string{path.Join(at, filepath.Base(interp)), "--library-path", at, program}, nil
}

func hasInterp(file string) (bool, error) {
	f, err := elf.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	return slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }), nil
}

func copyProgram(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// moveTools puts the shell into the throwaway copy, where nothing can be
// mounted.
func (r *run) moveTools() error {
	to := filepath.Join(r.copyRoot(), r.toolsAt)
	if r.tools == "" || r.tools == to {
		return nil
	}
	if err := os.Rename(r.tools, to); err != nil {
		return fmt.Errorf("cannot put the shell into the copy of the bundle: %w", err)
	}
	r.tools = to
	return nil
}

// builtins are commands of ash itself, which come before any program in every
// shell; shellOnly has the others.
var builtins = []string{"echo", "false", "help", "history", "kill", "let", "printf", "pwd", "test", "true"}

// prelude makes every applet a function that runs the bundle's program of that
// name if PATH leads to one, and else the applet.
//
// Without it Debian's busybox-static would run its applet although the bundle
// has the program (FEATURE_SH_STANDALONE), by way of /proc/self/exe, which a
// plain chroot lacks; and a busybox without that feature would find no applet,
// since none is on PATH. What goes round functions (exec, command, env and
// xargs with an applet's name) is still as busybox does it.
func prelude(at string, busybox, applets []string) string {
	run := strings.Join(busybox, " ")
	var b strings.Builder
	fmt.Fprintf(&b, preludeHead, run, run, at, run)
	for _, name := range applets {
		switch {
		case !isAppletName(name) || shellOnly[name] || slices.Contains(builtins, name):
		case name == "sh" || name == "ash":
			fmt.Fprintf(&b, "%s() { __pack_sh %s \"$@\"; }\n", name, name)
		case isShellName(name):
			fmt.Fprintf(&b, "%s() { __pack_run %s \"$@\"; }\n", name, name)
		default:
			fmt.Fprintf(&b, "alias %s='__pack_run %s'\n", name, name)
		}
	}
	return b.String()
}

// isAppletName is false for names, such as "[", that an alias cannot have.
func isAppletName(s string) bool {
	return s != "" && strings.IndexByte(".+-", s[0]) < 0 && onlyWordChars(s, "_.+-")
}

// preludeHead looks names up as the shell would. A nested sh -c gets the
// prelude too.
const preludeHead = `__pack_find() {
	__pack_path=$PATH:
	while [ -n "$__pack_path" ]; do
		__pack_file=${__pack_path%%%%:*}/$1
		__pack_path=${__pack_path#*:}
		if [ -f "$__pack_file" ] && [ -x "$__pack_file" ]; then return 0; fi
	done
	return 1
}
__pack_run() {
	if __pack_find "$1"; then shift; "$__pack_file" "$@"; else %s "$@"; fi
}
__pack_sh() {
	if __pack_find "$1"; then shift; "$__pack_file" "$@"; return; fi
	if [ "$2" != -c ]; then %s "$@"; return; fi
	__pack_command=". %s/prelude
$3"
	shift 3
	%s sh -c "$__pack_command" "$@"
}
`

// isShellName reports whether s may name a variable or function (POSIX.1
// Base Definitions 3.235 "Name").
func isShellName(s string) bool {
	return s != "" && (s[0] < '0' || s[0] > '9') && onlyWordChars(s, "_")
}

// onlyWordChars reports whether s is made of ASCII letters, digits and
// characters of others.
func onlyWordChars(s, others string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}
