// Package relink changes where a dynamically linked ELF file looks for what it
// loads, so that a tree of such files works wherever it lies and takes nothing
// from the system around it.
//
// A file is never written: what to change is a [Change], a short list of bytes
// and where they go, which a copy of the file is made with.
//
// The loader of glibc then looks like this (elf/dl-load.c, _dl_map_object): a
// library is sought in the DT_RPATH of whoever needs it, of whoever loaded
// that one and so on, and last of the executable, as long as the one in need
// has no DT_RUNPATH; and neither ld.so.cache nor the built-in directories are
// used for one with DF_1_NODEFLIB. So one DT_RPATH in the executable, made of
// directories relative to $ORIGIN, serves all the libraries once they have the
// flag and no run path of their own; the loader's own file is changed to read
// no cache at all. The loader of musl does the same but knows no such flag
// (ldso/dynlink.c, load_library): what a DT_RPATH does not lead to, it still
// seeks in its own directories.
package relink

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Edit is bytes that go to an offset of a file.
type Edit struct {
	Off  int64
	Data []byte
}

// Change is what makes another file of a file: edits in order, none of which
// overlap, and the new size. Between the end of the old file and an edit
// behind it there are zeros.
type Change struct {
	Edits []Edit
	Size  int64
}

// sort puts the edits in order.
func (c Change) sort() {
	slices.SortFunc(c.Edits, func(a, b Edit) int { return cmp.Compare(a.Off, b.Off) })
}

// Apply makes the change to w, a copy of the file.
func (c Change) Apply(w io.WriterAt) error {
	for _, e := range c.Edits {
		if _, err := w.WriteAt(e.Data, e.Off); err != nil {
			return err
		}
	}
	return nil
}

// errStatic is an executable or library that no loader links.
var errStatic = errors.New("it has no dynamic section")

// Library lets whoever loads the shared library decide where its needed
// libraries are sought: it loses its own run path and does without the
// system's directories. It stays as long as it is.
func Library(r io.ReaderAt, size int64) (Change, error) {
	f, err := open(r, size)
	if err != nil {
		return Change{}, err
	}
	if f.dynamic == nil {
		return Change{}, errStatic
	}
	d := f.dynamic
	d.drop(dtRpath)
	d.drop(dtRunpath)
	if d.noDefaultLib(); !d.fits() {
		return f.extend(d, "")
	}
	return f.change([]Edit{{d.off, d.bytes()}}, size), nil
}

// Executable makes an executable, and all that it loads, look for libraries in
// these directories alone. They are absolute, or relative to the executable's
// own with $ORIGIN.
func Executable(r io.ReaderAt, size int64, dirs []string) (Change, error) {
	f, err := open(r, size)
	if err != nil {
		return Change{}, err
	}
	if f.dynamic == nil {
		return Change{}, errStatic
	}
	if i := slices.IndexFunc(dirs, func(d string) bool { return d == "" || strings.ContainsAny(d, ":\x00") }); i >= 0 {
		return Change{}, fmt.Errorf("%q cannot be in a run path", dirs[i])
	}
	d := f.dynamic
	d.drop(dtRunpath)
	d.noDefaultLib()
	return f.extend(d, strings.Join(dirs, ":"))
}

// Interp makes the kernel start the executable by the loader at path, an
// absolute one. It is no change at all of an executable that has no loader.
//
// The kernel reads the path where p_offset says (fs/binfmt_elf.c,
// load_elf_binary). The loader reads it where p_vaddr says, only to know by
// what name libraries call the loader itself (elf/rtld.c, rtld_setup_main_map);
// so that stays.
func Interp(r io.ReaderAt, size int64, path string) (Change, error) {
	if !strings.HasPrefix(path, "/") || len(path) >= maxPath || strings.Contains(path, "\x00") {
		return Change{}, fmt.Errorf("the loader's path %q is not absolute, too long or no path", path)
	}
	f, err := open(r, size)
	if err != nil {
		return Change{}, err
	}
	i := f.interp()
	if i < 0 {
		return Change{Size: size}, nil
	}
	text := append([]byte(path), 0)
	p := f.phdrs[i]
	p.off, p.filesz, p.memsz = uint64(size), uint64(len(text)), uint64(len(text))
	return f.change([]Edit{
		{int64(f.phoff) + int64(i*f.phdrSize()), f.encodePhdr(p)},
		{size, text},
	}, size), nil
}
