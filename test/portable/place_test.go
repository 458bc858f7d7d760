// Package portable makes portable files of real programs and has them do their
// work: in every root, as root and as an ordinary user, on a terminal and with
// its output in pipes. What the bare program does is what they have to do.
package portable

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

// place is where and as whom a portable file is run.
type place struct {
	root string // merged, sandbox or host
	user uint32
	tty  bool
	file string            // the portable file
	home string            // the user's, new
	work map[string]string // what the working directory has at first: names and texts
}

// pack runs pack, with its arguments and --portable, and returns the file.
func pack(t *testing.T, args ...string) string {
	t.Helper()
	name := filepath.Join(bundle.Open(t), "app.run")
	flag := "--portable"
	if args[0] == "bundle" {
		flag = "--output"
	} else if _, err := os.Stat(args[0]); err != nil {
		t.Fatalf("%v: install the packages of test/setup.sh", err)
	}
	cmd := exec.Command(os.Getenv("PACK_BIN"), append(args, flag, name)...)
	cmd.Env = bundle.Env()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pack %q: %v\n%s", args, err, out)
	}
	return name
}

// everywhere calls f for each user, on a terminal and not, with one file for
// each root, made by pack with these arguments. A sample has root on a terminal
// and the other user not.
func everywhere(t *testing.T, roots []string, args []string, f func(t *testing.T, p *place)) {
	bundle.Suite(t)
	for _, root := range roots {
		t.Run(root, func(t *testing.T) {
			file := pack(t, append(args, "--app-root", root, "--args", "app")...)
			for _, user := range []uint32{0, bundle.Nobody} {
				home := filepath.Join(bundle.Open(t), "home")
				bundle.Must(t, errors.Join(os.Mkdir(home, 0o755), os.Chown(home, int(user), int(user))))
				for _, tty := range []bool{false, true} {
					if os.Getenv("PACK_SUITE") != "all" && tty != (user == 0) {
						continue
					}
					t.Run(fmt.Sprintf("user %d tty %v", user, tty), func(t *testing.T) {
						f(t, &place{root: root, user: user, tty: tty, file: file, home: home})
					})
				}
			}
		})
	}
}

// dir is the working directory, or what arguments name it by: a sandbox starts
// in its own root.
func (p *place) dir() string { return filepath.Join(p.home, "work") }

func (p *place) start() string {
	if p.root == "sandbox" {
		return "/"
	}
	return p.dir()
}

// fresh makes the working directory anew.
func (p *place) fresh(t *testing.T) {
	t.Helper()
	bundle.Must(t, os.RemoveAll(p.dir()))
	for name, text := range p.work {
		bundle.Script(t, filepath.Join(p.dir(), name), text)
	}
	bundle.Must(t, os.MkdirAll(p.dir(), 0o755))
	bundle.Must(t, filepath.WalkDir(p.dir(), func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(name, int(p.user), int(p.user)))
	}))
}

// command is argv as the user starts it. In its arguments, @ at the beginning
// stands for the working directory.
func (p *place) command(argv ...string) *exec.Cmd {
	at := "."
	if p.root == "sandbox" {
		at = p.dir()
	}
	for i, a := range argv {
		if rest, ok := strings.CutPrefix(a, "@"); ok {
			argv[i] = at + rest
		}
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = p.start()
	cmd.Env = []string{
		"PATH=" + bundle.SearchPath, "HOME=" + p.dir(), "LC_ALL=C.UTF-8", "TERM=xterm", "XDG_CACHE_HOME=" + p.home + "/cache",
		"GIT_AUTHOR_DATE=2020-02-02T02:02:02Z", "GIT_COMMITTER_DATE=2020-02-02T02:02:02Z",
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: p.user, Gid: p.user}}
	return cmd
}

// result is what a run came to. On a terminal all output is one.
type result struct {
	out, err string
	status   syscall.WaitStatus
}

func (r result) String() string {
	return fmt.Sprintf("%s\nstdout %q\nstderr %q", end(r.status), r.out, r.err)
}

func end(ws syscall.WaitStatus) string {
	if ws.Signaled() {
		return "killed by " + ws.Signal().String()
	}
	return fmt.Sprintf("exit status %d", ws.ExitStatus())
}

// run runs cmd to its end.
func (p *place) run(t *testing.T, cmd *exec.Cmd, stdin string) result {
	t.Helper()
	if p.tty {
		return onTerminal(t, cmd, stdin)
	}
	var out, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{out.String(), stderr.String(), cmd.ProcessState.Sys().(syscall.WaitStatus)}
}

// step is one run of the program.
type step struct {
	stdin string
	args  []string
}

func does(args ...string) step { return step{args: args} }

// same takes the steps with the bare program and then with the portable file,
// each from the same working directory: what they print, how they end and what
// they leave must be equal. It returns the results.
func (p *place) same(t *testing.T, bare string, steps ...step) []result {
	t.Helper()
	want, wantTree := p.take(t, bare, steps)
	got, gotTree := p.take(t, p.file, steps)
	for i, s := range steps {
		if got[i] != want[i] {
			t.Errorf("%q\ngot: %v\nbare: %v", s.args, got[i], want[i])
		}
	}
	compare(t, gotTree, wantTree)
	return got
}

// compare fails the test for each file that differs.
func compare(t *testing.T, got, want map[string]string) {
	t.Helper()
	names := maps.Clone(want)
	maps.Copy(names, got)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if got[name] != want[name] {
			t.Errorf("left behind: %s\n%.500q\nby the bare program:\n%.500q", name, got[name], want[name])
		}
	}
}

func (p *place) take(t *testing.T, program string, steps []step) (results []result, left map[string]string) {
	t.Helper()
	p.fresh(t)
	for _, s := range steps {
		results = append(results, p.run(t, p.command(append([]string{program}, s.args...)...), s.stdin))
	}
	return results, tree(t, p.dir())
}

// tree reads a directory: each name with its mode, owner and content. git's
// index has times and inode numbers in it.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	bundle.Must(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		var data []byte
		if fi.Mode().IsRegular() && !strings.HasSuffix(name, "/.git/index") {
			if data, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		all[strings.TrimPrefix(name, dir)] = fmt.Sprintf("%v %d %s", fi.Mode(), fi.Sys().(*syscall.Stat_t).Uid, data)
		return nil
	}))
	return all
}

// expect fails the test unless all results are successes.
func expect(t *testing.T, results []result) {
	t.Helper()
	for _, r := range results {
		if r.status != 0 {
			t.Errorf("it failed: %v", r)
		}
	}
}
