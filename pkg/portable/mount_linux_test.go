package portable

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// crowd is a tree whose files take far more room than they have data.
func crowd(t testing.TB) *Payload {
	t.Helper()
	items := []item{dirItem("/", 0o755)}
	for i := range 1000 {
		items = append(items, fileItem("/"+strconv.Itoa(1000+i), "x", 0o644))
	}
	return open(t, build(t, options(t, "zst"), items))
}

// TestFullDisk: the next candidate, or an error that says so; nothing is left.
func TestFullDisk(t *testing.T) {
	for name, p := range map[string]*Payload{"known before": version(t, "1", fileItem("/big", noise(2<<20), 0o644)), "found while unpacking": crowd(t)} {
		t.Run(name, func(t *testing.T) {
			full, next := store(t), store(t)
			withTmpfs(t, full.Dir, 0, "size=1m,mode=0700", func() {
				_, err := Obtain(t.Context(), p, []Candidate{full}, ObtainOptions{})
				var none *NoStoreError
				if !errors.As(err, &none) || !errors.Is(err, unix.ENOSPC) || !strings.Contains(err.Error(), full.Dir) {
					t.Errorf("error: %v", err)
				}
				if got := under(t, full); len(got) > 1 {
					t.Errorf("left: %q", got)
				}
				tree, err := Obtain(t.Context(), p, []Candidate{full, next}, ObtainOptions{})
				if err != nil {
					t.Fatal(err)
				}
				defer tree.Close()
				if tree.Store().Dir != next.Dir {
					t.Errorf("unpacked into %s", tree.Path())
				}
			})
		})
	}
}

func TestNoexec(t *testing.T) {
	c := store(t)
	withTmpfs(t, c.Dir, unix.MS_NOEXEC, "mode=0700", func() {
		_, err := Obtain(t.Context(), version(t, "1"), []Candidate{c}, ObtainOptions{})
		if err == nil || !strings.Contains(err.Error(), "it is mounted noexec") {
			t.Errorf("error: %v", err)
		}
	})
}

// withTmpfs calls do on a thread of its own that sees a tmpfs at dir. The
// workers of Unpack are other threads: they reach it by descriptor.
func withTmpfs(t *testing.T, dir string, flags uintptr, data string, do func()) {
	t.Helper()
	if !isRoot() {
		t.Skip("needs root to mount")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS)
		if err == nil {
			err = unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
		}
		if err == nil {
			err = unix.Mount("tmpfs", dir, "tmpfs", flags, data)
		}
		if err != nil {
			t.Error("cannot mount: ", err)
			return
		}
		do()
	}()
	<-done
}
