package output

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// meddled is a file that does something when it is first read.
type meddled struct {
	*os.File
	meddle func(f *os.File)
	reads  *atomic.Int64
}

func (m meddled) ReadAt(b []byte, off int64) (int, error) {
	if m.reads.Add(1) == 1 {
		m.meddle(m.File)
	}
	return m.File.ReadAt(b, off)
}

func TestSourceThatChangesWhileItIsRead(t *testing.T) {
	const size = 3 << 20
	for name, meddle := range map[string]func(f *os.File) error{
		"shrinks": func(f *os.File) error { return os.Truncate(f.Name(), size/2) },
		"grows":   func(f *os.File) error { return os.Truncate(f.Name(), size*2) },
		"is rewritten": func(f *os.File) error {
			return errors.Join(os.WriteFile(f.Name(), make([]byte, size), 0o644), os.Chtimes(f.Name(), when, when))
		},
	} {
		t.Run(name, func(t *testing.T) {
			src, out := t.TempDir()+"/src", t.TempDir()+"/out"
			if err := os.WriteFile(src, make([]byte, size), 0o644); err != nil {
				t.Fatal(err)
			}
			p := plan.New(nil)
			add(t, p, brokenEntry("/x", size, func() (rootfs.File, error) {
				f, err := os.Open(src)
				return meddled{f, func(f *os.File) {
					if err := meddle(f); err != nil {
						t.Error(err)
					}
				}, new(atomic.Int64)}, err
			}))
			err := Write(t.Context(), p, newDir(t, out))
			if fmt.Sprint(err) != "cannot read /src/x: source changed while it was read" || !errors.Is(err, ErrChanged) {
				t.Errorf("error: %v", err)
			}
			if left := siblings(t, out); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

func TestFailingReadNamesTheSource(t *testing.T) {
	out := t.TempDir() + "/out"
	p := plan.New(nil)
	add(t, p, brokenEntry("/x", 1, func() (rootfs.File, error) {
		return failing{memory{bytes.NewReader(nil), func() (fs.FileInfo, error) { return info{size: 1}, nil }}}, nil
	}))
	err := Write(t.Context(), p, newDir(t, out))
	if fmt.Sprint(err) != "cannot read /src/x: input/output error" {
		t.Errorf("error: %v", err)
	}
}

type failing struct{ memory }

func (failing) ReadAt([]byte, int64) (int, error) { return 0, unix.EIO }

func TestCancelledInTheMiddleOfAFile(t *testing.T) {
	const size = 256 << 20
	src, out := t.TempDir()+"/src", t.TempDir()+"/out"
	if err := os.WriteFile(src, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(src, size); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var reads atomic.Int64
	stopped := make(chan struct{})
	p := plan.New(nil)
	d := newDir(t, out)
	add(t, p, brokenEntry("/x", size, func() (rootfs.File, error) {
		f, err := os.Open(src)
		return meddled{f, func(*os.File) {
			cancel()
			// The pool learns it on another goroutine.
			for !d.files.stopped() {
				runtime.Gosched()
			}
			close(stopped)
		}, &reads}, err
	}))
	if err := Write(ctx, p, d); !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
	<-stopped
	if n := reads.Load(); n > 2 {
		t.Errorf("read %d times after it was cancelled", n-1)
	}
	if left := siblings(t, out); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestFifoInPlaceOfASourceIsNotWaitedFor(t *testing.T) {
	src, out := t.TempDir(), t.TempDir()+"/out"
	if err := unix.Mkfifo(src+"/f", 0o644); err != nil {
		t.Fatal(err)
	}
	root, err := rootfs.OpenDir(src)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	p := plan.New(nil)
	add(t, p, plan.Entry{Path: "/f", Mode: 0o644, From: plan.Source{FS: root, Path: "/f"}})
	if err := Write(t.Context(), p, newDir(t, out)); err == nil || err.Error() != "cannot read "+src+"/f: not a regular file" {
		t.Errorf("error: %v", err)
	}
}

func TestCopyHoldsLittleMemory(t *testing.T) {
	const size = 128 << 20
	src, dest := t.TempDir(), tmpfs(t, "") // another file system: no copy_file_range
	data := make([]byte, 1<<20)
	f, err := os.Create(src + "/big")
	if err != nil {
		t.Fatal(err)
	}
	for range size / len(data) {
		data[0]++
		if _, err := f.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	p := planOf(t, src)
	var a, b runtime.MemStats
	runtime.ReadMemStats(&a)
	write(t, p, newDir(t, dest))
	runtime.ReadMemStats(&b)
	if got := b.TotalAlloc - a.TotalAlloc; got > 4<<20 {
		t.Errorf("allocated %d bytes for a file of %d", got, size)
	}
}

// TestAsNobody runs the tests below it as a user without rights: by itself if
// it is one, else by starting this binary again as nobody.
func TestAsNobody(t *testing.T) {
	if os.Geteuid() != 0 {
		testAsNobody(t)
		return
	}
	dir, err := os.MkdirTemp("", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	self, err := os.ReadFile("/proc/self/exe")
	if err == nil {
		err = errors.Join(os.WriteFile(dir+"/test", self, 0o755), os.Chmod(dir, 0o777))
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(dir+"/test", "-test.run=^TestAsNobody$", "-test.v")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+dir, "HOME="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestAsNobody")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func testAsNobody(t *testing.T) {
	uid, gid := os.Geteuid(), os.Getegid()
	t.Run("keeps what it may and says what it lost", func(t *testing.T) {
		out := t.TempDir() + "/out"
		p := plan.New(func(string) plan.Entry { return plan.Entry{Mode: fs.ModeDir | 0o555, UID: uid, GID: gid} })
		foreign, own, capable := file("/bin/su", "su"), file("/bin/own", "own"), file("/bin/ping", "ping")
		foreign.Mode |= fs.ModeSetuid | fs.ModeSetgid
		own.Mode, own.UID, own.GID = own.Mode|fs.ModeSetuid|fs.ModeSetgid, uid, gid
		capable.UID, capable.GID = uid, gid
		capable.Xattrs = map[string][]byte{"security.capability": []byte("\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")}
		add(t, p, foreign, own, capable, plan.Entry{Path: "/link", Mode: fs.ModeSymlink | 0o777, Link: "bin"})
		d := newDir(t, out)
		write(t, p, d)
		t.Cleanup(func() { wipe(t, out) })
		want := []string{"/bin/ping: lost security.capability", "/bin/su: lost owner 0:0", "/bin/su: lost setgid bit", "/bin/su: lost setuid bit", "/link: lost owner 0:0"}
		var got []string
		for _, l := range d.Lost() {
			got = append(got, l.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		for name, mode := range map[string]fs.FileMode{"/": fs.ModeDir | 0o555, "/bin": fs.ModeDir | 0o555, "/bin/su": 0o755, "/bin/own": 0o755 | fs.ModeSetuid | fs.ModeSetgid} {
			if fi, err := os.Lstat(out + name); err != nil || fi.Mode() != mode {
				t.Errorf("%s: %v, %v", name, fi, err)
			}
		}
	})
	t.Run("devices are left out", TestDirNodes)
	t.Run("read-only directories can be aborted and moved up", func(t *testing.T) {
		readOnly := plan.New(func(string) plan.Entry { return plan.Entry{Mode: fs.ModeDir | 0o555, UID: uid, GID: gid} })
		e := file("/a/b/c", "x")
		e.Mode, e.UID, e.GID = 0o400, uid, gid
		add(t, readOnly, e)
		out := t.TempDir() + "/out"
		d := newDir(t, out)
		if err := Write(t.Context(), readOnly, d); err != nil {
			t.Fatal(err)
		}
		if err := d.Abort(); err != nil {
			t.Error(err)
		}
		if left := siblings(t, out); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
		if err := os.Mkdir(out, 0o755); err != nil {
			t.Fatal(err)
		}
		t.Chdir(out) // so that it is filled in place
		write(t, readOnly, newDir(t, out))
		t.Cleanup(func() { wipe(t, out) })
		if got := fmt.Sprint(listTree(t, out)); got != "[/a /a/b /a/b/c]" {
			t.Error(got)
		}
		if fi, err := os.Stat(out + "/a"); err != nil || fi.Mode().Perm() != 0o555 {
			t.Errorf("%v, %v", fi, err)
		}
		if fi, err := os.Stat(out); err != nil || fi.Mode().Perm() != 0o555 {
			t.Errorf("%v, %v", fi, err)
		}
	})
	t.Run("parent without write permission", func(t *testing.T) {
		dir := t.TempDir()
		if err := errors.Join(os.Mkdir(dir+"/empty", 0o755), os.Chmod(dir, 0o555)); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(dir, 0o755)
		_, err := NewDir(dir+"/out", DirOptions{})
		var e *Error
		if !errors.As(err, &e) || e.Error() != "cannot write "+dir+"/out: permission denied" || !strings.Contains(e.Hint(), "may write to") {
			t.Errorf("error: %v", err)
		}
		p := samplePlan(t)
		write(t, p, newDir(t, dir+"/empty"))
		if got, want := listTree(t, dir+"/empty"), planPaths(p); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("unreadable source", func(t *testing.T) {
		src, out := t.TempDir(), t.TempDir()+"/out"
		if err := os.WriteFile(src+"/x", []byte("x"), 0); err != nil {
			t.Fatal(err)
		}
		err := Write(t.Context(), planOf(t, src), newDir(t, out))
		if fmt.Sprint(err) != "cannot read "+src+"/x: permission denied" {
			t.Errorf("error: %v", err)
		}
		if left := siblings(t, out); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

// TestPoolIsBounded: when the queue is full, a small job is done by whoever
// brings it, and a large one waits all the same.
func TestPoolIsBounded(t *testing.T) {
	p := newPool(1)
	begin := make(chan struct{})
	busy := make(chan struct{})
	p.add(0, func(func() bool) error { close(busy); <-begin; return nil })
	<-busy
	var done atomic.Int64
	count := func(func() bool) error { done.Add(1); return nil }
	for range maxWaiting {
		p.add(1, count)
	}
	p.add(smallJob, count)
	p.add(smallJob+1, count)
	if got := done.Load(); got != 1 {
		t.Errorf("%d jobs done at once, want 1", got)
	}
	broken := errors.New("broken")
	if err := p.add(1, func(func() bool) error { return broken }); err != broken {
		t.Errorf("got %v", err)
	}
	close(begin)
	if err := p.wait(); err != broken {
		t.Errorf("got %v", err)
	}
}

func TestPoolRunsTheLargestFirst(t *testing.T) {
	p := newPool(1)
	begin := make(chan struct{})
	var got []int64
	if err := p.add(0, func(func() bool) error { <-begin; return nil }); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int64{3, 9, 1, 7} {
		p.add(n, func(func() bool) error { got = append(got, n); return nil })
	}
	close(begin)
	if err := p.wait(); err != nil {
		t.Fatal(err)
	}
	if got[0] != 9 || !slices.IsSortedFunc(got, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("order: %v", got)
	}
}
