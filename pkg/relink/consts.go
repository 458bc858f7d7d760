package relink

// The constants of elf(5) that are needed. Package debug/elf has them too, but
// with it comes a reader of debugging information, and launchers are to be small.

const (
	elfMagic = "\x7fELF"

	identSize  = 16 // EI_NIDENT
	identClass = 4  // EI_CLASS
	identData  = 5  // EI_DATA
	class64    = 2  // ELFCLASS64
	data2MSB   = 2  // ELFDATA2MSB
)

// progType is the kind of a program header.
type progType uint32

const (
	ptLoad    progType = 1
	ptDynamic progType = 2
	ptInterp  progType = 3
	ptPhdr    progType = 6
)

// progFlag is a set of permissions.
type progFlag uint32

const (
	pfW progFlag = 2
	pfR progFlag = 4
)

// dynTag is the kind of an entry of a dynamic section.
type dynTag uint64

const (
	dtNull    dynTag = 0
	dtStrtab  dynTag = 5
	dtRpath   dynTag = 15
	dtRunpath dynTag = 29
	dtFlags1  dynTag = 0x6ffffffb

	df1NoDefLib = 0x800 // DF_1_NODEFLIB
)
