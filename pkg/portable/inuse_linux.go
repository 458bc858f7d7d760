package portable

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

// fileID names a file on this machine.
type fileID struct{ dev, ino uint64 }

// anyProcessIn tells whether a process has its root, its working directory or
// its executable in the tree below dir. A program that closes every descriptor
// it did not open, as some daemons do, has given up its lock; this finds it.
// What /proc does not show this user is nothing of this user's.
func anyProcessIn(dir int) bool {
	procs, err := os.ReadDir("/proc")
	if err != nil {
		return false // no /proc: the lock is all there is
	}
	seen := map[fileID]bool{}
	for _, p := range procs {
		if _, err := strconv.Atoi(p.Name()); err != nil {
			continue
		}
		for _, link := range []string{"exe", "root", "cwd"} {
			var st unix.Stat_t
			if unix.Stat("/proc/"+p.Name()+"/"+link, &st) == nil {
				seen[fileID{st.Dev, st.Ino}] = true
			}
		}
	}
	return holdsAny(dir, seen)
}

// holdsAny tells whether dir or anything below it is one of ids.
func holdsAny(dir int, ids map[fileID]bool) bool {
	names, err := treefd.List(dir)
	if err != nil {
		return false // nothing runs from what this user may not read
	}
	for _, n := range names {
		var st unix.Stat_t
		if unix.Fstatat(dir, n, &st, unix.AT_SYMLINK_NOFOLLOW) != nil {
			continue
		}
		if ids[fileID{st.Dev, st.Ino}] {
			return true
		}
		if st.Mode&sIFMT != sIFDIR {
			continue
		}
		fd, err := treefd.OpenAt(dir, n, treefd.DirFlags, 0)
		if err != nil {
			continue
		}
		found := holdsAny(fd, ids)
		unix.Close(fd)
		if found {
			return true
		}
	}
	return false
}
