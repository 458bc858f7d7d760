package object_test

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
)

// FuzzRead expects an object or an error of the documented kinds, and strings
// that stand in the file.
func FuzzRead(f *testing.F) {
	m := example()
	f.Add(m.bytes())
	m.xnum, m.noNull, m.class = true, true, elf.ELFCLASS32
	f.Add(m.bytes())
	m.order, m.machine = binary.BigEndian, elf.EM_PPC
	f.Add(m.bytes())
	m.static, m.interp = true, ""
	f.Add(append(m.bytes(), "UPX!"...))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := object.Read(bytes.NewReader(b), int64(len(b)))
		var fe *object.FormatError
		if err != nil {
			if !errors.As(err, &fe) && !errors.Is(err, object.ErrEmpty) && !errors.Is(err, object.ErrNotELF) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		all := append([]string{o.Interp, o.Soname, o.Rpath, o.Runpath}, o.Needed...)
		all = append(append(append(append(all, o.Filter...), o.Auxiliary...), o.Audit...), o.DepAudit...)
		for _, n := range o.VersionsNeeded {
			all = append(all, n.File)
		}
		for _, s := range append(all, o.VersionsDefined...) {
			if strings.Contains(s, "\x00") || !bytes.Contains(b, []byte(s)) {
				t.Fatalf("%q is not in the file", s)
			}
		}
	})
}

// FuzzReadScript expects parts of the first line, and Env to come back.
func FuzzReadScript(f *testing.F) {
	for _, s := range scripts {
		f.Add([]byte(s.file))
	}
	for _, e := range envLines {
		f.Add([]byte("#!/usr/bin/env " + e.arg + "\n"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := object.ReadScript(bytes.NewReader(b), int64(len(b)))
		var fe *object.FormatError
		if err != nil {
			if !errors.As(err, &fe) && !errors.Is(err, object.ErrEmpty) && !errors.Is(err, object.ErrNotScript) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		if s.Interp == "" || strings.ContainsAny(s.Interp, " \t\n\x00") || strings.ContainsAny(s.Arg, "\n\x00") || len(s.Interp)+len(s.Arg) > 253 {
			t.Fatalf("got %q", s)
		}
		if prog, _, ok := s.Env(); ok != (prog != "") {
			t.Fatalf("Env of %q: %q, %v", s, prog, ok)
		}
	})
}

// FuzzSymbols expects names that were wanted and stand in the file.
func FuzzSymbols(f *testing.F) {
	for _, order := range []byteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, hash := range []elf.DynTag{elf.DT_HASH, elf.DT_GNU_HASH, elf.DT_MIPS_SYMTABNO} {
			f.Add(symbolImage(elf.ELFCLASS32, order, elf.EM_MIPS, hash))
			f.Add(symbolImage(elf.ELFCLASS64, order, elf.EM_S390, hash))
		}
	}
	w := object.NewWanted([]string{"imported", "weak", "a"}, []string{"defined", "imported"})
	f.Fuzz(func(t *testing.T, b []byte) {
		found, err := symbols(b, w)
		_, x, withErr := object.ReadWith(bytes.NewReader(b), int64(len(b)), w)
		if withErr == nil && err == nil && !reflect.DeepEqual(x.Found, found) {
			t.Fatalf("got %v, with Read %v", found, x.Found)
		}
		var fe *object.FormatError
		if err != nil && !errors.As(err, &fe) && !errors.Is(err, object.ErrEmpty) && !errors.Is(err, object.ErrNotELF) {
			t.Fatalf("an error of another kind: %v", err)
		}
		for _, s := range append(found.Imported, found.Defined...) {
			if !bytes.Contains(b, []byte(s)) {
				t.Fatalf("%q is not in the file", s)
			}
		}
	})
}

// FuzzDlopenNotes expects notes as documented, and few warnings.
func FuzzDlopenNotes(f *testing.F) {
	for _, s := range []string{`[{"soname":["liba.so.1"]}]`, `{"soname":"liba.so.1","priority":"x"}`, `[{},{"soname":[""]}]`, `[`} {
		for _, align := range []int{4, 8} {
			f.Add(noteImage(align, s))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		notes, warnings, err := dlopenNotes(b)
		var fe *object.FormatError
		if err != nil && !errors.As(err, &fe) && !errors.Is(err, object.ErrEmpty) && !errors.Is(err, object.ErrNotELF) {
			t.Fatalf("an error of another kind: %v", err)
		}
		if len(warnings) > 16 {
			t.Fatalf("%d warnings", len(warnings))
		}
		for _, n := range notes {
			if len(n.Sonames) == 0 || slices.Contains(n.Sonames, "") || !slices.Contains([]string{"required", "recommended", "suggested"}, n.Priority) {
				t.Fatalf("got %+v", n)
			}
		}
	})
}

// noteImage is a 64-bit file of one PT_NOTE with a dlopen note.
func noteImage(align int, text string) []byte {
	const ehdr, phdr = 64, 56
	le := binary.LittleEndian
	b := make([]byte, ehdr+phdr)
	copy(b, "\x7fELF\x02\x01\x01")
	le.PutUint16(b[16:], uint16(elf.ET_DYN))
	le.PutUint64(b[32:], ehdr)
	le.PutUint16(b[54:], phdr)
	le.PutUint16(b[56:], 1)
	le.PutUint32(b[ehdr:], uint32(elf.PT_NOTE))
	le.PutUint64(b[ehdr+8:], ehdr+phdr)
	note := le.AppendUint32(nil, 4)
	note = le.AppendUint32(note, uint32(len(text)+1))
	note = append(le.AppendUint32(note, 0x407c0c0a), "FDO\x00"...)
	for len(note)%align != 0 {
		note = append(note, 0)
	}
	b = append(append(append(b, note...), text...), 0)
	le.PutUint64(b[ehdr+32:], uint64(len(note)+len(text)+1))
	le.PutUint64(b[ehdr+48:], uint64(align))
	return b
}
