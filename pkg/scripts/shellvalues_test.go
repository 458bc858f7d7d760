package scripts

import (
	"slices"
	"testing"
)

func TestSettled(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a value", "PKG=own\nP=/usr\n. \"${P}/lib/$PKG/common\"", "PKG=own\nP=/usr\n. /usr/lib/own/common"},
		{"a value in quotes", "D='/usr/lib/own'\nexec \"$D\"/x", "D='/usr/lib/own'\nexec /usr/lib/own/x"},
		{"a value of a value", "A=/usr B=\"$A/lib\"; C=$B/own\n$C/x", "A=/usr B=/usr/lib; C=/usr/lib/own\n/usr/lib/own/x"},
		{"two values", "D=/a\nD=/b\n$D/x", "D=/a\nD=/b\n$D/x"},
		{"a value that is computed", "D=/a\nD=$(f)\n$D/x", "D=/a\nD=$(f)\n$D/x"},
		{"a default", ". ${D:-/usr/share/own}/x", ". /usr/share/own/x"},
		{"where it is", "here=$(dirname \"$0\")\n. \"$here/x\"", "here=/opt/own/bin\n. /opt/own/bin/x"},
		{"where its file is", "me=$(readlink -f -- \"$0\")\nhere=`dirname $me`\n$here/x", "me=/opt/own/bin/s\nhere=/opt/own/bin\n/opt/own/bin/x"},
		{"backquotes in backquotes", "D=`cd \\`dirname $0\\` && pwd`\n$D/x", "D=/opt/own/bin\n/opt/own/bin/x"},
		{"above where it is", "D=$(cd \"$(dirname \"$0\")/..\" && pwd)\n$D/x ${0%/*}/y", "D=/opt/own\n/opt/own/x /opt/own/bin/y"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := Settled(tt.text, "/opt/own/bin/s", map[string]string{}); got != tt.want {
				t.Errorf("%q is %q, not %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestInterpretedScripts(t *testing.T) {
	text := "exec /usr/bin/python3.13 -s /usr/bin/own \"$@\"\n# perl /no\nperl /usr/share/own/x.pl; shperl /no"
	if got, want := Interpreted(text), []string{"/usr/bin/own", "/usr/share/own/x.pl"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestSettledByAnother(t *testing.T) {
	_, values := Settled("P=/usr/lib/own\nQ=1\nQ=2\n. $P/x", "/s", map[string]string{})
	text, _ := Settled(". $P/y $Q", "/usr/lib/own/x", values)
	if got, want := ScanShell(text).Sources(), []string{"/usr/lib/own/y"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func FuzzSettled(f *testing.F) {
	f.Add("A=/b; C=\"$A/`dirname $0`\"\n. ${D:-/e}/$(cd /f/.. && pwd)")
	f.Fuzz(func(t *testing.T, text string) {
		const most = 64
		if plain, _ := Settled(text, "/usr/bin/x", map[string]string{}); len(plain) > most*(len(text)+1) {
			t.Errorf("%d bytes become %d", len(text), len(plain))
		}
	})
}

func TestSearchPath(t *testing.T) {
	text, _ := Settled("V=\"/opt/v\"\nPATH=\"$V/bin:/opt/w:$PATH:/opt/x\"\nOLDPATH=/opt/y\n# PATH=/opt/z\n", "/s", map[string]string{})
	if got, want := SearchPath(text), []string{"/opt/v/bin", "/opt/w"}; !slices.Equal(got, want) {
		t.Errorf("%q are searched, not %q", got, want)
	}
}
