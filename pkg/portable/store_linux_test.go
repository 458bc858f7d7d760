package portable

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

// store is a candidate in a new directory.
func store(t testing.TB) Candidate {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() { // what a tree protects, TempDir could not remove
		d, err := os.Open(dir)
		if err != nil {
			return
		}
		defer d.Close()
		_ = treefd.Empty(int(d.Fd()))
	})
	return Candidate{Dir: dir + "/store", Why: "test", Make: 1}
}

func obtain(t testing.TB, p *Payload, c Candidate) *Tree {
	t.Helper()
	tree, err := Obtain(context.Background(), p, []Candidate{c}, ObtainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	return tree
}

// under lists what is in a store, three levels deep: names, versions, parts.
func under(t testing.TB, c Candidate) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"*", "*/*", "*/.tmp-*"} {
		names, err := filepath.Glob(c.Dir + "/" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			if rel := strings.TrimPrefix(n, c.Dir+"/"); !strings.HasSuffix(rel, lockName) && !slices.Contains(out, rel) {
				out = append(out, rel)
			}
		}
	}
	slices.Sort(out)
	return out
}

func verify(t testing.TB, p *Payload, tree *Tree) {
	t.Helper()
	if diff, err := p.Verify(context.Background(), tree.Root(), VerifyOptions{}); err != nil || len(diff) > 0 {
		t.Errorf("tree: %v, %v", diff, err)
	}
}

func TestObtain(t *testing.T) {
	p, c := version(t, "1.0"), store(t)
	first := obtain(t, p, c)
	if !first.Fresh() {
		t.Error("the first one was there already")
	}
	want := c.Dir + "/" + label("sample app") + "/1.0-" + p.Info().Digest.String()[:32] + "/root"
	if first.Path() != want || first.Store().Dir != c.Dir {
		t.Errorf("path %s, want %s", first.Path(), want)
	}
	verify(t, p, first)
	second := obtain(t, p, c)
	if second.Fresh() || second.Path() != first.Path() {
		t.Errorf("second: fresh %v at %s", second.Fresh(), second.Path())
	}
	for _, name := range []string{c.Dir, filepath.Dir(filepath.Dir(want)), filepath.Dir(want)} {
		if fi, err := os.Stat(name); err != nil || fi.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", name, fi.Mode(), err)
		}
	}
}

func TestVariant(t *testing.T) {
	p, c := version(t, "1.0"), store(t)
	plain := obtain(t, p, c)
	o := ObtainOptions{Variant: "host", Prepare: func(_ context.Context, root *os.File, path string) error {
		return os.WriteFile(root.Name()+"/../../seen", nil, 0o600)
	}}
	// The root is not at its path yet when Prepare sees it.
	if _, err := Obtain(t.Context(), p, []Candidate{c}, o); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error: %v", err)
	}
	var told string
	o.Prepare = func(_ context.Context, root *os.File, path string) error {
		told = path
		return pokeFile("/proc/self/fd/"+itoa(root.Fd())+"/bin/app", 0)
	}
	tree, err := Obtain(t.Context(), p, []Candidate{c}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if tree.Path() != told || !strings.HasSuffix(told, ".host/root") || tree.Path() == plain.Path() {
		t.Errorf("at %s, told %s", tree.Path(), told)
	}
	if b, err := os.ReadFile(tree.Path() + "/bin/app"); err != nil || !strings.HasPrefix(string(b), "poked") {
		t.Errorf("not prepared: %v", err)
	}
	verify(t, p, plain)
	if got := under(t, c); len(got) != 3 {
		t.Errorf("store: %q", got)
	}
}

func TestUpgrade(t *testing.T) {
	c := store(t)
	one, two, three := version(t, "1"), version(t, "2"), version(t, "3")
	running := obtain(t, one, c)
	obtain(t, two, c).Close()
	verify(t, one, running)
	running.Close()
	obtain(t, three, c)
	if got := under(t, c); len(got) != 2 || !strings.Contains(got[1], "/3-") {
		t.Errorf("store: %q", got)
	}
}

// TestSameName: programs of one name, each in a file of its own, do not take each
// other's trees away; what was unpacked from the same file before, or from one
// that is gone, goes.
func TestSameName(t *testing.T) {
	c, dir := store(t), t.TempDir()
	var files []string
	for _, name := range []string{"a", "b"} {
		files = append(files, dir+"/"+name)
		if err := os.WriteFile(dir+"/"+name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	from := func(v, file string) *Tree {
		t.Helper()
		tree, err := Obtain(t.Context(), version(t, v), []Candidate{c}, ObtainOptions{Origin: file})
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Close(); err != nil {
			t.Fatal(err)
		}
		return tree
	}
	versions := func() (found []string) {
		for _, name := range under(t, c)[1:] {
			v, _, _ := strings.Cut(filepath.Base(name), "-")
			found = append(found, v)
		}
		return found
	}
	from("1", files[0])
	from("2", files[1])
	if from("1", files[0]).Fresh() || from("2", files[1]).Fresh() {
		t.Error("unpacked again")
	}
	from("3", files[0])
	if got := versions(); !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("after an upgrade: %q", got)
	}
	if _, err := Uninstall(t.Context(), version(t, "3"), files[0], []Candidate{c}); err != nil {
		t.Error(err)
	}
	if got := versions(); !slices.Equal(got, []string{"2"}) {
		t.Errorf("after removing one: %q", got)
	}
	if err := os.Remove(files[1]); err != nil {
		t.Fatal(err)
	}
	from("4", files[0])
	if got := versions(); !slices.Equal(got, []string{"4"}) {
		t.Errorf("once the other file is gone: %q", got)
	}
}

// TestReboot: a tree of another boot is believed once it has been compared.
func TestReboot(t *testing.T) {
	p, c := version(t, "1"), store(t)
	tree := obtain(t, p, c)
	tree.Close()
	state := filepath.Dir(tree.Path()) + "/" + stateName
	if b, err := os.ReadFile(state); err != nil || string(b) != bootID() {
		t.Errorf("state %q, %v", b, err)
	}
	before := func() {
		if err := os.WriteFile(state, []byte("5f2b06a1-before"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before()
	if again := obtain(t, p, c); again.Fresh() {
		t.Error("a good tree was unpacked again")
	} else {
		again.Close()
	}
	if b, err := os.ReadFile(state); err != nil || string(b) != durable {
		t.Errorf("state %q, %v", b, err)
	}
	before()
	if err := os.Truncate(tree.Path()+"/bin/app", 0); err != nil {
		t.Fatal(err)
	}
	if again := obtain(t, p, c); !again.Fresh() {
		t.Error("an empty file was believed")
	} else {
		verify(t, p, again)
	}
}

// TestLeftovers: what an earlier process left when it was killed goes away.
func TestLeftovers(t *testing.T) {
	p, c := version(t, "1"), store(t)
	left := c.Dir + "/" + label("sample app") + "/" + tempMark + "x"
	for _, name := range []string{left, left + "y/root/sub"} {
		if err := os.MkdirAll(name, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(left+"y/root", 0o500); err != nil {
		t.Fatal(err)
	}
	obtain(t, p, c)
	if got := under(t, c); len(got) != 2 {
		t.Errorf("store: %q", got)
	}
}

func TestRefused(t *testing.T) {
	p := version(t, "1")
	for _, r := range []struct {
		name    string
		prepare func(c *Candidate) error
		want    string
	}{
		{"link", func(c *Candidate) error {
			return errors.Join(os.Mkdir(c.Dir+".real", 0o700), os.Symlink(c.Dir+".real", c.Dir))
		}, "a symbolic link"},
		{"file", func(c *Candidate) error { return os.WriteFile(c.Dir, nil, 0o600) }, "not a directory"},
		{"others may write", func(c *Candidate) error { return errors.Join(os.Mkdir(c.Dir, 0o700), os.Chmod(c.Dir, 0o777)) }, "others may write"},
		{"parent missing", func(c *Candidate) error { c.Dir += "/a/b"; return nil }, "does not exist"},
		{"name is a link", func(c *Candidate) error {
			return errors.Join(os.Mkdir(c.Dir, 0o700), os.Symlink("/tmp", c.Dir+"/"+label("sample app")))
		}, "a symbolic link"},
		{"lock is a link", func(c *Candidate) error {
			app := c.Dir + "/" + label("sample app")
			return errors.Join(os.MkdirAll(app, 0o700), os.Symlink("/tmp/elsewhere", app+"/"+lockName))
		}, "too many levels"},
	} {
		t.Run(r.name, func(t *testing.T) {
			bad, good := store(t), store(t)
			if err := r.prepare(&bad); err != nil {
				t.Fatal(err)
			}
			_, err := Obtain(t.Context(), p, []Candidate{bad}, ObtainOptions{})
			var none *NoStoreError
			if !errors.As(err, &none) || !strings.Contains(err.Error(), r.want) || !strings.Contains(err.Error(), bad.Dir) {
				t.Errorf("error: %v; want one with %q", err, r.want)
			}
			tree, err := Obtain(t.Context(), p, []Candidate{bad, good}, ObtainOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer tree.Close()
			if tree.Store().Dir != good.Dir {
				t.Errorf("unpacked into %s", tree.Path())
			}
		})
	}
}

// TestForeignOwner: directories that belong to somebody else are not used,
// nor is anything made in the home of somebody else.
func TestForeignOwner(t *testing.T) {
	if !isRoot() {
		t.Skip("needs root to give files away")
	}
	p, c := version(t, "1"), store(t)
	if err := errors.Join(os.Mkdir(c.Dir, 0o700), os.Chown(c.Dir, 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	_, err := Obtain(t.Context(), p, []Candidate{c}, ObtainOptions{})
	if err == nil || !strings.Contains(err.Error(), "it belongs to user 65534") {
		t.Errorf("error: %v", err)
	}
	home := Candidate{Dir: c.Dir + "/.cache/pack", Why: "$HOME", Make: 2, Own: true}
	_, err = Obtain(t.Context(), p, []Candidate{home}, ObtainOptions{})
	if err == nil || !strings.Contains(err.Error(), c.Dir+" belongs to user 65534") {
		t.Errorf("error: %v", err)
	}
	if names, _ := os.ReadDir(c.Dir); len(names) > 0 {
		t.Errorf("made %v", names)
	}
}

// TestTreeReplaced: what is not a tree of ours under its name is not used.
func TestTreeReplaced(t *testing.T) {
	p, c := version(t, "1"), store(t)
	tree := obtain(t, p, c)
	tree.Close()
	key := filepath.Dir(tree.Path())
	for name, spoil := range map[string]func() error{
		"link":             func() error { return errors.Join(os.Rename(key, key+".away"), os.Symlink(key+".away", key)) },
		"others may write": func() error { return os.Chmod(key, 0o777) },
		"no lock":          func() error { return os.Remove(key + "/" + treeLock) },
		"no state":         func() error { return errors.Join(os.Remove(key+"/"+stateName), os.Remove(tree.Path()+"/bin/app")) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(name, err)
		}
		again := obtain(t, p, c)
		if !again.Fresh() {
			t.Errorf("%s: used as it was", name)
		}
		verify(t, p, again)
		again.Close()
	}
}

func TestUninstall(t *testing.T) {
	c, other := store(t), store(t)
	obtain(t, version(t, "1"), c).Close()
	running := obtain(t, version(t, "2"), c)
	p := version(t, "3")
	removed, err := Uninstall(t.Context(), p, "", []Candidate{c, other})
	if !errors.Is(err, ErrInUse) || len(removed) > 0 {
		t.Errorf("running: removed %q, %v", removed, err)
	}
	verify(t, version(t, "2"), running)
	running.Close()
	foreign := filepath.Dir(filepath.Dir(filepath.Dir(running.Path()))) + "/mine"
	if err := os.WriteFile(foreign, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if removed, err = Uninstall(t.Context(), p, "", []Candidate{c, other}); err != nil || len(removed) != 2 {
		t.Errorf("removed %q, %v", removed, err)
	}
	if got := under(t, c); !slices.Equal(got, []string{"mine"}) {
		t.Errorf("store: %q", got)
	}
	if err := os.Remove(foreign); err != nil {
		t.Fatal(err)
	}
	obtain(t, p, c).Close()
	if removed, err = Uninstall(t.Context(), p, "", []Candidate{c}); err != nil || len(removed) != 3 || removed[2] != c.Dir {
		t.Errorf("removed %q, %v", removed, err)
	}
	if _, err := os.Lstat(c.Dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the store is there: %v", err)
	}
	if removed, err = Uninstall(t.Context(), p, "", []Candidate{c}); err != nil || len(removed) > 0 {
		t.Errorf("nothing there: removed %q, %v", removed, err)
	}
}

func TestLadder(t *testing.T) {
	env := map[string]string{"HOME": "/home/u", "XDG_CACHE_HOME": "relative", "XDG_RUNTIME_DIR": "/run/user/7"}
	getenv := func(name string) string { return env[name] }
	dirs := func(o LadderOptions) (out []string) {
		o.Getenv, o.UID = getenv, 7
		for _, c := range Ladder(o) {
			out = append(out, c.Dir)
		}
		return out
	}
	for _, c := range []struct {
		o    LadderOptions
		want []string
	}{
		{LadderOptions{}, []string{"/home/u/.cache/pack", "/run/user/7/pack", "/var/tmp/pack-7", "/tmp/pack-7"}},
		{LadderOptions{Secure: true}, []string{"/var/tmp/pack-7", "/tmp/pack-7"}},
		{LadderOptions{Explicit: "/srv/x/"}, []string{"/srv/x"}},
	} {
		if got := dirs(c.o); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q", c.o, got)
		}
	}
	env["XDG_CACHE_HOME"] = "/cache"
	if got := dirs(LadderOptions{}); got[0] != "/cache/pack" {
		t.Errorf("%q", got)
	}
}

func TestLabels(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"a b", "a_b", "a/b", "..", ".", ".hidden", "x", strings.Repeat("l", 64), strings.Repeat("l", 65), strings.Repeat("l", 66), "\xff", "é", ""} {
		l := label(name)
		if other, ok := seen[l]; ok {
			t.Errorf("%q and %q are both %q", name, other, l)
		}
		seen[l] = name
		if strings.ContainsAny(l, "/\x00") || strings.HasPrefix(l, ".") || len(l) > 80 {
			t.Errorf("%q becomes %q", name, l)
		}
		for _, variant := range []string{"", "host"} {
			d := digestOf([]byte(name))
			if got := keyDigest(treeKey(name, d, variant)); got != d.String()[:digestDigits] {
				t.Errorf("version %q: digest %q", name, got)
			}
		}
	}
	for _, foreign := range []string{"", "notes", "1.0-xyz", strings.Repeat("a", 31), "x" + strings.Repeat("a", 32), ".lock", tempMark + "1"} {
		if keyDigest(foreign) != "" {
			t.Errorf("%q looks like a tree", foreign)
		}
	}
}

// TestNothingLeft: a first start that fails leaves a store as it was.
func TestNothingLeft(t *testing.T) {
	b := larger(t)
	b[len(b)/2] ^= 1
	damaged, refused := open(t, b), errors.New("refused")
	prepare := func(context.Context, *os.File, string) error { return refused }
	for _, made := range []bool{false, true} {
		c := store(t)
		if made {
			if err := os.Mkdir(c.Dir, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Obtain(t.Context(), damaged, []Candidate{c}, ObtainOptions{}); !errors.Is(err, ErrDamaged) {
			t.Errorf("damaged: %v", err)
		}
		if _, err := Obtain(t.Context(), version(t, "1"), []Candidate{c}, ObtainOptions{Prepare: prepare}); !errors.Is(err, refused) {
			t.Errorf("not prepared: %v", err)
		}
		left, err := os.ReadDir(c.Dir)
		if made != (err == nil) || len(left) > 0 {
			t.Errorf("made before: %v; left: %v, %v", made, left, err)
		}
	}
	c := store(t)
	tree := obtain(t, version(t, "1"), c)
	before := under(t, c)
	if _, err := Obtain(t.Context(), version(t, "2"), []Candidate{c}, ObtainOptions{Prepare: prepare}); !errors.Is(err, refused) {
		t.Error(err)
	}
	if got := under(t, c); !slices.Equal(got, before) {
		t.Errorf("store: %q, before: %q", got, before)
	}
	verify(t, version(t, "1"), tree)
}

// TestFailuresBeside: first starts that fail, and uninstalls, take nothing away
// from those that are good.
func TestFailuresBeside(t *testing.T) {
	c, good, bad := store(t), version(t, "1"), version(t, "2")
	prepare := func(context.Context, *os.File, string) error { return errors.New("refused") }
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				tree, err := Obtain(t.Context(), good, []Candidate{c}, ObtainOptions{})
				if err != nil {
					t.Error(err)
					return
				}
				tree.Close()
				if _, err := Uninstall(t.Context(), good, "", []Candidate{c}); err != nil && !errors.Is(err, ErrInUse) {
					t.Error(err)
				}
				if _, err := Obtain(t.Context(), bad, []Candidate{c}, ObtainOptions{Prepare: prepare}); err == nil {
					t.Error("not refused")
				}
			}
		})
	}
	all.Wait()
}
