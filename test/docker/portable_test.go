package docker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/engine"
	"github.com/5bbb5df2/pack/test/readme"
)

// A portable file in a container: what a container refuses by default, and
// what it is like to be its process 1.

// portables makes the files that the tests run, in a directory that every
// container has at /files: of Debian's jq and of a whole Debian.
var portables = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "pack-portables")
	if err != nil {
		return "", err
	}
	tarball, err := exec.Command("bash", filepath.Join(readme.Root, "test", "lib", "debroot.sh"), "bookworm").Output()
	if err != nil {
		return "", fmt.Errorf("cannot make a root of Debian: %w", err)
	}
	get := engine.PackProgram(dir + "/pack")
	steps := []*exec.Cmd{exec.Command(get[0], get[1:]...), exec.Command("bash", "-ec", makePortables)}
	steps[1].Dir = dir
	for _, step := range steps {
		step.Env = append(os.Environ(), "CGO_ENABLED=0", "TARBALL="+strings.TrimSpace(string(tarball)))
		if out, err := step.CombinedOutput(); err != nil {
			return "", errors.Join(fmt.Errorf("%w\n%s", err, out), os.RemoveAll(dir))
		}
	}
	return dir, nil
})

const makePortables = `
mkdir root
tar -C root -xf "$TARBALL"
for r in merged sandbox host; do
	./pack /usr/bin/jq --without all --portable jq-$r --app-root $r
	./pack /bin/bash --include /bin/sleep --without all --portable sh-$r --app-root $r
done
./pack /usr/bin/jq --without all --portable jq-fail --app-fallback fail
./pack /usr/bin/jq --without all --portable jq-fall --app-root sandbox --app-fallback host
./pack /usr/bin/jq --without all --portable jq-memory --app-root sandbox --app-store ''
for r in merged sandbox; do ./pack bundle --directory root --output debian-$r --app-root $r --args app; done
rm -rf root pack
chmod 755 .
`

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "'" + w + "'"
	}
	return out
}

func TestMain(m *testing.M) {
	code := m.Run()
	if madePortables {
		if dir, err := portables(); err == nil {
			os.RemoveAll(dir)
		}
	}
	os.Exit(code)
}

var madePortables bool

// container is a place to run portable files in: docker's flags for one.
type container struct {
	b     builder
	flags []string
}

// needPortables returns a container that has the files. Which of the builders
// a client has is all the same here.
func needPortables(t *testing.T) container {
	t.Helper()
	needEngine(t)
	madePortables = true
	dir, err := portables()
	if err != nil {
		t.Fatalf("cannot make portable files: %v", err)
	}
	return container{builder{client: clients()[0]}, []string{"--volume", dir + ":/files:ro"}}
}

// with is a container with more flags.
func (c container) with(flags ...string) container {
	c.flags = append(c.flags[:len(c.flags):len(c.flags)], flags...)
	return c
}

// unconfined lets a user make namespaces and mounts.
func (c container) unconfined() container {
	return c.with("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined")
}

// command runs a file's command line in it.
func (c container) command(t *testing.T, args ...string) *exec.Cmd {
	return c.b.command(t.Context(), append(append([]string{"run", "--rm"}, c.flags...), append([]string{base}, args...)...)...)
}

// status runs a command line and returns what it printed and its status.
func (c container) status(t *testing.T, args ...string) (out, diagnosis string, code int) {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := c.command(t, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// prints runs a command line that has to succeed without a byte on stderr.
func (c container) prints(t *testing.T, want string, args ...string) {
	t.Helper()
	if out, diagnosis, code := c.status(t, args...); out != want || diagnosis != "" || code != 0 {
		t.Errorf("docker run %q %q: %q, %q, status %d", c.flags, args, out, diagnosis, code)
	}
}

// answers runs each of the files, which are jq, in one container, and returns
// what each prints, on stderr too, and its status.
func (c container) answers(t *testing.T, files ...string) map[string]string {
	t.Helper()
	script := `for f; do out=$(/files/jq-$f -n '6 * 7' 2>&1); printf '%s\0%s, status %d\0' "$f" "$out" $?; done`
	out, diagnosis, code := c.status(t, append([]string{"sh", "-c", script, "sh"}, files...)...)
	fields := strings.Split(out, "\x00")
	if code != 0 || len(fields) != 2*len(files)+1 {
		t.Fatalf("docker run %q: %q, %q, status %d", c.flags, out, diagnosis, code)
	}
	found := map[string]string{}
	for i := 0; i+1 < len(fields); i += 2 {
		found[fields[i]] = fields[i+1]
	}
	return found
}

// run has those files do their work that can, and the others say why not: all
// of words, and how to go on.
func (c container) run(t *testing.T, can, cannot []string, words ...string) {
	t.Helper()
	found := c.answers(t, append(can[:len(can):len(can)], cannot...)...)
	for _, f := range can {
		if found[f] != "42, status 0" {
			t.Errorf("docker run %q: %s: %s", c.flags, f, found[f])
		}
	}
	for _, f := range cannot {
		if !strings.HasPrefix(found[f], "pack: cannot ") || !strings.HasSuffix(found[f], ", status 125") {
			t.Errorf("docker run %q: %s: %s", c.flags, f, found[f])
		}
		for _, w := range append(words, "\nhint: ") {
			if !strings.Contains(found[f], w) {
				t.Errorf("docker run %q: %s does not say %q: %s", c.flags, f, w, found[f])
			}
		}
	}
}

// onHost are the files that may do without a root of their own.
var onHost = []string{"merged", "host", "fall"}

// TestPortableDefault runs files under docker's default profile, which refuses
// namespaces: what may do without a root of its own does, and the others end
// with 125 and say what to do.
func TestPortableDefault(t *testing.T) {
	c := needPortables(t)
	for _, c := range []container{
		c,
		c.with("--user", "1234", "--network", "none"),
		c.with("--read-only", "--tmpfs", "/cache:exec,mode=1777", "--env", "PACK_STORE=/cache/$HOME"),
		c.with("--user", "1234", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
	} {
		c.run(t, onHost, []string{"sandbox", "fail", "memory"},
			"pack: cannot make the program's own root: cannot start a user+mount",
			"\nhint: a seccomp filter refuses new namespaces (clone), as that of a container does: docker run --security-opt seccomp=unconfined",
			"\nhint: --pack-extract DIR")
	}
	c.with("--user", "1234").prints(t, "42\n", "env", "-u", "HOME", "/files/jq-merged", "-n", "6 * 7")
}

// TestPortableNowhere: without a place that can be executed from, that is said
// of every place, and memory does for who can make a root.
func TestPortableNowhere(t *testing.T) {
	c := needPortables(t).with("--read-only", "--tmpfs", "/tmp:noexec", "--env", "HOME=/nowhere")
	places := []string{"/nowhere/.cache/pack ($HOME): ", "(/var/tmp): read-only file system", "(/tmp): it is mounted noexec", "PACK_STORE"}
	c.run(t, nil, []string{"merged", "sandbox", "host"}, places...)
	c = c.unconfined()
	c.run(t, []string{"memory"}, []string{"merged", "sandbox", "host"}, places...)
	c = c.with("--user", "1234")
	c.run(t, []string{"memory"}, []string{"merged", "sandbox", "host"}, places...)
	c.with("--env", "PACK_STORE=").run(t, []string{"memory", "merged", "sandbox"}, []string{"host"}, "/tmp: mounted noexec", "TMPDIR")
}

// TestPortableUnconfined: where a container allows it, each root is what it is
// elsewhere.
func TestPortableUnconfined(t *testing.T) {
	c := needPortables(t).unconfined()
	for _, c := range []container{c, c.with("--user", "1234", "--read-only", "--tmpfs", "/tmp:exec,mode=1777")} {
		c.run(t, []string{"merged", "sandbox", "host", "fail", "fall", "memory"}, nil)
		c.prints(t, "Debian\n", "/files/debian-sandbox", "-c", "[ $$ != 1 ] && touch /etc/x && . /etc/os-release && echo ${NAME%% *}")
		c.with("--workdir", "/tmp").prints(t, "/tmp\nDebian\n",
			"/files/debian-merged", "-c", "pwd; touch /etc/x 2>/dev/null || . /usr/lib/os-release && echo ${NAME%% *}")
	}
}

// TestPortableProfile: a profile that refuses one step is told from others.
func TestPortableProfile(t *testing.T) {
	c := needPortables(t).with("--user", "1234", "--security-opt", "apparmor=unconfined")
	for _, p := range []struct{ rule, says string }{
		{`{"names": ["clone"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "op": "SCMP_CMP_MASKED_EQ", "value": 268435456, "valueTwo": 268435456}]}`,
			"new namespaces (clone)"},
		{refuse("mount"), "mount"},
		{refuse("pivot_root"), "pivot_root"},
		{refuse("setns"), "setns"},
	} {
		c.with(profile(t, p.rule)...).run(t, onHost, []string{"sandbox", "fail", "memory"}, "\nhint: a seccomp filter refuses "+p.says+",")
	}
	c.with(profile(t, refuse("unshare", "clone3", "mount_setattr"))...).run(t, []string{"sandbox", "fail", "memory"}, nil)
}

// TestPortableBuild runs files in a RUN of either builder.
func TestPortableBuild(t *testing.T) {
	c := needPortables(t)
	dir := strings.TrimSuffix(c.flags[1], ":/files:ro")
	needTool(t)
	eachBuilder(t, func(t *testing.T, b builder) {
		context := t.TempDir()
		for _, which := range []string{"merged", "sandbox", "host"} {
			if out, err := exec.Command("cp", dir+"/jq-"+which, context).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
		image, err := b.buildIn(t, context, "FROM "+base+"\nCOPY jq-* /files/\n"+
			"RUN /files/jq-merged -n '6 * 7' >/merged && /files/jq-host -n '6 * 7' >/host\n"+
			"RUN /files/jq-sandbox -n '6 * 7' >/sandbox 2>&1; echo $? >>/sandbox\n")
		if err != nil {
			t.Fatal(err)
		}
		got := b.run(t, image, "cat", "/merged", "/host", "/sandbox")
		if !strings.HasPrefix(got, "42\n42\npack: cannot make the program's own root: ") || !strings.HasSuffix(got, "\n125") || !strings.Contains(got, "a seccomp filter refuses") {
			t.Errorf("the files say %q", got)
		}
	})
}

// TestPortableFirst is about process 1 of a container: docker sees the
// program's own end, and what docker sends reaches the program.
func TestPortableFirst(t *testing.T) {
	c := needPortables(t).unconfined()
	for _, end := range []struct {
		which, script string
		code          int
	}{
		{"merged", "exit 42", 42}, {"sandbox", "exit 42", 42},
		// In a merged root the program is process 1 itself, to which a signal
		// of its own does nothing.
		{"sandbox", "kill -9 $$", 137}, {"sandbox", "kill -TERM $$", 143},
	} {
		if out, diagnosis, code := c.status(t, "/files/sh-"+end.which, "-c", end.script); out != "" || diagnosis != "" || code != end.code {
			t.Errorf("%s: %s: %q, %q, status %d", end.which, end.script, out, diagnosis, code)
		}
	}
	for _, which := range []string{"merged", "sandbox"} {
		if code := c.stopped(t, "/files/sh-"+which); code != "7" {
			t.Errorf("%s: docker stop: status %s", which, code)
		}
	}
	for path, want := range map[string]int{"/none": 127, "/lib": 126} {
		_, diagnosis, code := c.with("--env", "PACK_ENTRYPOINT="+path).status(t, "/files/sh-sandbox")
		if code != want || !strings.HasPrefix(diagnosis, "pack: cannot execute "+path) {
			t.Errorf("%s: %q, status %d", path, diagnosis, code)
		}
	}
}

// detached starts a container that outlives the command and returns its id and
// what it prints, from its first line "ready" on.
func (c container) detached(t *testing.T, args ...string) (id string, out *bufio.Reader) {
	t.Helper()
	run := append(append([]string{"run", "--detach"}, c.flags...), append([]string{base}, args...)...)
	text, err := c.b.command(t.Context(), run...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %q: %v\n%s", run, err, text)
	}
	id = strings.TrimSpace(string(text))
	t.Cleanup(func() { c.b.command(context.Background(), "rm", "-f", id).Run() })
	logs := c.b.command(t.Context(), "logs", "--follow", id)
	pipe, err := logs.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	logs.Stderr = logs.Stdout
	if err := logs.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = logs.Wait() })
	out = bufio.NewReader(pipe)
	if line, err := out.ReadString('\n'); line != "ready\n" {
		t.Fatalf("docker %q: %q %v", run, line, err)
	}
	return id, out
}

// stopped starts a shell that ends with 7 at a SIGTERM, has docker stop it and
// returns the status that docker then has of it.
func (c container) stopped(t *testing.T, file string) string {
	t.Helper()
	id, _ := c.detached(t, file, "-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 1000 & wait; done")
	if out, err := c.b.command(t.Context(), "stop", "--time", "600", id).CombinedOutput(); err != nil {
		t.Fatalf("docker stop: %v: %s", err, out)
	}
	code, err := c.b.command(t.Context(), "inspect", "--format", "{{.State.ExitCode}}", id).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(code))
}

// TestPortableOrphan: when a launcher in a container is killed, nothing that it
// started is left there.
func TestPortableOrphan(t *testing.T) {
	c := needPortables(t).unconfined()
	for which, work := range map[string]string{"merged": "echo ready; exec sleep 1000", "sandbox": "sleep 1000 & echo ready; wait"} {
		// The pipe has an end when no process is left that writes to it.
		script := `mkfifo /tmp/up
/files/sh-` + which + ` -c '` + work + `' >/tmp/up 2>&1 &
launcher=$!
exec 3</tmp/up && read -r line <&3 && kill -9 $launcher && wait $launcher 2>/dev/null
echo "$line $?"
cat <&3 && echo nothing left`
		c.prints(t, "ready 137\nnothing left\n", "sh", "-c", script)
	}
}

// TestPortableTerminal: on a container's terminal ^Z stops a program in either
// root, fg has it go on with its input, and ^C ends it.
func TestPortableTerminal(t *testing.T) {
	script, err := exec.LookPath("script")
	if err != nil {
		t.Skip("needs script(1)")
	}
	c := needPortables(t).unconfined().with("--interactive", "--tty", "--env", "PS1=$ ")
	for _, which := range []string{"merged", "sandbox"} {
		docker := c.command(t, "bash", "--norc", "--noprofile", "--noediting", "-i")
		cmd := exec.CommandContext(t.Context(), script, "-qec", strings.Join(quoted(docker.Args), " "), os.DevNull)
		cmd.Env = append(os.Environ(), "SHELL=/bin/sh")
		w := typist{t: t}
		if w.keys, err = cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		screen, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		w.screen = bufio.NewReader(screen)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		w.until("$ ")
		w.types("/files/sh-" + which + " -c 'echo rea\"\"dy; while read -r x; do echo \"got <$x>\"; done'\n")
		w.until("ready\r\n")
		w.types("one\n")
		w.until("got <one>\r\n")
		w.types("\x1a")
		w.until("Stopped")
		w.types("echo st\"\"opped; fg\n")
		w.until("stopped\r\n")
		w.types("two\n")
		w.until("got <two>\r\n")
		w.types("\x03")
		w.until("\n$ ") // the shell drops what is typed before
		w.types("echo sta\"\"tus $?; exit\n")
		w.until("status 130\r\n")
		w.keys.Close()
		_ = cmd.Wait() // the shell's status is that of its last command
	}
}

// typist is at a terminal.
type typist struct {
	t      *testing.T
	keys   io.WriteCloser
	screen *bufio.Reader
}

func (w *typist) types(text string) {
	w.t.Helper()
	if _, err := io.WriteString(w.keys, text); err != nil {
		w.t.Fatal(err)
	}
}

// until reads what is shown up to and with want.
func (w *typist) until(want string) {
	w.t.Helper()
	var text strings.Builder
	for !strings.HasSuffix(text.String(), want) {
		b, err := w.screen.ReadByte()
		if err != nil {
			w.t.Fatalf("%v after %q, waiting for %q", err, text.String(), want)
		}
		text.WriteByte(b)
	}
}
