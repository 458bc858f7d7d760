package pipeline

import (
	"io/fs"
	"path"
	"slices"
)

// maxFollowed bounds, in bytes, what links of one thing lead to outside of it:
// they are not measured with it.
const maxFollowed = 64 << 20

// around is the thing that an includer adds, by the directories that it is in,
// and how many bytes it may have elsewhere.
type around struct {
	dirs []string
	left int64
}

// within has links be followed out of the directories, which belong together,
// as far as that is small; the way back is the result.
func (in *includer) within(dirs ...string) func() {
	old := in.around
	in.around = &around{dirs, maxFollowed}
	return func() { in.around = old }
}

// mayFollow tells whether what a link leads to comes along with the link that a
// rule adds. One to a directory of many means something in that, and of one in
// /var the place: what is there is another program's, unless a package of the
// system has made the link.
func (in *includer) mayFollow(real string) (bool, error) {
	fi, err := in.root.Lstat(real)
	if err != nil || in.seen[real] {
		return true, nil
	}
	if fi.IsDir() && ofMany.MatchString(real) && !slices.Contains(passing, real) || !in.isReachable(real) {
		return false, nil
	}
	a := in.around
	if a == nil || slices.ContainsFunc(a.dirs, func(dir string) bool { return real == dir || below(real, dir) }) {
		return true, nil
	}
	if below(real, "/var") && !systems.MatchString(a.dirs[0]) {
		if fi.IsDir() {
			return false, in.addReal(real, real, in.why)
		}
		return false, nil
	}
	left := a.left
	if slices.Contains(private, real) || !in.measure(real, &left) {
		return false, nil
	}
	a.left = left
	return true, nil
}

// isReachable tells whether everybody may go where something lies, and it is
// nobody's own. Where the programs lie is meant as it is.
func (b *builder) isReachable(real string) bool {
	for dir := path.Dir(real); dir != "/"; dir = path.Dir(dir) {
		if slices.ContainsFunc(b.programs, func(m *member) bool { return below(m.Real, dir) }) {
			return true
		}
		if fi, err := b.root.Lstat(dir); err != nil || fi.Mode()&fs.FileMode(0o001) == 0 || isPersonal(dir) {
			return false
		}
	}
	return true
}
