package sandbox

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

func TestMountsBelow(t *testing.T) {
	const info = `22 1 0:21 / / rw - ext4 /dev/x rw
23 22 0:22 / /proc rw - proc proc rw
24 22 0:23 / /mnt/a\040b rw - tmpfs t rw
25 24 0:23 / /mnt/a\040b/c\134d rw - tmpfs t rw
26 22 0:23 / /mnt/ab rw - tmpfs t rw
short line
`
	for dir, want := range map[string][]string{
		"/mnt/a b": {`/mnt/a b/c\d`},
		"/proc":    nil,
		"/":        {"/proc", "/mnt/a b", `/mnt/a b/c\d`, "/mnt/ab"},
	} {
		if got := mountsBelow(info, dir); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", dir, got, want)
		}
	}
}

// TestMounted: on a kernel that cannot seal mounts at once, the flags are those
// of what is bound.
func TestMounted(t *testing.T) {
	proc, err := mountFlags("/proc")
	if err != nil {
		t.Fatal(err)
	}
	var m mounted
	m.add("/base", "", unix.MS_NOSUID)
	m.add("/base/tree", "/proc/self", 0)
	m.add("/base/root", "/base/root", 0)
	m.root("/base/root")
	m.add("/usr", "/base/tree/task", 0)
	for target, want := range map[string]uintptr{"/": unix.MS_NOSUID, "/usr": proc} {
		if got, err := m.at(target, false); err != nil || len(got) != 1 || got[0].flags != want || got[0].target != target {
			t.Errorf("%s: %+v %v, want flags %#x", target, got, err, want)
		}
	}
}
