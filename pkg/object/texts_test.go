package object_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
)

// TestTexts builds a program with much code and looks for its strings.
func TestTexts(t *testing.T) {
	dir := t.TempDir()
	source := "#include <stdio.h>\n__asm__(\".text\\n.ascii \\\"in-the-code\\\"\\n.zero 1000000\\n.section .debug_own\\n.ascii \\\"in-what-is-not-loaded\\\"\\n\");\n" +
		"int main(void) { return puts(\"in-the-data\"); }\n"
	file := filepath.Join(dir, "program")
	if err := os.WriteFile(file+".c", []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-o", file, file+".c").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	content = append(content, "behind-all"...)
	texts := partsOf(content)
	for text, want := range map[string]bool{"in-the-code": false, "in-what-is-not-loaded": false, "in-the-data": true, "behind-all": true} {
		if strings.Contains(texts, text) != want {
			t.Errorf("%q is among the texts: %v", text, !want)
		}
	}
	if len(texts) > len(content)-1000000 {
		t.Errorf("%d of %d bytes may hold strings", len(texts), len(content))
	}
	for _, b := range [][]byte{nil, []byte("#!/bin/sh\n"), bytes.Repeat([]byte("\x7fELF\x02\x01"), 1<<16)} {
		if partsOf(b) != string(b) {
			t.Errorf("a file of %d bytes that begins with %.6q is not one part", len(b), b)
		}
	}
}

// partsOf joins the parts of a file that may hold strings.
func partsOf(b []byte) string {
	var out strings.Builder
	for _, s := range object.Texts(bytes.NewReader(b), int64(len(b))) {
		out.Write(b[s.Off : s.Off+s.Size])
	}
	return out.String()
}

func FuzzTexts(f *testing.F) {
	f.Add([]byte("#!/bin/sh\n"), uint16(0))
	if program, err := os.ReadFile("/bin/true"); err == nil {
		f.Add(program, uint16(40))
	}
	f.Fuzz(func(t *testing.T, head []byte, more uint16) {
		// A file that is short is one part, whatever it says.
		b := append(head, make([]byte, 1<<17+int(more))...)
		end := int64(0)
		for _, s := range object.Texts(bytes.NewReader(b), int64(len(b))) {
			if s.Off < end || s.Size <= 0 || s.Off+s.Size > int64(len(b)) {
				t.Fatalf("a part at %d of %d bytes, behind %d, of %d", s.Off, s.Size, end, len(b))
			}
			end = s.Off + s.Size
		}
	})
}
