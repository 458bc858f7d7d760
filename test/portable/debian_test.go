package portable

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

// debian is the directory of a minimal Debian, as debootstrap makes it.
func debian(t *testing.T) string {
	t.Helper()
	tarball, err := exec.Command("bash", "../lib/debroot.sh", "bookworm").Output()
	if err != nil {
		t.Fatalf("cannot make a Debian: %v", err)
	}
	dir := bundle.Open(t)
	if out, err := exec.Command("tar", "-C", dir, "--numeric-owner", "--xattrs", "--xattrs-include=*", "-xf", strings.TrimSpace(string(tarball))).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, minor := range map[string]uint32{"null": 3, "zero": 5} {
		bundle.Must(t, unix.Mknod(dir+"/dev/"+name, unix.S_IFCHR|0o666, int(unix.Mkdev(1, minor))))
		bundle.Must(t, os.Chmod(dir+"/dev/"+name, 0o666))
	}
	return dir
}

// TestDebian starts commands of a whole Debian. The bare program is the same one
// in a chroot.
func TestDebian(t *testing.T) {
	bundle.Suite(t)
	dir := debian(t)
	everywhere(t, []string{"sandbox", "merged"}, []string{"bundle", "--directory", dir, "--entrypoint", "/bin/sh"}, func(t *testing.T, p *place) {
		p.fresh(t)
		for _, s := range []step{
			does("-c", "exit 0"),
			does("-c", "echo out; echo err >&2; exit 125"),
			does("-c", "kill -KILL $$"),
			does("-c", "perl -MDigest::SHA=sha256_hex -e 'print sha256_hex(q(x)), qq(\\n)'; dpkg-query -W | sort | sha256sum; apt-get --version | head -n 1"),
			does("-c", "cd /usr && find . -xdev -printf '"+p.seen()+" %l %p\\n' | LC_ALL=C sort | sha256sum"),
			does("-c", "sha256sum /etc/debian_version /var/lib/dpkg/status; readlink -f /bin/sh; test -t 0 && echo terminal"),
			does("-c", "not-there"),
			{"a\nb\n", []string{"-c", "while read -r x; do echo \"<$x>\"; done; test -t 0; echo $?"}},
		} {
			cmd := p.command(append([]string{"/bin/sh"}, s.args...)...)
			cmd.SysProcAttr.Chroot, cmd.Dir = dir, "/"
			want := p.run(t, cmd, s.stdin)
			if got := p.run(t, p.command(append([]string{p.file}, s.args...)...), s.stdin); got != want {
				t.Errorf("%q\ngot: %v\nbare: %v", s.args, got, want)
			}
		}
		if p.root == "sandbox" {
			p.isolated(t)
		}
	})
}

// seen is what find(1) is to print of every file: an ordinary user has no
// set-user-ID programs of root's.
func (p *place) seen() string {
	if p.user == 0 {
		return "%y %m %U %G %s %T@"
	}
	return "%y %s %T@"
}

// isolated looks out of a sandbox.
func (p *place) isolated(t *testing.T) {
	t.Helper()
	r := p.run(t, p.command(p.file, "-c", "id -u; echo $$ $PPID; ls /home; touch /bin/mine && ls /bin/mine"), "")
	if lines := strings.Fields(r.out); r.status != 0 || len(lines) != 4 || lines[0] != "0" || lines[1] == "1" || lines[2] != "1" && lines[2] != "0" || lines[3] != "/bin/mine" {
		t.Errorf("in the sandbox: %v", r)
	}
	if r := p.run(t, p.command(p.file, "-c", "ls /bin/mine"), ""); r.status == 0 {
		t.Errorf("what one wrote, the next one has: %v", r)
	}
	if r := p.run(t, p.command(p.file, "-c", "kill -TERM $$"), ""); r.status.Signal() != syscall.SIGTERM {
		t.Errorf("%v", r)
	}
}
