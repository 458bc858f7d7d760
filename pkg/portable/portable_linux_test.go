package portable

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/codec"
	"github.com/5bbb5df2/pack/pkg/codec/decode"
)

func TestRoundTrip(t *testing.T) {
	for _, name := range codec.Names() {
		t.Run(name, func(t *testing.T) {
			b := build(t, options(t, name), sample())
			p, err := Open(bytes.NewReader(b), int64(len(b)), decode.Makers())
			if err != nil {
				t.Fatal(err)
			}
			d := emptyDirectory(t)
			if err := p.Unpack(t.Context(), d, UnpackOptions{Owner: isRoot()}); err != nil {
				t.Fatal(err)
			}
			compareSample(t, d.Name())
			if err := p.CheckFile(t.Context()); err != nil {
				t.Error(err)
			}
			if diff, err := p.Verify(t.Context(), d, VerifyOptions{}); err != nil || len(diff) > 0 {
				t.Errorf("Verify: %v, %v", diff, err)
			}
			if c := p.Config(); c.Name != "sample app" || c.Entrypoint[0] != "/bin/app" {
				t.Errorf("config: %+v", c)
			}
		})
	}
}

// compareSample compares a tree with what sample describes.
func compareSample(t *testing.T, dir string) {
	t.Helper()
	for _, i := range sample() {
		fi, err := os.Lstat(dir + i.Path)
		if err != nil {
			t.Error(err)
			continue
		}
		if fi.Mode() != i.Mode && !(i.Mode&os.ModeSetuid != 0 && !isRoot()) {
			t.Errorf("%s: mode %v, want %v", i.Path, fi.Mode(), i.Mode)
		}
		if i.HardLink == "" && !fi.ModTime().Equal(when) {
			t.Errorf("%s: time %v", i.Path, fi.ModTime())
		}
		switch {
		case i.Link != "":
			if got, _ := os.Readlink(dir + i.Path); got != i.Link {
				t.Errorf("%s: leads to %q", i.Path, got)
			}
		case i.HardLink != "":
			if other, err := os.Lstat(dir + i.HardLink); err != nil || !os.SameFile(fi, other) {
				t.Errorf("%s is not %s", i.Path, i.HardLink)
			}
		case fi.Mode().IsRegular():
			if got, err := os.ReadFile(dir + i.Path); err != nil || string(got) != i.data {
				t.Errorf("%s: other content, %v", i.Path, err)
			}
		}
		for name, want := range i.Xattrs {
			buf := make([]byte, 64)
			n, err := unix.Getxattr(dir+i.Path, name, buf)
			if err == unix.ENOTSUP {
				continue // tmpfs before Linux 6.6
			}
			if err != nil || !bytes.Equal(buf[:n], want) {
				t.Errorf("%s: %s is %q, %v", i.Path, name, buf[:max(n, 0)], err)
			}
		}
	}
	if st := stat(t, dir+"/data/sparse"); st.Blocks*512 > 64<<10 {
		t.Errorf("sparse: takes %d bytes", st.Blocks*512)
	}
}

func stat(t *testing.T, name string) (st syscall.Stat_t) {
	t.Helper()
	if err := syscall.Lstat(name, &st); err != nil {
		t.Fatal(err)
	}
	return st
}

func TestEntries(t *testing.T) {
	seq, err := open(t, build(t, options(t, "zst"), sample())).Entries()
	if err != nil {
		t.Fatal(err)
	}
	got, want := slices.Collect(seq), sample()
	if len(got) != len(want) {
		t.Fatalf("%d entries, want %d", len(got), len(want))
	}
	for i, e := range got {
		w := want[i]
		if e.Path != w.Path || e.Mode != w.Mode || e.Link != w.Link || e.HardLink != w.HardLink || e.Size != w.Size ||
			!slices.Equal(e.Extents, w.Extents) || w.HardLink == "" && !e.ModTime.Equal(w.ModTime) {
			t.Errorf("got  %+v\nwant %+v", e, w.Entry)
		}
	}
}

func TestDeterministic(t *testing.T) {
	want := build(t, options(t, "zst"), sample())
	for _, workers := range []int{1, 5} {
		o := options(t, "zst")
		o.Workers = workers
		if !bytes.Equal(build(t, o, sample()), want) {
			t.Errorf("%d workers make other bytes", workers)
		}
	}
}

// tryUnpack does all that reads a file, and checks that a failure leaves
// nothing. It returns what was unpacked, "" for an error.
func tryUnpack(t testing.TB, b []byte) (string, error) {
	t.Helper()
	p, err := Open(bytes.NewReader(b), int64(len(b)), zstd)
	if err != nil {
		return "", err
	}
	d := emptyDirectory(t)
	if err := p.Unpack(context.Background(), d, UnpackOptions{Owner: isRoot()}); err != nil {
		mustBeEmpty(t, d)
		return "", err
	}
	return dump(t, d.Name()), nil
}

func small(t testing.TB) []byte {
	return build(t, options(t, "zst"), []item{
		dirItem("/", 0o755),
		fileItem("/app", noise(3000), 0o755),
		linkItem("/link", "app"),
		dirItem("/sub", 0o755),
		fileItem("/sub/text", strings.Repeat("text", 100), 0o644),
	})
}

func TestTruncated(t *testing.T) {
	b := small(t)
	for n := range len(b) {
		_, err := tryUnpack(t, b[:n])
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotPortable) {
			t.Fatalf("cut at %d of %d: %v", n, len(b), err)
		}
		if n > 0 { // the same end behind a front that is missing
			if _, err := tryUnpack(t, b[n:]); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotPortable) {
				t.Fatalf("front %d missing: %v", n, err)
			}
		}
	}
}

func TestBitFlips(t *testing.T) {
	b := build(t, options(t, "zst"), sample())
	want, err := tryUnpack(t, b)
	if err != nil {
		t.Fatal(err)
	}
	launcher := int(open(t, b).Info().Launcher)
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		at, bit := r.IntN(len(b)), byte(1)<<r.IntN(8)
		bad := bytes.Clone(b)
		bad[at] ^= bit
		got, err := tryUnpack(t, bad)
		if err == nil && got != want {
			t.Errorf("bit %08b at %d: another tree", bit, at)
		}
		if err == nil && at >= launcher {
			t.Errorf("bit %08b at %d: not noticed", bit, at)
		}
		if p, err := Open(bytes.NewReader(bad), int64(len(bad)), zstd); err == nil && p.CheckFile(t.Context()) == nil {
			t.Errorf("bit %08b at %d: CheckFile does not notice", bit, at)
		}
	}
}

func TestUnpackIntoSomething(t *testing.T) {
	d := emptyDirectory(t)
	if err := os.WriteFile(d.Name()+"/mine", []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := open(t, small(t)).Unpack(t.Context(), d, UnpackOptions{})
	if err == nil || !strings.HasSuffix(err.Error(), "it is not empty") {
		t.Errorf("error: %v", err)
	}
	if _, err := os.Stat(d.Name() + "/mine"); err != nil {
		t.Error(err)
	}
}

func TestUnpackCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := emptyDirectory(t)
	if err := open(t, small(t)).Unpack(ctx, d, UnpackOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
	mustBeEmpty(t, d)
}

func TestUnknownCodec(t *testing.T) {
	b := build(t, options(t, "gz"), sample())
	p := open(t, b)
	if _, err := p.Entries(); !errors.Is(err, ErrCodec) {
		t.Errorf("error: %v", err)
	}
}

// TestVerify changes a tree in every way that has to be noticed.
func TestVerify(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(dir string) error
		want   string
	}{
		{"content", func(d string) error { return os.WriteFile(d+"/data/text", []byte(strings.Repeat("x", 45000)), 0o644) }, "/data/text: has other content"},
		{"size", func(d string) error { return os.Truncate(d+"/data/text", 7) }, "/data/text: has 7 bytes instead of 45000"},
		{"mode", func(d string) error { return os.Chmod(d+"/data/text", 0o666) }, "/data/text: has mode 0666 instead of 0644"},
		{"missing", func(d string) error { return os.Remove(d + "/data/text") }, "/data/text: is missing"},
		{"foreign", func(d string) error { return os.Mkdir(d+"/data/more", 0o755) }, "/data/more: does not belong to it"},
		{"type", func(d string) error { return errors.Join(os.Remove(d+"/etc"), os.Mkdir(d+"/etc", 0o755)) }, "/etc: is of another type"},
		{"link", func(d string) error { return errors.Join(os.Remove(d+"/etc"), os.Symlink("/", d+"/etc")) }, `/etc: leads to "/" instead of "/usr/../data"`},
		{"extent", func(d string) error { return pokeFile(d+"/data/sparse", 1<<20+4) }, "/data/sparse: has other content"},
		{"hole written to", func(d string) error { return pokeFile(d+"/data/sparse", 2<<20) }, "/data/sparse: has other content"},
		{"nothing but a hole", func(d string) error { return pokeFile(d+"/data/hollow", 5) }, "/data/hollow: has other content"},
		{"empty file", func(d string) error { return pokeFile(d+"/data/empty", 0) }, "/data/empty: has 5 bytes instead of 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t, build(t, options(t, "zst"), sample()))
			d := emptyDirectory(t)
			if err := p.Unpack(t.Context(), d, UnpackOptions{}); err != nil {
				t.Fatal(err)
			}
			if err := c.change(d.Name()); err != nil {
				t.Fatal(err)
			}
			diff, err := p.Verify(t.Context(), d, VerifyOptions{})
			if err != nil || len(diff) != 1 || diff[0].String() != c.want {
				t.Errorf("got %v, %v; want %s", diff, err, c.want)
			}
		})
	}
}

func pokeFile(name string, off int64) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte("poked"), off)
	return errors.Join(err, f.Close())
}

// TestVerifyOriginal: a file that was changed on purpose is compared as it was.
func TestVerifyOriginal(t *testing.T) {
	p := open(t, small(t))
	d := emptyDirectory(t)
	if err := p.Unpack(t.Context(), d, UnpackOptions{}); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(d.Name()+"/app", os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("appended"); err != nil {
		t.Fatal(err)
	}
	o := VerifyOptions{Original: func(e Entry, f *os.File, size int64) (io.ReaderAt, int64, error) {
		if e.Path == "/app" {
			size -= int64(len("appended"))
		}
		return f, size, nil
	}}
	if diff, err := p.Verify(t.Context(), d, o); err != nil || len(diff) > 0 {
		t.Errorf("%v, %v", diff, err)
	}
}
