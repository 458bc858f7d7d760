package pipeline

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/rules"
)

// pathsIn returns the paths that a program holds, one a line.
func pathsIn(b []byte, program string) string {
	e := newEvidence(&Spec{Rules: &Rules{Set: rules.NewSet()}}, nil)
	return e.scan(bytes.NewReader(b), int64(len(b)), program).paths
}

func TestPathStrings(t *testing.T) {
	text := pathsIn([]byte("\x00/etc/a.conf\x00see /etc/b.conf\x00x/usr/share/c\x00DIR=/usr/share/d:/usr/lib/e/%s\x00"+
		"/usr/bin/m4 -P\x00/usr/bin\x00/bin/sh\x00/share/own-1.2\x00/usr/share/cut"), "/opt/bin/own")
	names := namedPaths(text)
	slices.Sort(names)
	if want := []string{"/etc/a.conf", "/opt/share/own-1.2", "/usr/lib/e", "/usr/share/d"}; !slices.Equal(names, want) {
		t.Errorf("%q are named, not %q", names, want)
	}
	if got, want := helpers(text), []string{"/usr/bin/m4", "/bin/sh"}; !slices.Equal(got, want) {
		t.Errorf("%q are helpers, not %q", got, want)
	}
	if !strings.Contains(text, "/opt/share/own-1.2\n") {
		t.Errorf("%q has nothing below the prefix", text)
	}
}

func TestIsNamedAs(t *testing.T) {
	for _, test := range []struct {
		file, name string
		want       bool
	}{
		{"bison", "/usr/share/bison", true},
		{"emacs-nox", "/usr/share/emacs/28.2/lisp", true},
		{"swig4.0", "/usr/local/share/swig4.0", true},
		{"libsox.so.3", "/usr/lib/x86_64-linux-gnu/sox", true},
		{"libtesseract.so.5.0.3", "/usr/share/tesseract-ocr/5/tessdata", true},
		{"libthai.so.0", "/usr/share/libthai/thbrk.tri", true},
		{"gs", "/usr/share/ghostscript", false},
		{"git", "/etc/git", false},
		{"7z", "/usr/lib/7zip", false},
	} {
		if got := isNamedAs(test.file, test.name); got != test.want {
			t.Errorf("%s, %s: %v", test.file, test.name, got)
		}
	}
}

func FuzzPathStrings(f *testing.F) {
	f.Add([]byte("\x00/etc/a\x00/usr/share/b:/bin/c\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text := pathsIn(b, "/usr/bin/own")
		helpers(text)
		for _, name := range namedPaths(text) {
			if name[0] != '/' || strings.ContainsAny(name, "\x00\n:") {
				t.Errorf("%q is no path", name)
			}
		}
	})
}
