package portable

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

// VerifyOptions says how a tree is compared.
type VerifyOptions struct {
	Workers int // as for Unpack
	// Original, if not nil, is called for each regular file with data.
	Original Original
}

// Original returns a file's content as it was unpacked, and the size of that,
// where a file was changed on purpose afterwards. It may return f itself. size
// is that of f.
type Original = func(e Entry, f *os.File, size int64) (io.ReaderAt, int64, error)

// Difference is a path at which a tree is not what was unpacked.
type Difference struct{ Path, What string }

func (d Difference) String() string { return d.Path + ": " + d.What }

// maxDifferences is how many differences Verify lists.
const maxDifferences = 100

// Verify compares the tree in dir with the payload: content, type,
// permissions, links, and that there is nothing else. Owners, times, set-id
// bits and attributes are not compared, for they could not always be kept; nor
// are devices missed. It lists the first 100 differences by path; none means
// that the tree is what it should be.
func (p *Payload) Verify(ctx context.Context, dir *os.File, o VerifyOptions) ([]Difference, error) {
	defer runtime.KeepAlive(dir)
	x, err := p.index()
	if err != nil {
		return nil, err
	}
	v := &verifier{index: x, root: int(dir.Fd()), opt: o, bad: map[string]string{}, files: map[int]*openFile{}}
	if err := v.compareEntries(); err != nil {
		return nil, err
	}
	segs := segments(x.entries)
	err = p.eachFrame(ctx, x, o.Workers, func(at int64, b []byte) error {
		return cut(segs, at, b, v.comparePart)
	})
	for _, f := range v.files {
		f.file.Close()
	}
	if err != nil {
		return nil, err
	}
	var out []Difference
	for _, name := range slices.SortedFunc(maps.Keys(v.bad), comparePaths) {
		if len(out) == maxDifferences {
			break
		}
		out = append(out, Difference{name, v.bad[name]})
	}
	return out, nil
}

type verifier struct {
	index *index
	root  int
	opt   VerifyOptions

	mu    sync.Mutex
	bad   map[string]string // what is wrong with a path
	files map[int]*openFile // by number of the entry
}

type openFile struct {
	file    *os.File
	content io.ReaderAt
	left    int64 // bytes to be compared yet
}

func (v *verifier) differ(name, what string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.bad[name] == "" {
		v.bad[name] = what
	}
}

// compareEntries compares everything but content.
func (v *verifier) compareEntries() error {
	children := map[string][]string{}
	for i := range v.index.entries {
		e := &v.index.entries[i]
		if e.Path != "/" {
			parent := parentOf(e.Path)
			children[parent] = append(children[parent], baseOf(e.Path))
		}
		what, err := v.compareEntry(e)
		if err != nil {
			return fmt.Errorf("cannot look at %s: %w", e.Path, err)
		}
		if what != "" {
			v.differ(e.Path, what)
		}
	}
	for i := range v.index.entries {
		if e := &v.index.entries[i]; e.Mode.IsDir() && v.bad[e.Path] == "" {
			if err := v.findForeign(e.Path, children[e.Path]); err != nil {
				return fmt.Errorf("cannot list %s: %w", e.Path, err)
			}
		}
	}
	return nil
}

// findForeign reports what is in a directory and not among known.
func (v *verifier) findForeign(dir string, known []string) error {
	fd, err := treefd.Open(v.root, dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	names, err := treefd.List(fd)
	if err != nil {
		return err
	}
	slices.Sort(known)
	for _, n := range names {
		if _, ok := slices.BinarySearch(known, n); !ok {
			v.differ(relJoin(dir, n), "does not belong to it")
		}
	}
	return nil
}

func relJoin(dir, name string) string {
	if dir == "/" {
		return "/" + name
	}
	return dir + "/" + name
}

func (v *verifier) compareEntry(e *Entry) (what string, err error) {
	st, err := v.stat(e.Path)
	switch {
	case errors.Is(err, unix.ENOENT) && isDevice(e):
		return "", nil
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ELOOP), errors.Is(err, unix.ENOTDIR):
		return "is missing", nil
	case err != nil:
		return "", err
	}
	mode, err := unixMode(e.Mode)
	switch {
	case err != nil:
		return "", err
	case st.Mode&sIFMT != mode&sIFMT:
		return "is of another type", nil
	case isSymlink(e):
		return v.compareLink(e)
	case st.Mode&(0o777|sISVTX) != mode&(0o777|sISVTX) && e.HardLink == "":
		return fmt.Sprintf("has mode %04o instead of %04o", st.Mode&0o7777, mode&0o7777), nil
	case isDevice(e) && st.Rdev != e.Rdev:
		return "is another device", nil
	case e.HardLink != "":
		return v.compareHardLink(e, &st)
	case e.Mode.IsRegular() && (e.Sparse || e.Size == 0):
		return v.compareHoles(e)
	}
	return "", nil
}

// compareHoles compares what no frame holds: that a file without data has none.
func (v *verifier) compareHoles(e *Entry) (what string, err error) {
	fd, err := treefd.Open(v.root, e.Path, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return "", err
	}
	f := os.NewFile(uintptr(fd), e.Path)
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return "", err
	}
	if len(e.data()) == 0 && fi.Size() != e.Size {
		return fmt.Sprintf("has %d bytes instead of %d", fi.Size(), e.Size), nil
	}
	at := int64(0)
	for _, x := range append(slices.Clone(e.Extents), Extent{Offset: e.Size}) {
		// What lseek(2) tells to be a hole need not be read.
		if data, err := unix.Seek(fd, at, unix.SEEK_DATA); err == unix.ENXIO {
			at = x.Offset
		} else if err == nil {
			at = min(data, x.Offset)
		}
		if zero, err := isZero(io.NewSectionReader(f, at, x.Offset-at)); err != nil || !zero {
			return "has other content", err
		}
		at = x.Offset + x.Size
	}
	return "", nil
}

func isZero(r io.Reader) (bool, error) {
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		if len(bytes.Trim(buf[:n], "\x00")) > 0 {
			return false, nil
		}
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// stat looks at an entry without following a link anywhere on the way.
func (v *verifier) stat(name string) (st unix.Stat_t, err error) {
	fd, err := treefd.Open(v.root, parentOf(name), unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return st, err
	}
	defer unix.Close(fd)
	base := baseOf(name)
	if name == "/" {
		base = "."
	}
	return st, unix.Fstatat(fd, base, &st, unix.AT_SYMLINK_NOFOLLOW)
}

func (v *verifier) compareLink(e *Entry) (string, error) {
	fd, err := treefd.Open(v.root, parentOf(e.Path), unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	buf := make([]byte, pathMax)
	n, err := unix.Readlinkat(fd, baseOf(e.Path), buf)
	if err == nil && string(buf[:n]) != e.Link {
		return fmt.Sprintf("leads to %q instead of %q", buf[:n], e.Link), nil
	}
	return "", err
}

func (v *verifier) compareHardLink(e *Entry, st *unix.Stat_t) (string, error) {
	other, err := v.stat(e.HardLink)
	if err == nil && (other.Dev != st.Dev || other.Ino != st.Ino) {
		return "is not the same file as " + e.HardLink, nil
	}
	if errors.Is(err, unix.ENOENT) {
		return "", nil // its own entry tells
	}
	return "", err
}

// comparePart compares a piece of a file.
func (v *verifier) comparePart(s segment, part []byte) error {
	e := &v.index.entries[s.entry]
	f, err := v.open(e, s.entry)
	if err != nil || f == nil {
		return err
	}
	buf := make([]byte, len(part))
	n, err := f.content.ReadAt(buf, s.offset)
	switch {
	case n == len(buf) && bytes.Equal(buf, part):
	case err == nil || err == io.EOF:
		v.differ(e.Path, "has other content")
	default:
		return fmt.Errorf("cannot read %s: %w", e.Path, err)
	}
	v.done(f, s)
	return nil
}

// open opens a file that parts are compared of, once; nil if it differs anyway.
func (v *verifier) open(e *Entry, number int) (*openFile, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if f := v.files[number]; f != nil {
		return f, nil
	}
	if v.bad[e.Path] != "" {
		return nil, nil
	}
	fd, err := treefd.Open(v.root, e.Path, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", e.Path, err)
	}
	f := &openFile{file: os.NewFile(uintptr(fd), e.Path)}
	for _, x := range e.data() {
		f.left += x.Size
	}
	what, err := v.prepare(e, f)
	if err != nil || what != "" {
		f.file.Close()
		if what != "" {
			v.bad[e.Path] = what
		}
		return nil, err
	}
	v.files[number] = f
	return f, nil
}

// prepare compares the size and finds the content as it was unpacked.
func (v *verifier) prepare(e *Entry, f *openFile) (what string, err error) {
	fi, err := f.file.Stat()
	if err != nil {
		return "", err
	}
	size := fi.Size()
	f.content = f.file
	if v.opt.Original != nil {
		if f.content, size, err = v.opt.Original(*e, f.file, size); err != nil {
			return "", fmt.Errorf("cannot read %s: %w", e.Path, err)
		}
	}
	if size != e.Size {
		return fmt.Sprintf("has %d bytes instead of %d", size, e.Size), nil
	}
	return "", nil
}

func (v *verifier) done(f *openFile, s segment) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if f.left -= s.size; f.left == 0 {
		f.file.Close()
		delete(v.files, s.entry)
	}
}
