package portable

import (
	"io"
	"io/fs"
	"time"
)

// Entry is one path of the tree.
//
// Path is absolute and clean, as the program sees it; "/" is the root. Its
// bytes are any but NUL. Mode holds the type (regular, directory, symbolic
// link, device, named pipe, socket) and the permission, setuid, setgid and
// sticky bits. Link is the target of a symbolic link, kept as it is.
// HardLink is the path of the regular file, earlier in path order, that the
// entry is another name of; such an entry has no size, content or metadata of
// its own. Size is in bytes and set for regular files only.
type Entry struct {
	Path     string
	Mode     fs.FileMode
	UID, GID uint32
	ModTime  time.Time
	Xattrs   map[string][]byte
	Link     string
	HardLink string
	Rdev     uint64 // of a device, as stat(2) has it
	Size     int64
	// Extents are the parts of a sparse file that hold data, in order; what
	// lies between them reads as zeros. Sparse must be set for them to count:
	// without it the whole file is data.
	Sparse  bool
	Extents []Extent
}

// Extent is a range of a file in bytes.
type Extent struct{ Offset, Size int64 }

// Content is an opened regular file. A rootfs.File is one.
type Content interface {
	io.ReaderAt
	io.Closer
}
