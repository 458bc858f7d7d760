package output

import (
	"io"
	"io/fs"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Everything but a directory may have several names.
func TestDirNodes(t *testing.T) {
	p := plan.New(nil)
	uid, gid := os.Geteuid(), os.Getegid()
	own := func(e plan.Entry) plan.Entry {
		e.UID, e.GID, e.ModTime = uid, gid, when
		return e
	}
	device := fs.ModeDevice | fs.ModeCharDevice | 0o666
	add(t, p,
		own(plan.Entry{Path: "/", Mode: fs.ModeDir | 0o755}),
		own(plan.Entry{Path: "/link", Mode: fs.ModeSymlink | 0o777, Link: "nowhere"}),
		own(plan.Entry{Path: "/link2", Mode: fs.ModeSymlink | 0o777, Link: "nowhere", HardLink: "/link"}),
		own(plan.Entry{Path: "/null", Mode: device, Rdev: unix.Mkdev(1, 3)}),
		own(plan.Entry{Path: "/null2", Mode: device, Rdev: unix.Mkdev(1, 3), HardLink: "/null"}),
		own(plan.Entry{Path: "/pipe", Mode: fs.ModeNamedPipe | 0o621}),
	)
	out := t.TempDir() + "/out"
	d := newDir(t, out)
	write(t, p, d)
	stat := func(name string) unix.Stat_t {
		var st unix.Stat_t
		if err := unix.Lstat(out+name, &st); err != nil {
			t.Error(name, err)
		}
		return st
	}
	if one, two := stat("/link"), stat("/link2"); one.Ino != two.Ino || int64(one.Mtim.Sec) != when.Unix() {
		t.Errorf("links: %+v, %+v", one, two)
	}
	if st := stat("/pipe"); st.Mode != unix.S_IFIFO|0o621 || int64(st.Mtim.Sec) != when.Unix() {
		t.Errorf("pipe: %+v", st)
	}
	if lost := d.Lost(); len(lost) > 0 { // not root, or a container without the right
		if len(lost) != 2 || lost[0].String() != "/null: lost device" || lost[1].String() != "/null2: lost device" {
			t.Errorf("lost %v", lost)
		}
		return
	}
	if one, two := stat("/null"), stat("/null2"); one.Ino != two.Ino || one.Mode != unix.S_IFCHR|0o666 || one.Rdev != unix.Mkdev(1, 3) {
		t.Errorf("devices: %+v, %+v", one, two)
	}
}

// part is a part of a file as a source.
type part struct {
	*io.SectionReader
	of     *os.File
	off    int64
	sparse bool
}

func (p part) Close() error             { return nil }
func (p part) Part() (int, int64, bool) { return int(p.of.Fd()), p.off, p.sparse }
func (p part) Stat() (fs.FileInfo, error) {
	return info{size: p.Size(), mode: 0o644, at: when}, nil
}

// A part of a file is copied as itself, with its holes and nothing of what
// lies beside it.
func TestPartOfAFile(t *testing.T) {
	whole, err := os.Create(t.TempDir() + "/whole")
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	const hole = 8 << 20
	for off, text := range map[int64]string{0: "before", 6: "first", hole: "middle", 3 * hole: "last", 3*hole + 4: "after"} {
		if _, err := whole.WriteAt([]byte(text), off); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name     string
		off, end int64
		sparse   bool
	}{
		{"all data", 6, 11, false},
		{"holes between", 6, 3*hole + 4, true},
		{"holes at both ends", 4096, 3 * hole, true},
		{"a hole alone", hole + 4096, 3 * hole, true},
		{"a hole alone that is not announced", hole + 4096, 2 * hole, false},
		{"to the end", hole, 3*hole + 9, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			size := tt.end - tt.off
			p := plan.New(nil)
			add(t, p, brokenEntry("/x", size, func() (rootfs.File, error) {
				return part{io.NewSectionReader(whole, tt.off, size), whole, tt.off, tt.sparse}, nil
			}))
			out := t.TempDir() + "/out"
			write(t, p, newDir(t, out))
			got, err := os.ReadFile(out + "/x")
			want := make([]byte, size)
			if _, rerr := whole.ReadAt(want, tt.off); err != nil || rerr != nil || string(got) != string(want) {
				t.Errorf("%d bytes differ from %d, %v, %v", len(got), len(want), err, rerr)
			}
			var st unix.Stat_t
			if err := unix.Stat(out+"/x", &st); err != nil || tt.sparse && st.Blocks*512 > 64<<10 {
				t.Errorf("%d blocks, %v", st.Blocks, err)
			}
		})
	}
}
