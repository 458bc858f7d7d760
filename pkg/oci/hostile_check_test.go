package oci_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/oci"
	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// arena is where hostile images are unpacked: to out/DIR, with a directory of
// somebody else's beside it that must stay as it is.
type arena struct{ dir, before string }

func newArena(t testing.TB) *arena {
	t.Helper()
	a := &arena{dir: t.TempDir()}
	for _, dir := range []string{"canary/dir", "out"} {
		must(t, os.MkdirAll(filepath.Join(a.dir, dir), 0o755))
	}
	for _, name := range []string{"secret", "dir/inner", ".wh.kept"} {
		must(t, os.WriteFile(filepath.Join(a.canary(), name), []byte("canary "+name), 0o644))
	}
	must(t, os.Symlink("secret", filepath.Join(a.canary(), "link")))
	a.before = a.state(t)
	return a
}

// canary is what tests name {out}.
func (a *arena) canary() string { return filepath.Join(a.dir, "canary") }
func (a *arena) output() string { return filepath.Join(a.dir, "out", "DIR") }

// state is everything about the canary but access times, which reading changes.
func (a *arena) state(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	must(t, filepath.WalkDir(a.canary(), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(name, &st); err != nil {
			return err
		}
		xattrs := make([]byte, 1024)
		n, _ := unix.Llistxattr(name, xattrs)
		fmt.Fprintln(&b, name, st.Mode, st.Uid, st.Gid, st.Nlink, st.Size, st.Mtim, st.Ctim, string(xattrs[:max(0, n)]))
		if d.Type().IsRegular() {
			data, err := os.ReadFile(name)
			fmt.Fprintf(&b, "%x\n", sha256.Sum256(data))
			return err
		}
		return nil
	}))
	return b.String()
}

// unpack does what pack unpack does, and fails the test when anything outside
// of the output has changed, or a failure left something.
func (a *arena) unpack(t testing.TB, ref string) error {
	t.Helper()
	err := unpack(t.Context(), ref, a.output())
	if a.state(t) != a.before {
		t.Errorf("the canary was\n%s\nand is\n%s", a.before, a.state(t))
	}
	want := map[bool]int{true: 1}[err == nil]
	if left, rerr := os.ReadDir(filepath.Dir(a.output())); rerr != nil || len(left) != want {
		t.Errorf("left beside the output: %v, %v", left, rerr)
	}
	return err
}

func unpack(ctx context.Context, ref, dir string) error {
	log := logrus.New()
	log.SetOutput(io.Discard)
	u := pipeline.Unpack{Output: dir, Log: log, Open: func(context.Context, string) (*oci.Image, func(), error) {
		im, err := oci.Open(ref, "")
		return im, func() {}, err
	}}
	return u.Run(ctx)
}

// list shows the output: a line each, as "/dir/", "/file content",
// "/link -> target" and "/device c1,3", with what else is unusual of it.
// {out} stands for the canary's path, and the directories above it are left
// out.
func (a *arena) list(t testing.TB) string {
	t.Helper()
	var lines []string
	first := map[uint64]string{}
	must(t, filepath.WalkDir(a.output(), func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path := strings.TrimPrefix(name, a.output())
		if strings.HasPrefix(a.canary(), path+"/") || path == "" {
			return nil
		}
		line, err := describe(name, first)
		lines = append(lines, strings.ReplaceAll(path+line, a.canary(), "{out}"))
		return err
	}))
	return strings.Join(lines, "|")
}

func describe(name string, first map[uint64]string) (string, error) {
	fi, err := os.Lstat(name)
	if err != nil {
		return "", err
	}
	st := fi.Sys().(*syscall.Stat_t)
	owner := ""
	if st.Uid != uint32(os.Geteuid()) || st.Gid != uint32(os.Getegid()) {
		owner = fmt.Sprintf(" %d:%d", st.Uid, st.Gid)
	}
	if other := first[st.Ino]; other != "" {
		return " = " + filepath.Base(other), nil
	}
	if !fi.IsDir() {
		first[st.Ino] = name
	}
	what := ""
	switch fi.Mode().Type() {
	case fs.ModeDir:
		what = "/"
	case fs.ModeSymlink:
		what, err = os.Readlink(name)
		return " -> " + what + owner, err
	case 0:
		what, err = content(name, fi.Size())
	case fs.ModeNamedPipe:
		what = " fifo"
	default:
		what = fmt.Sprintf(" %v %d,%d", fi.Mode().Type(), unix.Major(st.Rdev), unix.Minor(st.Rdev))
	}
	if special := fi.Mode() & (fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky); special != 0 {
		what += " " + special.String()
	}
	return what + owner, err
}

// content is that of a small file, and the size of others.
func content(name string, size int64) (string, error) {
	if size > 100 {
		return fmt.Sprintf(" %d bytes", size), nil
	}
	data, err := os.ReadFile(name)
	return " " + string(data), err
}
