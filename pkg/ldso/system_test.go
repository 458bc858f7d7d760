package ldso

import (
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

func rootOf(t *testing.T, files map[string]string) rootfs.FS {
	t.Helper()
	top := t.TempDir()
	for name, text := range files {
		full := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := rootfs.OpenDir(top)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

func TestProbeReadsTheLoader(t *testing.T) {
	const interp = "/lib64/ld-linux-x86-64.so.2"
	for _, tt := range []struct {
		name, text     string
		dirs           []string
		cache, lib     string
		hwcaps, legacy bool
	}{
		{
			name: "Debian", text: "x\x00libc.so\x00%s/lib/\x00/lib/x86_64-linux-gnu/\x00/usr/lib/x86_64-linux-gnu/\x00/lib/\x00/usr/lib/\x00more\x00/etc/ld.so.cache\x00glibc-hwcaps\x00stable release version 2.36.\n",
			dirs: []string{"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib", "/usr/lib"}, cache: "/etc/ld.so.cache", lib: "lib/x86_64-linux-gnu", hwcaps: true, legacy: true,
		},
		{
			name: "Fedora", text: "\x00/lib64/\x00/usr/lib64/\x00\x00/etc/ld.so.cache\x00glibc-hwcaps\x00stable release version 2.41.\n",
			dirs: []string{"/lib64", "/usr/lib64"}, cache: "/etc/ld.so.cache", lib: "lib64", hwcaps: true,
		},
		{
			name: "Nix", text: "\x00/nix/store/abc-glibc-2.40/lib/\x00\x00/nix/store/abc-glibc-2.40/etc/ld.so.cache\x00release version 2.40\x00",
			dirs: []string{"/nix/store/abc-glibc-2.40/lib"}, cache: "/nix/store/abc-glibc-2.40/etc/ld.so.cache", lib: "nix/store/abc-glibc-2.40/lib",
		},
		{
			name: "says nothing", text: "\x7fELF",
			dirs: []string{"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"}, cache: "/etc/ld.so.cache", lib: "lib/x86_64-linux-gnu", legacy: true,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sys, err := Probe(rootOf(t, map[string]string{interp: tt.text}), interp, library())
			if err != nil {
				t.Fatal(err)
			}
			if sys.Flavor != Glibc || !slices.Equal(sys.DefaultDirs, tt.dirs) || sys.CachePath != tt.cache || sys.Lib != tt.lib {
				t.Errorf("%s %q %s %s", sys.Flavor, sys.DefaultDirs, sys.CachePath, sys.Lib)
			}
			if sys.Hwcaps != tt.hwcaps || sys.Legacy != tt.legacy {
				t.Errorf("hwcaps %v legacy %v", sys.Hwcaps, sys.Legacy)
			}
		})
	}
}

// What is read of a loader in pieces is what a look at the whole would give,
// wherever the strings lie.
func TestProbeAcrossWindows(t *testing.T) {
	const interp = "/lib64/ld-linux-x86-64.so.2"
	const strs = "\x00/lib/one/\x00/usr/lib/two/\x00/three/lib/\x00\x00/my/etc/ld.so.cache\x00glibc-hwcaps\x00release version 2.41.\n\x00"
	for at := windowSize - len(strs) - 1; at <= windowSize+1; at++ {
		text := strings.Repeat("lib\x00", at/4) + strings.Repeat("x", at%4) + strs + strings.Repeat("\x00/decoy/lib/\x00", 100)
		sys, err := Probe(rootOf(t, map[string]string{interp: text}), interp, library())
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(sys.DefaultDirs, ":"); got != "/lib/one:/usr/lib/two:/three/lib" || sys.CachePath != "/my/etc/ld.so.cache" || !sys.Hwcaps || sys.Legacy {
			t.Errorf("at %d: %s %s %v %v", at, got, sys.CachePath, sys.Hwcaps, sys.Legacy)
		}
	}
}

func TestProbeTellsMusl(t *testing.T) {
	for interp, text := range map[string]string{
		"/lib/ld-musl-x86_64.so.1": "",
		"/opt/lib/ld.so":           "\x00musl libc\n\x00",
	} {
		sys, err := Probe(rootOf(t, map[string]string{interp: text}), interp, library())
		if err != nil || sys.Flavor != Musl {
			t.Errorf("%s: %+v, %v", interp, sys, err)
		}
	}
}

func TestMuslPathFile(t *testing.T) {
	for _, tt := range []struct {
		name, interp string
		files        map[string]string
		dirs         []string
		used         string
	}{
		{"none", "/lib/ld-musl-aarch64.so.1", nil, []string{"/lib", "/usr/local/lib", "/usr/lib"}, ""},
		{"beside the prefix", "/opt/x/lib/ld-musl-aarch64.so.1", map[string]string{"/opt/x/etc/ld-musl-aarch64.path": "/a\n/b:/c\n"}, []string{"/a", "/b", "/c"}, "/opt/x/etc/ld-musl-aarch64.path"},
		{"of another prefix", "/opt/x/lib/ld-musl-aarch64.so.1", map[string]string{"/etc/ld-musl-aarch64.path": "/a"}, []string{"/lib", "/usr/local/lib", "/usr/lib"}, ""},
		{"empty", "/lib/ld-musl-aarch64.so.1", map[string]string{"/etc/ld-musl-aarch64.path": ""}, nil, "/etc/ld-musl-aarch64.path"},
		{"unreadable", "/lib/ld-musl-aarch64.so.1", map[string]string{"/etc/ld-musl-aarch64.path/x": ""}, nil, "/etc/ld-musl-aarch64.path"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{tt.interp: ""}
			for k, v := range tt.files {
				files[k] = v
			}
			sys, err := Probe(rootOf(t, files), tt.interp, library())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(sys.DefaultDirs, tt.dirs) || sys.PathFile != tt.used {
				t.Errorf("%q from %q", sys.DefaultDirs, sys.PathFile)
			}
			if (sys.CacheErr != nil) != (tt.name == "unreadable") {
				t.Errorf("error %v", sys.CacheErr)
			}
		})
	}
}

func TestProbeOfACorruptCache(t *testing.T) {
	const interp = "/lib64/ld-linux-x86-64.so.2"
	sys, err := Probe(rootOf(t, map[string]string{interp: "", "/etc/ld.so.cache": "rubbish"}), interp, library())
	if err != nil || sys.CacheErr == nil || !strings.HasPrefix(sys.CacheErr.Error(), "cannot read /etc/ld.so.cache: ") {
		t.Errorf("%v, %v", err, sys.CacheErr)
	}
}

func TestConfDirs(t *testing.T) {
	root := rootOf(t, map[string]string{
		"/etc/ld.so.conf":         "# comment\n/one/ # more\ninclude conf.d/*.conf\n/two:/three,/four=libc6 /one\nrelative\ninclude ld.so.conf\n",
		"/etc/conf.d/b.conf":      "/b\n",
		"/etc/conf.d/a.conf":      "/a\ninclude /etc/deep.conf /etc/none.conf",
		"/etc/deep.conf":          "\t/deep\n",
		"/etc/conf.d/ignored.txt": "/ignored\n",
	})
	want := []string{"/one", "/a", "/deep", "/b", "/two", "/three", "/four"}
	if got := confDirs(root, "/etc/ld.so.conf"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestConfDirsOfEndlessGlobs: the pattern matches 4^30 names.
func TestConfDirsOfEndlessGlobs(t *testing.T) {
	top := t.TempDir()
	for _, name := range []string{"a", "b", "c", "d"} {
		if err := os.MkdirAll(filepath.Join(top, "wide"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(".", filepath.Join(top, "wide", name)); err != nil {
			t.Fatal(err)
		}
	}
	text := "/one\ninclude /wide" + strings.Repeat("/*", 30) + "\n/two\n"
	if err := os.WriteFile(filepath.Join(top, "conf"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	root, err := rootfs.OpenDir(top)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if got := confDirs(root, "/conf"); !slices.Equal(got, []string{"/one", "/two"}) {
		t.Errorf("got %q", got)
	}
}

func TestConfDirsAreBounded(t *testing.T) {
	var text strings.Builder
	for i := range 3 * maxConfDirs {
		fmt.Fprintf(&text, "/dir%d\n", i)
	}
	got := confDirs(rootOf(t, map[string]string{"/conf": text.String()}), "/conf")
	if len(got) != maxConfDirs || got[0] != "/dir0" {
		t.Errorf("%d directories", len(got))
	}
}

func TestLikelyInterps(t *testing.T) {
	glibc, musl := library(), library()
	musl.Needed = []string{"libc.musl-x86_64.so.1"}
	if got := LikelyInterps(glibc)[0]; got != "/lib64/ld-linux-x86-64.so.2" {
		t.Error(got)
	}
	if got := LikelyInterps(musl)[0]; got != "/lib/ld-musl-x86_64.so.1" {
		t.Error(got)
	}
	if got := LikelyInterps(&object.Object{Class: elf.ELFCLASS32, Data: elf.ELFDATA2LSB, Machine: elf.EM_ARM, Flags: armHardFloat})[0]; got != "/lib/ld-linux-armhf.so.3" {
		t.Error(got)
	}
	if got := LikelyInterps(&object.Object{Machine: elf.EM_AVR}); got != nil {
		t.Error(got)
	}
}

func TestAssume(t *testing.T) {
	o := library()
	o.Interp = "/lib64/ld-linux-x86-64.so.2"
	if sys := Assume(rootOf(t, nil), o); sys.Flavor != Glibc || !slices.Contains(sys.DefaultDirs, "/usr/lib64") || sys.Legacy {
		t.Errorf("%+v", sys)
	}
	o.Interp = "/lib/ld-musl-x86_64.so.1"
	if sys := Assume(rootOf(t, nil), o); sys.Flavor != Musl || !sys.Reserved("libpthread.so.0") || sys.Reserved("libcrypt.so") {
		t.Errorf("%+v", sys)
	}
}

func FuzzProbe(f *testing.F) {
	f.Add([]byte("\x00/lib/\x00/usr/lib/\x00/etc/ld.so.cache\x00release version 2.9999"))
	f.Add([]byte("/lib"))
	f.Add([]byte("libliblib/ld.so.cache\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sys := &System{Class: elf.ELFCLASS64, Machine: elf.EM_X86_64}
		var text loaderText
		text.scan(data, true, true)
		sys.probeGlibc(text)
		for _, d := range sys.DefaultDirs {
			if !strings.HasPrefix(d, "/") {
				t.Errorf("default directory %q", d)
			}
		}
	})
}

func FuzzTokens(f *testing.F) {
	f.Add("$ORIGIN/${LIB}/$PLATFORM${")
	f.Fuzz(func(t *testing.T, elem string) {
		s := &search{Config: &Config{System: &System{Lib: "lib", Platforms: []string{"p", "q"}}}}
		if got := s.expand(elem, &Requester{Origin: "/o"}); len(got) == 0 {
			t.Errorf("%q expands to nothing", elem)
		}
	})
}
