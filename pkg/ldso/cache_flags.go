package ldso

import "debug/elf"

// Values of the flags field, from sysdeps/generic/ldconfig.h of glibc: the low
// byte is the C library (3 for glibc), the next one the ABI.
const (
	cacheELF              = 0x0001
	cacheLibc6            = 0x0003
	cacheSparc64          = 0x0103
	cacheIA64             = 0x0203
	cacheX8664            = 0x0303
	cacheS390x            = 0x0403
	cachePPC64            = 0x0503
	cacheMipsN32          = 0x0603
	cacheMipsN64          = 0x0703
	cacheX32              = 0x0803
	cacheARMHardFloat     = 0x0903
	cacheAArch64          = 0x0a03
	cacheARMSoftFloat     = 0x0b03
	cacheMipsNaN2008      = 0x0c03
	cacheMipsN32NaN2008   = 0x0d03
	cacheMipsN64NaN2008   = 0x0e03
	cacheRISCVSoftFloat   = 0x0f03
	cacheRISCVDoubleFloat = 0x1003
	cacheLoongSoftFloat   = 0x1103
	cacheLoongDoubleFloat = 0x1203
)

// Bits of e_flags that tell ABIs apart, from elf/elf.h of glibc.
const (
	efARMEABIMask   = 0xff000000
	efARMEABI5      = 0x05000000
	efARMSoftFloat  = 0x200
	efARMHardFloat  = 0x400
	efMipsN32       = 0x20
	efMipsNaN2008   = 0x400
	efRISCVCompress = 0x1
	efRISCVFloat    = 0x6
	efRISCVDouble   = 0x4
	efLoongFloat    = 0x3
	efLoongSoft     = 0x1
	efLoongDouble   = 0x3
	efLoongObjV1    = 0x40

	emCSKY elf.Machine = 252 // not in debug/elf
)

// CacheFlags returns the flags field under which a file with this ELF header
// stands in an ld.so.cache, and whether glibc has a port for it at all. The
// rules are those of the process_elf_file functions, one in each
// sysdeps/unix/sysv/linux/*/readelflib.c of glibc.
func CacheFlags(class elf.Class, data elf.Data, machine elf.Machine, eflags uint32) (int32, bool) {
	wide := class == elf.ELFCLASS64
	if !wide && class != elf.ELFCLASS32 || data != elf.ELFDATA2LSB && data != elf.ELFDATA2MSB {
		return 0, false
	}
	switch machine {
	case elf.EM_X86_64:
		return pickFlags(wide, cacheX8664, cacheX32), true
	case elf.EM_S390:
		return pickFlags(wide, cacheS390x, cacheLibc6), true
	case elf.EM_AARCH64:
		return cacheAArch64, wide
	case elf.EM_PPC64:
		return cachePPC64, wide
	case elf.EM_SPARCV9:
		return cacheSparc64, wide
	case elf.EM_IA_64:
		return cacheIA64, wide
	case elf.EM_ARM:
		return armFlags(eflags), !wide
	case elf.EM_MIPS, elf.EM_MIPS_RS3_LE:
		return mipsFlags(wide, eflags), true
	case elf.EM_RISCV:
		return riscvFlags(eflags)
	case elf.EM_LOONGARCH:
		return loongFlags(wide, eflags)
	case elf.EM_386, elf.EM_PPC, elf.EM_SPARC, elf.EM_SPARC32PLUS, elf.EM_68K, elf.EM_PARISC, elf.EM_SH,
		elf.EM_ARC_COMPACT, elf.EM_ARC_COMPACT2, emCSKY, elf.EM_MICROBLAZE, elf.EM_OPENRISC, elf.EM_ALTERA_NIOS2:
		return cacheLibc6, !wide
	case elf.EM_ALPHA:
		return cacheLibc6, wide
	}
	return 0, false
}

func pickFlags(first bool, a, b int32) int32 {
	if first {
		return a
	}
	return b
}

// armFlags leaves an unmarked object open to both float ABIs, as glibc does.
func armFlags(eflags uint32) int32 {
	switch {
	case eflags&efARMEABIMask != efARMEABI5:
		return cacheLibc6
	case eflags&efARMHardFloat != 0:
		return cacheARMHardFloat
	case eflags&efARMSoftFloat != 0:
		return cacheARMSoftFloat
	}
	return cacheLibc6
}

func mipsFlags(wide bool, eflags uint32) int32 {
	nan2008 := eflags&efMipsNaN2008 != 0
	switch {
	case wide:
		return pickFlags(nan2008, cacheMipsN64NaN2008, cacheMipsN64)
	case eflags&efMipsN32 != 0:
		return pickFlags(nan2008, cacheMipsN32NaN2008, cacheMipsN32)
	}
	return pickFlags(nan2008, cacheMipsNaN2008, cacheLibc6)
}

// riscvFlags knows two of the four float ABIs, and no flags beyond them and
// compressed instructions: glibc supports no more.
func riscvFlags(eflags uint32) (int32, bool) {
	if eflags&^(efRISCVFloat|efRISCVCompress) != 0 {
		return 0, false
	}
	switch eflags & efRISCVFloat {
	case 0:
		return cacheRISCVSoftFloat, true
	case efRISCVDouble:
		return cacheRISCVDoubleFloat, true
	}
	return 0, false
}

func loongFlags(wide bool, eflags uint32) (int32, bool) {
	switch eflags &^ efLoongObjV1 {
	case efLoongSoft:
		return cacheLoongSoftFloat, wide
	case efLoongDouble:
		return cacheLoongDoubleFloat, wide
	}
	return 0, false
}

// flagsAccept says whether a process with flags want takes an entry with flags
// have: the _dl_cache_check_flags macros of glibc's dl-cache.h files.
func flagsAccept(want, have int32) bool {
	switch want {
	case cacheARMHardFloat, cacheARMSoftFloat:
		return have == want || have == cacheLibc6
	case cacheLibc6:
		return have == want || have == cacheELF
	}
	return have == want
}

// flagsCharSigned says whether char is signed in the C of the machine that flags
// stands for. It decides where names with bytes above 0x7f sort.
func flagsCharSigned(flags int32) bool {
	switch flags {
	case cacheS390x, cachePPC64, cacheARMHardFloat, cacheARMSoftFloat, cacheAArch64,
		cacheRISCVSoftFloat, cacheRISCVDoubleFloat:
		return false
	}
	return true
}
