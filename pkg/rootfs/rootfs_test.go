//go:build linux

package rootfs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// tree makes a root of "dir/", "file" and "link -> target" entries.
func tree(t *testing.T, entries ...string) *Dir {
	t.Helper()
	top := t.TempDir()
	for _, e := range entries {
		name, target, isLink := strings.Cut(e, " -> ")
		full := filepath.Join(top, name)
		err := os.MkdirAll(filepath.Dir(full), 0o755)
		switch {
		case err != nil:
		case isLink:
			err = os.Symlink(target, full)
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(full, 0o755)
		default:
			err = os.WriteFile(full, []byte("content of "+name), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	d, err := OpenDir(top)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestTrace(t *testing.T) {
	root := tree(t,
		"usr/lib/file", "usr/bin/", "etc/passwd",
		"lib -> usr/lib", "abs -> /usr/lib", "up -> ../../../etc/passwd", "chain -> abs",
		"usr/bin/back -> ../lib/file", "usr/bin/roundabout -> /lib/../bin/../lib/file",
		"dangling -> usr/none", "deepdangling -> lib/none/more", "self -> self", "a -> b", "b -> a",
		"bad\xff -> usr/\xfe", "usr/\xfe", "dot -> .", "tofile -> etc/passwd",
	)
	tests := []struct {
		name  string
		in    string
		links []string
		left  []string
		real  string
		err   error
	}{
		{name: "plain", in: "/usr/lib/file", real: "/usr/lib/file"},
		{name: "the root", in: "/", real: "/"},
		{name: "empty", in: "", real: "/"},
		{name: "without the first slash", in: "usr/lib", real: "/usr/lib"},
		{name: "doubled slashes and dots", in: "//usr/./lib///file", real: "/usr/lib/file"},
		{name: "directory link", in: "/lib/file", links: []string{"/lib"}, real: "/usr/lib/file"},
		{name: "absolute link stays in the root", in: "/abs/file", links: []string{"/abs"}, real: "/usr/lib/file"},
		{name: "chain", in: "/chain", links: []string{"/chain", "/abs"}, real: "/usr/lib"},
		{name: ".. of a name above the root", in: "/../../etc/passwd", left: []string{"/", "/"}, real: "/etc/passwd"},
		{name: ".. of a link above the root", in: "/up", links: []string{"/up"}, left: []string{"/", "/", "/"}, real: "/etc/passwd"},
		{name: ".. leaves the real directory", in: "/lib/../bin/back", links: []string{"/lib", "/usr/bin/back"}, left: []string{"/usr/lib", "/usr/bin"}, real: "/usr/lib/file"},
		{name: ".. in an absolute link", in: "/usr/bin/roundabout", links: []string{"/usr/bin/roundabout", "/lib"}, left: []string{"/usr/lib", "/usr/bin"}, real: "/usr/lib/file"},
		{name: "link to .", in: "/dot/dot/usr", links: []string{"/dot", "/dot"}, real: "/usr"},
		{name: "not UTF-8", in: "/bad\xff", links: []string{"/bad\xff"}, real: "/usr/\xfe"},
		{name: "missing", in: "/usr/none/more", real: "/usr/none/more", err: fs.ErrNotExist},
		{name: "dangling", in: "/dangling", links: []string{"/dangling"}, real: "/usr/none", err: fs.ErrNotExist},
		{name: "dangling in the middle", in: "/deepdangling", links: []string{"/deepdangling", "/lib"}, real: "/usr/lib/none/more", err: fs.ErrNotExist},
		{name: "file as a directory", in: "/etc/passwd/x", real: "/etc/passwd/x", err: syscall.ENOTDIR},
		{name: ".. behind a file", in: "/etc/passwd/../passwd", err: syscall.ENOTDIR, real: "/etc/passwd/../passwd"},
		{name: "link to a file as a directory", in: "/tofile/x", links: []string{"/tofile"}, real: "/etc/passwd/x", err: syscall.ENOTDIR},
		{name: "link to itself", in: "/self", err: ErrLoop},
		{name: "loop of two", in: "/a/x", err: ErrLoop},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Trace(root, tt.in)
			if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if tt.err == ErrLoop {
				return
			}
			if p.Real != tt.real || !slices.Equal(p.Links, tt.links) || !slices.Equal(p.Left, tt.left) {
				t.Errorf("got %q links %q left %q\nwant %q links %q left %q", p.Real, p.Links, p.Left, tt.real, tt.links, tt.left)
			}
		})
	}
}

func TestTraceFollowsFortyLinks(t *testing.T) {
	entries := []string{"l0"}
	for i := range 41 {
		entries = append(entries, "l"+strconv.Itoa(i+1)+" -> l"+strconv.Itoa(i))
	}
	root := tree(t, entries...)
	if p, err := Trace(root, "/l40"); err != nil || len(p.Links) != 40 || p.Real != "/l0" {
		t.Errorf("40 links: %+v, %v", p, err)
	}
	if _, err := Trace(root, "/l41"); !errors.Is(err, ErrLoop) {
		t.Errorf("41 links: %v", err)
	}
	if _, err := os.Stat(filepath.Join(root.Name(), "l40")); err != nil {
		t.Errorf("the kernel does not follow 40 links: %v", err)
	}
	if _, err := os.Stat(filepath.Join(root.Name(), "l41")); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("the kernel follows 41 links: %v", err)
	}
}

func TestTraceParentDoesNotFollowTheLastLink(t *testing.T) {
	root := tree(t, "usr/lib/link -> file", "lib -> usr/lib")
	p, err := TraceParent(root, "/lib/link")
	if err != nil || p.Real != "/usr/lib/link" || !slices.Equal(p.Links, []string{"/lib"}) {
		t.Errorf("got %+v, %v", p, err)
	}
	if _, err := TraceParent(root, "/lib/gone"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v for a missing last component", err)
	}
}

func TestLookupErrorsNameBothEnds(t *testing.T) {
	root := tree(t, "dangling -> usr/none")
	_, _, err := Resolve(root, "/dangling")
	var le *LinkError
	if !errors.As(err, &le) || le.Name != "/dangling" || le.Real != "/usr" {
		t.Fatalf("got %v", err)
	}
	if want := "/dangling (leads to /usr): no such file or directory"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestDirReads(t *testing.T) {
	root := tree(t, "b", "a\xff", "c/", "link -> b")
	f, err := root.Open("/b")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if data, err := io.ReadAll(f); err != nil || string(data) != "content of b" {
		t.Errorf("read %q, %v", data, err)
	}
	if _, ok := FD(f); !ok {
		t.Error("a file of a directory is no file of the system")
	}
	list, err := root.ReadDir("/")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	if want := []string{"a\xff", "b", "c", "link"}; !slices.Equal(names, want) {
		t.Errorf("listed %q, want %q", names, want)
	}
	if target, err := root.Readlink("/link"); err != nil || target != "b" {
		t.Errorf("link %q, %v", target, err)
	}
	if fi, err := root.Lstat("/link"); err != nil || fi.Mode().Type() != fs.ModeSymlink {
		t.Errorf("link followed: %v, %v", fi, err)
	}
}

// Names that lead out, by a link that Resolve would never give, find nothing.
func TestDirStaysInside(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	root := tree(t, "dir/", "abs -> "+outside, "rel -> ../"+filepath.Base(outside), "file -> "+filepath.Join(outside, "secret"))
	for _, name := range []string{"/abs/secret", "/rel/secret", "/file", "/../" + filepath.Base(outside) + "/secret", "/dir/../../" + filepath.Base(outside) + "/secret"} {
		if f, err := root.Open(name); err == nil {
			f.Close()
			t.Errorf("%s opened", name)
		}
		if fi, err := root.Lstat(name); err == nil && fi.Mode().Type() != fs.ModeSymlink {
			t.Errorf("%s looked up: %v", name, fi.Mode())
		}
	}
	if _, err := root.ReadDir("/abs"); err == nil {
		t.Error("/abs listed")
	}
	if _, real, err := Resolve(root, "/abs/secret"); err == nil {
		t.Errorf("/abs/secret resolved to %s", real)
	}
}

// What somebody swaps between the lookup and the use does not lead out either.
func TestDirStaysInsideWhileLinksAreSwapped(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "file"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	root := tree(t, "dir/file", "link -> "+outside)
	at := func(name string) string { return filepath.Join(root.Name(), name) }
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			for _, m := range [][2]string{{"dir", "away"}, {"link", "dir"}, {"dir", "link"}, {"away", "dir"}} {
				if err := os.Rename(at(m[0]), at(m[1])); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	for range 2000 {
		_, real, err := Resolve(root, "/dir/file")
		if err != nil {
			continue
		}
		f, err := root.Open(real)
		if err != nil {
			continue
		}
		data, _ := io.ReadAll(f)
		f.Close()
		if string(data) == "secret" {
			t.Error("read a file outside the root")
			break
		}
	}
	close(stop)
	<-done
}

func TestOpenDoesNotWaitForAFifo(t *testing.T) {
	root := tree(t)
	if err := syscall.Mkfifo(filepath.Join(root.Name(), "fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		root FS
		name string
	}{{root, "/fifo"}, {Host(), filepath.Join(root.Name(), "fifo")}} {
		f, err := r.root.Open(r.name)
		if err != nil {
			continue
		}
		if fi, err := f.Stat(); err != nil || fi.Mode().IsRegular() {
			t.Errorf("%s is regular: %v, %v", r.name, fi, err)
		}
		f.Close()
	}
}

func TestHostDoesNotFollowALastLink(t *testing.T) {
	root := tree(t, "file", "link -> file")
	if f, err := Host().Open(filepath.Join(root.Name(), "link")); err == nil {
		f.Close()
		t.Error("opened through a link")
	}
}

func TestXattrs(t *testing.T) {
	root := tree(t, "file", "plain")
	name := filepath.Join(root.Name(), "file")
	if err := syscall.Setxattr(name, "user.pack", []byte("\x00value"), 0); err != nil {
		t.Skipf("the file system has no extended attributes: %v", err)
	}
	for _, r := range []struct {
		root FS
		name string
	}{{root, "/file"}, {Host(), name}} {
		attrs, err := r.root.Xattrs(r.name)
		if err != nil || string(attrs["user.pack"]) != "\x00value" {
			t.Errorf("%s: %q, %v", r.root.Name(), attrs, err)
		}
	}
	if attrs, err := root.Xattrs("/plain"); err != nil || attrs["user.pack"] != nil {
		t.Errorf("plain: %q, %v", attrs, err)
	}
}

func TestStatOf(t *testing.T) {
	root := tree(t, "file")
	if err := os.Link(filepath.Join(root.Name(), "file"), filepath.Join(root.Name(), "other")); err != nil {
		t.Fatal(err)
	}
	var ids []FileID
	for _, name := range []string{"/file", "/other"} {
		fi, err := root.Lstat(name)
		if err != nil {
			t.Fatal(err)
		}
		st := StatOf(fi)
		ids = append(ids, st.ID)
		if st.Nlink != 2 || st.UID != os.Getuid() || st.ID == (FileID{}) {
			t.Errorf("%s: %+v", name, st)
		}
	}
	if ids[0] != ids[1] {
		t.Errorf("hard links differ: %v", ids)
	}
}

// counting counts the questions that reach a root.
type counting struct {
	FS
	n int
}

func (c *counting) Lstat(name string) (fs.FileInfo, error) {
	c.n++
	return c.FS.Lstat(name)
}

func TestMemoAsksOnce(t *testing.T) {
	c := &counting{FS: tree(t, "usr/file", "link -> usr/file")}
	m := Memo(c)
	for range 3 {
		if _, real, err := Resolve(m, "/link"); err != nil || real != "/usr/file" {
			t.Fatalf("%s, %v", real, err)
		}
		if _, err := m.Lstat("/gone"); !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if c.n != 4 { // link, usr, usr/file, gone
		t.Errorf("asked %d times, want 4", c.n)
	}
}

// TestMemoIsBounded: when it is full it asks each time, and still answers.
func TestMemoIsBounded(t *testing.T) {
	c := &counting{FS: tree(t, "file")}
	m := Memo(c)
	for i := range maxMemo {
		if _, err := m.Lstat(fmt.Sprintf("/gone%d", i)); !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	c.n = 0
	for range 2 {
		if _, err := m.Lstat("/file"); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Lstat("/gone0"); !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if c.n != 2 {
		t.Errorf("asked %d times, want 2: for /file only", c.n)
	}
}

func TestUntil(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	f := Until(ctx, tree(t, "dir/file", "link -> dir/file"))
	if _, real, err := Resolve(f, "/link"); err != nil || real != "/dir/file" {
		t.Fatalf("%s, %v", real, err)
	}
	enough := errors.New("enough")
	cancel(enough)
	_, errLstat := f.Lstat("/dir")
	_, errReadlink := f.Readlink("/link")
	_, errReadDir := f.ReadDir("/dir")
	_, errOpen := f.Open("/dir/file")
	_, errXattrs := f.Xattrs("/dir/file")
	for _, err := range []error{errLstat, errReadlink, errReadDir, errOpen, errXattrs} {
		if err != enough {
			t.Errorf("got %v", err)
		}
	}
}

func FuzzTrace(f *testing.F) {
	for _, s := range []string{"/", "../..", "/a/b/../link/./x", "/self", "\xff//", "/link/link/../.."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		root := tree(t, "a/b/", "link -> /a", "self -> self", "a/up -> ../../link")
		p, err := Trace(root, name)
		if err == nil && (p.Real != path.Clean(p.Real) || !strings.HasPrefix(p.Real, "/")) {
			t.Errorf("Trace(%q) = %q, which is not clean", name, p.Real)
		}
	})
}

// TestReadSmall expects the text that a name leads to, and nothing of what is no
// file.
func TestReadSmall(t *testing.T) {
	root := tree(t, "etc/file", "dir/", "link -> /etc/file", "dangling -> none")
	for name, want := range map[string]string{
		"/etc/file": "content of etc/file", "/link": "content of etc/file", "/dir": "", "/dangling": "", "/none": "",
	} {
		if got := ReadSmall(root, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
