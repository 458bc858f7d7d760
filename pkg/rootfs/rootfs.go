// Package rootfs looks names up inside one root file system and never leaves it.
//
// A root may be the running machine's own, another architecture's sysroot or
// an unpacked image. Names are absolute, slash-separated and relative to that
// root; they are byte strings and need not be UTF-8. Absolute symbolic links
// found inside the root are links inside the root, as they would be after
// chroot(2).
package rootfs

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"syscall"
)

// FS is one root file system.
//
// Lstat, Readlink, ReadDir, Open and Xattrs expect a name whose parent
// directories are real directories (Resolve gives such names); what they do
// with a symbolic link on the way is up to the implementation, but it must
// never lead out of the root. Errors satisfy errors.Is with the fs.Err values.
type FS interface {
	// Name says which root this is, for messages: "/" or the directory's path.
	Name() string
	Lstat(name string) (fs.FileInfo, error)
	Readlink(name string) (string, error)
	// ReadDir lists a directory sorted by name.
	ReadDir(name string) ([]fs.DirEntry, error)
	// Open opens a regular file for reading.
	Open(name string) (File, error)
	// Xattrs returns the extended attributes of a file or directory, without
	// following a link; nil where the file system has none.
	Xattrs(name string) (map[string][]byte, error)
}

// File is an open regular file. Where it has a descriptor (see [FD]), a writer
// may copy from it inside the kernel.
type File interface {
	io.Reader
	io.ReaderAt
	io.Closer
	Stat() (fs.FileInfo, error)
}

// OpenRegular opens the regular file at a real path of f and tells its size in
// bytes. Anything else there is an error.
func OpenRegular(f FS, real string) (File, int64, error) {
	file, err := f.Open(real)
	if err != nil {
		return nil, 0, err
	}
	fi, err := file.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = &fs.PathError{Op: "read", Path: real, Err: errNotRegular}
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, fi.Size(), nil
}

// ReadSmall returns the text of the file that a name leads to, of a larger one the
// first MiB; empty if it cannot be read.
func ReadSmall(f FS, name string) string {
	_, real, err := Resolve(f, name)
	if err != nil {
		return ""
	}
	file, _, err := OpenRegular(f, real)
	if err != nil {
		return ""
	}
	defer file.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(file, 1<<20)); err != nil {
		return ""
	}
	return b.String()
}

var errNotRegular = errors.New("not a regular file")

// maxLinks is the number of symbolic links the kernel follows in one lookup
// before it answers ELOOP (MAXSYMLINKS in include/linux/namei.h).
const maxLinks = 40

// ErrLoop reports a lookup that crossed more than 40 symbolic links.
var ErrLoop error = syscall.ELOOP

// LinkError is a lookup that failed behind one or more symbolic links.
type LinkError struct {
	Name string // as asked for
	Real string // where the lookup had got to
	Err  error
}

func (e *LinkError) Error() string {
	return e.Name + " (leads to " + e.Real + "): " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *LinkError) Unwrap() error { return e.Err }

// Path is how a name leads to what it denotes.
type Path struct {
	// Links are the symbolic links crossed, each by its own real path, in order.
	Links []string
	// Left are real directories that were entered and left again by "..": the
	// lookup needs them to exist although they are not above Real.
	Left []string
	// Real is the path without links. If the lookup failed it is the path that
	// is missing.
	Real string
}

// Trace walks name component by component, as path_resolution(7) describes,
// with "/" of f as the root.
//
// If what name denotes does not exist, or is reached through a dangling link,
// the error satisfies fs.ErrNotExist and the Path says how far the walk went.
func Trace(f FS, name string) (Path, error) { return walk(f, name, true) }

// TraceParent is Trace for everything but the last component: if that is
// itself a symbolic link it is not followed. The last component must exist.
func TraceParent(f FS, name string) (Path, error) { return walk(f, name, false) }

// Resolve is Trace for callers who only want the links and the real path.
func Resolve(f FS, name string) (links []string, real string, err error) {
	p, err := walk(f, name, true)
	return p.Links, p.Real, err
}

func walk(f FS, name string, followLast bool) (p Path, err error) {
	p.Real = "/"
	rest := name
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		if part == "" || part == "." {
			continue
		}
		if part == ".." {
			p.Left = append(p.Left, p.Real)
			p.Real = path.Dir(p.Real)
			continue
		}
		next := join(p.Real, part)
		fi, err := f.Lstat(next)
		if err != nil {
			p.Real = join(next, strings.Trim(rest, "/"))
			return p, lookupError(name, next, p.Links, err)
		}
		last := strings.Trim(rest, "/") == ""
		switch {
		case fi.Mode()&fs.ModeSymlink != 0:
			if last && !followLast {
				p.Real = next
				return p, nil
			}
			if rest, err = p.follow(f, name, next, rest); err != nil {
				return p, err
			}
		case !last && !fi.IsDir():
			p.Real = join(next, strings.Trim(rest, "/"))
			return p, lookupError(name, next, p.Links, &fs.PathError{Op: "resolve", Path: next, Err: syscall.ENOTDIR})
		default:
			p.Real = next
		}
	}
	return p, nil
}

// follow crosses the link at next and returns what is left to walk.
func (p *Path) follow(f FS, name, next, rest string) (string, error) {
	p.Links = append(p.Links, next)
	if len(p.Links) > maxLinks {
		return "", &fs.PathError{Op: "resolve", Path: name, Err: ErrLoop}
	}
	target, err := f.Readlink(next)
	if err != nil {
		return "", lookupError(name, next, p.Links, err)
	}
	if strings.HasPrefix(target, "/") {
		p.Real = "/"
	}
	return target + "/" + rest, nil
}

func lookupError(name, at string, links []string, err error) error {
	if len(links) == 0 {
		return err
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return &LinkError{Name: name, Real: at, Err: err}
}

func join(dir, name string) string {
	switch {
	case name == "":
		return dir
	case dir == "/":
		return "/" + name
	}
	return dir + "/" + name
}
