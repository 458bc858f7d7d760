package output

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/treefd"
)

func TestDirIsASink(t *testing.T) {
	runSuite(t, sinkSuite{
		New: func(t *testing.T, dest string) Sink { return newDir(t, dest) },
		List: func(t *testing.T, dest string) []string {
			if _, err := os.Lstat(dest); err != nil {
				return nil
			}
			return listTree(t, dest)
		},
		Traces: func(t *testing.T, dest string) []string { return siblings(t, dest) },
	})
}

func newDir(t *testing.T, dest string) *Dir {
	t.Helper()
	d, err := NewDir(dest, DirOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Abort() })
	return d
}

// siblings lists what lies beside dest.
func siblings(t *testing.T, dest string) []string {
	t.Helper()
	var out []string
	list, err := os.ReadDir(filepath.Dir(dest))
	if err != nil {
		t.Fatal(err)
	}
	for _, de := range list {
		if de.Name() != filepath.Base(dest) {
			out = append(out, de.Name())
		}
	}
	return out
}

func listTree(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
		if name != root {
			out = append(out, strings.TrimPrefix(name, root))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(out, plan.ComparePaths)
	return out
}

// dump describes a tree, one line a path.
func dump(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	for _, name := range append([]string{"/"}, listTree(t, root)...) {
		real := root + name
		var st unix.Stat_t
		if err := unix.Lstat(real, &st); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%q %o %d:%d %d.%09d", name, st.Mode, st.Uid, st.Gid, st.Mtim.Sec, st.Mtim.Nsec)
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFREG:
			data, err := os.ReadFile(real)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, " links=%d %d %x", st.Nlink, st.Size, sha256.Sum256(data))
		case unix.S_IFLNK:
			target, _ := os.Readlink(real)
			fmt.Fprintf(&b, " -> %q", target)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// planOf is a plan that copies the whole tree at root.
func planOf(t *testing.T, root string) *plan.Plan {
	t.Helper()
	f, err := rootfs.OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	p := plan.New(nil)
	seen := map[rootfs.FileID]string{}
	for _, name := range append([]string{"/"}, listTree(t, root)...) {
		fi, err := f.Lstat(name)
		if err != nil {
			t.Fatal(err)
		}
		st := rootfs.StatOf(fi)
		e := plan.Entry{Path: name, Mode: fi.Mode(), UID: st.UID, GID: st.GID, ModTime: fi.ModTime()}
		switch {
		case fi.Mode()&fs.ModeSymlink != 0:
			e.Link, _ = f.Readlink(name)
		case fi.Mode().IsRegular():
			e.Size, e.From = fi.Size(), plan.Source{FS: f, Path: name}
			e.HardLink = seen[st.ID]
			if seen[st.ID] == "" {
				seen[st.ID] = name
			}
		}
		if e.Link == "" && fi.Mode().Perm()&0o400 != 0 {
			if e.Xattrs, err = f.Xattrs(name); err != nil {
				t.Fatal(err)
			}
		}
		add(t, p, e)
	}
	return p
}

// sourceTree makes a tree with all that has to be kept.
func sourceTree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(root, name) }
	do(os.MkdirAll(at("usr/bin"), 0o755))
	do(os.MkdirAll(at("usr/lib/read-only/deeper"), 0o755))
	do(os.WriteFile(at("usr/bin/su"), []byte("su"), 0o755))
	do(os.WriteFile(at("usr/bin/bad\xffname"), []byte("?"), 0o444))
	do(os.WriteFile(at("usr/lib/read-only/deeper/x"), make([]byte, 3<<20+17), 0o400))
	do(os.Link(at("usr/bin/su"), at("usr/bin/sudo")))
	do(os.Link(at("usr/bin/su"), at("usr/a-third-name")))
	do(os.Symlink("usr/lib", at("lib")))
	do(os.Symlink("/nowhere/at all", at("dangling")))
	do(os.Mkdir(at("tmp"), 0o755))
	do(os.Mkdir(at("empty"), 0o711))
	if os.Geteuid() == 0 {
		do(os.Lchown(at("usr/bin/su"), 12, 34))
		do(os.Lchown(at("lib"), 56, 78))
		do(os.Lchown(at("empty"), 90, 12))
	}
	do(os.Chmod(at("usr/bin/su"), 0o755|fs.ModeSetuid|fs.ModeSetgid))
	do(os.Chmod(at("tmp"), 0o777|fs.ModeSticky))
	do(os.Chmod(at("usr/lib/read-only/deeper"), 0o555))
	do(os.Chmod(at("usr/lib/read-only"), 0o555))
	for i, name := range []string{"usr/bin/su", "lib", "usr/lib/read-only", "usr/bin", "."} {
		ts := []unix.Timespec{unix.NsecToTimespec(5e9), unix.NsecToTimespec(int64(1_500_000_000+i)*1e9 + 987654321)}
		do(unix.UtimesNanoAt(unix.AT_FDCWD, at(name), ts, unix.AT_SYMLINK_NOFOLLOW))
	}
	t.Cleanup(func() { os.Chmod(at("usr/lib/read-only"), 0o755); os.Chmod(at("usr/lib/read-only/deeper"), 0o755) })
	return root
}

func TestDirKeepsEverything(t *testing.T) {
	src := sourceTree(t)
	want := dump(t, src)
	var got [2]string
	for i, workers := range []int{1, 4} {
		out := t.TempDir() + "/out"
		d, err := NewDir(out, DirOptions{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		write(t, planOf(t, src), d)
		got[i] = dump(t, out)
		if lost := d.Lost(); len(lost) > 0 {
			t.Errorf("lost: %v", lost)
		}
		t.Cleanup(func() { wipe(t, out) })
	}
	if got[0] != want {
		t.Errorf("got\n%s\nwant\n%s", got[0], want)
	}
	if got[1] != got[0] {
		t.Errorf("with more workers\n%s\nwith one\n%s", got[1], got[0])
	}
}

func write(t *testing.T, p *plan.Plan, d *Dir) {
	t.Helper()
	if err := Write(t.Context(), p, d); err != nil {
		t.Fatal(err)
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
}

// wipe removes what testing.T.TempDir could not: read-only directories.
func wipe(t *testing.T, name string) {
	t.Helper()
	if err := wipeErr(t, name); err != nil {
		t.Error(err)
	}
}

func wipeErr(t *testing.T, name string) error {
	t.Helper()
	parent, err := unix.Open(filepath.Dir(name), treefd.PathFlags, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(parent)
	return treefd.Remove(parent, filepath.Base(name))
}

func TestDirTreeIsCompleteBeforeCommit(t *testing.T) {
	src := sourceTree(t)
	out := t.TempDir() + "/out"
	d := newDir(t, out)
	var st unix.Stat_t
	if err := unix.Stat(d.Tree(), &st); err != nil || st.Mode&0o777 != 0o700 {
		t.Errorf("while it is built: mode %o, %v", st.Mode, err)
	}
	if err := Write(t.Context(), planOf(t, src), d); err != nil {
		t.Fatal(err)
	}
	want := dump(t, src)
	if got := dump(t, d.Tree()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// What a test does and undoes leaves no trace.
	if err := os.Mkdir(d.Tree()+"/proc", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(d.Tree() + "/proc"); err != nil {
		t.Fatal(err)
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := dump(t, out); got != want {
		t.Errorf("after Commit: got\n%s\nwant\n%s", got, want)
	}
	wipe(t, out)
}

func TestDirClampsTimes(t *testing.T) {
	out := t.TempDir() + "/out"
	epoch := when.Add(-time.Hour)
	p := plan.New(nil)
	old := file("/old", "x")
	old.ModTime = epoch.Add(-time.Second)
	add(t, p, old, file("/new", "x"), plan.Entry{Path: "/link", Mode: fs.ModeSymlink | 0o777, ModTime: when, Link: "new"})
	d, err := NewDir(out, DirOptions{Epoch: &epoch})
	if err != nil {
		t.Fatal(err)
	}
	write(t, p, d)
	for name, want := range map[string]time.Time{"/old": old.ModTime, "/new": epoch, "/link": epoch, "/": time.Unix(0, 0)} {
		fi, err := os.Lstat(out + name)
		if err != nil || !fi.ModTime().Equal(want) {
			t.Errorf("%s: %v, want %v (%v)", name, fi.ModTime(), want, err)
		}
	}
}

func TestDirKeepsCapabilities(t *testing.T) {
	needRoot(t)
	src, out := t.TempDir(), t.TempDir()+"/out"
	ping := src + "/ping"
	if err := os.WriteFile(ping, []byte("ping"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(ping, 0, 12); err != nil {
		t.Fatal(err)
	}
	// struct vfs_cap_data, revision 2 with the effective bit: CAP_NET_RAW.
	capRaw := "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	for name, value := range map[string]string{"security.capability": capRaw, "user.note": "kept"} {
		if err := unix.Setxattr(ping, name, []byte(value), 0); err != nil {
			t.Skip("this file system has no ", name, ": ", err)
		}
	}
	write(t, planOf(t, src), newDir(t, out))
	got, err := rootfs.Host().Xattrs(out + "/ping")
	if err != nil || string(got["security.capability"]) != capRaw || string(got["user.note"]) != "kept" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestDirReportsAttributesWithoutAPlace(t *testing.T) {
	needRoot(t)
	out := tmpfs(t, "") + "/out" // tmpfs had no user attributes before Linux 6.6, and has none of system.*
	p := plan.New(nil)
	e := file("/x", "x")
	e.Xattrs = map[string][]byte{"system.no_such": []byte("1")}
	add(t, p, e)
	d := newDir(t, out)
	write(t, p, d)
	if got := fmt.Sprint(d.Lost()); got != "[/x: lost system.no_such]" {
		t.Error(got)
	}
}

func TestDirKeepsHoles(t *testing.T) {
	src, out := t.TempDir(), t.TempDir()+"/out"
	f, err := os.Create(src + "/sparse")
	if err != nil {
		t.Fatal(err)
	}
	const size = 200 << 20
	for off, s := range map[int64]string{0: "begin", 100<<20 + 5: "middle", size - 3: "end"} {
		if _, err := f.WriteAt([]byte(s), off); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	if err := os.WriteFile(src+"/only-hole", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(src+"/only-hole", 5<<20); err != nil {
		t.Fatal(err)
	}
	write(t, planOf(t, src), newDir(t, out))
	var a, b unix.Stat_t
	for _, name := range []string{"/sparse", "/only-hole"} {
		if unix.Stat(src+name, &a) != nil || unix.Stat(out+name, &b) != nil || a.Size != b.Size || b.Blocks > a.Blocks+64 {
			t.Errorf("%s: %d bytes in %d blocks, from %d in %d", name, b.Size, b.Blocks, a.Size, a.Blocks)
		}
	}
	if o, err := exec.Command("cmp", src+"/sparse", out+"/sparse").CombinedOutput(); err != nil {
		t.Errorf("%s %v", o, err)
	}
}

func TestDirDeepPaths(t *testing.T) {
	out := t.TempDir() + "/out"
	name := strings.Repeat("/"+strings.Repeat("d", 199), 20)[:3999]
	p := plan.New(nil)
	add(t, p, file(name, "deep"))
	write(t, p, newDir(t, out))
	root, err := os.OpenRoot(out)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if data, err := root.ReadFile(name[1:]); string(data) != "deep" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestDirNeverLeavesItsTree(t *testing.T) {
	outside := t.TempDir()
	for _, target := range []string{outside, "../..", "."} {
		d := newDir(t, t.TempDir()+"/out")
		nothing := func() (rootfs.File, error) { return plan.Source{}.Open() }
		for _, e := range []plan.Entry{
			{Path: "/link", Mode: fs.ModeSymlink | 0o777, Link: target},
			{Path: "/file", Mode: 0o644},
		} {
			if err := d.Put(e, nothing); err != nil {
				t.Fatal(err)
			}
		}
		for _, e := range []plan.Entry{
			{Path: "/link/d", Mode: fs.ModeDir | 0o755},
			{Path: "/link/l", Mode: fs.ModeSymlink | 0o777, Link: "x"},
			{Path: "/link", Mode: fs.ModeDir | 0o755},
		} {
			if err := d.Put(e, nothing); err == nil {
				t.Errorf("-> %s: %s was written", target, e.Path)
			}
		}
		if err := d.Put(plan.Entry{Path: "/link/f", Mode: 0o644}, nothing); err == nil && d.Flush(t.Context()) == nil {
			t.Errorf("-> %s: a file was written through the link", target)
		}
		if err := d.Abort(); err != nil {
			t.Error(err)
		}
	}
	if got := listTree(t, outside); len(got) > 0 {
		t.Errorf("written outside: %q", got)
	}
}

func TestDirFileNeverReplacesOrFollows(t *testing.T) {
	outside := t.TempDir() + "/victim"
	if err := os.WriteFile(outside, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDir(t, t.TempDir()+"/out")
	open := func() (rootfs.File, error) { return plan.Source{}.Open() }
	if err := d.Put(plan.Entry{Path: "/f", Mode: fs.ModeSymlink | 0o777, Link: outside}, open); err != nil {
		t.Fatal(err)
	}
	err := d.Put(plan.Entry{Path: "/f", Mode: 0o644}, open)
	if err == nil {
		err = d.Flush(t.Context())
	}
	if err == nil {
		t.Error("a file was written over a link")
	}
	if data, _ := os.ReadFile(outside); string(data) != "mine" {
		t.Errorf("the victim holds %q", data)
	}
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
}

// tmpfs mounts one of the given size ("" is the default) and returns its path.
func tmpfs(t *testing.T, size string) string {
	t.Helper()
	needRoot(t)
	dir := t.TempDir() + "/mount"
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	data := ""
	if size != "" {
		data = "size=" + size
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, data); err != nil {
		t.Skip("cannot mount: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
			syscall.Unmount(dir, syscall.MNT_DETACH)
		}
	})
	return dir
}

func TestCopyBetweenFileSystems(t *testing.T) {
	src, out := sourceTree(t), tmpfs(t, "")+"/out"
	write(t, planOf(t, src), newDir(t, out))
	if got, want := dump(t, out), dump(t, src); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
