package launch

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/5bbb5df2/pack/pkg/codec"
	"github.com/5bbb5df2/pack/pkg/portable"
)

// scratch holds what the tests share; nobody may read it.
var scratch string

func TestMain(m *testing.M) {
	if os.Args[0] == refuseName {
		refuse()
	}
	var err error
	if scratch, err = os.MkdirTemp("", "launch-"); err == nil {
		err = os.Chmod(scratch, 0o755)
	}
	if err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(scratch)
	os.Exit(code)
}

// launcher builds cmd/launcher.
var launcher = sync.OnceValues(func() (string, error) {
	out := filepath.Join(scratch, "launcher")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -E _pack_entry", "-o", out, "../../cmd/launcher")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", errors.New(string(text))
	}
	return out, nil
})

// applets are the names that the tests' tree has busybox under.
var applets = []string{"cat", "echo", "env", "id", "ls", "pwd", "readlink", "sh", "sleep", "touch", "true", "grep", "wc"}

// tree makes a small root with a static busybox.
func tree(t *testing.T) string {
	t.Helper()
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("needs busybox-static")
	}
	dir := t.TempDir()
	for _, d := range []string{"bin", "etc", "usr/share", "data"} {
		must(t, os.MkdirAll(filepath.Join(dir, d), 0o755))
	}
	text, err := os.ReadFile(busybox)
	must(t, err)
	must(t, os.WriteFile(dir+"/bin/busybox", text, 0o755))
	must(t, os.WriteFile(dir+"/etc/passwd", []byte("app:x:1234:567::/:/bin/sh\n"), 0o644))
	must(t, os.WriteFile(dir+"/usr/share/ours", []byte("ours\n"), 0o644))
	must(t, os.Symlink("/usr/share", dir+"/link"))
	must(t, os.Symlink("/bin", dir+"/apps"))
	for _, name := range applets {
		must(t, os.Symlink("busybox", dir+"/bin/"+name))
	}
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func config(root portable.Root, args portable.ArgsMode) portable.Config {
	return portable.Config{
		Name: "app", Version: "1", Entrypoint: []string{"/apps/sh"}, Platform: "linux/test",
		Root: root, Fallback: portable.FallbackFail, ArgsMode: args,
	}
}

// file makes a portable file of the tests' tree that anybody may run.
func file(t *testing.T, c portable.Config) string {
	t.Helper()
	bin, err := launcher()
	must(t, err)
	front, err := os.Open(bin)
	must(t, err)
	defer front.Close()
	dir, err := os.MkdirTemp(scratch, "file-")
	must(t, err)
	if os.Geteuid() == 0 {
		must(t, os.Chown(dir, 65534, 65534))
	}
	out, err := os.OpenFile(dir+"/app", os.O_CREATE|os.O_WRONLY, 0o755)
	must(t, err)
	zst, err := codec.Find("zst")
	must(t, err)
	w, err := portable.NewWriter(t.Context(), out, portable.WriterOptions{
		Launcher: front, Config: c, Codec: "zst",
		Compress: func() (portable.Compress, error) { return zst.Compressor(4 << 20) },
	})
	must(t, err)
	root := tree(t)
	must(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return addEntry(w, root, name, d)
	}))
	_, err = w.Close()
	must(t, errors.Join(err, out.Close()))
	return dir + "/app"
}

func addEntry(w *portable.Writer, root, name string, d fs.DirEntry) error {
	fi, err := d.Info()
	if err != nil {
		return err
	}
	e := portable.Entry{Path: "/" + strings.TrimPrefix(strings.TrimPrefix(name, root), "/"), Mode: fi.Mode(), ModTime: fi.ModTime()}
	switch {
	case e.Mode&fs.ModeSymlink != 0:
		if e.Link, err = os.Readlink(name); err != nil {
			return err
		}
	case e.Mode.IsRegular():
		e.Size = fi.Size()
	}
	return w.Add(e, func() (portable.Content, error) { return os.Open(name) })
}

// result is what a run came to.
type result struct {
	out, err string
	ws       syscall.WaitStatus
}

// command runs a file as nobody, with its store beside it.
func command(bin string, args ...string) *exec.Cmd {
	cmd := exec.Command(bin, args...)
	dir := filepath.Dir(bin)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + dir, "XDG_CACHE_HOME=" + dir + "/cache"}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	return cmd
}

func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{out.String(), stderr.String(), cmd.ProcessState.Sys().(syscall.WaitStatus)}
}

// expectOutput runs cmd, which has to succeed without a byte on stderr.
func expectOutput(t *testing.T, cmd *exec.Cmd, want string) {
	t.Helper()
	if r := finish(t, cmd); r.out != want || r.err != "" || r.ws.ExitStatus() != 0 {
		t.Errorf("%q\n got %q, %q, %x\nwant %q", cmd.Args, r.out, r.err, r.ws, want)
	}
}

// expectError runs cmd, which has to end with status and a message that has
// want in it and nothing on stdout.
func expectError(t *testing.T, cmd *exec.Cmd, status int, want string) {
	t.Helper()
	if r := finish(t, cmd); r.out != "" || !strings.Contains(r.err, want) || r.ws.ExitStatus() != status {
		t.Errorf("%q\n got %q, %q, %x\nwant %d, %q", cmd.Args, r.out, r.err, r.ws, status, want)
	}
}
