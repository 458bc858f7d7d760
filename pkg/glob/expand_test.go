package glob

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// openTree makes a root of files, of directories ("x/") and of links
// ("x -> target").
func openTree(t testing.TB, entries ...string) rootfs.FS {
	t.Helper()
	root := t.TempDir()
	for _, e := range entries {
		name, target, link := strings.Cut(e, " -> ")
		real := filepath.Join(root, name)
		err := os.MkdirAll(filepath.Dir(real), 0o755)
		switch {
		case err != nil:
		case link:
			err = os.Symlink(target, real)
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(real, 0o755)
		default:
			err = os.WriteFile(real, nil, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f, err := rootfs.OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

var tree = []string{
	"lib -> usr/lib", "abs -> /usr/lib", "up -> ../../../../../../../../../../etc", "loop -> loop", "dangling -> nowhere",
	"usr/lib/x86/libz.so.1 -> libz.so.1.2", "usr/lib/x86/libz.so.1.2", "usr/lib/x86/libm.so.6", "usr/lib/x86/.hidden",
	"usr/lib/i386/libz.so.1", "usr/lib/libgone.so -> /gone", "usr/lib/self -> .",
	"usr/share/doc/a/copyright", "usr/share/doc/b/copyright", "usr/share/doc/b/x/copyright",
	"etc/passwd", "etc/weird\xff", "etc/été", "etc/a*b", "etc/axb", "etc/back\\slash", "etc/empty/",
	"proc/1/maps", "sys/kernel/x", "dev/null", "opt/proc/1/maps", "opt/dev -> ../dev",
}

func TestExpand(t *testing.T) {
	f := openTree(t, tree...)
	for _, tt := range []struct{ name, pattern, want string }{
		{"a plain name", "/etc/passwd", "/etc/passwd"},
		{"nothing there", "/etc/shadow", ""},
		{"below a file", "/etc/passwd/x*", ""},
		{"the root", "/", "/"},
		{"a directory", "/usr/share", "/usr/share"},
		{"slashes and dots", "//etc/./passwd", "/etc/passwd"},
		{"dot dot", "/usr/../etc/p*", "/usr/../etc/passwd"},
		{"dot dot behind a link", "/lib/../share/doc/a/*", "/lib/../share/doc/a/copyright"},
		{"dot dot above the root", "/../../etc/pass*", "/../../etc/passwd"},
		{"through a relative link, as spelled", "/lib/x86/libz*", "/lib/x86/libz.so.1 /lib/x86/libz.so.1.2"},
		{"through an absolute link", "/abs/i386/*", "/abs/i386/libz.so.1"},
		{"a link that climbs stays inside", "/up/pass*", "/up/passwd"},
		{"through links met by a wildcard", "/{lib,abs}/i?86/*", "/abs/i386/libz.so.1 /lib/i386/libz.so.1"},
		{"wildcard directories", "/*/x86/libm*", "/abs/x86/libm.so.6 /lib/x86/libm.so.6"},
		{"a last link is the link", "/lib/libg*", "/lib/libgone.so"},
		{"a dangling link by name", "/dangling", "/dangling"},
		{"behind a dangling link", "/dangling/*", ""},
		{"dot files", "/usr/lib/x86/*h*", "/usr/lib/x86/.hidden"},
		{"stars stop at slashes", "/usr/*copyright", ""},
		{"question mark", "/etc/a?b", "/etc/a*b /etc/axb"},
		{"quoted", `/etc/a\*b`, "/etc/a*b"},
		{"quoted backslash", `/etc/*\\*`, `/etc/back\slash`},
		{"class", "/usr/lib/[!x]*/libz*", "/usr/lib/i386/libz.so.1"},
		{"not UTF-8, any", "/etc/w*", "/etc/weird\xff"},
		{"not UTF-8, named", "/etc/weird\xff", "/etc/weird\xff"},
		{"not UTF-8, one character", "/etc/weird?", "/etc/weird\xff"},
		{"not ASCII", "/etc/?t?", "/etc/été"},
		{"braces with slashes", "/{usr/share/doc/a,etc}/{copyright,passwd}", "/etc/passwd /usr/share/doc/a/copyright"},
		{"no name twice", "/etc/{p*,*d}", "/etc/passwd"},
		{"trailing slash: directories", "/usr/*/", "/usr/lib /usr/share"},
		{"trailing slash: links to directories too", "/l*/", "/lib"},
		{"trailing slash: not a file", "/etc/passwd/", ""},
		{"all below", "/usr/share/doc/b/**", "/usr/share/doc/b/copyright /usr/share/doc/b/x /usr/share/doc/b/x/copyright"},
		{"all directories below", "/usr/share/doc/**/", "/usr/share/doc/a /usr/share/doc/b /usr/share/doc/b/x"},
		{"at any depth, also none", "/usr/share/doc/b/**/copyright", "/usr/share/doc/b/copyright /usr/share/doc/b/x/copyright"},
		{"twice any depth", "/usr/**/doc/**/b/**/copy*", "/usr/share/doc/b/copyright /usr/share/doc/b/x/copyright"},
		{"doubled", "/usr/share/doc/b/**/**", "/usr/share/doc/b/copyright /usr/share/doc/b/x /usr/share/doc/b/x/copyright"},
		{"not below links", "/**/libm.so*", "/usr/lib/x86/libm.so.6"},
		{"links themselves", "/usr/lib/**/self", "/usr/lib/self"},
		{"behind a literal link", "/lib/**/libm.so*", "/lib/x86/libm.so.6"},
		{"within a component", "/usr/**right", "/usr/share/doc/a/copyright /usr/share/doc/b/copyright /usr/share/doc/b/x/copyright"},
		{"within a component, and on", "/usr/s**/b/**/c?pyright", "/usr/share/doc/b/copyright /usr/share/doc/b/x/copyright"},
		{"within a component, directories", "/usr/**o*/", "/usr/share/doc"},
		{"a negated class is no slash", "/usr/s**oc[!x]a", ""},
		{"not into /proc", "/**/maps", "/opt/proc/1/maps"},
		{"not into /dev by a link or a star", "/{*,opt/dev}/**/null", "/opt/dev/null"},
		{"not into /proc by a star", "/p*/**", ""},
		{"not /proc itself", "/**o*c", "/opt/proc /usr/share/doc"},
		{"into /proc when asked", "/proc/**/m*", "/proc/1/maps"},
		{"deep into /proc when asked", "/proc/?/**", "/proc/1/maps"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Expand(f, tt.pattern)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Fields(tt.want)
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s gives\n%q, want\n%q", tt.pattern, got, want)
			}
		})
	}
}

// closedDir is a root in which one directory cannot be read. (Root can read
// any, so modes would not do.)
type closedDir struct {
	rootfs.FS
	name string
}

func (c closedDir) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == c.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return c.FS.ReadDir(name)
}

func TestExpandErrors(t *testing.T) {
	f := closedDir{openTree(t, tree...), "/usr/share/doc"}
	for _, pattern := range []string{"/usr/share/doc/*", "/usr/share/doc/**", "/usr/share/doc/**x"} {
		_, err := Expand(f, pattern)
		if !errors.Is(err, fs.ErrPermission) || !strings.HasPrefix(err.Error(), "cannot expand \""+pattern+"\": open /usr/share/doc: ") {
			t.Errorf("%s: %v", pattern, err)
		}
	}
	for _, pattern := range []string{"/usr/sh*/doc/*", "/usr/**/copyright", "/usr/*/*/*/copyright", "/usr/s**copyright"} {
		if names, err := Expand(f, pattern); err != nil || len(names) != 0 {
			t.Errorf("%s: %q, %v", pattern, names, err)
		}
	}
	if _, err := Expand(f, "/loop/x*"); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("a loop by name: %v", err)
	}
	if names, err := Expand(f, "/l*p/x*"); err != nil || len(names) != 0 {
		t.Errorf("a loop by wildcard: %q, %v", names, err)
	}
	var syntax *SyntaxError
	for _, pattern := range []string{"x", "*", "{/a,b}", "./x"} {
		if _, err := Expand(f, pattern); !errors.As(err, &syntax) || syntax.Reason != "it is not an absolute path" {
			t.Errorf("%s: %v", pattern, err)
		}
	}
}

func FuzzExpand(f *testing.F) {
	root := openTree(f, tree...)
	for _, s := range []string{"/**/lib*", "/*/*/x86/libz.so.?", "/{usr,etc}/[!a]**x/../*", "/lib/../../**/", "/etc/weird\xff", "/up/**a/b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		if strings.Count(pattern, "*") > 8 || strings.Count(pattern, "{") > 4 {
			return
		}
		names, err := Expand(root, pattern)
		if err != nil {
			return
		}
		for _, name := range names {
			if err := parentExists(root, name); err != nil {
				t.Errorf("%q gives %q, which is not there: %v", pattern, name, err)
			}
		}
	})
}

func parentExists(f rootfs.FS, name string) error {
	dir, last := path.Split(name)
	_, real, err := rootfs.Resolve(f, dir)
	if err == nil {
		_, err = f.Lstat(path.Join(real, last))
	}
	return err
}
