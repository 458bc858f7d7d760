package sandbox

import (
	"bufio"
	"reflect"
	"strings"
	"testing"
)

var wireSpec = Spec{
	Ops:   []Op{Mkdir("/a", 0o1777), Mount("tmpfs", "/b\xff", "mode=0755", 6).IfPossible(), Leave()},
	Clone: 0x20000,
	User:  &User{UID: 1, GID: 2},
	Dir:   "/",
	Argv:  []string{"a", "", "b\nc", "\xfe"},
	Env:   []string{"A=b", ""},
}

func TestWire(t *testing.T) {
	for _, s := range []Spec{wireSpec, {Dir: "/x"}, {Argv: []string{"a"}}} {
		w, err := encode(&s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(bufio.NewReader(strings.NewReader(w + "more")))
		if err != nil {
			t.Fatal(err)
		}
		// A list of length 0 comes back as such, not as nil.
		if len(got.Argv) == 0 {
			got.Argv = nil
		}
		if len(got.Env) == 0 {
			got.Env = nil
		}
		if !reflect.DeepEqual(*got, s) {
			t.Errorf("sent %+v\nhave %+v", s, *got)
		}
	}
	if _, err := encode(&Spec{Argv: []string{"a\x00b"}}); err == nil {
		t.Error("a NUL byte was accepted")
	}
}

func FuzzDecode(f *testing.F) {
	w, err := encode(&wireSpec)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(w)
	f.Add("0\n")
	f.Add("99999999999\n")
	f.Add("7\n0\x00\x00\x00-1")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := decode(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		if _, err := encode(s); err != nil {
			t.Error(err)
		}
	})
}
