package images

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// tree is everything about a directory's files but access and change times,
// by path. Hard links are told by the first name of each.
type tree map[string]string

func readTree(t *testing.T, root string) tree {
	t.Helper()
	out, first := tree{}, map[uint64]string{}
	// WalkDir is in lexical order, the same in every tree.
	err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path := "/" + strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
		var st unix.Stat_t
		if err := unix.Lstat(name, &st); err != nil {
			return err
		}
		if other := first[st.Ino]; other != "" {
			out[path] = "same file as " + other
			return nil
		}
		if st.Mode&unix.S_IFMT != unix.S_IFDIR {
			first[st.Ino] = path
		}
		out[path], err = facts(name, &st)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func facts(name string, st *unix.Stat_t) (string, error) {
	s := fmt.Sprintf("mode %o, owner %d:%d, time %d.%09d", st.Mode, st.Uid, st.Gid, st.Mtim.Sec, st.Mtim.Nsec)
	var more string
	var err error
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		more, err = os.Readlink(name)
	case unix.S_IFREG:
		more, err = sum(name)
	case unix.S_IFCHR, unix.S_IFBLK:
		more = fmt.Sprintf("device %d:%d", unix.Major(st.Rdev), unix.Minor(st.Rdev))
	}
	if err != nil {
		return "", err
	}
	attributes, err := xattrs(name)
	return strings.TrimRight(s+", "+more+", "+attributes, ", "), err
}

func sum(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return fmt.Sprintf("%d bytes %x", n, h.Sum(nil)), err
}

func xattrs(name string) (string, error) {
	list := make([]byte, 64<<10)
	n, err := unix.Llistxattr(name, list)
	if err != nil {
		return "", err
	}
	var all []string
	for _, attribute := range strings.FieldsFunc(string(list[:n]), func(r rune) bool { return r == 0 }) {
		value := make([]byte, 64<<10)
		n, err := unix.Lgetxattr(name, attribute, value)
		if err != nil {
			return "", err
		}
		all = append(all, fmt.Sprintf("%s=%x", attribute, value[:n]))
	}
	slices.Sort(all)
	return strings.Join(all, " "), nil
}

// loose is what docker export keeps: seconds since 1970, and hard links only
// where the engine's file system tells that they are.
func (t tree) loose() tree {
	out := tree{}
	for path, facts := range t {
		if first, ok := strings.CutPrefix(facts, "same file as "); ok {
			facts = t[first]
		}
		facts = fraction.ReplaceAllString(facts, "$1")
		out[path] = before1970.ReplaceAllString(facts, "time 0")
	}
	return out
}

var (
	fraction   = regexp.MustCompile(`^(mode \S+ owner \S+ time -?\d+)\.\d{9}`)
	before1970 = regexp.MustCompile(`time -\d+`)
)

// withoutUser is the tree without the attributes that engines do not keep.
func (t tree) withoutUser() tree {
	out := tree{}
	for path, facts := range t {
		out[path] = strings.TrimRight(notKept.ReplaceAllString(facts, ""), ", ")
	}
	return out
}

var notKept = regexp.MustCompile(`(user|system)\.[a-z_]+=[0-9a-f]* ?`)

// same compares two trees, but for the paths of which except says so.
func (want tree) same(t *testing.T, got tree, except func(path string) bool) {
	t.Helper()
	if len(want) < 2 {
		t.Fatalf("there is nothing to compare with: %v", want)
	}
	all := maps.Clone(want)
	maps.Copy(all, got)
	said := 0
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if want[path] == got[path] || except != nil && except(path) {
			continue
		}
		if said++; said <= 20 {
			t.Errorf("%s:\n got  %s\n want %s", path, got[path], want[path])
		}
	}
	if said > 20 {
		t.Errorf("and %d more", said-20)
	}
}
