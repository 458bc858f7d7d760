package treefd

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// The two ways to open agree: openat2(2), and where that is refused a walk.
func TestOpen(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(root+"/a/b", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"out": "/", "up": "..", "in": "a"} {
		if err := os.Symlink(target, root+"/"+name); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := unix.Open(root, PathFlags, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(dir)
	for how, open := range map[string]func(int, string, int, uint32) (int, error){"openat2": Open, "walk": walk} {
		for rel, ok := range map[string]bool{
			".": true, "a": true, "a/b": true,
			"..": false, "a/../..": false, "out": false, "out/etc": false, "up": false, "in/b": false, "in": false, "no": false,
		} {
			fd, err := open(dir, rel, unix.O_PATH|unix.O_DIRECTORY, 0)
			if (err == nil) != ok {
				t.Errorf("%s: %s: %v", how, rel, err)
			}
			if err == nil {
				unix.Close(fd)
			}
		}
	}
}
