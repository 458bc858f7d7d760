package spool

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// What goes into a spool comes out of it, whatever the sizes and however it is
// read in.
func TestSpool(t *testing.T) {
	s, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := rand.New(rand.NewPCG(1, 2))
	var want [][]byte
	var files []Part
	for _, size := range []int{0, 1, 4095, bufferSize - 1, bufferSize, bufferSize + 1, 3*bufferSize + 7, 10, 0, 5} {
		for _, sparse := range []bool{false, true} {
			data := make([]byte, size)
			if !sparse {
				for i := range data {
					data[i] = byte(r.Uint32())
				}
			} else if size > 3 {
				data[size/2] = 1 // a hole on either side
			}
			f, err := s.Add(&uneven{r, bytes.NewReader(data)}, int64(size), sparse)
			if err != nil {
				t.Fatal(err)
			}
			want, files = append(want, data), append(files, f)
		}
	}
	if err := s.Seal(); err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		got, err := f.Open("")
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(io.NewSectionReader(got, 0, 1<<40))
		if err != nil || !bytes.Equal(data, want[i]) {
			t.Errorf("file %d: %d bytes, not %d: %v", i, len(data), len(want[i]), err)
		}
	}
}

// uneven reads a little at a time, or much.
type uneven struct {
	r    *rand.Rand
	from io.Reader
}

func (u *uneven) Read(p []byte) (int, error) {
	return u.from.Read(p[:min(len(p), 1+u.r.IntN(200_000))])
}

func TestSpoolTooShort(t *testing.T) {
	s, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Add(strings.NewReader("abc"), 4, false); err != io.ErrUnexpectedEOF {
		t.Errorf("got %v", err)
	}
}

// A file of holes takes no room, whether or not it says so.
func TestSpoolHoles(t *testing.T) {
	for _, said := range []bool{true, false} {
		s, err := New(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		f, err := s.Add(io.LimitReader(endless{}, 64<<20), 64<<20, said)
		if err == nil {
			err = s.Seal()
		}
		if err != nil {
			t.Fatal(err)
		}
		var st unix.Stat_t
		if err := unix.Fstat(int(s.f.Fd()), &st); err != nil || st.Size != 64<<20 || st.Blocks*512 > 1<<20 {
			t.Errorf("%d bytes in %d blocks, %v", st.Size, st.Blocks, err)
		}
		opened, err := f.Open("")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, sparse := opened.(interface {
			rootfs.File
			Part() (int, int64, bool)
		}).Part(); !sparse {
			t.Error("nobody learns of the hole")
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	f, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if _, err := Create(dir + "/none"); err == nil {
		t.Error("a directory that is not there")
	}
}

// What is written at once lies behind what was added before, and needs no Seal.
func TestSpoolWrite(t *testing.T) {
	s, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	added, err := s.Add(strings.NewReader("added"), 5, false)
	if err != nil {
		t.Fatal(err)
	}
	start := s.Size()
	if n, err := io.WriteString(s, "written"); n != 7 || err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	for _, tt := range []struct {
		part Part
		want string
	}{{added, "added"}, {s.Part(start, 7), "written"}, {s.Part(3, 4), "edwr"}} {
		f, err := tt.part.Open("/")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(io.NewSectionReader(f, 0, tt.part.Size())); string(got) != tt.want || err != nil {
			t.Errorf("got %q, not %q: %v", got, tt.want, err)
		}
	}
}
