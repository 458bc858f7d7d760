package rootfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestHostFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, 0o640|fs.ModeSetuid|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	f, err := Host().Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(f); err != nil || string(data) != "content" {
		t.Errorf("read %q, %v", data, err)
	}
	buf := make([]byte, 5)
	if n, err := f.ReadAt(buf, 4); n != 3 || err != io.EOF || string(buf[:n]) != "ent" {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	if n, err := f.ReadAt(buf[:3], 4); n != 3 || err != nil {
		t.Errorf("read up to the end: %d, %v", n, err)
	}
	have, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.Lstat(name)
	if err != nil {
		t.Fatal(err)
	}
	if have.Name() != want.Name() || have.Size() != want.Size() || have.Mode() != want.Mode() ||
		!have.ModTime().Equal(want.ModTime()) || have.IsDir() || StatOf(have) != StatOf(want) {
		t.Errorf("have %s, want %s", fs.FormatFileInfo(have), fs.FormatFileInfo(want))
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
	if _, err := f.ReadAt(buf, 0); err == nil {
		t.Error("read after it was closed")
	}
}

// TestHostFileModes: whoever opens a name may meet anything there.
func TestHostFileModes(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/", "/tmp", "/dev/null", fifo} {
		f, err := Host().Open(name)
		if err != nil {
			t.Error(err)
			continue
		}
		defer f.Close()
		have, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if have.Mode() != want.Mode() {
			t.Errorf("%s: mode %s, want %s", name, have.Mode(), want.Mode())
		}
	}
}

func TestHostFileErrors(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink("/dev/null", link); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{"/none/such": fs.ErrNotExist, link: syscall.ELOOP} {
		f, err := Host().Open(name)
		var pe *fs.PathError
		if f != nil || !errors.Is(err, want) || !errors.As(err, &pe) || pe.Path != name {
			t.Errorf("%s: %v, %v", name, reflect.TypeOf(f), err)
		}
	}
}

// TestFDOfAWrapper: what wraps a file may read otherwise than its descriptor.
func TestFDOfAWrapper(t *testing.T) {
	own, err := Host().Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	system, err := os.Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	for f, want := range map[File]bool{
		own: true, system: true,
		struct{ File }{own}: false, struct{ *os.File }{system}: false, struct{ *file }{own.(*file)}: false,
	} {
		if fd, ok := FD(f); ok != want || ok != (fd >= 0) {
			t.Errorf("%T: %d, %t", f, fd, ok)
		}
	}
}
