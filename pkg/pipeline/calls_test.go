package pipeline

import (
	"slices"
	"testing"
)

func TestCallWords(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"perl", "#!/usr/bin/perl\nsystem('mkdir', '-p', $d); exec \"tar x | gzip\"; my $v = `uname -r`;\n", []string{"mkdir", "tar", "gzip", "uname"}},
		{"perl pipes", "open(F, \"ls -l |\"); open(my $g, '-|', 'sort', 'x') or die;", []string{"ls", "sort"}},
		{"perl lists", "my @os_cmds = qw (rm mv\n cat);", []string{"rm", "mv", "cat"}},
		{"programs by their paths", "my $m4 = $ENV{M4} || '/usr/bin/m4';\nTAR = \"/bin/tar\"\nprint '/bin/ls';", []string{"/usr/bin/m4", "/bin/tar"}},
		{"perl manual", "=head1 X\n\nsystem('cut')\n\n=cut\nsystem('wc');\n__END__\nsystem('tr')\n", []string{"wc"}},
		{"python", "subprocess.run(['git', 'x'])\nPopen(args=\"ls\")\ncmd = ['tar', f]\n", []string{"git", "ls", "tar"}},
		{"backquotes of python are text", "#!/usr/bin/python3\n\"\"\"see `ls`\"\"\"\n", nil},
		{"comments", "  # system('ls')\n", nil},
		{"what is computed", "system($cmd); run(f'{x} y'); exec \"$0 z\"", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := callWords(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("calls of %q are %q, not %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestCallsBeside(t *testing.T) {
	text := "$exe = $dir . \"/vgdb\";\nx = here + '/helper'\n# $dir . '/no'\nprint '/lone'"
	if got, want := callsBeside(text), []string{"vgdb", "helper"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestFamily(t *testing.T) {
	text := "s = 'own-build-s'\nx = \"own-help.pl\"\n# 'own-not'\nprint('owner-x', 'own')"
	if got, want := family(text, "own"), []string{"own-build-s", "own-help.pl"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestNamedPaths(t *testing.T) {
	text := "#!/usr/bin/perl\n# /usr/share/comment\n$d = '/usr/lib/groff/grog';\n" +
		"x=/etc/a.conf:/usr/share/b/ $ROOT~/usr/share/c http://h/usr/share/d /usr/bin/e. /usr/libexec/f.\n/usr/lib/groff/grog /usr/lib/g-1+/h"
	want := []string{"/usr/lib/groff/grog", "/etc/a.conf", "/usr/share/b", "/usr/libexec/f", "/usr/lib/g-1+/h"}
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

func FuzzCallWords(f *testing.F) {
	f.Add("#!/usr/bin/perl\nsystem('a', \"b\"); `c | d`; open(F, \"e |\"); @cmds = qw(f g); $h . '/i'")
	f.Fuzz(func(t *testing.T, text string) {
		callsBeside(text)
		namedPaths(text)
		joinedPaths(text)
		for _, w := range callWords(text) {
			if !isPlain(w) || w == "" {
				t.Errorf("%q is no plain word", w)
			}
		}
	})
}
