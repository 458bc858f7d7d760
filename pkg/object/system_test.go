package object_test

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
)

// gcc compiles source with args and returns the file's bytes; it skips the test
// where the compiler or a library for args is missing.
func gcc(t testing.TB, compiler, source string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(compiler); err != nil {
		t.Skipf("needs %s: %v", compiler, err)
	}
	dir := t.TempDir()
	src, out := filepath.Join(dir, "a.c"), filepath.Join(dir, "a.out")
	if err := os.WriteFile(src, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(compiler, append(args, "-o", out, src)...)
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("%s %s cannot build here: %s", compiler, strings.Join(args, " "), msg)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const emptyMain = "int main(void){return 0;}\n"

func TestReadCompiledFiles(t *testing.T) {
	library := "int f(void){return 1;}\n"
	tests := []struct {
		name, compiler, source string
		args                   []string
		want                   func(o *object.Object) bool
	}{
		{"pie", "gcc", emptyMain, []string{"-pie", "-fPIE"},
			func(o *object.Object) bool {
				return o.Type == elf.ET_DYN && o.PIE && o.Interp != "" && slices.Contains(o.Needed, "libc.so.6")
			}},
		{"no-pie", "gcc", emptyMain, []string{"-no-pie"},
			func(o *object.Object) bool { return o.Type == elf.ET_EXEC && !o.PIE && o.Interp != "" && o.Dynamic }},
		{"static", "gcc", emptyMain, []string{"-static"},
			func(o *object.Object) bool {
				return o.Type == elf.ET_EXEC && o.Interp == "" && !o.Dynamic && o.Packed == ""
			}},
		{"static-pie", "gcc", emptyMain, []string{"-static-pie"},
			func(o *object.Object) bool {
				return o.Type == elf.ET_DYN && o.Interp == "" && o.Dynamic && o.Needed == nil
			}},
		{"shared library", "gcc", library, []string{"-shared", "-fPIC", "-Wl,-soname,libf.so.1", "-Wl,--enable-new-dtags,-rpath,$ORIGIN/x", "-Wl,-z,nodefaultlib"},
			func(o *object.Object) bool {
				return o.Soname == "libf.so.1" && o.Runpath == "$ORIGIN/x" && o.HasRunpath && !o.HasRpath && o.NoDefaultLib
			}},
		{"rpath", "gcc", library, []string{"-shared", "-fPIC", "-Wl,--disable-new-dtags,-rpath,/a:/b"},
			func(o *object.Object) bool { return o.Rpath == "/a:/b" && o.HasRpath && !o.HasRunpath }},
		{"filter and audit", "gcc", library, []string{"-shared", "-fPIC", "-Wl,-F,libg.so,-f,libh.so,--audit,liba.so,-P,libd.so"},
			func(o *object.Object) bool {
				return reflect.DeepEqual([][]string{o.Filter, o.Auxiliary, o.Audit, o.DepAudit},
					[][]string{{"libg.so"}, {"libh.so"}, {"liba.so"}, {"libd.so"}})
			}},
		{"object file", "gcc", library, []string{"-c"},
			func(o *object.Object) bool { return o.Type == elf.ET_REL }},
		{"i386", "gcc", library, []string{"-m32", "-shared", "-nostdlib", "-Wl,-soname,libf.so.1"},
			func(o *object.Object) bool {
				return o.Class == elf.ELFCLASS32 && o.Machine == elf.EM_386 && o.Soname == "libf.so.1"
			}},
		{"arm64", "aarch64-linux-gnu-gcc", library, []string{"-shared", "-fPIC", "-Wl,-soname,libf.so.1"},
			func(o *object.Object) bool { return o.Machine == elf.EM_AARCH64 && o.Soname == "libf.so.1" }},
		{"s390x", "s390x-linux-gnu-gcc", library, []string{"-shared", "-fPIC", "-Wl,-soname,libf.so.1"},
			func(o *object.Object) bool {
				return o.Data == elf.ELFDATA2MSB && o.Machine == elf.EM_S390 && o.Soname == "libf.so.1"
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := gcc(t, tt.compiler, tt.source, tt.args...)
			o, err := readBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			if !tt.want(o) {
				t.Errorf("got %+v", o)
			}
			if o.Type == elf.ET_REL {
				return
			}
			compareWithSections(t, tt.name, o, bytes.NewReader(b))
			sameWithoutSections(t, o, b)
		})
	}
}

// sameWithoutSections damages the section header table in every way in which a
// program still runs, and expects the same facts.
func sameWithoutSections(t *testing.T, want *object.Object, b []byte) {
	t.Helper()
	shoff, shnum, size := 40, 60, 8
	if want.Class == elf.ELFCLASS32 {
		shoff, shnum, size = 32, 48, 4
	}
	var order binary.ByteOrder = binary.LittleEndian
	if want.Data == elf.ELFDATA2MSB {
		order = binary.BigEndian
	}
	table := int(order.Uint32(b[shoff:]))
	if size == 8 {
		table = int(order.Uint64(b[shoff:]))
	}
	for name, change := range map[string]func(b []byte) []byte{
		"table cut off":       func(b []byte) []byte { return b[:table] },
		"e_shoff behind end":  func(b []byte) []byte { order.PutUint32(b[shoff+size-4:], 0x7fffffff); return b },
		"zeroed headers":      func(b []byte) []byte { clear(b[table:]); return b },
		"no section headers":  func(b []byte) []byte { clear(b[shoff : shoff+size]); clear(b[shnum : shnum+4]); return b },
		"nonsense in e_shnum": func(b []byte) []byte { order.PutUint16(b[shnum:], 0xfff0); return b },
	} {
		got, err := readBytes(change(slices.Clone(b)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
		}
	}
}

// compareWithSections compares o with what debug/elf reads from the sections;
// it tells whether that could read them.
func compareWithSections(t *testing.T, name string, o *object.Object, r *bytes.Reader) bool {
	t.Helper()
	e, err := elf.NewFile(r)
	if err != nil {
		return false
	}
	if o.Class != e.Class || o.Data != e.Data || o.OSABI != e.OSABI || o.Type != e.Type || o.Machine != e.Machine {
		t.Errorf("%s: header %v %v %v %v %v, want %v", name, o.Class, o.Data, o.OSABI, o.Type, o.Machine, e.FileHeader)
	}
	if e.SectionByType(elf.SHT_DYNAMIC) == nil {
		return true
	}
	needed, err := e.ImportedLibraries()
	if err != nil || !slices.Equal(o.Needed, needed) {
		t.Errorf("%s: needed %q, want %q, %v", name, o.Needed, needed, err)
	}
	for tag, got := range map[elf.DynTag]string{elf.DT_SONAME: o.Soname, elf.DT_RPATH: o.Rpath, elf.DT_RUNPATH: o.Runpath} {
		all, err := e.DynString(tag)
		if want := strings.Join(all, " "); err != nil || got != want {
			t.Errorf("%s: %v %q, want %q, %v", name, tag, got, want, err)
		}
	}
	compareVersions(t, name, o, e)
	return true
}

func compareVersions(t *testing.T, name string, o *object.Object, e *elf.File) {
	t.Helper()
	var needs []object.VersionNeed
	dynNeeds, err := e.DynamicVersionNeeds()
	if err != nil && len(o.VersionsNeeded) > 0 {
		t.Errorf("%s: debug/elf: %v", name, err)
	}
	for _, n := range dynNeeds {
		need := object.VersionNeed{File: n.Name, Versions: []object.Version{}}
		for _, d := range n.Needs {
			need.Versions = append(need.Versions, object.Version{Name: d.Dep, Weak: d.Flags&elf.VER_FLG_WEAK != 0})
		}
		needs = append(needs, need)
	}
	if !reflect.DeepEqual(o.VersionsNeeded, needs) {
		t.Errorf("%s: versions needed %v, want %v", name, o.VersionsNeeded, needs)
	}
	var defs []string
	versions, err := e.DynamicVersions()
	if err != nil && o.HasVerdef {
		t.Errorf("%s: debug/elf: %v", name, err)
	}
	for _, v := range versions {
		if v.Flags&elf.VER_FLG_BASE == 0 {
			defs = append(defs, v.Name)
		}
	}
	if !slices.Equal(o.VersionsDefined, defs) {
		t.Errorf("%s: versions defined %v, want %v", name, o.VersionsDefined, defs)
	}
}

// Every ELF file of the machine whose section headers are whole says the same
// through its program headers.
func TestReadAgreesWithSectionsOnThisMachine(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 10
	}
	libs, _ := filepath.Glob("/usr/lib/*-linux-gnu")
	compared, scripts := 0, 0
	for _, dir := range append(libs, "/usr/bin", "/usr/sbin") {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for i, entry := range entries {
			if i%step != 0 || !entry.Type().IsRegular() {
				continue
			}
			name := filepath.Join(dir, entry.Name())
			b, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			o, err := readBytes(b)
			if !bytes.HasPrefix(b, []byte(elf.ELFMAG)) {
				if err == nil {
					t.Errorf("%s: read, but is no ELF file", name)
				}
				if _, err := object.ReadScript(bytes.NewReader(b), int64(len(b))); err == nil {
					scripts++
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if o.Packed == "" && compareWithSections(t, name, o, bytes.NewReader(b)) {
				compared++
			}
		}
	}
	t.Logf("%d ELF files agree with their sections; %d scripts", compared, scripts)
	if runtime.GOOS == "linux" && compared == 0 {
		t.Error("no ELF file was compared")
	}
}
