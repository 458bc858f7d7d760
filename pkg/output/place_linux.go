package output

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

// place is where the output goes and where it is built until then.
//
// Normally the tree is built in a temporary directory beside OUTPUT and
// renamed to it. Where no rename can replace OUTPUT (it is a mount point, the
// working directory, or its parent may not be written to) the temporary lies
// in OUTPUT itself, and its children are moved up one by one.
//
// The temporary is locked by flock(2) as long as the run lives, so a later run
// knows a stale one: the kernel drops the lock with the last descriptor,
// however the process ended.
type place struct {
	user   string // OUTPUT as the caller wrote it
	dir    string // absolute real path of the directory that holds the temporary
	base   string // OUTPUT's name in dir; the temporary's name is made from it
	parent int    // descriptor of dir
	temp   string // name of the temporary in dir
	tree   int    // descriptor of the temporary, holding the lock

	inPlace bool
	before  unix.Stat_t // OUTPUT before the run, if inPlace
	moved   []string    // children moved up into OUTPUT so far
}

// openPlace checks OUTPUT, removes what dead runs left of it, and makes the
// temporary. Errors are *Error.
func openPlace(output string) (*place, error) {
	p := &place{user: output, parent: -1, tree: -1}
	exists, err := p.locate()
	if err == nil {
		err = p.prepare(exists)
	}
	if err != nil {
		p.close()
		return nil, p.wrap(err)
	}
	return p, nil
}

func (p *place) wrap(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	return &Error{Path: p.user, Err: cause(err), hint: hintFor(err)}
}

func (p *place) fail(err error, hint string) error {
	return &Error{Path: p.user, Err: err, hint: hint}
}

// locate finds the real directory OUTPUT lies in and whether OUTPUT exists.
func (p *place) locate() (exists bool, err error) {
	if p.user == "" {
		return false, p.fail(errors.New("the name is empty"), "name a directory")
	}
	name := strings.TrimRight(p.user, "/")
	if name == "" {
		name = "/"
	}
	fi, err := os.Stat(name)
	switch {
	case err == nil && !fi.IsDir():
		return true, p.fail(ErrNotDir, "name a directory that is empty or does not exist yet")
	case err == nil:
		exists = true
		err = p.locateReal(name, "")
	case errors.Is(err, unix.ENOTDIR), errors.Is(err, os.ErrNotExist):
		err = p.locateNew(name)
	}
	return exists, err
}

func (p *place) locateReal(dir, base string) error {
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return err
	}
	p.dir, p.base = real, base
	if base == "" {
		p.dir, p.base = filepath.Dir(real), filepath.Base(real)
	}
	return nil
}

func (p *place) locateNew(name string) error {
	if fi, err := os.Lstat(name); err == nil && fi.Mode()&os.ModeSymlink != 0 {
		return p.fail(errors.New("a symbolic link to nothing"), "remove the link or create what it points to")
	}
	// Not filepath.Dir: cleaning "link/../x" would name another place.
	dir, base := filepath.Split(name)
	if dir == "" {
		dir = "."
	}
	fi, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist) || base == "." || base == "..":
		missing := strings.TrimRight(dir, "/")
		return p.fail(fmt.Errorf("%s does not exist", missing), "mkdir -p "+missing)
	case err == nil && !fi.IsDir(), errors.Is(err, unix.ENOTDIR):
		return p.fail(fmt.Errorf("%s: %w", strings.TrimRight(dir, "/"), ErrNotDir), "name an OUTPUT in a directory")
	case err != nil:
		return err
	}
	return p.locateReal(dir, base)
}

// prepare opens the parent, sees to an existing OUTPUT and makes the temporary.
func (p *place) prepare(exists bool) error {
	var err error
	if p.parent, err = unix.Open(p.dir, treefd.PathFlags, 0); err != nil {
		return err
	}
	removeStale(p.parent, p.base, unix.S_IFDIR)
	if exists {
		if p.inPlace, err = p.checkExisting(); err != nil {
			return err
		}
	}
	if !p.inPlace {
		err = p.makeTemp()
		if err == nil || !exists || !(err == unix.EACCES || err == unix.EPERM || err == unix.EROFS) {
			return err
		}
	}
	if err := p.enter(); err != nil {
		return err
	}
	return p.makeTemp()
}

// checkExisting makes sure OUTPUT is empty, but for what a dead run left in
// it, and says whether it has to be filled in place.
func (p *place) checkExisting() (inPlace bool, err error) {
	out, err := p.openOutput()
	if err != nil {
		return false, err
	}
	defer unix.Close(out)
	names, err := treefd.List(out)
	if err != nil {
		return false, err
	}
	for _, n := range names {
		if !IsTemporary(n, p.base) {
			return false, p.fail(ErrNotEmpty, "remove what is in it ("+n+" …) or name another directory")
		}
		inPlace = true
	}
	return inPlace || isMount(out, p.parent) || isWorkingDir(out), nil
}

func (p *place) openOutput() (int, error) {
	return retryInt(func() (int, error) {
		return unix.Openat(p.parent, p.base, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	})
}

// enter turns to filling OUTPUT in place: OUTPUT takes the part of the parent
// and is locked, for here a second run cannot be refused by rename(2).
func (p *place) enter() error {
	out, err := p.openOutput()
	if err != nil {
		return err
	}
	unix.Close(p.parent)
	p.parent, p.inPlace, p.dir = out, true, filepath.Join(p.dir, p.base)
	if !lock(out) {
		return p.fail(ErrBusy, "wait for it to end, or name another directory")
	}
	removeStale(out, p.base, unix.S_IFDIR)
	names, err := treefd.List(out)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return p.fail(ErrNotEmpty, "remove what is in it ("+names[0]+" …) or name another directory")
	}
	return unix.Fstat(out, &p.before)
}

// publish puts the finished temporary in OUTPUT's place.
func (p *place) publish() error {
	if p.inPlace {
		return p.moveUp()
	}
	err := treefd.Retry(func() error { return unix.Renameat(p.parent, p.temp, p.parent, p.base) })
	switch err {
	case nil:
		p.temp = ""
		return nil
	case unix.ENOTEMPTY, unix.EEXIST:
		return p.fail(ErrNotEmpty, "it was filled while this run was building")
	case unix.ENOTDIR:
		return p.fail(ErrNotDir, "it was created while this run was building")
	}
	return p.wrap(err)
}

// moveUp moves the temporary's children into OUTPUT; discard takes them away
// again. A process killed in the middle leaves some of them: no rename
// replaces a mount point.
func (p *place) moveUp() error {
	names, err := treefd.List(p.tree)
	if err == nil {
		err = unix.Fchmod(p.tree, 0o700)
	}
	if err != nil {
		return p.wrap(err)
	}
	for _, n := range names {
		if err := moveChild(p.tree, p.parent, n); err != nil {
			return p.wrap(err)
		}
		p.moved = append(p.moved, n)
	}
	if err := unix.Unlinkat(p.parent, p.temp, unix.AT_REMOVEDIR); err != nil {
		return p.wrap(err)
	}
	p.temp = ""
	return nil
}

// moveChild renames a child of from to the same name in to, where it must not
// exist yet. Moving a directory changes its "..", for which rename(2) demands
// write permission on it.
func moveChild(from, to int, name string) error {
	err := unix.Renameat2(from, name, to, name, unix.RENAME_NOREPLACE)
	if err == unix.EINVAL || err == unix.ENOSYS {
		err = unix.Renameat(from, name, to, name)
	}
	var st unix.Stat_t
	if err != unix.EACCES || unix.Fstatat(from, name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return err
	}
	if err := unix.Fchmodat(from, name, st.Mode&0o7777|0o700, 0); err != nil {
		return err
	}
	if err := unix.Renameat(from, name, to, name); err != nil {
		return err
	}
	return unix.Fchmodat(to, name, st.Mode&0o7777, 0)
}

// discard removes all that was made and makes OUTPUT what it was.
func (p *place) discard() error {
	defer p.close()
	if p.parent < 0 {
		return nil
	}
	if p.inPlace {
		unix.Fchown(p.parent, int(p.before.Uid), int(p.before.Gid))
		unix.Fchmod(p.parent, p.before.Mode&0o7777)
	}
	made := p.moved
	if p.temp != "" {
		made = append(made, p.temp)
	}
	var errs []error
	for _, name := range made {
		if err := treefd.Remove(p.parent, name); err != nil {
			errs = append(errs, fmt.Errorf("cannot remove %s: %w", filepath.Join(p.dir, name), err))
		}
	}
	if p.inPlace {
		unix.UtimesNanoAt(p.parent, ".", []unix.Timespec{p.before.Atim, p.before.Mtim}, 0)
	}
	return errors.Join(errs...)
}

// close releases the descriptors and with them the locks.
func (p *place) close() {
	for _, fd := range []*int{&p.tree, &p.parent} {
		if *fd >= 0 {
			unix.Close(*fd)
			*fd = -1
		}
	}
}

// isMount tells whether dir, which lies in parent, is the root of a mount:
// by statx(2) since Linux 5.8 (a bind mount may be of the same device), else
// by its device.
func isMount(dir, parent int) bool {
	var stx unix.Statx_t
	if unix.Statx(dir, "", unix.AT_EMPTY_PATH, unix.STATX_TYPE, &stx) == nil && stx.Attributes_mask&unix.STATX_ATTR_MOUNT_ROOT != 0 {
		return stx.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
	}
	var a, b unix.Stat_t
	return unix.Fstat(dir, &a) == nil && unix.Fstat(parent, &b) == nil && a.Dev != b.Dev
}

// isWorkingDir tells whether dir is the working directory: a rename over it
// would leave the user's shell in a directory that is gone.
func isWorkingDir(dir int) bool {
	var a, b unix.Stat_t
	return unix.Fstat(dir, &a) == nil && unix.Stat(".", &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// hintFor says what a person can do about a system call on OUTPUT or its
// parent that failed.
func hintFor(err error) string {
	switch {
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM), errors.Is(err, unix.EROFS):
		return "name an OUTPUT in a directory you may write to"
	case errors.Is(err, unix.EBUSY), errors.Is(err, unix.EXDEV):
		return "it became a mount point while this run was building"
	}
	return spaceHint(err)
}

func spaceHint(err error) string {
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return "free some space there, or name an OUTPUT on another file system"
	}
	return ""
}
