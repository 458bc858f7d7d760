package object_test

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
)

func readBytes(b []byte) (*object.Object, error) {
	return object.Read(bytes.NewReader(b), int64(len(b)))
}

func TestReadAnyClassOrderAndMachine(t *testing.T) {
	tests := []struct {
		name    string
		class   elf.Class
		order   byteOrder
		data    elf.Data
		machine elf.Machine
	}{
		{"amd64", elf.ELFCLASS64, binary.LittleEndian, elf.ELFDATA2LSB, elf.EM_X86_64},
		{"x32", elf.ELFCLASS32, binary.LittleEndian, elf.ELFDATA2LSB, elf.EM_X86_64},
		{"i386", elf.ELFCLASS32, binary.LittleEndian, elf.ELFDATA2LSB, elf.EM_386},
		{"arm64", elf.ELFCLASS64, binary.LittleEndian, elf.ELFDATA2LSB, elf.EM_AARCH64},
		{"s390x", elf.ELFCLASS64, binary.BigEndian, elf.ELFDATA2MSB, elf.EM_S390},
		{"powerpc", elf.ELFCLASS32, binary.BigEndian, elf.ELFDATA2MSB, elf.EM_PPC},
		{"unknown", elf.ELFCLASS64, binary.BigEndian, elf.ELFDATA2MSB, 0xfeed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, want := example(), exampleObject()
			m.class, m.order, m.machine = tt.class, tt.order, tt.machine
			want.Class, want.Data, want.Machine = tt.class, tt.data, tt.machine
			for _, xnum := range []bool{false, true} {
				m.xnum = xnum
				got, err := readBytes(m.bytes())
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("extended count %v:\n got %+v\nwant %+v", xnum, got, want)
				}
			}
		})
	}
}

func TestReadVariants(t *testing.T) {
	tests := []struct {
		name   string
		change func(*image)
		want   func(*object.Object)
	}{
		{"no DT_NULL", func(m *image) { m.noNull = true }, func(*object.Object) {}},
		{"executable", func(m *image) { m.typ = elf.ET_EXEC }, func(o *object.Object) { o.Type = elf.ET_EXEC }},
		{"empty runpath is there", func(m *image) { m.tags = []stringTag{{elf.DT_RUNPATH, ""}} },
			func(o *object.Object) {
				*o = object.Object{Class: o.Class, Data: o.Data, Type: o.Type, Machine: o.Machine, Flags: o.Flags, Interp: o.Interp,
					Dynamic: true, HasRunpath: true, NoDefaultLib: true, PIE: true,
					VersionsNeeded: o.VersionsNeeded, VersionsDefined: o.VersionsDefined, HasVerdef: true}
			}},
		{"the last of two runpaths counts",
			func(m *image) { m.tags = append(m.tags, stringTag{elf.DT_RUNPATH, "/last"}) },
			func(o *object.Object) { o.Runpath = "/last" }},
		{"a runpath longer than a block",
			func(m *image) { m.tags = append(m.tags, stringTag{elf.DT_RUNPATH, strings.Repeat("/dir:", 5000)}) },
			func(o *object.Object) { o.Runpath = strings.Repeat("/dir:", 5000) }},
		{"no versions",
			func(m *image) { m.needs, m.defs = nil, nil },
			func(o *object.Object) { o.VersionsNeeded, o.VersionsDefined, o.HasVerdef = nil, nil, false }},
		{"only the base version",
			func(m *image) { m.defs = m.defs[:1] },
			func(o *object.Object) { o.VersionsDefined = nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, want := example(), exampleObject()
			tt.change(&m)
			tt.want(want)
			got, err := readBytes(m.bytes())
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestReadOnlyTheHeaderOfOtherTypes(t *testing.T) {
	for _, typ := range []elf.Type{elf.ET_NONE, elf.ET_REL, elf.ET_CORE} {
		m := example()
		m.typ = typ
		o, err := readBytes(m.bytes()[:64])
		if err != nil || o.Type != typ || o.Dynamic {
			t.Errorf("%v: got %+v, %v", typ, o, err)
		}
	}
}

func TestReadPacked(t *testing.T) {
	m := image{class: elf.ELFCLASS64, order: binary.LittleEndian, typ: elf.ET_EXEC, machine: elf.EM_X86_64, static: true}
	magic := []byte("\x01\x02\x03\x04UPX!\x0d\x24")
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"static", m.bytes(), ""},
		{"magic behind the headers", append(m.bytes(), magic...), "upx"},
		{"magic at the end", append(append(m.bytes(), make([]byte, 10000)...), magic...), "upx"},
		{"magic in the middle is data", append(append(append(m.bytes(), make([]byte, 5000)...), magic...), make([]byte, 5000)...), ""},
		{"a dynamic file can be read", append(example().bytes(), magic...), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, err := readBytes(tt.file)
			if err != nil || o.Packed != tt.want {
				t.Errorf("got %+v, %v; want packer %q", o, err, tt.want)
			}
		})
	}
}

func TestReadNotELF(t *testing.T) {
	for _, tt := range []struct {
		file string
		want error
	}{
		{"", object.ErrEmpty},
		{"\x7fEL", object.ErrNotELF},
		{"#!/bin/sh\n", object.ErrNotELF},
		{strings.Repeat("text ", 100), object.ErrNotELF},
	} {
		if _, err := readBytes([]byte(tt.file)); !errors.Is(err, tt.want) {
			t.Errorf("%.10q: got %v, want %v", tt.file, err, tt.want)
		}
	}
}

func TestReadMalformed(t *testing.T) {
	le := binary.LittleEndian
	const phdrs, phdr = 64, 56 // PT_LOAD, PT_INTERP, PT_DYNAMIC
	tests := []struct {
		name   string
		change func(b []byte) []byte
		want   string
	}{
		{"only the magic", func(b []byte) []byte { return b[:4] }, "truncated: the ELF identification ends at 16 but the file has 4 bytes"},
		{"half a header", func(b []byte) []byte { return b[:40] }, "truncated: the ELF header ends at 64 but the file has 40 bytes"},
		{"half the program headers", func(b []byte) []byte { return b[:100] }, "truncated: program headers end at 232 but the file has 100 bytes"},
		{"half the segment", func(b []byte) []byte { return b[:300] }, "truncated: a segment ends at"},
		{"class", func(b []byte) []byte { b[4] = 3; return b }, "unknown ELF class 3"},
		{"byte order", func(b []byte) []byte { b[5] = 0; return b }, "unknown ELF byte order 0"},
		{"e_phentsize", func(b []byte) []byte { le.PutUint16(b[54:], 32); return b }, "program headers of 32 bytes instead of 56"},
		{"e_phnum 0", func(b []byte) []byte { le.PutUint16(b[56:], 0); return b }, "no program headers"},
		{"PN_XNUM without sections", func(b []byte) []byte { le.PutUint16(b[56:], 0xffff); return b }, "said to be in a section header"},
		{"PN_XNUM behind the end", func(b []byte) []byte {
			le.PutUint16(b[56:], 0xffff)
			le.PutUint64(b[40:], 1<<63)
			return b
		}, "truncated: the section header with the count of program headers begins at 9223372036854775808"},
		{"e_phoff", func(b []byte) []byte { le.PutUint64(b[32:], 1<<64-8); return b }, "program headers end behind the end of all addresses"},
		{"p_filesz", func(b []byte) []byte { le.PutUint64(b[phdrs+32:], 1<<64-1); return b }, "truncated: a segment ends"},
		{"long interpreter", func(b []byte) []byte { le.PutUint64(b[phdrs+phdr+32:], 1); return b }, "an interpreter's path of 1 bytes"},
		{"interpreter without NUL", func(b []byte) []byte { le.PutUint64(b[phdrs+phdr+32:], 5); return b }, "the interpreter's path has no end"},
		{"dynamic section nowhere", func(b []byte) []byte { le.PutUint64(b[phdrs+2*phdr+16:], 1); return b }, "the dynamic section at address 0x1 is in no segment"},
		{"string table nowhere", dynamicEdit(elf.DT_STRTAB, 1), "the string table at address 0x1 is in no segment"},
		{"string outside", dynamicEdit(elf.DT_SONAME, 1<<40), "a name in the dynamic section is at 1099511627776 of the string table"},
		{"versions needed nowhere", dynamicEdit(elf.DT_VERNEED, 1), "the versions needed at address 0x1"},
		{"versions defined nowhere", dynamicEdit(elf.DT_VERDEF, 1), "the versions defined at address 0x1"},
		{"versions needed of another kind", dynamicEdit(elf.DT_VERNEED, imageBase), "unsupported version 17791"},
		{"versions defined of another kind", dynamicEdit(elf.DT_VERDEF, imageBase), "unsupported version 17791"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readBytes(tt.change(example().bytes()))
			var fe *object.FormatError
			if !errors.As(err, &fe) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// dynamicEdit sets the value of a tag of the example.
func dynamicEdit(tag elf.DynTag, val uint64) func([]byte) []byte {
	return func(b []byte) []byte {
		le := binary.LittleEndian
		for off := le.Uint64(b[64+2*56+8:]); ; off += 16 {
			if le.Uint64(b[off:]) == uint64(tag) {
				le.PutUint64(b[off+8:], val)
				return b
			}
		}
	}
}

// A hostile file must not make much of little: many names sharing one string.
func TestReadBoundsStrings(t *testing.T) {
	m := example()
	m.tags = []stringTag{{elf.DT_SONAME, strings.Repeat("x", 1<<20)}}
	b := m.bytes()
	if _, err := readBytes(b); err != nil {
		t.Fatal(err)
	}
	m.tags[0].s += "x"
	if _, err := readBytes(m.bytes()); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("a string of over 1 MiB: got %v", err)
	}
	m.tags = nil
	for range 20 {
		m.tags = append(m.tags, stringTag{elf.DT_NEEDED, strings.Repeat("y", 1<<20)})
	}
	if _, err := readBytes(m.bytes()); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("20 MiB of strings: got %v", err)
	}
}

// Every prefix of a file is read or refused, and none of them is taken for the
// whole.
func TestReadTruncatedAtEveryLength(t *testing.T) {
	for _, class := range []elf.Class{elf.ELFCLASS32, elf.ELFCLASS64} {
		m := example()
		m.class = class
		b := m.bytes()
		for n := range b {
			if o, err := readBytes(b[:n]); err == nil {
				t.Errorf("%v cut to %d of %d bytes: got %+v", class, n, len(b), o)
			}
		}
	}
}

// Whatever single byte is changed, Read comes back.
func TestReadAnyByteChanged(t *testing.T) {
	b := example().bytes()
	for i := range b {
		for _, v := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			old := b[i]
			b[i] = v
			_, err := readBytes(b)
			var fe *object.FormatError
			if err != nil && !errors.As(err, &fe) && !errors.Is(err, object.ErrNotELF) {
				t.Fatalf("byte %d set to %#x: %v", i, v, err)
			}
			b[i] = old
		}
	}
}

type brokenReader struct{ err error }

func (r brokenReader) ReadAt([]byte, int64) (int, error) { return 0, r.err }

func TestReadPassesOnReadErrors(t *testing.T) {
	broken := errors.New("input/output error")
	if _, err := object.Read(brokenReader{broken}, 1000); !errors.Is(err, broken) {
		t.Errorf("Read: got %v", err)
	}
	if _, err := object.ReadScript(brokenReader{broken}, 1000); !errors.Is(err, broken) {
		t.Errorf("ReadScript: got %v", err)
	}
	var fe *object.FormatError
	if _, err := object.Read(brokenReader{io.EOF}, 1000); !errors.As(err, &fe) {
		t.Errorf("a file that shrank: got %v", err)
	}
}
