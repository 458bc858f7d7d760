package launch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
)

// files makes one file for each root; all arguments go to the shell in it.
func files(t *testing.T) map[portable.Root]string {
	t.Helper()
	all := map[portable.Root]string{}
	for _, root := range []portable.Root{portable.Sandbox, portable.Merged, portable.Host} {
		all[root] = file(t, config(root, portable.ArgsApp))
	}
	return all
}

func TestStatus(t *testing.T) {
	for root, bin := range files(t) {
		for _, code := range []int{0, 1, 42, 125, 255} {
			r := finish(t, command(bin, "-c", fmt.Sprintf("echo out; exit %d", code)))
			if r.out != "out\n" || r.err != "" || r.ws.ExitStatus() != code {
				t.Errorf("%s: exit %d: %+v", root, code, r)
			}
		}
		for _, s := range []syscall.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGKILL, unix.SIGSEGV, unix.SIGPIPE, unix.SIGTERM} {
			r := finish(t, command(bin, "-c", fmt.Sprintf("ulimit -c 0; kill -%d $$", s)))
			if r.out != "" || r.err != "" || r.ws.Signal() != s || r.ws.CoreDump() {
				t.Errorf("%s: signal %d: %+v", root, s, r)
			}
		}
	}
}

func TestStandardInput(t *testing.T) {
	for _, bin := range files(t) {
		cmd := command(bin, "-c", "read x; echo $x; cat")
		cmd.Stdin = strings.NewReader("one\ntwo\n")
		expectOutput(t, cmd, "one\ntwo\n")
	}
}

func TestGone(t *testing.T) {
	all := files(t)
	for _, root := range []portable.Root{portable.Merged, portable.Host} {
		cmd := command(all[root], "-c", "echo $$; readlink /proc/$$/exe")
		r := finish(t, cmd)
		pid, exe, _ := strings.Cut(r.out, "\n")
		if pid != strconv.Itoa(cmd.Process.Pid) || !strings.HasSuffix(exe, "bin/busybox\n") {
			t.Errorf("%s: started %d: %+v", root, cmd.Process.Pid, r)
		}
	}
}

func TestMergedWorld(t *testing.T) {
	bin := file(t, config(portable.Merged, portable.ArgsApp))
	dir := filepath.Dir(bin)
	must(t, os.MkdirAll(dir+"/a/b", 0o777))
	must(t, os.Chmod(dir+"/a/b", 0o777))
	must(t, os.WriteFile(dir+"/a/near", []byte("near\n"), 0o644))
	for _, c := range []struct{ dir, script, want string }{
		{dir + "/a/b", "pwd; cat ../near; echo new > made; cat /usr/share/ours", dir + "/a/b\nnear\nours\n"},
		{"/usr/share", "pwd; cat /usr/share/ours 2>&1", "/usr/share\ncat: can't open '/usr/share/ours': No such file or directory\n"},
		{"/usr", "pwd", "/usr\n"},
		{"/etc", "pwd; cat hostname >&-; echo", "/etc\n\n"},
		{"/", "pwd; cat apps/sh > /dev/null && ls -d bin", "/\nbin\n"},
		{"/dev", "pwd; [ -c null ] && echo null", "/dev\nnull\n"},
		{"/tmp", "touch /bin/x 2>&1; touch /x 2>&1", "touch: /bin/x: Read-only file system\ntouch: /x: Read-only file system\n"},
		{"/tmp", "cat /etc/passwd | wc -l; ls /etc/passwd", ""},
	} {
		if c.want == "" {
			host, err := os.ReadFile("/etc/passwd")
			must(t, err)
			c.want = fmt.Sprintf("%d\n/etc/passwd\n", strings.Count(string(host), "\n"))
		}
		cmd := command(bin, "-c", strings.ReplaceAll(c.script, " >&-", "")+"; true")
		cmd.Dir = c.dir
		if c.dir == "/etc" {
			host, err := os.ReadFile("/etc/hostname")
			must(t, err)
			c.want = "/etc\n" + string(host) + "\n"
		}
		expectOutput(t, cmd, c.want)
	}
	if text, err := os.ReadFile(dir + "/a/b/made"); string(text) != "new\n" {
		t.Errorf("what the program wrote: %q %v", text, err)
	}
	if out, err := filepath.Glob("/usr/share/ours"); len(out) > 0 {
		t.Error("it shows on the host", err)
	}
}

func TestSandbox(t *testing.T) {
	bin := file(t, config(portable.Sandbox, portable.ArgsPack))
	must(t, os.WriteFile(filepath.Dir(bin)+"/given", []byte("given\n"), 0o644))
	dir := filepath.Dir(bin)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-", "-c", "pwd; [ $$ != 1 ] && ls -d /proc/1; id -u"}, "/\n/proc/1\n0\n"},
		{[]string{"-", "-c", "touch /data/x /bin/x && ls /data"}, "x\n"},
		{[]string{"-", "-c", "ls /data"}, ""},
		{[]string{"-", "-c", "ls / | grep -v apps"}, "bin\ndata\ndev\netc\nlink\nproc\nrun\nsys\ntmp\nusr\n"},
		{[]string{"-", "-c", "for d in null zero full random urandom tty ptmx; do [ -c /dev/$d ] || echo $d; done"}, ""},
		{[]string{"--mounts", "ro:" + dir + ":/data", "-", "-c", "cat /data/given; touch /data/x 2>&1; ls -d /tmp 2>&1; true"},
			"given\ntouch: /data/x: Read-only file system\nls: /tmp: No such file or directory\n"},
		{[]string{"--mounts=", "--add-mounts", "$HOME/given:/link/new,ro:~:/mnt/deep", "-", "-c", "cat /usr/share/new /mnt/deep/given"}, "given\ngiven\n"},
		{[]string{"--add-mounts", "rw:$PWD:/w", "-", "-c", "echo written > /w/back"}, ""},
		{[]string{"--entrypoint", "/bin/echo", "a", "b"}, "a b\n"},
		{[]string{"--entrypoint=/bin/echo", "-", "--help"}, "--help\n"},
		{[]string{"exec", "echo", "x"}, "x\n"},
		{[]string{"exec", "--", "/bin/echo", "--x"}, "--x\n"},
		{[]string{"--attrs", "user,ns", "-", "-c", "[ $$ -gt 2 ] && ls -d /proc/$$ >/dev/null && echo seen"}, "seen\n"},
		{[]string{"--attrs", "user,ns,pid,net", "-", "-c", "grep -c : /proc/net/dev"}, "1\n"},
		{[]string{"--store", "", "-", "-c", "touch /data/x; ls /data"}, "x\n"},
		{[]string{"--store", dir + "/elsewhere", "-", "-c", "echo ok"}, "ok\n"},
		{[]string{"--version"}, "app 1\n"},
	} {
		expectOutput(t, command(bin, c.args...), c.want)
	}
	if text, err := os.ReadFile(dir + "/back"); string(text) != "written\n" {
		t.Errorf("what the program wrote: %q %v", text, err)
	}
	for _, name := range []string{"/elsewhere/app", "/cache/pack/app"} {
		if _, err := os.Stat(dir + name); err != nil {
			t.Error(err)
		}
	}
}

func TestErrors(t *testing.T) {
	bin := file(t, config(portable.Sandbox, portable.ArgsPack))
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--bad"}, 125, "unknown option --bad\nhint:"},
		{[]string{"--store"}, 125, "option --store needs a value"},
		{[]string{"exec"}, 125, "exec needs a command"},
		{[]string{"--attrs", "ns,what"}, 125, `unknown namespace "what"`},
		{[]string{"--attrs", "pid"}, 125, "needs a mount namespace"},
		{[]string{"--add-mounts", "/none"}, 125, "cannot mount /none: /none: no such file or directory"},
		{[]string{"--add-mounts", "a:b"}, 125, "not an absolute path"},
		{[]string{"--add-mounts", "$USER/x"}, 125, "$USER is none of"},
		{[]string{"--add-mounts", "/tmp:/"}, 125, "root itself"},
		{[]string{"--entrypoint", "/none"}, 127, "cannot execute /none: no such file or directory"},
		{[]string{"exec", "none"}, 127, "cannot execute none"},
		{[]string{"exec", "/etc/passwd"}, 126, "cannot execute /etc/passwd: permission denied"},
		{[]string{"--pack-extract"}, 125, "takes one argument"},
		{[]string{"--pack-list", "x"}, 125, "takes no argument"},
	} {
		expectError(t, command(bin, c.args...), c.status, c.want)
	}
}

func TestEnvironment(t *testing.T) {
	c := config(portable.Sandbox, portable.ArgsApp)
	c.Env = []string{"A=ours", "B=ours", "C=ours"}
	bin := file(t, c)
	cmd := command(bin, "-c", "echo $A,$B,$C,$D,$PACK_STORE,$PACK_ENTRYPOINT,$PWD")
	cmd.Env = append(cmd.Env, "A=theirs", "B=", "D=d", "PACK_STORE="+filepath.Dir(bin)+"/s", "PACK_ENTRYPOINT=/bin/sh", "PWD=/x")
	expectOutput(t, cmd, "theirs,,ours,d,"+filepath.Dir(bin)+"/s,,/\n")

	cmd = command(bin, "-c", "cat /m/app > /dev/null && ls /data /run 2>&1")
	cmd.Env = append(cmd.Env, "PACK_MOUNTS=$PWD:/m")
	expectOutput(t, command(bin, "-c", "true"), "")
	if r := finish(t, cmd); !strings.Contains(r.out, "/run: No such file") {
		t.Errorf("PACK_MOUNTS: %+v", r)
	}
}

func TestDefaultArguments(t *testing.T) {
	c := config(portable.Merged, portable.ArgsApp)
	c.Entrypoint = []string{"/bin/echo", "first"}
	c.Args = []string{"default", "words"}
	bin := file(t, c)
	expectOutput(t, command(bin), "first default words\n")
	expectOutput(t, command(bin, "given"), "first given\n")
	expectOutput(t, command(bin, "--help"), "first --help\n")
}

func TestUser(t *testing.T) {
	c := config(portable.Sandbox, portable.ArgsApp)
	c.User = "1234:567"
	bin := file(t, c)
	for _, store := range []string{filepath.Dir(bin) + "/s", ""} {
		cmd := command(bin, "-c", "id -u; id -g")
		cmd.Env = append(cmd.Env, "PACK_STORE="+store)
		expectOutput(t, cmd, "1234\n567\n")
		if os.Geteuid() == 0 {
			cmd := command(bin, "-c", "id -u; id -g")
			cmd.SysProcAttr = nil
			cmd.Env = append(cmd.Env, "PACK_STORE="+store)
			if store != "" {
				cmd.Env = append(cmd.Env, "PACK_STORE="+t.TempDir())
			}
			expectOutput(t, cmd, "1234\n567\n")
		}
	}
	c.Root = portable.Merged
	expectOutput(t, command(file(t, c), "-c", "id -u; id -g"), "1234\n567\n")
	c.Root = portable.Host
	expectError(t, command(file(t, c), "-c", "id -u"), 125, "cannot become user 1234:567 on the host's file system")
}

func TestPackCommands(t *testing.T) {
	for root, bin := range files(t) {
		dir := filepath.Dir(bin)
		if r := finish(t, command(bin, "--pack-list")); !strings.Contains(r.out, "/link -> /usr/share\n") || r.err != "" {
			t.Errorf("%s: %+v", root, r)
		}
		if r := finish(t, command(bin, "--pack-info")); !strings.Contains(r.out, "root: "+string(root)+"\n") || r.err != "" {
			t.Errorf("%s: %+v", root, r)
		}
		if r := finish(t, command(bin, "--pack-help")); !strings.Contains(r.out, "--pack-verify") || r.err != "" {
			t.Errorf("%s: %+v", root, r)
		}
		expectOutput(t, command(bin, "--pack-extract", dir+"/out"), "")
		if text, err := os.ReadFile(dir + "/out/usr/share/ours"); string(text) != "ours\n" {
			t.Errorf("%s: %q %v", root, text, err)
		}
		expectError(t, command(bin, "--pack-extract", dir+"/out"), 125, "not an empty directory")
		expectOutput(t, command(bin, "--pack-verify"), "")
		expectOutput(t, command(bin, "-c", "true"), "")
		expectOutput(t, command(bin, "--pack-verify"), "")
		found, err := filepath.Glob(dir + "/cache/pack/app/*/root/usr/share/ours")
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %q %v", root, found, err)
		}
		must(t, os.Chmod(found[0], 0o644))
		must(t, os.WriteFile(found[0], []byte("evil\n"), 0o644))
		if r := finish(t, command(bin, "--pack-verify")); !strings.Contains(r.out, "/usr/share/ours: ") || r.ws.ExitStatus() != 1 {
			t.Errorf("%s: %+v", root, r)
		}
		if r := finish(t, command(bin, "--pack-uninstall")); r.ws.ExitStatus() != 0 || !strings.Contains(r.out, "removed ") {
			t.Errorf("%s: %+v", root, r)
		}
		if _, err := os.Stat(dir + "/cache/pack"); err == nil {
			t.Errorf("%s: the store is still there", root)
		}
	}
}

// TestDeleted: a running file may be removed, and one without a name runs.
func TestDeleted(t *testing.T) {
	for _, bin := range files(t) {
		fd, err := unix.Open(bin, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		must(t, err)
		f := os.NewFile(uintptr(fd), bin)
		must(t, os.Rename(bin, bin+".old"))
		must(t, os.Remove(bin+".old"))
		cmd := command(bin, "-c", "echo ok")
		cmd.Path = "/proc/self/fd/3"
		cmd.ExtraFiles = []*os.File{f}
		expectOutput(t, cmd, "ok\n")
		f.Close()
	}
}

func TestDamaged(t *testing.T) {
	bin := file(t, config(portable.Merged, portable.ArgsApp))
	text, err := os.ReadFile(bin)
	must(t, err)
	must(t, os.WriteFile(bin, text[:len(text)-1], 0o755))
	expectError(t, command(bin), 125, "hint: the file was changed or cut short")
}

// TestTemporary: a tree on the host without a store is gone when the program is.
func TestTemporary(t *testing.T) {
	bin := file(t, config(portable.Host, portable.ArgsPack))
	tmp := filepath.Dir(bin) + "/tmp"
	must(t, os.Mkdir(tmp, 0o777))
	must(t, os.Chmod(tmp, 0o777))
	must(t, unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
	defer unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	for _, end := range []string{"exit 3", "kill -9 $$"} {
		cmd := command(bin, "--store", "", "-", "-c", "ls "+tmp+" | wc -l; "+end)
		cmd.Env = append(cmd.Env, "TMPDIR="+tmp)
		if r := finish(t, cmd); r.out != "1\n" || r.err != "" {
			t.Errorf("%s: %+v", end, r)
		}
		// The watching process is ours now, being nobody's.
		for {
			if _, err := unix.Wait4(-1, nil, 0, nil); err == unix.ECHILD {
				break
			}
		}
		if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
			t.Errorf("%s: %v %v", end, left, err)
		}
	}
}

// withoutNamespaces runs cmd in a user namespace that allows none of a kind.
func withoutNamespaces(t *testing.T, kind string, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	unshare, err := exec.LookPath("unshare")
	must(t, err)
	cmd.Args = append([]string{"unshare", "--user", "--map-root-user", "sh", "-c",
		"echo 0 > /proc/sys/user/max_" + kind + `_namespaces && exec "$@"`, "sh", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = unshare
	return cmd
}

// TestNoNamespaces: what happens without them is what the file says.
func TestNoNamespaces(t *testing.T) {
	c := config(portable.Sandbox, portable.ArgsApp)
	bin := file(t, c)
	for _, kind := range []string{"user", "pid", "mnt", "uts"} {
		expectError(t, withoutNamespaces(t, kind, command(bin, "-c", "echo ran")), 125,
			kind+" namespaces are turned off: sysctl user.max_"+kind+"_namespaces")
	}
	root := command(bin, "-c", "id -u; touch /data/x && ls /data")
	root.Env = append(root.Env, "PACK_ATTRS=ns,ipc,uts,pid") // as the hint for root says
	expectOutput(t, withoutNamespaces(t, "user", root), "0\nx\n")
	c.Fallback = portable.FallbackHost
	bin = file(t, c)
	cmd := withoutNamespaces(t, "user", command(bin, "-c", "cat ours; exit 7"))
	must(t, os.WriteFile(filepath.Dir(bin)+"/ours", []byte("host\n"), 0o644))
	if r := finish(t, cmd); r.out != "host\n" || r.err != "" || r.ws.ExitStatus() != 7 {
		t.Errorf("%+v", r)
	}
	// What the host's root has not is not asked for in vain.
	mounting := command(bin, "-c", "echo ran")
	mounting.Env = append(mounting.Env, "PACK_ADD_MOUNTS=/tmp")
	expectError(t, withoutNamespaces(t, "user", mounting), 125, "user namespaces are turned off")
}

// TestWorkdir: a directory that is not there is the file's mistake, and no
// reason to run in another root.
func TestWorkdir(t *testing.T) {
	for _, root := range []portable.Root{portable.Sandbox, portable.Merged} {
		c := config(root, portable.ArgsApp)
		c.Workdir, c.Fallback = "/data", portable.FallbackHost
		expectOutput(t, command(file(t, c), "-c", "pwd"), "/data\n")
		c.Workdir = "/none"
		expectError(t, command(file(t, c), "-c", "echo ran"), 125, "cannot enter the directory /none: no such file or directory\nhint: ")
	}
}

// TestAbout: the help says what the file says of itself.
func TestAbout(t *testing.T) {
	c := config(portable.Sandbox, portable.ArgsPack)
	if r := finish(t, command(file(t, c), "--help")); !strings.HasPrefix(r.out, "app 1\n\nUsage: app ") {
		t.Errorf("%+v", r)
	}
	c.Description, c.Author, c.Copyright = "Does things.", "A. Uthor", "(c) 2026 A. Uthor"
	bin := file(t, c)
	for _, option := range []string{"--help", "--pack-help"} {
		if r := finish(t, command(bin, option)); !strings.HasPrefix(r.out, "app 1\nDoes things.\nBy A. Uthor.\n(c) 2026 A. Uthor\n\nUsage: app ") {
			t.Errorf("%s: %+v", option, r)
		}
	}
}
