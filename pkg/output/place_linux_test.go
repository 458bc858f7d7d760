package output

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

func TestOutputThatIsRefused(t *testing.T) {
	tests := []struct {
		name   string
		setup  func(dir string) string // returns OUTPUT
		says   string                  // with DIR for dir
		hint   string                  // a part of it
		reason error
	}{
		{"not empty", func(dir string) string {
			os.MkdirAll(dir+"/out/a", 0o755)
			return dir + "/out"
		}, "cannot write DIR/out: directory is not empty", "remove what is in it (a …)", ErrNotEmpty},
		{"not empty behind a link", func(dir string) string {
			os.MkdirAll(dir+"/out/a", 0o755)
			os.Symlink("out", dir+"/l")
			return dir + "/l"
		}, "cannot write DIR/l: directory is not empty", "", ErrNotEmpty},
		{"the root", func(string) string { return "/" }, "cannot write /: directory is not empty", "", ErrNotEmpty},
		{"a file", func(dir string) string {
			os.WriteFile(dir+"/out", nil, 0o644)
			return dir + "/out"
		}, "cannot write DIR/out: not a directory", "name a directory", ErrNotDir},
		{"a file with a slash", func(dir string) string {
			os.WriteFile(dir+"/out", nil, 0o644)
			return dir + "/out/"
		}, "cannot write DIR/out/: not a directory", "name a directory", ErrNotDir},
		{"below a file", func(dir string) string {
			os.WriteFile(dir+"/file", nil, 0o644)
			return dir + "/file/out"
		}, "cannot write DIR/file/out: DIR/file: not a directory", "", ErrNotDir},
		{"no parent", func(dir string) string { return dir + "/no/out" },
			"cannot write DIR/no/out: DIR/no does not exist", "mkdir -p DIR/no", nil},
		{"a link to nothing", func(dir string) string {
			os.Symlink("nowhere", dir+"/out")
			return dir + "/out"
		}, "cannot write DIR/out: a symbolic link to nothing", "remove the link", nil},
		{"a loop of links", func(dir string) string {
			os.Symlink("out", dir+"/out")
			return dir + "/out"
		}, "cannot write DIR/out: too many levels of symbolic links", "", unix.ELOOP},
		{"no name", func(string) string { return "" }, "cannot write : the name is empty", "", nil},
		{"a name too long", func(dir string) string { return dir + "/" + strings.Repeat("n", 256) },
			"cannot write DIR/" + strings.Repeat("n", 256) + ": file name too long", "", unix.ENAMETOOLONG},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			out := tt.setup(dir)
			before := listTree(t, dir)
			_, err := NewDir(out, DirOptions{})
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("error: %v", err)
			}
			expand := strings.NewReplacer("DIR", dir).Replace
			if e.Error() != expand(tt.says) {
				t.Errorf("says %q", e)
			}
			if !strings.Contains(e.Hint(), expand(tt.hint)) {
				t.Errorf("hint: %q", e.Hint())
			}
			if tt.reason != nil && !errors.Is(err, tt.reason) {
				t.Errorf("is not %v", tt.reason)
			}
			if after := listTree(t, dir); !slices.Equal(before, after) {
				t.Errorf("had %q, has %q", before, after)
			}
		})
	}
}

func TestOutputThatIsTaken(t *testing.T) {
	tests := []struct {
		name  string
		setup func(dir string) (output, real string)
	}{
		{"absent", func(dir string) (string, string) { return dir + "/out", dir + "/out" }},
		{"absent, with slashes", func(dir string) (string, string) { return dir + "//out///", dir + "/out" }},
		{"empty", func(dir string) (string, string) {
			os.Mkdir(dir+"/out", 0o700)
			return dir + "/out", dir + "/out"
		}},
		{"link to an empty one", func(dir string) (string, string) {
			os.MkdirAll(dir+"/elsewhere/real", 0o700)
			os.Symlink("elsewhere/real", dir+"/out")
			return dir + "/out", dir + "/elsewhere/real"
		}},
		{"absent behind a link and ..", func(dir string) (string, string) {
			os.MkdirAll(dir+"/a/b/c", 0o755)
			os.Symlink("a/b/c", dir+"/l")
			return dir + "/l/../out", dir + "/a/b/out"
		}},
		{"the longest name", func(dir string) (string, string) {
			n := dir + "/" + strings.Repeat("n", 255)
			return n, n
		}},
		{"not utf-8", func(dir string) (string, string) { return dir + "/\xff", dir + "/\xff" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, real := tt.setup(t.TempDir())
			p := samplePlan(t)
			write(t, p, newDir(t, out))
			if got, want := listTree(t, real), planPaths(p); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if fi, err := os.Lstat(real); err != nil || fi.Mode() != fs.ModeDir|0o755 {
				t.Errorf("%v, %v", fi.Mode(), err)
			}
			for _, left := range siblings(t, real) {
				if strings.Contains(left, tempMark) {
					t.Errorf("left behind: %s", left)
				}
			}
		})
	}
}

func TestWorkingDirectoryIsFilledInPlace(t *testing.T) {
	dir := t.TempDir() + "/out"
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	p := samplePlan(t)
	write(t, p, newDir(t, "."))
	if got, want := listTree(t, "."), planPaths(p); len(got) != len(want) {
		t.Errorf("the working directory holds %q, want %q", got, want)
	}
}

func TestMountPointIsFilledInPlace(t *testing.T) {
	bind := func(t *testing.T) string {
		dir := t.TempDir()
		for _, d := range []string{"/a", "/b"} {
			if err := os.Mkdir(dir+d, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		needRoot(t)
		if err := unix.Mount(dir+"/a", dir+"/b", "", unix.MS_BIND, ""); err != nil {
			t.Skip("cannot mount: ", err)
		}
		t.Cleanup(func() { unix.Unmount(dir+"/b", 0) })
		return dir + "/b"
	}
	for name, mount := range map[string]func(t *testing.T) string{
		"tmpfs": func(t *testing.T) string { return tmpfs(t, "") },
		"bind":  bind,
	} {
		t.Run(name, func(t *testing.T) {
			out := mount(t)
			before := dump(t, out)
			src := sourceTree(t)
			t.Run("abort empties it", func(t *testing.T) {
				d := newDir(t, out)
				if err := Write(t.Context(), planOf(t, src), d); err != nil {
					t.Fatal(err)
				}
				if err := d.Abort(); err != nil {
					t.Fatal(err)
				}
				if got := dump(t, out); got != before {
					t.Errorf("got\n%s\nwant\n%s", got, before)
				}
			})
			t.Run("a failing commit empties it", func(t *testing.T) {
				d := newDir(t, out)
				if err := Write(t.Context(), planOf(t, src), d); err != nil {
					t.Fatal(err)
				}
				if err := os.Mkdir(out+"/usr", 0o755); err != nil { // what somebody else made stays
					t.Fatal(err)
				}
				if err := d.Commit(); !errors.Is(err, unix.EEXIST) {
					t.Errorf("error: %v", err)
				}
				if got := listTree(t, out); !slices.Equal(got, []string{"/usr"}) {
					t.Errorf("left behind: %q", got)
				}
				if err := os.Remove(out + "/usr"); err != nil {
					t.Fatal(err)
				}
			})
			t.Run("a second run is refused", func(t *testing.T) {
				d := newDir(t, out)
				if _, err := NewDir(out, DirOptions{}); !errors.Is(err, ErrBusy) {
					t.Errorf("error: %v", err)
				}
				if err := d.Abort(); err != nil {
					t.Fatal(err)
				}
			})
			t.Run("commit", func(t *testing.T) {
				write(t, planOf(t, src), newDir(t, out))
				if got, want := dump(t, out), dump(t, src); got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		})
	}
}

func TestTwoRunsForOneOutput(t *testing.T) {
	out := t.TempDir() + "/out"
	p := samplePlan(t)
	first, second := newDir(t, out), newDir(t, out)
	for _, d := range []*Dir{first, second} {
		if err := Write(t.Context(), p, d); err != nil {
			t.Fatal(err)
		}
	}
	if err := second.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := first.Commit(); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("the other run: %v", err)
	}
	if got, want := listTree(t, out), planPaths(p); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if left := siblings(t, out); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestDiskFull(t *testing.T) {
	out := tmpfs(t, "4m")
	for name, content := range map[string]string{
		"one large file":   strings.Repeat("x", 6<<20),
		"many small files": strings.Repeat("x", 100<<10),
	} {
		for place, dest := range map[string]string{"in place": out, "beside it": out + "/sub"} {
			t.Run(name+" "+place, func(t *testing.T) {
				p := plan.New(nil)
				for i := range max(1, 6<<20/len(content)) {
					add(t, p, file(fmt.Sprint("/f", i), content))
				}
				err := Write(t.Context(), p, newDir(t, dest))
				var e *Error
				if !errors.Is(err, unix.ENOSPC) || !errors.As(err, &e) || e.Hint() == "" || !strings.HasPrefix(e.Path, dest+"/f") {
					t.Errorf("error: %v", err)
				}
				if left := listTree(t, out); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			})
		}
	}
}

// The test binary started again with this variable writes the OUTPUT it names
// until it is killed.
const helperEnv = "OUTPUT_TEST_HELPER"

func TestMain(m *testing.M) {
	if out := os.Getenv(helperEnv); out != "" {
		writeForever(out)
	}
	os.Exit(m.Run())
}

func writeForever(out string) {
	d, err := NewDir(out, DirOptions{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	written := func() (rootfs.File, error) { return plan.Source{Data: []byte("x")}.Open() }
	for _, e := range []plan.Entry{
		{Path: "/d", Mode: fs.ModeDir | 0o555},
		{Path: "/d/x", Mode: 0o444, Size: 1},
		{Path: "/l", Mode: fs.ModeSymlink | 0o777, Link: "d"},
	} {
		if err := d.Put(e, written); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	d.files.wait()
	fmt.Println("writing")
	io.Copy(io.Discard, os.Stdin) // until the parent ends, if it does not kill
	os.Exit(1)
}

func startHelper(t *testing.T, out string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), helperEnv+"="+out)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "writing\n" {
		t.Fatalf("helper: %q, %v", line, err)
	}
	return cmd
}

func TestKilledRun(t *testing.T) {
	for name, mkdir := range map[string]func(t *testing.T) string{
		"beside":   func(t *testing.T) string { return t.TempDir() + "/out" },
		"in place": func(t *testing.T) string { return tmpfs(t, "") },
	} {
		t.Run(name, func(t *testing.T) {
			out := mkdir(t)
			inPlace := name == "in place"
			dir := filepath.Dir(out)
			if inPlace {
				dir = out
			}
			temps := func() (n int) {
				list, _ := os.ReadDir(dir)
				for _, de := range list {
					if IsTemporary(de.Name(), filepath.Base(out)) {
						n++
					}
				}
				return n
			}
			cmd := startHelper(t, out)
			if n := temps(); n != 1 {
				t.Fatalf("%d temporaries of a live run", n)
			}
			if !inPlace {
				// A live run's temporary is not another's to remove.
				d := newDir(t, out)
				if n := temps(); n != 2 {
					t.Errorf("%d temporaries of two live runs", n)
				}
				d.Abort()
			}
			cmd.Process.Kill()
			cmd.Wait()
			list, err := os.ReadDir(dir)
			if err != nil || len(list) != 1 || temps() != 1 {
				t.Errorf("after SIGKILL: %v, %v", list, err)
			}
			p := samplePlan(t)
			write(t, p, newDir(t, out))
			if n := temps(); n != 0 {
				t.Errorf("the next run left %d temporaries", n)
			}
			if got, want := listTree(t, out), planPaths(p); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestTempNames(t *testing.T) {
	for _, base := range []string{"out", strings.Repeat("n", 255), "\xff", ".x"} {
		name := tempName(base)
		if !IsTemporary(name, base) || len(name) > nameMax {
			t.Errorf("%q is no temporary of %q", name, base)
		}
	}
	for _, name := range []string{"out", ".out.pack-", ".out.pack-short", ".out.pack-lowercasel", ".other.pack-ABCDEFGHIJ", ".out.pack-ABCDEFGHIJK", ".out.pack-ABCDE/GHIJ"} {
		if IsTemporary(name, "out") {
			t.Errorf("%q would be removed", name)
		}
	}
}

func TestRemoveAllStaysOnItsFileSystem(t *testing.T) {
	mount := tmpfs(t, "")
	if err := os.WriteFile(mount+"/precious", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	outside := t.TempDir()
	if err := os.WriteFile(outside+"/precious", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(mount)
	if err := os.Symlink(outside, dir+"/link"); err != nil {
		t.Fatal(err)
	}
	if err := wipeErr(t, dir); !errors.Is(err, unix.EBUSY) && !errors.Is(err, unix.EXDEV) {
		t.Errorf("a tree with a mount in it: %v", err)
	}
	if _, err := os.Lstat(dir + "/link"); err == nil {
		t.Error("the rest of the tree is still there")
	}
	if _, err := os.Stat(mount + "/precious"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(outside + "/precious"); err != nil {
		t.Error(err)
	}
}
