package scripts

import (
	"slices"
	"testing"
)

func TestCalls(t *testing.T) {
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
			if got := Calls(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("calls of %q are %q, not %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestCallsBeside(t *testing.T) {
	text := "$exe = $dir . \"/vgdb\";\nx = here + '/helper'\n# $dir . '/no'\nprint '/lone'"
	if got, want := CallsBeside(text), []string{"vgdb", "helper"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestFamily(t *testing.T) {
	text := "s = 'own-build-s'\nx = \"own-help.pl\"\n# 'own-not'\nprint('owner-x', 'own')"
	if got, want := Family(text, "own"), []string{"own-build-s", "own-help.pl"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestDocumentationOfPython(t *testing.T) {
	text := "#!/usr/bin/python3\n\"\"\"Like\n\nsubprocess.run(\"java\")\n\"\"\"\ndef f():\n    '''os.system(\"git\")'''\n    run(\"ls\")\n"
	if got, want := Calls(text), []string{"ls"}; !slices.Equal(got, want) {
		t.Errorf("calls %q, not %q", got, want)
	}
}

func FuzzCalls(f *testing.F) {
	f.Add("#!/usr/bin/perl\nsystem('a', \"b\"); `c | d`; open(F, \"e |\"); @cmds = qw(f g); $h . '/i'")
	f.Fuzz(func(t *testing.T, text string) {
		CallsBeside(text)
		for _, w := range Calls(text) {
			if !isPlain(w) || w == "" {
				t.Errorf("%q is no plain word", w)
			}
		}
	})
}
