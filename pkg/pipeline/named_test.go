package pipeline

import (
	"slices"
	"testing"
)

func TestNamedPaths(t *testing.T) {
	text := "#!/usr/bin/perl\n# /usr/share/comment\n$d = '/usr/lib/groff/grog';\n" +
		"x=/etc/a.conf:/usr/share/b/ $ROOT~/usr/share/c http://h/usr/share/d /usr/bin/e. /usr/libexec/f.\n/usr/lib/groff/grog /usr/lib/g-1+/h /var/lib//i/11/"
	want := []string{"/usr/lib/groff/grog", "/etc/a.conf", "/usr/share/b", "/usr/libexec/f", "/usr/lib/g-1+/h", "/var/lib/i/11"}
	if got := namedPaths(text); !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestJoinedPaths(t *testing.T) {
	text := "my $d = '/usr/share';\n# '/usr/lib'\nuse lib join('/', $d, 'own', \"Perl\");"
	if got, want := joinedPaths(text), []string{"/usr/share/own"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func FuzzNamedPaths(f *testing.F) {
	f.Add("#!/usr/bin/perl\n$d = '/usr/share'; use lib join('/', $d, \"own\"); x=/etc/a.conf:/usr/share/b/")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range append(namedPaths(text), joinedPaths(text)...) {
			if name[0] != '/' {
				t.Errorf("%q is no path from the root", name)
			}
		}
	})
}
