package object_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
)

func dlopenNotes(b []byte) ([]object.DlopenNote, []string, error) {
	return object.DlopenNotes(bytes.NewReader(b), int64(len(b)))
}

// noteSource is a program with the notes as an emitter writes them.
func noteSource(align int, notes ...string) string {
	var b strings.Builder
	b.WriteString(emptyMain)
	for _, n := range notes {
		fmt.Fprintf(&b, `__asm__(".pushsection .note.dlopen,\"a\"\n.balign %d\n.4byte 4,2f-1f,0x407c0c0a\n.asciz \"FDO\"\n`+
			`.balign %d\n1: .asciz %s\n2:\n.balign %d\n.popsection");`+"\n",
			align, align, strings.ReplaceAll(strings.ReplaceAll(fmt.Sprintf("%q", n), `\`, `\\`), `"`, `\"`), align)
	}
	return b.String()
}

func TestDlopenNotes(t *testing.T) {
	note := func(priority string, sonames ...string) object.DlopenNote {
		return object.DlopenNote{Sonames: sonames, Priority: priority}
	}
	tests := []struct {
		name    string
		notes   []string
		want    []object.DlopenNote
		warning string // a part of the only one
	}{
		{"none", nil, nil, ""},
		{"all keys", []string{`[{"feature":"xz","description":"d \"q\"","priority":"suggested","soname":["liblzma.so.5","liblzma.so.4"]}]`},
			[]object.DlopenNote{{[]string{"liblzma.so.5", "liblzma.so.4"}, "xz", `d "q"`, "suggested"}}, ""},
		{"recommended by default", []string{`[{"soname":["liba.so.1"],"extra":{"x":[1]}}]`},
			[]object.DlopenNote{note("recommended", "liba.so.1")}, ""},
		{"two entries and two notes", []string{`[{"soname":["liba.so.1"]},{"soname":["libb.so.1"],"priority":"required"}]`, `[{"soname":["libc.so.1"]}]`},
			[]object.DlopenNote{note("recommended", "liba.so.1"), note("required", "libb.so.1"), note("recommended", "libc.so.1")}, ""},
		{"one object, one soname", []string{`{"soname":"liba.so.1"}`},
			[]object.DlopenNote{note("recommended", "liba.so.1")}, ""},
		{"unknown priority", []string{`[{"soname":["liba.so.1"],"priority":"urgent"}]`},
			[]object.DlopenNote{note("recommended", "liba.so.1")}, "unknown priority \"urgent\""},
		{"no JSON", []string{`[{"soname":`, `[{"soname":["liba.so.1"]}]`},
			[]object.DlopenNote{note("recommended", "liba.so.1")}, "unexpected end of JSON input"},
		{"one bad entry", []string{`[{"soname":7},{"soname":["liba.so.1"]}]`},
			[]object.DlopenNote{note("recommended", "liba.so.1")}, `the value of "soname" may not be a JSON number`},
		{"an entry that is no object", []string{`[7]`}, nil, "a JSON number stands where an object belongs"},
		{"a soname that is no text", []string{`[{"soname":[7]}]`}, nil, "may not be a JSON number"},
		{"no soname", []string{`[{"feature":"x"}]`}, nil, "a soname is missing"},
		{"an empty soname", []string{`[{"soname":[""]}]`}, nil, "empty"},
		{"neither array nor object", []string{`"x"`}, nil, "a JSON string stands where an array of objects belongs"},
		{"too long", []string{`[{"soname":["` + strings.Repeat("x", 70000) + `"]}]`}, nil, "it has 700"},
		{"too many bytes", slices.Repeat([]string{`[]` + strings.Repeat(" ", 60000)}, 18), nil, "over 1048576 bytes"},
		{"longer than a block", []string{`[{"soname":["` + strings.Repeat("x", 9000) + `"]}]`},
			[]object.DlopenNote{note("recommended", strings.Repeat("x", 9000))}, ""},
	}
	for _, tt := range tests {
		for _, align := range []int{4, 8} {
			t.Run(fmt.Sprintf("%s/%d", tt.name, align), func(t *testing.T) {
				b := gcc(t, "gcc", noteSource(align, tt.notes...))
				got, warnings, err := dlopenNotes(b)
				if err != nil || !reflect.DeepEqual(got, tt.want) {
					t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
				}
				if tt.warning == "" && warnings != nil || tt.warning != "" && (len(warnings) != 1 || !strings.Contains(warnings[0], tt.warning)) {
					t.Errorf("got the warnings %q, want %q", warnings, tt.warning)
				}
				_, x, err := object.ReadWith(bytes.NewReader(b), int64(len(b)), nil)
				if err != nil || !reflect.DeepEqual(x, object.Extra{Dlopen: tt.want, Warnings: warnings}) {
					t.Errorf("with Read: %+v, %v", x, err)
				}
			})
		}
	}
}

// A note whose sizes lead out of its segment ends the segment with a warning.
func TestDlopenNotesCutOff(t *testing.T) {
	b := gcc(t, "gcc", noteSource(4, `[{"soname":["liba.so.1"]}]`))
	at := bytes.Index(b, []byte("\x0a\x0c\x7c\x40FDO\x00"))
	if at < 0 {
		t.Fatal("no note in the file")
	}
	for _, off := range []int{-8, -4} { // n_namesz, n_descsz
		for _, v := range []byte{0x7f, 0xff} {
			c := bytes.Clone(b)
			copy(c[at+off:], []byte{v, v, v, v})
			notes, warnings, err := dlopenNotes(c)
			if err != nil || len(notes) != 0 || len(warnings) != 1 || !strings.Contains(warnings[0], "ends behind its segment") {
				t.Errorf("%d, %x: %v, %q, %v", off, v, notes, warnings, err)
			}
		}
	}
}
