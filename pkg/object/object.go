// Package object reads what one file says about how it is loaded: the facts a
// kernel or dynamic loader takes from an ELF file's program headers, or a #!
// line. It reads only program headers, never section headers, because that is
// all the loader looks at.
package object

import "debug/elf"

// Object is the loading facts of one ELF file.
type Object struct {
	Class   elf.Class
	Data    elf.Data // byte order
	OSABI   elf.OSABI
	Type    elf.Type
	Machine elf.Machine
	Flags   uint32 // e_flags

	// Interp is the PT_INTERP string, empty without one.
	Interp string
	// Dynamic tells whether there is a PT_DYNAMIC segment.
	Dynamic bool
	// Soname is DT_SONAME, empty without one.
	Soname string
	// Needed, Filter, Auxiliary, Audit and DepAudit hold the strings of the
	// dynamic tags of those names, in file order.
	Needed, Filter, Auxiliary, Audit, DepAudit []string
	// Rpath and Runpath are the raw DT_RPATH and DT_RUNPATH strings. HasRunpath
	// tells an empty DT_RUNPATH from none: even an empty one switches off the
	// inherited DT_RPATH (glibc elf/dl-load.c).
	Rpath, Runpath       string
	HasRpath, HasRunpath bool
	// NoDefaultLib is DF_1_NODEFLIB; PIE is DF_1_PIE.
	NoDefaultLib, PIE bool

	// VersionsNeeded is DT_VERNEED in file order; VersionsDefined is DT_VERDEF
	// without the base definition (VER_FLG_BASE).
	VersionsNeeded  []VersionNeed
	VersionsDefined []string
	// HasVerdef tells whether DT_VERDEF is there at all.
	HasVerdef bool

	// Packed names the packer ("upx") of a file whose dependencies cannot be
	// read because they are compressed.
	Packed string
}

// VersionNeed is one entry of DT_VERNEED: the versions wanted from one file.
type VersionNeed struct {
	File     string // as in DT_NEEDED
	Versions []Version
}

// Version is one wanted version. A weak one (VER_FLG_WEAK) may be missing.
type Version struct {
	Name string
	Weak bool
}
