package launch

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// laid writes a tree of files: "name" is a directory if it ends with a slash, a
// link if it is "name -> value".
func laid(t *testing.T, names ...string) storeTree {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		name, link, isLink := strings.Cut(name, " -> ")
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		switch {
		case isLink:
			must(t, os.Symlink(link, dir+name))
		case strings.HasSuffix(name, "/"):
			must(t, os.MkdirAll(dir+name, 0o755))
		default:
			must(t, os.WriteFile(dir+name, nil, 0o644))
		}
	}
	return storeTree(dir)
}

func TestSkeleton(t *testing.T) {
	tree := laid(t, "/bin -> usr/bin", "/usr/bin/tool", "/usr/share/data", "/etc/passwd", "/etc/own", "/var/", "/loop -> loop")
	host := laid(t, "/home/user/.config/", "/etc/passwd")
	home := string(host) + "/home"
	for _, c := range []struct {
		name   string
		mounts []mount
		want   string // operations, or the error
	}{
		{"a file of the host in a directory of the tree", []mount{{source: "/host/passwd", target: "/etc/passwd"}},
			"link usr/bin /bin, link loop /loop, bind T/usr /usr, bind T/var /var, mkdir /etc, bind T/etc/own /etc/own, bind host/passwd /etc/passwd"},
		{"through a link of the tree", []mount{{source: "/x", target: "/bin/x"}},
			"link usr/bin /bin, bind T/etc /etc, link loop /loop, bind T/var /var, mkdir /usr, bind T/usr/share /usr/share, mkdir /usr/bin, bind T/usr/bin/tool /usr/bin/tool, bind x /usr/bin/x"},
		{"where the tree has nothing", []mount{{source: "/w", target: "/a/b", readOnly: true}},
			"link usr/bin /bin, bind T/etc /etc, link loop /loop, bind T/usr /usr, bind T/var /var, mkdir /a, bind w /a/b, seal /a/b"},
		{"one that shows what is there anyway", []mount{{source: home, target: "/var"}, {source: home + "/user", target: "/var/user"}},
			"link usr/bin /bin, bind T/etc /etc, link loop /loop, bind T/usr /usr, bind " + home[1:] + " /var"},
		{"one in another", []mount{{source: home, target: "/var"}, {source: "/c", target: "/var/user/.config"}},
			"link usr/bin /bin, bind T/etc /etc, link loop /loop, bind T/usr /usr, bind " + home[1:] + " /var, bind c /var/user/.config"},
		{"no mount point in another", []mount{{source: home, target: "/var"}, {source: "/c", target: "/var/none"}},
			"error: cannot mount /var/none: the host has no " + home + "/none to mount it on"},
		{"below a file", []mount{{source: "/c", target: "/etc/own/c"}}, "error: cannot mount below /etc/own: the bundle has a file there"},
		{"a link to itself", []mount{{source: "/c", target: "/loop/c"}}, "error: cannot mount /loop/c: too many levels of symbolic links"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := describe(tree, c.mounts); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

func describe(tree storeTree, mounts []mount) string {
	s := &skeleton{tree: tree}
	var err error
	for _, m := range mounts {
		err = errors.Join(err, s.add(m))
	}
	ops, opsErr := s.ops("T", "W")
	if err = errors.Join(err, opsErr); err != nil {
		return "error: " + err.Error()
	}
	var words []string
	for _, o := range ops {
		switch o.Do {
		case sandbox.Mkdir("", 0).Do:
			words = append(words, "mkdir "+o.Target)
		case sandbox.Symlink("", "").Do:
			words = append(words, "link "+o.Source+" "+o.Target)
		case sandbox.SealAll("").Do:
			words = append(words, "seal "+o.Target)
		default:
			words = append(words, "bind "+o.Source+" "+o.Target)
		}
	}
	return strings.Join(words, ", ")
}

func TestParseMount(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	must(t, os.Symlink(dir, dir+"/link"))
	x := expander{
		home: func() (string, error) { return dir, nil },
		pwd:  func() (string, error) { return "", errors.New("gone") },
	}
	for _, c := range []struct {
		spec string
		want mount
		err  string
	}{
		{dir, mount{source: dir, target: dir}, ""},
		{"ro:" + dir, mount{source: dir, target: dir, readOnly: true}, ""},
		{"rw:~/link:/a/../b", mount{source: dir, target: "/b"}, ""},
		{"${HOME}:/x", mount{source: dir, target: "/x"}, ""},
		{"$PWD", mount{}, "gone"},
		{"$OTHER", mount{}, "$OTHER is none of"},
		{"/none:/x", mount{}, "no such file"},
		{dir + ":x", mount{}, `"x" is not an absolute path`},
		{dir + ":/", mount{}, "the root itself cannot be replaced"},
		{"", mount{}, "not an absolute path"},
	} {
		got, err := parseMount(c.spec, x)
		if c.err == "" && (err != nil || !reflect.DeepEqual(got, c.want)) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: %+v %v", c.spec, got, err)
		}
	}
}

func TestParseUser(t *testing.T) {
	if u, err := parseUser("12:34"); err != nil || *u != (sandbox.User{UID: 12, GID: 34}) {
		t.Errorf("%+v %v", u, err)
	}
	for _, text := range []string{"app", "12", "app:34", "12:", ":", "-1:0", "1:-1"} {
		if u, err := parseUser(text); err == nil {
			t.Errorf("%s: %+v", text, u)
		}
	}
}
