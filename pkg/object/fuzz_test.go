package object_test

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
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
