package ldso

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// finder is a search in a root of empty files, whose facts are made up.
type finder struct {
	Config
	objects map[string]*object.Object
	errs    map[string]error
}

func newFinder(t *testing.T, files ...string) *finder {
	t.Helper()
	top := t.TempDir()
	f := &finder{objects: map[string]*object.Object{}, errs: map[string]error{}}
	for _, name := range files {
		full := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		f.objects[name] = library()
	}
	root, err := rootfs.OpenDir(top)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	f.Root = root
	f.Read = func(real string) (*object.Object, error) { return f.objects[real], f.errs[real] }
	f.System = &System{
		Flavor: Glibc, Class: elf.ELFCLASS64, Data: elf.ELFDATA2LSB, Machine: elf.EM_X86_64,
		DefaultDirs: []string{"/lib64", "/usr/lib64"}, Lib: "lib64", Platforms: []string{"x86_64"}, Hwcaps: true,
	}
	return f
}

func library() *object.Object {
	return &object.Object{Class: elf.ELFCLASS64, Data: elf.ELFDATA2LSB, Machine: elf.EM_X86_64, Type: elf.ET_DYN, Dynamic: true}
}

func program(runpath string) *Requester {
	o := library()
	o.Runpath, o.HasRunpath = runpath, runpath != ""
	return &Requester{Path: "/bin/app", Origin: "/bin", Obj: o}
}

func TestSearchPassesOverWhatItMayNotRead(t *testing.T) {
	f := newFinder(t, "/one/liba.so", "/two/liba.so")
	f.errs["/one/liba.so"] = &fs.PathError{Op: "open", Path: "/one/liba.so", Err: syscall.EACCES}
	found, err := f.Search("liba.so", program("/one:/two"))
	if err != nil || found.Path != "/two/liba.so" {
		t.Fatalf("found %+v, %v", found, err)
	}
	want := []Try{{ByRunpath, "/one", "permission denied"}}
	if !slices.Equal(found.Tried, want) {
		t.Errorf("tried %v, want %v", found.Tried, want)
	}
}

func TestSearchEndsAList(t *testing.T) {
	f := newFinder(t, "/one/liba.so", "/two/liba.so", "/lib64/liba.so")
	f.errs["/one/liba.so"] = &fs.PathError{Op: "open", Path: "/one/liba.so", Err: syscall.EIO}
	found, err := f.Search("liba.so", program("/one:/two"))
	if err != nil || found.Path != "/lib64/liba.so" {
		t.Errorf("found %+v, %v", found, err)
	}
}

func TestSearchDiesOfAMalformedFile(t *testing.T) {
	for name, err := range map[string]error{
		"empty":     object.ErrEmpty,
		"no ELF":    object.ErrNotELF,
		"malformed": &object.FormatError{Msg: "malformed: no program headers"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFinder(t, "/one/liba.so", "/two/liba.so")
			f.errs["/one/liba.so"] = err
			_, err := f.Search("liba.so", program("/one:/two"))
			var nf *NotFoundError
			if !errors.As(err, &nf) || nf.Fatal == "" || len(nf.Tried) != 1 {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestSearchOfAnotherByteOrderDies(t *testing.T) {
	f := newFinder(t, "/one/liba.so", "/two/liba.so")
	f.objects["/one/liba.so"].Data = elf.ELFDATA2MSB
	_, err := f.Search("liba.so", program("/one:/two"))
	var nf *NotFoundError
	if !errors.As(err, &nf) || nf.Fatal == "" {
		t.Errorf("error %v", err)
	}
}

func TestNotFoundError(t *testing.T) {
	f := newFinder(t)
	_, err := f.Search("liba.so", program("/none:$ORIGIN/lib"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	want := "liba.so needed by /bin/app: not found (searched RUNPATH /none: no such file; " +
		"RUNPATH /bin/lib: no such file; default path /lib64: no such file; default path /usr/lib64: no such file)"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

func TestUnknownOriginDropsTheElementOnly(t *testing.T) {
	f := newFinder(t, "/lib/liba.so", "/two/liba.so")
	by := program("$ORIGIN/../lib:/two")
	by.Origin = ""
	found, err := f.Search("liba.so", by)
	if err != nil || found.Path != "/two/liba.so" {
		t.Errorf("found %+v, %v", found, err)
	}
	if _, err := f.Search("$ORIGIN/liba.so", by); err == nil {
		t.Error("found a name with an unknown $ORIGIN")
	}
}

func TestPlatformsAreTwins(t *testing.T) {
	f := newFinder(t, "/p/x86_64/liba.so", "/p/haswell/liba.so", "/p/haswell/libb.so")
	f.Platforms = []string{"x86_64", "haswell"}
	by := program("/p/$PLATFORM")
	found, err := f.Search("liba.so", by)
	if err != nil || found.Path != "/p/x86_64/liba.so" || !slices.Equal(found.Variants, []string{"/p/haswell/liba.so"}) {
		t.Errorf("liba.so: %+v, %v", found, err)
	}
	found, err = f.Search("libb.so", by)
	if err != nil || found.Path != "/p/haswell/libb.so" || found.Level != "haswell" {
		t.Errorf("libb.so: %+v, %v", found, err)
	}
	found, err = f.Search("/p/$PLATFORM/liba.so", by)
	if err != nil || found.Path != "/p/x86_64/liba.so" || !slices.Equal(found.Variants, []string{"/p/haswell/liba.so"}) {
		t.Errorf("by path: %+v, %v", found, err)
	}
}

func TestEveryHwcapsLevelIsATwin(t *testing.T) {
	f := newFinder(t, "/p/liba.so", "/p/glibc-hwcaps/x86-64-v2/liba.so", "/p/glibc-hwcaps/x86-64-v9/liba.so", "/p/glibc-hwcaps/broken/liba.so")
	f.errs["/p/glibc-hwcaps/broken/liba.so"] = object.ErrEmpty
	found, err := f.Search("liba.so", program("/p"))
	want := []string{"/p/glibc-hwcaps/x86-64-v9/liba.so", "/p/glibc-hwcaps/x86-64-v2/liba.so"}
	if err != nil || found.Path != "/p/liba.so" || !slices.Equal(found.Variants, want) {
		t.Errorf("%+v, %v", found, err)
	}
	f.Hwcaps = false
	if found, _ := f.Search("liba.so", program("/p")); len(found.Variants) > 0 {
		t.Errorf("a loader older than glibc 2.33 finds %v", found.Variants)
	}
}

func TestLegacyDirectories(t *testing.T) {
	for _, tt := range []struct {
		machine elf.Machine
		file    string
		want    string
	}{
		{elf.EM_X86_64, "/p/tls/x86_64/liba.so", "/p/tls/x86_64/liba.so"},
		{elf.EM_X86_64, "/p/tls/haswell/liba.so", "/p/liba.so"},
		{elf.EM_X86_64, "/p/x86_64/x86_64/liba.so", "/p/liba.so"},
		{elf.EM_AARCH64, "/p/atomics/liba.so", "/p/liba.so"},
		{elf.EM_AARCH64, "/p/tls/aarch64/liba.so", "/p/tls/aarch64/liba.so"},
		{elf.EM_RISCV, "/p/tls/liba.so", "/p/tls/liba.so"},
	} {
		t.Run(tt.machine.String()+tt.file, func(t *testing.T) {
			f := newFinder(t, "/p/liba.so", tt.file)
			for _, o := range f.objects {
				o.Machine = tt.machine
			}
			f.Legacy, f.Machine = true, tt.machine
			found, err := f.Search("liba.so", program("/p"))
			if err != nil || found.Path != tt.want {
				t.Errorf("%+v, %v", found, err)
			}
			if tt.want == "/p/liba.so" && !slices.Equal(found.Variants, []string{tt.file}) {
				t.Errorf("variants %v", found.Variants)
			}
		})
	}
}

func TestReplaceTokens(t *testing.T) {
	f := newFinder(t)
	f.Platforms = []string{"P1", "P2"}
	s := &search{Config: &f.Config}
	owner := &Requester{Origin: "/o"}
	for elem, want := range map[string]string{
		"/plain":                "/plain",
		"$ORIGIN":               "/o",
		"${ORIGIN}/../lib":      "/o/../lib",
		"/x/$LIB/y":             "/x/lib64/y",
		"$ORIGINAL":             "$ORIGINAL",
		"$ORIGIN_X":             "$ORIGIN_X",
		"$ORIGIN-X":             "/o-X",
		"$LIB$LIB":              "lib64lib64",
		"${LIB":                 "${LIB",
		"${}":                   "${}",
		"$":                     "$",
		"$$LIB":                 "$lib64",
		"${ LIB}":               "${ LIB}",
		"/a/$PLATFORM|":         "/a/P1| /a/P2|",
		"$PLATFORM/${PLATFORM}": "P1/P1 P2/P2",
		"$HOME":                 "$HOME",
	} {
		if got := strings.Join(s.expand(elem, owner), " "); got != want {
			t.Errorf("%s: got %q, want %q", elem, got, want)
		}
	}
}

func TestSecureOrigin(t *testing.T) {
	f := newFinder(t)
	s := &search{Config: &f.Config}
	main := &Requester{Origin: "/usr/lib64/app", Secure: true}
	lib := &Requester{Origin: "/opt", Secure: true, Loader: main}
	for _, tt := range []struct {
		by   *Requester
		elem string
		ok   bool
	}{
		{main, "$ORIGIN", true},
		{main, "$ORIGIN/..", true},
		{main, "$ORIGIN/../..", false},
		{main, "$ORIGIN/../../lib64", true},
		{main, "/opt/$LIB", true},
		{lib, "$ORIGIN", true},
	} {
		if got := len(s.expand(tt.elem, tt.by)) > 0; got != tt.ok {
			t.Errorf("%s: expanded %v, want %v", tt.elem, got, tt.ok)
		}
	}
}

func TestSplitting(t *testing.T) {
	for list, want := range map[string]string{"": "[]", ":": `["" ""]`, "a:b;c": `["a" "b;c"]`, "a:": `["a" ""]`} {
		if got := fmt.Sprintf("%q", splitList(list, ":")); got != want {
			t.Errorf("glibc, %q: %s, want %s", list, got, want)
		}
	}
	if got := fmt.Sprintf("%q", splitList("a:b;;c", ":;")); got != `["a" "b" "" "c"]` {
		t.Errorf("LD_LIBRARY_PATH: %s", got)
	}
	if got := fmt.Sprintf("%q", SplitMusl(":/a\n/b::")); got != `["/a" "/b"]` {
		t.Errorf("musl: %s", got)
	}
}

func TestOrigin(t *testing.T) {
	for name, want := range map[string]string{"/app": "/", "/a/b": "/a", "/a/../b/./c": "/a/../b/."} {
		if got := Origin(name); got != want {
			t.Errorf("Origin(%s) = %s, want %s", name, got, want)
		}
	}
}

func TestMuslFailuresThatEndTheSearch(t *testing.T) {
	for err, goesOn := range map[syscall.Errno]bool{syscall.EACCES: true, syscall.ENAMETOOLONG: true, syscall.EIO: false, syscall.EMFILE: false} {
		f := newFinder(t, "/one/liba.so", "/two/liba.so")
		f.Flavor = Musl
		f.errs["/one/liba.so"] = &fs.PathError{Op: "open", Path: "/one/liba.so", Err: err}
		if _, got := f.Search("liba.so", program("/one:/two")); (got == nil) != goesOn {
			t.Errorf("%v: %v", err, got)
		}
	}
}

func TestMuslTokens(t *testing.T) {
	for list, want := range map[string]string{
		"/a:/b": "/a:/b", "$ORIGIN:${ORIGIN}/x": "/o:/o/x", "$ORIGINAL": "/oAL",
		"$LIB": "void", "$ORIGIN:$PLATFORM": "void", "${ORIGIN": "void",
	} {
		got, ok := muslExpand(list, "/o")
		if !ok {
			got = "void"
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", list, got, want)
		}
	}
	if _, ok := muslExpand("$ORIGIN", ""); ok {
		t.Error("expanded an unknown $ORIGIN")
	}
}
