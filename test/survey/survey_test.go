package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	// sampleSize is how many executables a run in CI looks at.
	sampleSize = 150
	// leastAnswers is how many executables must answer --version or --help
	// for the whole machine to be a wide one.
	leastAnswers = 900
	// leastSame is the share of those, in percent, that must do the same from
	// their bundles.
	leastSame = 99.0
	// leastOfSample allows a sample two more than its share of what is known
	// to differ.
	leastOfSample = 97.0
)

func TestMain(m *testing.M) {
	if !jailed(os.Args) {
		os.Exit(m.Run())
	}
}

// TestSurvey is the survey itself: a sample with PACK_SUITE=sample, every
// executable with all.
func TestSurvey(t *testing.T) {
	suite := os.Getenv("PACK_SUITE")
	if suite == "" {
		t.Skip("slow: set PACK_SUITE=sample or all")
	}
	if os.Getuid() != 0 {
		t.Skip("chroot and namespaces need root")
	}
	pack := os.Getenv("PACK_BIN")
	if pack == "" {
		t.Skip("PACK_BIN does not name the pack to test")
	}
	programs, err := executables([]string{"/usr/bin", "/usr/sbin"})
	if err != nil {
		t.Fatal(err)
	}
	if suite == "sample" {
		programs = sample(programs, sampleSize)
	}
	s := survey{pack: pack, state: t.TempDir(), workers: 2, log: io.Discard}
	records, err := s.run(t.Context(), programs)
	if err != nil {
		t.Fatal(err)
	}
	got, least := count(records, answers), leastSame
	t.Logf("\n%s", markdown(records))
	switch {
	case suite == "sample":
		least = leastOfSample
	case got.counted() < leastAnswers:
		t.Errorf("%d executables answer: install the packages of test/setup.sh for %d", got.counted(), leastAnswers)
	}
	if got.share() < least {
		t.Errorf("%.1f %% of %d are the same from their bundles, not %.0f %%", got.share(), got.counted(), least)
	}
}

func TestJailShowsTheMachineToAnOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("chroot and namespaces need root")
	}
	host, err := os.MkdirTemp("", "pack-survey-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(host)
	if err := os.Chmod(host, 0o755); err != nil {
		t.Fatal(err)
	}
	script := `echo "$HOME $LC_ALL"; echo x >/tmp/x && cat /tmp/x; echo x >/usr/x; grep -c : /proc/net/dev; echo /run/* /sys/*; read line || echo end; exit 7`
	got, err := enter(t.Context(), cell{Root: host, Args: []string{"/bin/sh", "-c", script}}, patience)
	if err != nil {
		t.Fatal(err)
	}
	want := "/ C.UTF-8\nx\n/bin/sh: 1: cannot create /usr/x: Read-only file system\n1\n/run/* /sys/*\nend\n"
	if got.Exit != 7 || got.Output != want {
		t.Errorf("exit %d, output %q, not %q", got.Exit, got.Output, want)
	}
	if _, err := os.Stat("/tmp/x"); err == nil {
		t.Error("a jail's /tmp is the machine's")
	}
}

func TestJailEndsWithAllThatRunsInIt(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("chroot and namespaces need root")
	}
	host, err := os.MkdirTemp("", "pack-survey-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(host)
	got, err := enter(t.Context(), cell{Root: host, Args: []string{"/bin/sh", "-c", "echo begun; setsid sleep 1000 & sleep 1000"}}, 1)
	if err != nil || !got.TimedOut {
		t.Errorf("%+v, %v: not out of time", got, err)
	}
}

func TestReadCall(t *testing.T) {
	for _, test := range []struct {
		name, call string
		want       looked
		ok         bool
	}{
		{"absolute", `openat(AT_FDCWD</root/etc>, "/etc/passwd", O_RDONLY) = 3</root/etc/passwd>`, looked{"/etc/passwd", true}, true},
		{"relative to the working directory", `stat(AT_FDCWD</root/etc>, "ssl", 0x1) = 0`, looked{"/etc/ssl", true}, true},
		{"relative to a descriptor", `newfstatat(4</root/usr/lib>, "x.so", {st_mode=S_IFREG}, 0) = 0`, looked{"/usr/lib/x.so", true}, true},
		{"not there", `access("/etc/ld.so.preload", R_OK) = -1 ENOENT (No such file or directory)`, looked{"/etc/ld.so.preload", false}, true},
		{"forbidden", `openat(AT_FDCWD</root>, "/etc/shadow", O_RDONLY) = -1 EACCES (Permission denied)`, looked{}, false},
		{"made", `openat(AT_FDCWD</root>, "/tmp/x", O_RDWR|O_CREAT|O_EXCL, 0600) = 3</root/tmp/x>`, looked{}, false},
		{"by descriptor alone", `newfstatat(3</root/etc>, "", {st_mode=S_IFDIR}, AT_EMPTY_PATH) = 0`, looked{}, false},
		{"another call", `unlink("/tmp/x") = 0`, looked{}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := readCall(test.call, "/root")
			if got != test.want || ok != test.ok {
				t.Errorf("got %v %v, want %v %v", got, ok, test.want, test.ok)
			}
		})
	}
}

func TestReadTraceJoinsWhatOtherProcessesInterrupt(t *testing.T) {
	name := filepath.Join(t.TempDir(), "trace")
	text := strings.Join([]string{
		`10 openat(AT_FDCWD</>, "/before", O_RDONLY) = 3</before>`,
		`10 execve("/bin/a", ["a"], 0x1 /* 3 vars */) = 0`,
		`11 openat(AT_FDCWD</>, "/eleven", O_RDONLY <unfinished ...>`,
		`10 openat(AT_FDCWD</>, "/ten", O_RDONLY) = -1 ENOENT (No such file or directory)`,
		`11 <... openat resumed>) = 3</eleven>`,
	}, "\n")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got, err := readTrace(file, "/", "/bin/a")
	if err != nil {
		t.Fatal(err)
	}
	want := []looked{{"/bin/a", true}, {"/ten", false}, {"/eleven", true}}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAgree(t *testing.T) {
	for _, test := range []struct {
		name         string
		a, b         result
		masked, same bool
	}{
		{"equal", result{0, "x 1", false}, result{0, "x 1", false}, false, true},
		{"other numbers", result{0, "pid 12 at 0x7f0a", false}, result{0, "pid 345 at 0x7fbb", false}, true, true},
		{"other words", result{0, "a", false}, result{0, "b", false}, true, false},
		{"another exit", result{0, "a", false}, result{1, "a", false}, false, false},
		{"no end", result{0, "a", true}, result{0, "a", true}, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			masked, same := agree(test.a, test.b)
			if masked != test.masked || same != test.same {
				t.Errorf("got %v %v, want %v %v", masked, same, test.masked, test.same)
			}
		})
	}
}

func TestExistsStaysInRoot(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"usr/lib", "etc"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"lib": "usr/lib", "abs": "/usr/lib", "out": "../../../../usr/bin/env", "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]bool{"/lib": true, "/abs/..": true, "/etc/../lib/../lib": true, "/out": false, "/loop": false, "/lib/x": false} {
		if got := exists(root, name); got != want {
			t.Errorf("exists(%q) is %v", name, got)
		}
	}
}

func TestSampleIsStable(t *testing.T) {
	var list []program
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		list = append(list, program{Path: "/usr/bin/" + string(c)})
	}
	chosen := map[program]bool{}
	for _, p := range sample(list, 5) {
		chosen[p] = true
	}
	kept := 0
	for _, p := range sample(append(list[:25:25], program{Path: "/usr/bin/new"}), 5) {
		if chosen[p] {
			kept++
		}
	}
	if len(chosen) != 5 || kept < 3 {
		t.Errorf("%d chosen, %d of them again when one program was exchanged for another", len(chosen), kept)
	}
}
