package launch

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/5bbb5df2/pack/pkg/portable"
)

// TestUnreadable: a file that may be executed but not read says so.
func TestUnreadable(t *testing.T) {
	bin := file(t, config(portable.Host, portable.ArgsApp))
	must(t, os.Chmod(bin, 0o111))
	expectError(t, command(bin, "-c", "echo ran"), exitFailed, "cannot open the running file: permission denied (it holds the program, and has to be readable)")
}

// TestSameName: two files of one name do not unpack again because of each other.
func TestSameName(t *testing.T) {
	c := config(portable.Merged, portable.ArgsApp)
	one, two := file(t, c), file(t, c)
	run := func(bin string) *exec.Cmd {
		cmd := command(bin, "-c", "true")
		cmd.Env = command(one).Env
		return cmd
	}
	trees := func() []string {
		found, err := filepath.Glob(filepath.Dir(one) + "/cache/pack/app/1-*")
		must(t, err)
		return found
	}
	for range 2 {
		expectOutput(t, run(one), "")
		expectOutput(t, run(two), "")
	}
	if len(trees()) != 2 {
		t.Errorf("%q", trees())
	}
	must(t, os.Rename(file(t, c), one)) // an upgrade
	expectOutput(t, run(one), "")
	if len(trees()) != 2 {
		t.Errorf("after an upgrade: %q", trees())
	}
	cmd := run(one)
	cmd.Args[1] = "--pack-uninstall"
	cmd.Args = cmd.Args[:2]
	if r := finish(t, cmd); r.ws != 0 || len(trees()) != 1 {
		t.Errorf("uninstalled: %+v %q", r, trees())
	}
	expectOutput(t, run(two), "")
}

// TestLongWorkingDirectory: one whose path is longer than any system call takes.
func TestLongWorkingDirectory(t *testing.T) {
	for root, bin := range files(t) {
		script := `n=$(printf %0200d 0); for i in $(seq 21); do mkdir $n && cd -P $n || exit; done; exec "$0" "$@"`
		cmd := command("/bin/sh", "-c", script, bin, "-c", "echo ran")
		cmd.Dir, cmd.Env = filepath.Dir(bin), command(bin).Env
		if root == portable.Merged {
			expectError(t, cmd, exitFailed, "cannot find the working directory: file name too long")
		} else {
			expectOutput(t, cmd, "ran\n")
		}
	}
}

// TestRemovedWorkingDirectory: a sandbox has its own, a merged root says what is
// wrong.
func TestRemovedWorkingDirectory(t *testing.T) {
	for root, bin := range files(t) {
		script := `mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"`
		cmd := command("/bin/sh", "-c", script, bin, "-c", "echo ran")
		cmd.Dir, cmd.Env = filepath.Dir(bin), command(bin).Env
		if root == portable.Merged {
			expectError(t, cmd, exitFailed, "cannot find the working directory")
		} else {
			expectOutput(t, cmd, "ran\n")
		}
	}
}

// TestChroot: in a chroot the program has its own root, which is never sought
// outside. It takes one that is a mount point, and little in it.
func TestChroot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	env := []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	for root, bin := range files(t) {
		for _, base := range []string{"bin", "mnt"} {
			dir := t.TempDir()
			for _, name := range []string{"proc", "dev", "tmp", base} {
				must(t, os.Mkdir(dir+"/"+name, 0o755))
			}
			text, err := os.ReadFile(bin)
			must(t, err)
			must(t, os.WriteFile(dir+"/app", text, 0o755))
			enter := func(first string, env ...string) *exec.Cmd {
				script := first + ` mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" /app -c "echo ran"`
				cmd := exec.Command("unshare", "--mount", "sh", "-c", script, dir)
				cmd.Env = env
				return cmd
			}
			const mounted = `mount --bind "$0" "$0" &&`
			own := env
			if root == portable.Sandbox {
				expectError(t, enter(mounted, env...), exitFailed, "\nhint: nobody makes user namespaces in a chroot; root can do without them: PACK_ATTRS=ns,")
				own = append(own, "PACK_ATTRS=ns,ipc,uts,pid")
			}
			expectOutput(t, enter(mounted, own...), "ran\n")
			if root != portable.Host {
				expectError(t, enter("", own...), exitFailed, "\nhint: the root is no mount point, as in a chroot: mount --bind DIR DIR before chroot DIR\n")
			}
		}
	}
}
