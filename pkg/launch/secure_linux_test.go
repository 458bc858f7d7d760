package launch

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/portable"
)

// privileged makes files set-user-ID of root's, one for each root.
func privileged(t *testing.T, interps ...string) map[portable.Root]string {
	t.Helper()
	var fs unix.Statfs_t
	must(t, unix.Statfs(scratch, &fs))
	if os.Geteuid() != 0 || fs.Flags&unix.ST_NOSUID != 0 {
		t.Skip("needs root, and a file system that is not mounted nosuid")
	}
	all := map[portable.Root]string{}
	for _, root := range []portable.Root{portable.Sandbox, portable.Merged, portable.Host} {
		c := config(root, portable.ArgsApp)
		c.Name = "pack-launch-privileged-test" // its store is root's own
		c.Interps = interps
		bin := file(t, c)
		must(t, errors.Join(os.Chown(bin, 0, 0), os.Chmod(bin, 0o755|os.ModeSetuid)))
		t.Cleanup(func() {
			clean := exec.Command(bin, "--pack-uninstall")
			clean.Env = []string{}
			must(t, clean.Run())
		})
		all[root] = bin
	}
	return all
}

// TestPrivileged: a file with rights that its caller lacks runs the program, in
// a store of its own user's, and does nothing else that the caller says.
func TestPrivileged(t *testing.T) {
	for root, bin := range privileged(t) {
		cmd := command(bin, "-c", "echo ran")
		cmd.Env = append(cmd.Env, "PACK_STORE="+filepath.Dir(bin)+"/store", "PACK_ENTRYPOINT=/bin/true")
		expectOutput(t, cmd, "ran\n")
		if left, err := filepath.Glob(filepath.Dir(bin) + "/[a-z]*"); err != nil || len(left) != 1 {
			t.Errorf("%s: a store of the caller's choice: %q, %v", root, left, err)
		}
		for _, args := range [][]string{{"--pack-extract", filepath.Dir(bin) + "/extracted"}, {"--pack-uninstall"}} {
			expectError(t, command(bin, args...), exitFailed, "privileges of its own")
		}
	}
}

// TestPrivilegedLoader: a loader would not look beside a privileged program.
func TestPrivilegedLoader(t *testing.T) {
	bin := privileged(t, "/bin/busybox")[portable.Host]
	expectError(t, command(bin, "-c", "echo ran"), exitFailed, "would not find its libraries")
}

// TestPrivilegedNames: the names by which the launcher calls itself mean nothing
// when somebody else calls a privileged file so.
func TestPrivilegedNames(t *testing.T) {
	for root, bin := range privileged(t) {
		kept := filepath.Dir(bin) + "/kept"
		must(t, os.Mkdir(kept, 0o755))
		null, err := os.Open(os.DevNull)
		must(t, err)
		defer null.Close()
		entered := "\x01" + strings.Repeat("a", 16)
		for _, argv := range [][]string{{watchName, kept, "4"}, {spawnName, kept, "4"}, {entered, "", "/bin/echo", "echo", "executed"}} {
			cmd := command(bin, argv[1:]...)
			cmd.Args, cmd.ExtraFiles = argv, []*os.File{null}
			if r := finish(t, cmd); strings.Contains(r.out, "executed") {
				t.Errorf("%s, called %q: %+v", root, argv, r)
			}
		}
		if _, err := os.Stat(kept); err != nil {
			t.Errorf("%s: %v", root, err)
		}
	}
}
