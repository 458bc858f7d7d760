package trace

// shape is how a system call's arguments name a path.
type shape uint8

const (
	opens      shape = iota // open flags at args[flags]
	opens2                  // flags in a struct open_how at args[flags]
	creates                 // makes a name; an existing one makes it fail
	truncates               // creat(2): makes or empties
	binds                   // makes the socket that a sockaddr_un of length args[flags] names
	writes                  // changes or removes what is there
	executes                // execve(2); AT_ flags at args[flags]
	enters                  // a directory becomes the working or root directory
	renames                 // two paths, the old first
	hardlinks               // two paths, the old first; AT_ flags at args[flags]
	readlinks               // the link itself
	looks                   // AT_ flags at args[flags]
	remounts                // paths may lead elsewhere from now on
	refused                 // answered with ENOSYS by the filter
	handles                 // opens a file without naming it
	supervises              // seccomp(2) with a listener of the program's own
)

// none marks an argument the call does not have: for a directory it means the
// working directory.
const none = -1

// call says where one system call has its path. Numbers are indexes into its
// six arguments.
type call struct {
	name      string
	shape     shape
	dir, path int8
	dir2      int8
	path2     int8
	flags     int8
	noFollow  bool   // does not follow a link in the last component, whatever the flags
	look      bool   // traced only if Options.Looks
	unless    uint32 // a bit of the flags: with it the call passes
	onlyWith  uint32 // a bit of the flags: without it the call passes
}

// Bits of flags that tell calls apart.
const (
	atEmptyPath = 0x1000 // AT_EMPTY_PATH: asks about a descriptor
	newListener = 0x8    // SECCOMP_FILTER_FLAG_NEW_LISTENER
)

// calls lists what is traced. Argument positions are those of the man pages,
// section 2, which are the kernel's own for all these calls.
var calls = []call{
	{name: "open", shape: opens, dir: none, path: 0, flags: 1},
	{name: "openat", shape: opens, dir: 0, path: 1, flags: 2},
	{name: "openat2", shape: opens2, dir: 0, path: 1, flags: 2},
	{name: "creat", shape: truncates, dir: none, path: 0},
	{name: "execve", shape: executes, dir: none, path: 0, flags: none},
	{name: "execveat", shape: executes, dir: 0, path: 1, flags: 4},
	{name: "truncate", shape: writes, dir: none, path: 0},
	{name: "truncate64", shape: writes, dir: none, path: 0},
	{name: "mkdir", shape: creates, dir: none, path: 0},
	{name: "mkdirat", shape: creates, dir: 0, path: 1},
	{name: "mknod", shape: creates, dir: none, path: 0},
	{name: "mknodat", shape: creates, dir: 0, path: 1},
	// Not that of i386 programs by socketcall(2).
	{name: "bind", shape: binds, dir: none, path: 1, flags: 2},
	{name: "symlink", shape: creates, dir: none, path: 1},
	{name: "symlinkat", shape: creates, dir: 1, path: 2},
	{name: "link", shape: hardlinks, dir: none, path: 0, dir2: none, path2: 1, flags: none},
	{name: "linkat", shape: hardlinks, dir: 0, path: 1, dir2: 2, path2: 3, flags: 4},
	{name: "rename", shape: renames, dir: none, path: 0, dir2: none, path2: 1},
	{name: "renameat", shape: renames, dir: 0, path: 1, dir2: 2, path2: 3},
	{name: "renameat2", shape: renames, dir: 0, path: 1, dir2: 2, path2: 3},
	{name: "unlink", shape: writes, dir: none, path: 0, noFollow: true},
	{name: "unlinkat", shape: writes, dir: 0, path: 1, noFollow: true},
	{name: "rmdir", shape: writes, dir: none, path: 0, noFollow: true},
	{name: "chdir", shape: enters, dir: none, path: 0},
	{name: "chroot", shape: enters, dir: none, path: 0},
	{name: "readlink", shape: readlinks, dir: none, path: 0, noFollow: true},
	{name: "readlinkat", shape: readlinks, dir: 0, path: 1, noFollow: true},
	{name: "pivot_root", shape: remounts},
	{name: "mount", shape: remounts},
	{name: "move_mount", shape: remounts},
	{name: "setns", shape: remounts},
	{name: "io_uring_setup", shape: refused},
	{name: "open_by_handle_at", shape: handles},
	{name: "seccomp", shape: supervises, flags: 1, onlyWith: newListener},
	{name: "stat", shape: looks, dir: none, path: 0, flags: none, look: true},
	{name: "stat64", shape: looks, dir: none, path: 0, flags: none, look: true},
	{name: "lstat", shape: looks, dir: none, path: 0, flags: none, look: true, noFollow: true},
	{name: "lstat64", shape: looks, dir: none, path: 0, flags: none, look: true, noFollow: true},
	{name: "newfstatat", shape: looks, dir: 0, path: 1, flags: 3, look: true, unless: atEmptyPath},
	{name: "fstatat64", shape: looks, dir: 0, path: 1, flags: 3, look: true, unless: atEmptyPath},
	{name: "statx", shape: looks, dir: 0, path: 1, flags: 2, look: true, unless: atEmptyPath},
	{name: "access", shape: looks, dir: none, path: 0, flags: none, look: true},
	{name: "faccessat", shape: looks, dir: 0, path: 1, flags: none, look: true},
	{name: "faccessat2", shape: looks, dir: 0, path: 1, flags: 3, look: true, unless: atEmptyPath},
}

// abi is one way to enter the kernel: an architecture as seccomp_data has it
// (AUDIT_ARCH_ in linux/audit.h), and its system call numbers.
type abi struct {
	arch    uint32
	bits32  bool // registers and pointers have 32 bits
	numbers map[string]uint32
}

const (
	archX86_64  = 0xc000003e
	archI386    = 0x40000003
	archAArch64 = 0xc00000b7
	archARM     = 0x40000028

	x32Bit = 0x40000000 // __X32_SYSCALL_BIT of asm/unistd.h
)

// abisOf lists the ABIs a program may use on a machine that runs GOARCH goarch;
// nil if we do not know its registers.
func abisOf(goarch string) []abi {
	switch goarch {
	case "amd64":
		return []abi{{arch: archX86_64, numbers: numbersX86_64}, {arch: archX86_64, numbers: x32Numbers()}, {arch: archI386, bits32: true, numbers: numbersI386}}
	case "arm64":
		return []abi{{arch: archAArch64, numbers: numbersAArch64}, {arch: archARM, bits32: true, numbers: numbersARM}}
	}
	return nil
}

// numbersX86_64 is asm/unistd_64.h.
var numbersX86_64 = map[string]uint32{
	"open": 2, "stat": 4, "lstat": 6, "access": 21, "bind": 49, "execve": 59, "truncate": 76, "chdir": 80, "rename": 82,
	"mkdir": 83, "rmdir": 84, "creat": 85, "link": 86, "unlink": 87, "symlink": 88, "readlink": 89, "mknod": 133,
	"pivot_root": 155, "chroot": 161, "mount": 165, "openat": 257, "mkdirat": 258, "mknodat": 259, "newfstatat": 262,
	"unlinkat": 263, "renameat": 264, "linkat": 265, "symlinkat": 266, "readlinkat": 267, "faccessat": 269,
	"open_by_handle_at": 304, "setns": 308, "renameat2": 316, "seccomp": 317, "execveat": 322, "statx": 332, "io_uring_setup": 425, "move_mount": 429,
	"openat2": 437, "faccessat2": 439,
}

// x32Numbers is asm/unistd_x32.h: those of x86-64 with a bit set, but for the
// calls that take pointers to pointers.
func x32Numbers() map[string]uint32 {
	n := map[string]uint32{}
	for name, nr := range numbersX86_64 {
		n[name] = nr | x32Bit
	}
	n["execve"], n["execveat"] = 520|x32Bit, 545|x32Bit
	return n
}

// numbersI386 is asm/unistd_32.h.
var numbersI386 = map[string]uint32{
	"open": 5, "creat": 8, "link": 9, "unlink": 10, "execve": 11, "chdir": 12, "mknod": 14, "mount": 21, "access": 33,
	"rename": 38, "mkdir": 39, "rmdir": 40, "chroot": 61, "symlink": 83, "readlink": 85, "truncate": 92, "stat": 106,
	"lstat": 107, "truncate64": 193, "stat64": 195, "lstat64": 196, "pivot_root": 217, "openat": 295, "mkdirat": 296,
	"mknodat": 297, "fstatat64": 300, "unlinkat": 301, "renameat": 302, "linkat": 303, "symlinkat": 304,
	"readlinkat": 305, "faccessat": 307, "open_by_handle_at": 342, "setns": 346, "renameat2": 353, "seccomp": 354, "execveat": 358, "bind": 361, "statx": 383,
	"io_uring_setup": 425, "move_mount": 429, "openat2": 437, "faccessat2": 439,
}

// numbersAArch64 is asm-generic/unistd.h as arm64 uses it.
var numbersAArch64 = map[string]uint32{
	"mknodat": 33, "mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "linkat": 37, "renameat": 38, "mount": 40,
	"pivot_root": 41, "truncate": 45, "faccessat": 48, "chdir": 49, "chroot": 51, "openat": 56, "readlinkat": 78,
	"newfstatat": 79, "bind": 200, "execve": 221, "open_by_handle_at": 265, "setns": 268, "renameat2": 276, "seccomp": 277, "execveat": 281, "statx": 291,
	"io_uring_setup": 425, "move_mount": 429, "openat2": 437, "faccessat2": 439,
}

// numbersARM is arch/arm/tools/syscall.tbl, which 32-bit programs use on arm64.
var numbersARM = map[string]uint32{
	"open": 5, "creat": 8, "link": 9, "unlink": 10, "execve": 11, "chdir": 12, "mknod": 14, "mount": 21, "access": 33,
	"rename": 38, "mkdir": 39, "rmdir": 40, "chroot": 61, "symlink": 83, "readlink": 85, "truncate": 92, "stat": 106,
	"lstat": 107, "truncate64": 193, "stat64": 195, "lstat64": 196, "pivot_root": 218, "bind": 282, "openat": 322, "mkdirat": 323,
	"mknodat": 324, "fstatat64": 327, "unlinkat": 328, "renameat": 329, "linkat": 330, "symlinkat": 331,
	"readlinkat": 332, "faccessat": 334, "open_by_handle_at": 371, "setns": 375, "renameat2": 382, "seccomp": 383, "execveat": 387, "statx": 397,
	"io_uring_setup": 425, "move_mount": 429, "openat2": 437, "faccessat2": 439,
}

// callKey identifies a traced call as the kernel reports it.
type callKey struct {
	arch uint32
	nr   uint32
}

// target is a traced call of one ABI.
type target struct {
	*call
	bits32 bool
}

// targets maps what the kernel reports to what it means.
func targets(abis []abi, looks bool) map[callKey]target {
	m := map[callKey]target{}
	for _, a := range abis {
		for i := range calls {
			c := &calls[i]
			if nr, ok := a.numbers[c.name]; ok && (looks || !c.look) {
				m[callKey{a.arch, nr}] = target{c, a.bits32}
			}
		}
	}
	return m
}
