package portable

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// file writes what build made to a file that every user may read.
func file(t testing.TB, b []byte) string {
	t.Helper()
	name := t.TempDir() + "/app.run"
	if err := errors.Join(os.WriteFile(name, b, 0o644), os.Chmod(filepath.Dir(name), 0o755), os.Chmod(filepath.Dir(filepath.Dir(name)), 0o755)); err != nil {
		t.Fatal(err)
	}
	return name
}

// larger is a tree that takes a while.
func larger(t testing.TB) []byte {
	t.Helper()
	items := []item{dirItem("/", 0o755), dirItem("/lib", 0o755)}
	for i := range 60 {
		items = append(items, fileItem("/lib/"+strconv.Itoa(100+i), noise(100_000), 0o644))
	}
	return build(t, options(t, "zst"), append(items, linkItem("/zz", "lib/100")))
}

// TestConcurrentStarts: of 64 processes that start at once, one unpacks and
// all have the tree.
func TestConcurrentStarts(t *testing.T) {
	name, c := file(t, larger(t)), store(t)
	const n = 64
	cmds := make([]*exec.Cmd, n)
	outs := make([]bytes.Buffer, n)
	for i := range cmds {
		cmds[i] = helper("obtain", name, c.Dir)
		cmds[i].Stdout, cmds[i].Stderr = &outs[i], &outs[i]
		if err := cmds[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	fresh := 0
	for i, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %s", err, &outs[i])
		}
		if strings.HasSuffix(outs[i].String(), " true\n") {
			fresh++
		}
	}
	if fresh != 1 {
		t.Errorf("%d of %d unpacked", fresh, n)
	}
	if got := under(t, c); len(got) != 2 {
		t.Errorf("store: %q", got)
	}
}

// TestKilled: wherever a first start is killed, the next one is good.
func TestKilled(t *testing.T) {
	rounds := 25
	if os.Getenv("PACK_SUITE") == "all" {
		rounds = 200
	}
	b := larger(t)
	name := file(t, b)
	started := time.Now()
	if out, err := helper("obtain", name, store(t).Dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	span := time.Since(started)
	p, c := open(t, b), store(t)
	killed, between := 0, 0
	for range rounds {
		cmd := helper("obtain", name, c.Dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(time.Duration(rand.Int64N(int64(span))), func() { _ = cmd.Process.Kill() })
		if cmd.Wait() != nil {
			killed++
		}
		kill.Stop()
		if left, _ := filepath.Glob(c.Dir + "/*/" + tempMark + "*"); len(left) > 0 {
			between++
		}
		tree := obtain(t, p, c)
		verify(t, p, tree)
		if got := under(t, c); len(got) != 2 {
			t.Errorf("store: %q", got)
		}
		tree.Close()
		if _, err := Uninstall(t.Context(), p, "", []Candidate{c}); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d killed, %d of them while it unpacked", killed, between)
	if killed == 0 {
		t.Errorf("none of %d was killed in time", rounds)
	}
}

// withCat adds a program to a version: the machine's cat(1) with what loads it.
func withCat(t *testing.T, v string) *bytes.Reader {
	t.Helper()
	exe, err := os.ReadFile("/bin/cat")
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, "zst")
	o.Config.Version = v
	return bytes.NewReader(build(t, o, []item{
		dirItem("/", 0o755), dirItem("/bin", 0o755), fileItem("/bin/cat", string(exe), 0o755), fileItem("/v", v, 0o644),
	}))
}

// TestRunning: a tree stays while a program of it runs, whether it keeps the
// lock or has closed all it did not open.
func TestRunning(t *testing.T) {
	for _, keep := range []string{"keep", "close"} {
		t.Run(keep, func(t *testing.T) {
			c := store(t)
			one, _ := io.ReadAll(withCat(t, "1"))
			cmd := helper("run", file(t, one), c.Dir, keep)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			answer := make([]byte, 2)
			if _, err := io.WriteString(in, "hi"); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(out, answer); err != nil { // now it is cat
				t.Fatal(err)
			}
			two, _ := io.ReadAll(withCat(t, "2"))
			obtain(t, open(t, two), c).Close()
			if got := under(t, c); len(got) != 3 {
				t.Errorf("while it runs: %q", got)
			}
			if _, err := Uninstall(t.Context(), open(t, two), "", []Candidate{c}); !errors.Is(err, ErrInUse) {
				t.Errorf("uninstall while it runs: %v", err)
			}
			in.Close()
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
			if removed, err := Uninstall(t.Context(), open(t, two), "", []Candidate{c}); err != nil || len(removed) != 4 {
				t.Errorf("removed %q, %v", removed, err)
			}
		})
	}
}

// TestUnprivileged: another user gets all that is not a matter of rights.
func TestUnprivileged(t *testing.T) {
	if !isRoot() {
		t.Skip("needs root to become somebody else")
	}
	const nobody = 65534
	device := item{Entry: Entry{Path: "/dev", Mode: os.ModeDevice | os.ModeCharDevice | 0o666, Rdev: 0x103, ModTime: when}}
	name := file(t, build(t, options(t, "zst"), sorted(append(sample(), device))))
	d := emptyDirectory(t)
	for dir := d.Name(); dir != "/tmp" && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(d.Name(), nobody, nobody); err != nil {
		t.Fatal(err)
	}
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer self.Close()
	cmd := helper("unpack", name, d.Name())
	cmd.Path, cmd.ExtraFiles = "/proc/self/fd/3", []*os.File{self}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"/bin/app owner 0:0\n", "/bin/su setuid bit\n", "/dev device\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("lost is %q, without %q", out, want)
		}
	}
	if fi, err := os.Stat(d.Name() + "/bin/su"); err != nil || fi.Mode() != 0o755 {
		t.Errorf("su: %v, %v", fi.Mode(), err)
	}
	if st := stat(t, d.Name()+"/bin/app"); st.Uid != nobody || st.Nlink != 2 {
		t.Errorf("app: owner %d, %d links", st.Uid, st.Nlink)
	}
}
