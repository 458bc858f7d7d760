package pipeline

import (
	"io"
	"testing"
	"testing/iotest"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/relink"
)

// TestPatched: a changed file reads the same in whatever pieces it is read.
func TestPatched(t *testing.T) {
	f, err := patchedFS{
		from: plan.Source{Data: []byte("0123456789")},
		change: relink.Change{Size: 16, Edits: []relink.Edit{
			{Off: 2, Data: []byte("ab")}, {Off: 8, Data: []byte("XYZ")}, {Off: 14, Data: []byte("!")},
		}},
	}.Open("")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := "01ab4567XYZ\x00\x00\x00!\x00"
	if fi, err := f.Stat(); err != nil || fi.Size() != int64(len(want)) {
		t.Errorf("size %d, %v", fi.Size(), err)
	}
	if err := iotest.TestReader(io.NewSectionReader(f, 0, int64(len(want))), []byte(want)); err != nil {
		t.Error(err)
	}
	if got, err := io.ReadAll(f); string(got) != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
