package jail

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// staticBusybox is Debian's busybox-static, or another static one.
func staticBusybox(t *testing.T) string {
	t.Helper()
	file, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("needs busybox-static")
	}
	if dynamic, err := hasInterp(file); err != nil || dynamic {
		t.Skipf("%s is not static", file)
	}
	return file
}

// dynamicBusybox is the one of Debian's package busybox, which cannot be
// installed beside busybox-static.
func dynamicBusybox(t *testing.T) string {
	t.Helper()
	file, err := debianBusybox()
	if err != nil {
		t.Skipf("needs Debian's package busybox: %v", err)
	}
	return file
}

var debianBusybox = sync.OnceValues(func() (string, error) {
	cmd := exec.Command("sh", "-c", "apt-get download busybox && dpkg -x busybox_*.deb .")
	cmd.Dir = programs
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	for _, name := range []string{"bin/busybox", "usr/bin/busybox"} {
		if file := filepath.Join(programs, name); isDynamic(file) {
			return file, nil
		}
	}
	return "", errors.New("the one in it is static")
})

func isDynamic(file string) bool {
	dynamic, err := hasInterp(file)
	return err == nil && dynamic
}

// hostLibraries is Options.Libraries by the host's own loader.
func hostLibraries(t *testing.T) func(context.Context, string) (string, []string, error) {
	return func(_ context.Context, file string) (string, []string, error) {
		f, err := elf.Open(file)
		if err != nil {
			return "", nil, err
		}
		defer f.Close()
		i := slices.IndexFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP })
		interp := make([]byte, f.Progs[i].Filesz)
		if _, err := f.Progs[i].ReadAt(interp, 0); err != nil {
			return "", nil, err
		}
		return strings.TrimRight(string(interp), "\x00"), libraries(t, file), nil
	}
}

// eachShell runs f for every strategy with a static and with a dynamic
// busybox.
func eachShell(t *testing.T, f func(t *testing.T, o Options)) {
	needRoot(t)
	t.Run("static", func(t *testing.T) { eachWith(t, staticBusybox(t), f) })
	t.Run("dynamic", func(t *testing.T) { eachWith(t, dynamicBusybox(t), f) })
}

func eachWith(t *testing.T, busybox string, f func(t *testing.T, o Options)) {
	tree := bundle(t, "/bin/ls")
	each(t, func(t *testing.T, only []Strategy) {
		o := options(t, tree)
		o.Strategies = only
		o.Busybox, o.BusyboxName = busybox, "busybox"
		o.Libraries = hostLibraries(t)
		f(t, o)
	})
}

func TestShellCommand(t *testing.T) {
	eachShell(t, func(t *testing.T, o Options) {
		for _, c := range []struct{ name, command, want string }{
			{"a program of the bundle", "probe say a 'b c'", "a\nb c"},
			{"applets and builtins", "sleep 0; echo hi | cat", "hi"},
			{"an applet that is no function name", "run-parts --test /data; echo $?", "0"},
			{"redirection", "probe say x > /out; cat < /out", "x"},
			{"substitution and variables", `x=$(probe say 1 2 | wc -l); echo "[$x]"`, "[2]"},
			{"a path of its own", "PATH=/nowhere; cat /data/file; /bin/probe say y", "file\ny"},
			{"a nested shell", `sh -c 'ls --version >/dev/null && echo "$0 $1" | cat' a b`, "a b"},
			{"a shell script on standard input", "echo 'echo from $0' | sh", "from sh"},
			{"the input", "cat; probe cat", "typed"},
			{"the name of the shell", "echo $0 $#", "sh 0"},
			{"several lines", "f() {\n probe say in\n}\nf\n", "in"},
			{"quotes", `probe say "it's" '"'`, "it's\n\""},
		} {
			t.Run(c.name, func(t *testing.T) {
				o := o
				o.Command, o.WantStdout, o.Stdin = c.command, &c.want, "typed"
				r := mustRun(t, o)
				if len(r.Stderr) > 0 {
					t.Errorf("standard error: %s", r.Stderr)
				}
			})
		}
	})
}

func TestShellCommandFails(t *testing.T) {
	eachShell(t, func(t *testing.T, o Options) {
		for _, c := range []struct {
			command string
			code    int
			stderr  string
		}{
			{"probe exit 3", 3, ""},
			{"cat /none", 1, "/none"},
			{"nonesuch", 127, "sh: nonesuch: not found"},
			{"probe signal 9; exit $?", 137, ""},
			{"if", 2, "syntax error"},
		} {
			o.Command = c.command
			f := mustFail(t, o)
			if f.Result.ExitCode != c.code || !strings.Contains(f.Detail(), c.stderr) {
				t.Errorf("%s: status %d\n%s", c.command, f.Result.ExitCode, f.Detail())
			}
			if want := `sh -c `; !strings.Contains(f.Error(), want) || strings.Contains(f.Error(), toolsDir) {
				t.Errorf("%s: %v", c.command, f)
			}
		}
	})
}

// TestShellDoesNotHideTheBundle: the bundle's ls is GNU's, which knows an
// option that busybox's does not.
func TestShellDoesNotHideTheBundle(t *testing.T) {
	eachShell(t, func(t *testing.T, o Options) {
		for _, command := range []string{
			"ls --version",
			"ls --version | cat",
			"x=$(ls --version) && echo \"$x\"",
			"if true; then ls --version; fi",
			"sh -c 'ls --version'",
			"(cd /; PATH=/bin ls --version)",
		} {
			o.Command = command
			if r := mustRun(t, o); !strings.Contains(string(r.Stdout), "GNU coreutils") {
				t.Errorf("%s: %q", command, r.Stdout)
			}
		}
	})
}

func TestShellDoesNotHelpTheBundle(t *testing.T) {
	eachShell(t, func(t *testing.T, o Options) {
		o.Command = "sh -c true && probe system true"
		mustFail(t, o)
		o.Command = "ls /bin /usr/bin; echo $PATH"
		if r := mustRun(t, o); strings.Contains(string(r.Stdout), "busybox") || strings.Contains(string(r.Stdout), "cat") {
			t.Errorf("%s", r.Stdout)
		}
		o.Command = "probe environment"
		if r := mustRun(t, o); strings.Contains(string(r.Stdout), toolsDir) || strings.Contains(string(r.Stdout), "LD_") {
			t.Errorf("%s", r.Stdout)
		}
		o.Argv, o.Command = []string{"/bin/probe", "system", "true"}, ""
		mustFail(t, o)
	})
}

func TestShellTimeout(t *testing.T) {
	eachShell(t, func(t *testing.T, o Options) {
		o.Command, o.Timeout = "while true; do sleep 1000 & wait; done", 200*time.Millisecond
		if f := mustFail(t, o); !f.Result.TimedOut {
			t.Error(f)
		}
	})
}

func TestShellInDockerBuild(t *testing.T) {
	busybox := staticBusybox(t)
	if !asBuilder(t) {
		return
	}
	o := options(t, bundle(t, "/bin/ls"))
	o.Busybox, o.Command = busybox, "ls --version | head -n 1 && sort /data/file && probe say x >/dev/null"
	if r := mustRun(t, o); !strings.Contains(string(r.Stdout), "GNU coreutils") || !strings.HasPrefix(r.How, Chroot.String()) {
		t.Errorf("%s: %s", r.How, r.Stdout)
	}
}

func TestNamesAreFree(t *testing.T) {
	busybox := staticBusybox(t)
	each(t, func(t *testing.T, only []Strategy) {
		o := options(t, bundle(t))
		writeFile(t, filepath.Join(o.Tree, toolsDir, "mine"), "kept\n")
		other := filepath.Join(t.TempDir(), "a shell of another name")
		copyFile(t, busybox, other)
		o.Strategies, o.Busybox, o.Command = only, other, "cat /.pack-test/mine"
		if r := mustRun(t, o); string(r.Stdout) != "kept\n" {
			t.Errorf("%q", r.Stdout)
		}
	})
}

func TestUnusableBusybox(t *testing.T) {
	needRoot(t)
	o := options(t, bundle(t))
	o.Command = "true; true"
	for _, c := range []struct{ busybox, why string }{
		{"/bin/true", "has no applet sh"},
		{"/bin/false", "cannot be used as the shell"},
		{"/nonexistent/busybox", "cannot be used as the shell"},
	} {
		o.Busybox = c.busybox
		_, err := Run(t.Context(), o)
		var need *NeedShellError
		if !errors.As(err, &need) || !strings.Contains(need.Error(), c.why) || !strings.Contains(need.Hint(), "busybox-static") {
			t.Errorf("%s: %v", c.busybox, err)
		}
		nothingLeft(t, o)
	}
	t.Run("dynamic without a way to find its libraries", func(t *testing.T) {
		o.Busybox = dynamicBusybox(t)
		_, err := Run(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), "is not statically linked") {
			t.Errorf("have %v", err)
		}
	})
}

func TestNoBusybox(t *testing.T) {
	each(t, func(t *testing.T, only []Strategy) {
		o := options(t, bundle(t))
		o.Strategies = only
		for _, c := range []struct{ command, out string }{
			{"probe", "hello\n"},
			{"  probe say 'a b' \"c d\" e\\ f g#h ''", "a b\nc d\ne f\ng#h\n\n"},
			{"/bin/probe say x # comment", "x\n"},
			{`probe say "\$x \n" '\n'`, "$x \\n\n\\n\n"},
		} {
			o.Command = c.command
			if r := mustRun(t, o); string(r.Stdout) != c.out {
				t.Errorf("%s: %q", c.command, r.Stdout)
			}
		}
		o.Command = "echo hi"
		if f := mustFail(t, o); !strings.Contains(f.Error(), "cannot execute echo: no such file") {
			t.Error(f)
		}
	})
}

func TestSplitSimple(t *testing.T) {
	for _, command := range []string{
		"", "a; b", "a\nb", "a && b", "a | b", "a &", "! a", "a > f", "a < f", "a 2>&1", "A=b", "A=b c", "a $x",
		"a ${x}", `a "$x"`, "a $(b)", "a `b`", `a "$(b)"`, "a $((1))", "a *", "a ?", "a [b]", "a ~", "~/a", "cd /",
		"exec a", "export A", ". a", "if a; then b; fi", "f() { a; }", "(a)", "{ a; }", "a 'b", "a <<E\nE",
	} {
		var need *NeedShellError
		argv, err := (&Options{Command: command}).simpleCommand()
		if !errors.As(err, &need) || !strings.Contains(err.Error(), "busybox was not found") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %q, %v", command, argv, err)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	id := 1
	for _, o := range []Options{
		{},
		{Argv: []string{"a"}, Env: []string{"A"}},
		{Argv: []string{"a"}, Env: []string{"=b"}},
		{Argv: []string{"a"}, GID: &id},
		{Argv: []string{"a"}, Scratch: filepath.Join(os.TempDir(), "none", "such")},
	} {
		if _, err := Run(t.Context(), o); err == nil || !strings.HasPrefix(err.Error(), "cannot ") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
