package plan

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

func file(path, data string, why ...Reason) Entry {
	return Entry{Path: path, Mode: 0o644, Size: int64(len(data)), From: Source{Data: []byte(data)}, Why: why}
}

func dir(path string, mode fs.FileMode, why ...Reason) Entry {
	return Entry{Path: path, Mode: fs.ModeDir | mode, Why: why}
}

func link(path, target string, why ...Reason) Entry {
	return Entry{Path: path, Mode: fs.ModeSymlink | 0o777, Link: target, Why: why}
}

func add(t *testing.T, p *Plan, entries ...Entry) {
	t.Helper()
	for _, e := range entries {
		if err := p.Add(e); err != nil {
			t.Fatal(err)
		}
	}
}

func paths(p *Plan) string {
	var out []string
	for e := range p.All() {
		out = append(out, e.Path)
	}
	return strings.Join(out, " ")
}

func TestAllComesInPathOrderWithParents(t *testing.T) {
	p := New(nil)
	add(t, p, file("/a-b", ""), file("/a/z", ""), file("/a/b/c", ""))
	if got, want := paths(p), "/ /a /a/b /a/b/c /a/z /a-b"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if e := p.Get("/a/b"); !e.Mode.IsDir() || e.Why[0].Kind != Parent {
		t.Errorf("a parent that nobody added: %+v", e)
	}
}

func TestParentsAreDescribedByTheCaller(t *testing.T) {
	when := time.Unix(42, 0)
	p := New(func(name string) Entry { return Entry{Mode: fs.ModeDir | 0o700, UID: len(name), ModTime: when} })
	add(t, p, file("/root/x", ""))
	if e := p.Get("/root"); e.Mode.Perm() != 0o700 || e.UID != 5 || !e.ModTime.Equal(when) {
		t.Errorf("%+v", e)
	}
}

func TestConflicts(t *testing.T) {
	why := Reason{Kind: Input, By: "in"}
	for _, c := range []struct {
		name     string
		old, new Entry
		want     string
	}{
		{"another file", file("/x", "1", why), file("/x", "2"), "there is already another file"},
		{"file over directory", dir("/x", 0o755, why), file("/x", "2"), "there is already a directory"},
		{"directory over file", file("/x", "1", why), dir("/x", 0o755), "there is already a file"},
		{"another link", link("/x", "a", why), link("/x", "b"), "there is already a link to a"},
		{"below a link", link("/x", "a", why), file("/x/y", ""), "/x is a symbolic link in the bundle"},
		{"below a file", file("/x", "a", why), file("/x/y/z", ""), "/x is a file in the bundle"},
		{"the root", dir("/", 0o755), file("/", ""), "there is already a directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := New(nil)
			add(t, p, c.old)
			err := p.Add(c.new)
			var conflict *ConflictError
			if !errors.As(err, &conflict) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if len(c.old.Why) > 0 && !strings.Contains(err.Error(), "input in") {
				t.Errorf("%q does not say who was there first", err)
			}
		})
	}
}

func TestNothingGoesBelowWhatIsNoDirectoryLater(t *testing.T) {
	p := New(nil)
	add(t, p, file("/a/b", ""))
	if err := p.Add(link("/a", "elsewhere")); err == nil {
		t.Error("a link took the place of a directory that holds something")
	}
}

func TestTheSameTwiceMergesItsReasons(t *testing.T) {
	p := New(nil)
	one, two := Reason{Kind: Needed, By: "one"}, Reason{Kind: Needed, By: "two"}
	add(t, p, file("/x", "1", one), file("/x", "1", two), file("/x", "1", two))
	if got := p.Get("/x").Why; !slices.Equal(got, []Reason{one, two}) {
		t.Errorf("%v", got)
	}
}

func TestADirectoryAskedForReplacesAFilledOne(t *testing.T) {
	p := New(nil)
	add(t, p, file("/tmp/x", ""), dir("/tmp", 0o777|fs.ModeSticky, Reason{Kind: Mkdir, By: "/tmp"}))
	if e := p.Get("/tmp"); e.Mode&fs.ModeSticky == 0 || e.Why[0].Kind != Mkdir {
		t.Errorf("%+v", e)
	}
}

func TestUncleanPathsAreRefused(t *testing.T) {
	for _, name := range []string{"", "x", "/x/", "//x", "/x/../y", "/."} {
		if err := New(nil).Add(file(name, "")); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}

func TestRemoveTakesWhatIsBelow(t *testing.T) {
	p := New(nil)
	add(t, p, file("/a/b/c", ""), file("/a/bc", ""))
	gone := p.Remove("/a/b")
	if len(gone) != 2 || paths(p) != "/ /a /a/bc" {
		t.Errorf("removed %d entries, left %s", len(gone), paths(p))
	}
}

func TestRemovingWhileWalking(t *testing.T) {
	p := New(nil)
	add(t, p, file("/a/b", ""), file("/c", ""))
	var seen []string
	for e := range p.All() {
		seen = append(seen, e.Path)
		if e.Path == "/a" {
			p.Remove("/a")
		}
	}
	if got := strings.Join(seen, " "); got != "/ /a /c" {
		t.Error(got)
	}
}

func TestFSIsTheBundleAsARoot(t *testing.T) {
	p := New(nil)
	add(t, p, link("/lib", "usr/lib"), file("/usr/lib/x", "text"))
	f := p.FS()
	links, real, err := rootfs.Resolve(f, "/lib/x")
	if err != nil || real != "/usr/lib/x" || !slices.Equal(links, []string{"/lib"}) {
		t.Fatal(links, real, err)
	}
	open, err := f.Open(real)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if data, err := io.ReadAll(open); err != nil || string(data) != "text" {
		t.Errorf("%q, %v", data, err)
	}
	list, err := f.ReadDir("/")
	if err != nil || len(list) != 2 || list[0].Name() != "lib" || list[1].Name() != "usr" {
		t.Error(list, err)
	}
	for _, missing := range []string{"/nothing", "/lib/y"} {
		if _, _, err := rootfs.Resolve(f, missing); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", missing, err)
		}
	}
	if _, err := f.Open("/usr"); err == nil {
		t.Error("a directory was opened as a file")
	}
	if _, err := f.Readlink("/usr"); err == nil {
		t.Error("a directory was read as a link")
	}
	if _, err := f.ReadDir("/usr/lib/x"); err == nil {
		t.Error("a file was listed")
	}
}

func TestSince(t *testing.T) {
	p := New(nil)
	add := func(names ...string) {
		for _, name := range names {
			if err := p.Add(Entry{Path: name, From: Source{Data: []byte("text")}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	since := func(n int) (string, int) {
		var names []string
		entries, next := p.Since(n)
		for _, e := range entries {
			names = append(names, e.Path)
		}
		return strings.Join(names, " "), next
	}
	add("/b/x")
	all, n := since(0)
	if want := "/ /b /b/x"; all != want {
		t.Errorf("%q were added, not %q", all, want)
	}
	add("/b/z", "/a", "/b/x", "/b/y")
	p.Remove("/b/z")
	c := p.Clone()
	add("/b/z")
	if got, _ := since(n); got != "/a /b/y /b/z" {
		t.Errorf("%q were added since", got)
	}
	if _, next := c.Since(n); c.Len() != p.Len()-1 || next <= n {
		t.Errorf("the copy has %d entries of %d", c.Len(), p.Len())
	}
	count := 0
	for e := range p.Each() {
		count++
		if p.Get(e.Path) != e {
			t.Errorf("%s is another entry", e.Path)
		}
	}
	if count != p.Len() {
		t.Errorf("%d entries of %d", count, p.Len())
	}
}
