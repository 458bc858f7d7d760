package rules

import (
	"bytes"
	"fmt"
	"go/format"
	"hash/crc32"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const indexFile = "table_index.go"

// TestIndex compares what is written down of the table with the table.
func TestIndex(t *testing.T) {
	list, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		writeIndex(t, list)
		return
	}
	if tableSum != crc32.ChecksumIEEE(table) || !reflect.DeepEqual(tableRules, list) || !reflect.DeepEqual(tableIndex, newIndex(list)) {
		t.Errorf("%s is not what the table says: run go test ./pkg/rules -update", indexFile)
	}
}

func writeIndex(t *testing.T, list []Rule) {
	var b bytes.Buffer
	b.WriteString("// Code generated from table.txt by go test ./pkg/rules -update; DO NOT EDIT.\n\npackage rules\n\n")
	fmt.Fprintf(&b, "const tableSum = 0x%08x\n\n", crc32.ChecksumIEEE(table))
	b.WriteString("var tableRules = ")
	literal(&b, reflect.ValueOf(list), 2)
	b.WriteString("\n\nvar tableIndex = ")
	literal(&b, reflect.ValueOf(newIndex(list)), 6)
	b.WriteString("\n")
	text, err := format.Source(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(indexFile, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// literal writes a value as Go source without fields that are zero. Down to a
// depth each element of a list has a line of its own.
func literal(b *bytes.Buffer, v reflect.Value, lines int) {
	end := " "
	if lines > 0 {
		end = "\n"
	}
	name := strings.ReplaceAll(v.Type().String(), "rules.", "")
	switch v.Kind() {
	case reflect.Struct:
		b.WriteString(name + "{")
		first := true
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				continue
			}
			if !first {
				b.WriteString(", ")
			}
			first = false
			b.WriteString(v.Type().Field(i).Name + ": ")
			literal(b, v.Field(i), lines-1)
		}
		b.WriteString("}")
	case reflect.Slice:
		b.WriteString(name + "{")
		for i := range v.Len() {
			if lines > 0 {
				b.WriteString("\n")
			}
			literal(b, v.Index(i), lines-2)
			b.WriteString("," + end)
		}
		b.WriteString("}")
	default:
		fmt.Fprintf(b, "%#v", v.Interface())
	}
}

// TestFits expects the quick comparison never to be stricter than the patterns.
func TestFits(t *testing.T) {
	for _, pattern := range []string{"libc.so.6", "libssl.so.*", "**/bin/git", "/usr/**", "**", "*", "a*a", "lib*.so.*", ""} {
		ref := newReference(0, pattern)
		for _, name := range []string{"libc.so.6", "libssl.so.3", "/usr/bin/git", "/bin/git", "a", "aa", "aba", "", "libx.so.1.so.2"} {
			if _, ok := Glob(pattern, name); ok && !ref.fits(name) {
				t.Errorf("%q matches %q", pattern, name)
			}
		}
	}
}

// TestFirstLook counts the evidence of the table that a plain program's files
// are compared with in full: what nothing calls for is dismissed at a glance.
func TestFirstLook(t *testing.T) {
	facts := []Fact{
		{Path: "/usr/bin/plain", ELF: true, Main: true},
		{Path: "/usr/bin/plain", ELF: true, Main: true, Start: "/usr/bin/plain"},
		{Path: "/usr/lib/x86_64-linux-gnu/libc.so.6", Soname: "libc.so.6", ELF: true},
		{Path: "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", Soname: "ld-linux-x86-64.so.2", ELF: true},
	}
	patterns := []Kind{Soname, Path, Start}
	looked, all := 0, 0
	for i := range facts {
		for _, kind := range facts[i].kinds(nil) {
			if !slices.Contains(patterns, kind) {
				continue
			}
			for _, ref := range tableIndex.of(kind) {
				all++
				if ref.mayMatch(kind, &facts[i]) {
					looked++
				}
			}
		}
	}
	if all < 300 || looked > all/10 {
		t.Errorf("%d of %d pieces of evidence take a closer look", looked, all)
	}
}
