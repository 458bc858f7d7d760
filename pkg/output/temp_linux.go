package output

import (
	"math/rand/v2"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

const (
	tempMark    = ".pack-"
	tempRandom  = 10
	tempLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	// nameMax is NAME_MAX of limits.h, the most bytes one path component has.
	nameMax = 255
)

// tempPrefix makes ".NAME.pack-" of base, cut where NAME is too long: two
// outputs may then share a prefix, and the lock still tells live from dead.
func tempPrefix(base string) string {
	if over := len(base) + 1 + len(tempMark) + tempRandom - nameMax; over > 0 {
		base = base[:len(base)-over]
	}
	return "." + base + tempMark
}

// tempName need not be a secret: mkdir(2) never takes what somebody else made.
func tempName(base string) string {
	var random [tempRandom]byte
	for i := range random {
		random[i] = tempLetters[rand.IntN(len(tempLetters))]
	}
	return tempPrefix(base) + string(random[:])
}

// IsTemporary tells whether name is one that [Dir] gives to what it makes
// beside or in an output called base and removes in the end.
func IsTemporary(name, base string) bool {
	random, ok := strings.CutPrefix(name, tempPrefix(base))
	return ok && len(random) == tempRandom && strings.Trim(random, tempLetters) == ""
}

// removeStale removes the temporaries of base in dir that are of a file type
// (S_IFDIR, S_IFREG) and whose run has ended. What cannot be listed or removed
// (another user's) does not concern this run.
func removeStale(dir int, base string, kind uint32) {
	names, err := treefd.List(dir)
	if err != nil {
		return
	}
	for _, n := range names {
		if !IsTemporary(n, base) {
			continue
		}
		fd, err := unix.Openat(dir, n, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != nil {
			continue
		}
		var st unix.Stat_t
		if unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT == kind && lock(fd) {
			_ = treefd.Remove(dir, n)
		}
		unix.Close(fd)
	}
}

func lock(fd int) bool {
	return treefd.Retry(func() error { return unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) }) == nil
}

// makeTemp makes the temporary that becomes the output.
func (p *place) makeTemp() (err error) {
	p.temp, p.tree, err = p.newTemp()
	return err
}

// newTemp makes a temporary, 0700, and locks it. A run that clears stale ones
// may catch it before it is locked; then another is made.
func (p *place) newTemp() (name string, fd int, err error) {
	for {
		name := tempName(p.base)
		if err := unix.Mkdirat(p.parent, name, 0o700); err == unix.EEXIST {
			continue
		} else if err != nil {
			return "", -1, err
		}
		fd, err := unix.Openat(p.parent, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err == unix.ENOENT {
			continue
		}
		if err != nil {
			unix.Unlinkat(p.parent, name, unix.AT_REMOVEDIR)
			return "", -1, err
		}
		var st unix.Stat_t
		if lock(fd) && unix.Fstat(fd, &st) == nil && st.Nlink > 0 {
			// A default ACL of the parent would spread over the whole tree.
			unix.Fremovexattr(fd, "system.posix_acl_default")
			return name, fd, nil
		}
		unix.Close(fd)
	}
}
