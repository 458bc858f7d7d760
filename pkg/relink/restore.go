package relink

import (
	"bytes"
	"errors"
	"io"
)

var errNoInterp = errors.New("it names no loader")

// Interpreter returns the path of the loader that the kernel starts the
// executable by.
func Interpreter(r io.ReaderAt, size int64) (string, error) {
	f, err := open(r, size)
	if err != nil {
		return "", err
	}
	i := f.interp()
	if i < 0 {
		return "", errNoInterp
	}
	return f.text(f.phdrs[i].off)
}

// Restore undoes what [Interp] did to a file that had size bytes before: it
// returns the change back. The loader's old path still lies where the new
// program header says that it is in memory.
func Restore(r io.ReaderAt, now, size int64) (Change, error) {
	f, err := open(r, now)
	if err != nil {
		return Change{}, err
	}
	i := f.interp()
	if i < 0 {
		return Change{}, errNoInterp
	}
	p := f.phdrs[i]
	for _, l := range f.phdrs {
		if l.kind != ptLoad || p.vaddr < l.vaddr || p.vaddr-l.vaddr >= l.filesz {
			continue
		}
		p.off = l.off + (p.vaddr - l.vaddr)
		old, err := f.text(p.off)
		if err != nil {
			return Change{}, err
		}
		p.filesz, p.memsz = uint64(len(old)+1), uint64(len(old)+1)
		return Change{[]Edit{{int64(f.phoff) + int64(i*f.phdrSize()), f.encodePhdr(p)}}, size}, nil
	}
	return Change{}, errors.New("its loader's path is not in memory")
}

// text reads a string of the file with a NUL at its end.
func (f *file) text(off uint64) (string, error) {
	b := make([]byte, maxPath)
	if off >= uint64(f.size) {
		return "", errNoInterp
	}
	n, err := f.r.ReadAt(b, int64(off))
	if err != nil && err != io.EOF {
		return "", err
	}
	text, _, ended := bytes.Cut(b[:n], []byte{0})
	if !ended {
		return "", errNoInterp
	}
	return string(text), nil
}

// Over reads r as if the change were made to it.
func (c Change) Over(r io.ReaderAt) io.ReaderAt { return &changed{c, r} }

type changed struct {
	Change
	io.ReaderAt
}

func (c *changed) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(b, off)
	for _, e := range c.Edits {
		from, to := max(e.Off, off), min(e.Off+int64(len(e.Data)), off+int64(n))
		if from < to {
			copy(b[from-off:to-off], e.Data[from-e.Off:])
		}
	}
	return n, err
}
