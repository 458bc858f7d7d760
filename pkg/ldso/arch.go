package ldso

import (
	"debug/elf"
	"strings"

	"github.com/5bbb5df2/pack/pkg/object"
)

// libToken derives $LIB from the default directories: glibc sets both from
// the same configuration (slibdir), and distributions that patch one patch
// the other ("lib/x86_64-linux-gnu" on Debian, "lib64" on Fedora).
func libToken(dirs []string) string {
	if len(dirs) == 0 {
		return "lib"
	}
	return strings.TrimPrefix(strings.TrimPrefix(dirs[0], "/usr"), "/")
}

// platforms is $PLATFORM: AT_PLATFORM of getauxval(3), baseline first. glibc
// up to 2.36 replaces it by a name of its own on some x86-64 processors
// (sysdeps/x86/cpu-features.c).
func platforms(m elf.Machine, class elf.Class, data elf.Data, legacy bool) []string {
	switch m {
	case elf.EM_X86_64:
		if legacy {
			return []string{"x86_64", "haswell", "xeon_phi"}
		}
		return []string{"x86_64"}
	case elf.EM_386:
		return []string{"i686", "i586", "i486", "i386"}
	case elf.EM_AARCH64:
		if data == elf.ELFDATA2MSB {
			return []string{"aarch64_be"}
		}
		return []string{"aarch64"}
	case elf.EM_ARM:
		return []string{"v7l", "v6l", "v8l"}
	case elf.EM_PPC64:
		return []string{"power8", "power9", "power10"}
	case elf.EM_S390:
		return []string{"z900", "z10", "z13", "z14", "z15", "z16"}
	}
	return []string{strings.ToLower(strings.TrimPrefix(m.String(), "EM_"))}
}

// arch describes how one architecture names its loaders and directories.
type arch struct {
	machine elf.Machine
	class   elf.Class
	data    elf.Data
	// match looks at e_flags where those tell ABIs apart; nil takes all.
	match   func(flags uint32) bool
	triplet string // Debian's multiarch directory
	libdir  string // the other distributions'
	glibc   string // PT_INTERP
	musl    string // ARCH of ld-musl-ARCH.so.1
}

// armHardFloat is EF_ARM_ABI_FLOAT_HARD of the ELF ABI for ARM.
const armHardFloat = 0x400

// archs follows the tables of glibc's SHLIB_VERSIONS files and Debian's
// multiarch tuples.
var archs = []arch{
	{elf.EM_X86_64, elf.ELFCLASS64, elf.ELFDATA2LSB, nil, "x86_64-linux-gnu", "lib64", "/lib64/ld-linux-x86-64.so.2", "x86_64"},
	{elf.EM_X86_64, elf.ELFCLASS32, elf.ELFDATA2LSB, nil, "x86_64-linux-gnux32", "libx32", "/libx32/ld-linux-x32.so.2", "x32"},
	{elf.EM_386, elf.ELFCLASS32, elf.ELFDATA2LSB, nil, "i386-linux-gnu", "lib32", "/lib/ld-linux.so.2", "i386"},
	{elf.EM_AARCH64, elf.ELFCLASS64, elf.ELFDATA2LSB, nil, "aarch64-linux-gnu", "lib64", "/lib/ld-linux-aarch64.so.1", "aarch64"},
	{elf.EM_AARCH64, elf.ELFCLASS64, elf.ELFDATA2MSB, nil, "aarch64_be-linux-gnu", "lib64", "/lib/ld-linux-aarch64_be.so.1", "aarch64_be"},
	{elf.EM_ARM, elf.ELFCLASS32, elf.ELFDATA2LSB, func(f uint32) bool { return f&armHardFloat != 0 }, "arm-linux-gnueabihf", "lib", "/lib/ld-linux-armhf.so.3", "armhf"},
	{elf.EM_ARM, elf.ELFCLASS32, elf.ELFDATA2LSB, nil, "arm-linux-gnueabi", "lib", "/lib/ld-linux.so.3", "arm"},
	{elf.EM_PPC64, elf.ELFCLASS64, elf.ELFDATA2LSB, nil, "powerpc64le-linux-gnu", "lib64", "/lib64/ld64.so.2", "powerpc64le"},
	{elf.EM_PPC64, elf.ELFCLASS64, elf.ELFDATA2MSB, nil, "powerpc64-linux-gnu", "lib64", "/lib64/ld64.so.1", "powerpc64"},
	{elf.EM_PPC, elf.ELFCLASS32, elf.ELFDATA2MSB, nil, "powerpc-linux-gnu", "lib", "/lib/ld.so.1", "powerpc"},
	{elf.EM_S390, elf.ELFCLASS64, elf.ELFDATA2MSB, nil, "s390x-linux-gnu", "lib64", "/lib/ld64.so.1", "s390x"},
	{elf.EM_RISCV, elf.ELFCLASS64, elf.ELFDATA2LSB, nil, "riscv64-linux-gnu", "lib64/lp64d", "/lib/ld-linux-riscv64-lp64d.so.1", "riscv64"},
	{elf.EM_MIPS, elf.ELFCLASS64, elf.ELFDATA2LSB, nil, "mips64el-linux-gnuabi64", "lib64", "/lib64/ld.so.1", "mips64el"},
	{elf.EM_MIPS, elf.ELFCLASS32, elf.ELFDATA2LSB, nil, "mipsel-linux-gnu", "lib", "/lib/ld.so.1", "mipsel"},
	{elf.EM_LOONGARCH, elf.ELFCLASS64, elf.ELFDATA2LSB, nil, "loongarch64-linux-gnu", "lib64", "/lib64/ld-linux-loongarch-lp64d.so.1", "loongarch64"},
}

func archOf(class elf.Class, m elf.Machine, data elf.Data, flags uint32) (arch, bool) {
	for _, a := range archs {
		if a.machine == m && a.class == class && (data == elf.ELFDATANONE || a.data == data) && (a.match == nil || a.match(flags)) {
			return a, true
		}
	}
	return arch{}, false
}

// knownDirs is the default search path for a loader that does not tell.
func knownDirs(class elf.Class, m elf.Machine) []string {
	a, ok := archOf(class, m, elf.ELFDATANONE, armHardFloat)
	if !ok {
		return []string{"/lib", "/usr/lib"}
	}
	dirs := []string{"/lib/" + a.triplet, "/usr/lib/" + a.triplet}
	if a.libdir != "lib" {
		dirs = append(dirs, "/"+a.libdir, "/usr/"+a.libdir)
	}
	return append(dirs, "/lib", "/usr/lib")
}

// LikelyInterps lists the loaders a shared library, which names none, may be
// meant for, the likeliest first.
func LikelyInterps(o *object.Object) []string {
	a, ok := archOf(o.Class, o.Machine, o.Data, o.Flags)
	if !ok {
		return nil
	}
	musl := "/lib/ld-musl-" + a.musl + ".so.1"
	for _, n := range o.Needed {
		if n == "libc.so" || strings.HasPrefix(n, "libc.musl-") {
			return []string{musl, a.glibc}
		}
	}
	return []string{a.glibc, musl}
}
