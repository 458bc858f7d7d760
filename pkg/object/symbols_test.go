package object_test

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
)

// usual is about what rules look for.
func usual() *object.Wanted {
	return object.NewWanted([]string{
		"getaddrinfo", "gethostbyname", "gethostbyname_r", "gethostbyname2", "gethostbyaddr", "getnameinfo",
		"getpwnam", "getpwnam_r", "getpwuid", "getpwuid_r", "getpwent", "getgrnam", "getgrnam_r", "getgrgid",
		"getgrgid_r", "getgrent", "getgrouplist", "initgroups", "getservbyname", "getservbyport", "getprotobyname",
		"iconv_open", "setlocale", "newlocale", "dlopen", "dlmopen", "pthread_cancel", "pthread_exit", "backtrace",
		"mkstemp", "mkstemp64", "mkdtemp", "tmpfile", "tmpfile64", "tempnam", "tzset", "localtime", "localtime_r",
		"setupterm", "tgetent", "magic_load", "pam_start", "system", "popen", "execvp", "posix_spawnp", "FcInit",
	}, []string{"Py_Main", "perl_run", "ruby_init", "lua_newstate", "Tcl_Init", "JNI_CreateJavaVM", "node_module_register"})
}

func symbols(b []byte, w *object.Wanted) (object.Found, error) {
	return object.Symbols(bytes.NewReader(b), int64(len(b)), w)
}

const symbolsSource = `
extern int socket(int, int, int), dlclose(void *) __attribute__((weak));
static int local(int a) { return a; }
int defined(int a) { return socket(a, 1, 1) + local(a); }
int (*pointer)(int, int, int) = socket;
void *weakly(void) { return dlclose; }
`

func TestSymbolsOfCompiledFiles(t *testing.T) {
	w := object.NewWanted([]string{"socket", "absent", "defined", "dlclose"},
		[]string{"local", "socket", "defined", "weakly", "a", strings.Repeat("x", 5000)})
	library := object.Found{Imported: []string{"socket", "dlclose"}, Defined: []string{"defined", "weakly"}}
	// An executable defines nothing for others unless it is told to.
	program := object.Found{Imported: []string{"socket", "dlclose"}}
	tests := []struct {
		name, args string
		want       object.Found
	}{
		{"gnu hash", "-shared -fPIC -Wl,--hash-style=gnu", library},
		{"sysv hash", "-shared -fPIC -Wl,--hash-style=sysv", library},
		{"both", "-shared -fPIC -Wl,--hash-style=both", library},
		{"gold", "-shared -fPIC -fuse-ld=gold -Wl,--hash-style=gnu", library},
		{"32 bits", "-m32 -shared -nostdlib -Wl,--hash-style=gnu", library},
		{"program exports nothing", "-pie -fPIE", program},
		{"program exports nothing, sysv hash", "-pie -fPIE -Wl,--hash-style=sysv", program},
		{"program exports nothing, gold", "-pie -fPIE -fuse-ld=gold", program},
		{"program exports all", "-pie -fPIE -rdynamic", library},
		// The addresses of undefined functions are in the hash table.
		{"not position-independent", "-no-pie -fno-pic", program},
		{"static", "-static", object.Found{}},
		{"object file", "-c", object.Found{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source := symbolsSource
			if !strings.Contains(tt.args, "-shared") {
				source += emptyMain
			}
			b := gcc(t, "gcc", source, strings.Fields(tt.args)...)
			got, err := symbols(b, w)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
			_, x, err := object.ReadWith(bytes.NewReader(b), int64(len(b)), w)
			if err != nil || !reflect.DeepEqual(x, object.Extra{Found: tt.want}) {
				t.Errorf("with Read: %+v, %v", x, err)
			}
		})
	}
}

func TestSymbolsAnyClassAndOrder(t *testing.T) {
	w := object.NewWanted([]string{"imported", "weak"}, []string{"defined", "imported"})
	want := object.Found{Imported: []string{"imported", "weak"}, Defined: []string{"defined"}}
	for _, class := range []elf.Class{elf.ELFCLASS32, elf.ELFCLASS64} {
		for _, order := range []byteOrder{binary.LittleEndian, binary.BigEndian} {
			for _, machine := range []elf.Machine{elf.EM_X86_64, elf.EM_S390, elf.EM_MIPS} {
				for _, hash := range []elf.DynTag{elf.DT_HASH, elf.DT_GNU_HASH, elf.DT_MIPS_SYMTABNO} {
					if hash == elf.DT_MIPS_SYMTABNO && machine != elf.EM_MIPS {
						continue
					}
					b := symbolImage(class, order, machine, hash)
					if got, err := symbols(b, w); err != nil || !reflect.DeepEqual(got, want) {
						t.Errorf("%v %v %v %v: got %v, %v", class, order, machine, hash, got, err)
					}
				}
			}
		}
	}
}

// symbolImage is a file that imports two symbols, has a local one, and defines
// "defined"; hash tells how one finds out.
func symbolImage(class elf.Class, order byteOrder, machine elf.Machine, hash elf.DynTag) []byte {
	m := image{class: class, order: order, typ: elf.ET_DYN, machine: machine, symHash: hash, symbols: []imageSymbol{
		{"", 0, elf.STB_LOCAL}, {"imported", elf.SHN_UNDEF, elf.STB_GLOBAL}, {"weak", elf.SHN_UNDEF, elf.STB_WEAK},
		{"defined", 1, elf.STB_LOCAL}, {"defined", 1, elf.STB_GLOBAL}}}
	return m.bytes()
}

// A hostile table is an error of Symbols, a warning of ReadWith.
func TestSymbolsRefusesNonsense(t *testing.T) {
	good := symbolImage(elf.ELFCLASS64, binary.LittleEndian, elf.EM_X86_64, elf.DT_GNU_HASH)
	w := object.NewWanted([]string{"imported"}, []string{"defined"})
	header := bytes.Index(good, []byte{1, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 6, 0, 0, 0})
	if header < 0 {
		t.Fatal("no hash table in the image")
	}
	for name, at := range map[string]int{"symoffset": 4, "bloom words": 8, "bucket": 24} {
		for _, v := range []uint32{3, 1 << 20, 1<<32 - 1} {
			b := slices.Clone(good)
			binary.LittleEndian.PutUint32(b[header+at:], v)
			_, err := symbols(b, w)
			var fe *object.FormatError
			if !errors.As(err, &fe) && err != nil {
				t.Errorf("%s %d: %v", name, v, err)
			}
			_, x, withErr := object.ReadWith(bytes.NewReader(b), int64(len(b)), w)
			if withErr != nil || (err != nil) != (len(x.Warnings) == 1) {
				t.Errorf("%s %d: %v; with Read: %v, %q", name, v, err, withErr, x.Warnings)
			}
		}
	}
}

// compareSymbols compares Symbols with all that debug/elf finds through the
// section headers, looking for each of the names both as import and as export.
func compareSymbols(t *testing.T, name string) bool {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	fi, err := f.Stat()
	e, elfErr := elf.NewFile(f)
	if err != nil || elfErr != nil {
		return false
	}
	all, err := e.DynamicSymbols()
	if err != nil {
		return false
	}
	imported, defined := map[string]bool{}, map[string]bool{}
	names := map[string]bool{"no such symbol": true, "dlopen": true, "free": true}
	for i, s := range all {
		if s.Name == "" || elf.ST_BIND(s.Info) == elf.STB_LOCAL {
			continue
		}
		if s.Section == elf.SHN_UNDEF {
			imported[s.Name] = true
		} else {
			defined[s.Name] = true
		}
		names[s.Name] = names[s.Name] || s.Section == elf.SHN_UNDEF || i%(1+len(all)/2000) == 0
	}
	wanted := slices.DeleteFunc(slices.Sorted(maps.Keys(names)), func(s string) bool { return !names[s] })
	var want object.Found
	for _, s := range wanted {
		if imported[s] {
			want.Imported = append(want.Imported, s)
		}
		if defined[s] {
			want.Defined = append(want.Defined, s)
		}
	}
	got, err := object.Symbols(f, fi.Size(), object.NewWanted(wanted, wanted))
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: imports %d, defines %d of the wanted, want %d and %d", name,
			len(got.Imported), len(got.Defined), len(want.Imported), len(want.Defined))
	}
	return true
}

func TestSymbolsAgreeWithSectionsOnThisMachine(t *testing.T) {
	step := 4
	if testing.Short() {
		step = 40
	}
	compared := 0
	for _, pattern := range []string{"/usr/lib/*-linux-gnu/*.so*", "/usr/lib/*-linux-gnu/*/*.so", "/usr/bin/*", "/usr/sbin/*"} {
		names, _ := filepath.Glob(pattern)
		for i, name := range names {
			if fi, err := os.Lstat(name); i%step == 0 && err == nil && fi.Mode().IsRegular() && compareSymbols(t, name) {
				compared++
			}
		}
	}
	t.Logf("%d ELF files agree with their sections", compared)
}
