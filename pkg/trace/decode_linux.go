package trace

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sys/unix"
)

// decoder turns system calls of stopped threads into events.
type decoder struct {
	engine  Engine
	targets map[callKey]target
	mem     memory
	places  places
	unseen  []string // for Result.Unseen
	shy     bool     // a traced process may serve a file system
}

func newDecoder(engine Engine, looks bool) *decoder {
	return &decoder{engine: engine, targets: targets(abisOf(runtime.GOARCH), looks), places: newPlaces()}
}

// syscallAt is a system call a thread is about to make.
type syscallAt struct {
	tid  int
	arch uint32 // AUDIT_ARCH_
	nr   uint32
	args [6]uint64
}

// decode appends the call's events to dst, without process and executable. A
// call we do not trace has none, nor has one that cannot reach any file.
func (d *decoder) decode(dst []Event, s *syscallAt) ([]Event, error) {
	t, ok := d.targets[callKey{s.arch, s.nr}]
	if !ok {
		if !d.knows(s.arch) {
			return dst, fmt.Errorf("process %d makes system calls of an unknown architecture (%#x)", s.tid, s.arch)
		}
		return dst, nil
	}
	if t.bits32 {
		for i := range s.args {
			s.args[i] &= 1<<32 - 1
		}
	}
	if t.shape == remounts || t.name == "chroot" {
		d.places.rooted = true
	}
	switch t.shape {
	case remounts:
		return dst, nil
	case refused, handles, supervises:
		d.blind(t.call, s)
		return dst, nil
	}
	dst, err := d.paths(dst, t.call, s)
	if err == errNoPath || err == errGone {
		return dst, nil
	}
	if err != nil {
		return dst, fmt.Errorf("cannot read the path of %s: %w", t.name, err)
	}
	return dst, nil
}

// blind notes what a call hides from us.
func (d *decoder) blind(c *call, s *syscallAt) {
	var what string
	switch {
	case c.shape == handles:
		what = "opened files by handle (open_by_handle_at), which names no path"
	case c.shape == refused:
		what = "used io_uring, through which files are opened unseen"
	case c.flags != none && s.args[c.flags]&newListener == 0:
		return
	case d.engine == Notify:
		what = "was refused seccomp user notification, because it is being traced by it"
	case d.engine == Ptrace:
		what = "supervises system calls by seccomp user notification; those are not seen"
	default:
		return
	}
	exe, err := readlink(procName(s.tid, "exe"))
	if err != nil {
		exe = "a process"
	}
	d.note(exe + " " + what)
}

func (d *decoder) note(unseen string) {
	if !slices.Contains(d.unseen, unseen) {
		d.unseen = append(d.unseen, unseen)
	}
}

func (d *decoder) look(pl place, noFollow bool) (existed bool, kind Type) {
	if !d.shy {
		return pl.look(noFollow)
	}
	var st unix.Stat_t
	served, err := statShy(pl.report, noFollow, &st)
	if served != "" {
		d.note("what was opened below " + served + " is not known, because a traced process may serve that file system (FUSE)")
		return true, Missing
	}
	return found(&st, err)
}

func (d *decoder) knows(arch uint32) bool {
	for _, a := range abisOf(runtime.GOARCH) {
		if a.arch == arch {
			return true
		}
	}
	return false
}

func (d *decoder) paths(dst []Event, c *call, s *syscallAt) ([]Event, error) {
	how, err := d.how(c, s)
	if err != nil {
		return dst, err
	}
	dst, err = d.path(dst, c, s, c.dir, c.path, how)
	if c.shape != renames && c.shape != hardlinks {
		return dst, err
	}
	if err != nil && err != errNoPath {
		return dst, err
	}
	how.second, how.noFollow = true, true
	return d.path(dst, c, s, c.dir2, c.path2, how)
}

// how is what the flags of a call say about its path.
type how struct {
	flags    uint64 // open flags
	noFollow bool
	inRoot   bool // RESOLVE_IN_ROOT
	empty    bool // AT_EMPTY_PATH
	second   bool // the new name
}

func (d *decoder) how(c *call, s *syscallAt) (how, error) {
	h := how{noFollow: c.noFollow}
	switch c.shape {
	case opens:
		h.flags = s.args[c.flags]
	case opens2:
		var b [24]byte // struct open_how: flags, mode, resolve (linux/openat2.h)
		if err := d.mem.bytes(s.tid, s.args[c.flags], b[:]); err != nil {
			return h, err
		}
		h.flags = binary.LittleEndian.Uint64(b[:])
		h.inRoot = binary.LittleEndian.Uint64(b[16:])&unix.RESOLVE_IN_ROOT != 0
	case truncates:
		h.flags = unix.O_CREAT | unix.O_WRONLY | unix.O_TRUNC
	case creates, renames, binds:
		h.noFollow = true
	case executes, looks:
		if c.flags != none {
			h.noFollow = h.noFollow || s.args[c.flags]&unix.AT_SYMLINK_NOFOLLOW != 0
			h.empty = s.args[c.flags]&unix.AT_EMPTY_PATH != 0
		}
	case hardlinks:
		h.noFollow = c.flags == none || s.args[c.flags]&unix.AT_SYMLINK_FOLLOW == 0
	}
	exclusive := uint64(unix.O_CREAT | unix.O_EXCL)
	if h.flags&unix.O_NOFOLLOW != 0 || h.flags&exclusive == exclusive {
		h.noFollow = true
	}
	return h, nil
}

// path appends the event of one path argument.
func (d *decoder) path(dst []Event, c *call, s *syscallAt, dir, arg int8, h how) ([]Event, error) {
	name, err := d.name(c, s, arg)
	if err != nil {
		return dst, err
	}
	dirfd := int32(unix.AT_FDCWD)
	if dir != none {
		dirfd = int32(s.args[dir])
	}
	pl, err := d.place(c, s.tid, dirfd, name, h)
	if err != nil {
		return dst, err
	}
	existed, kind := d.look(pl, h.noFollow)
	if pl.report == "/dev/fuse" {
		d.shy = true
	}
	foreign := pl.foreign && (d.shy || !pl.sameHere(existed, h.noFollow))
	return append(dst, Event{
		Call: c.name, Path: pl.report, Intent: intent(c, h, existed, kind),
		Existed: existed, Type: kind, Foreign: foreign,
	}), nil
}

// name reads a path argument.
func (d *decoder) name(c *call, s *syscallAt, arg int8) (string, error) {
	addr := untag(s.args[arg])
	if c.shape == binds {
		return d.mem.socketPath(s.tid, addr, s.args[c.flags])
	}
	return d.mem.path(s.tid, addr)
}

func (d *decoder) place(c *call, tid int, dirfd int32, name string, h how) (place, error) {
	switch {
	case name == "" && h.empty && c.shape == executes:
		link := startOf(tid, dirfd)
		file, err := readlink(link)
		if err != nil {
			return place{}, errNoPath
		}
		return place{report: file, rel: link}, nil
	case name == "":
		return place{}, errNoPath
	case h.inRoot:
		return within(tid, dirfd, name)
	}
	return d.places.find(tid, dirfd, name, c.shape == executes)
}

// intent is what the call does with what is there.
func intent(c *call, h how, existed bool, kind Type) Intent {
	switch c.shape {
	case opens, opens2, truncates:
		return openIntent(h.flags, existed, kind)
	case executes:
		return Exec
	case enters:
		return List
	case creates, binds:
		if existed {
			return Stat
		}
		return Create
	case writes:
		return Write
	case renames, hardlinks:
		if h.second {
			if c.shape == hardlinks && existed {
				return Stat
			}
			return Create
		}
		if kind == Dir {
			return List | Write
		}
		if c.shape == hardlinks {
			return Read
		}
		return Read | Write
	case readlinks:
		if kind == Link {
			return Read
		}
	}
	return Stat
}

// openIntent reads the flags of open(2).
func openIntent(flags uint64, existed bool, kind Type) Intent {
	has := func(f uint64) bool { return flags&f == f }
	switch {
	case has(unix.O_PATH):
		return Stat
	case kind == Dir:
		return List // with other flags than O_RDONLY, of a file without a name in it
	case has(unix.O_DIRECTORY), kind == Link:
		return Stat // fails: not a directory, or O_NOFOLLOW
	case has(unix.O_CREAT|unix.O_EXCL) && existed:
		return Stat
	case has(unix.O_CREAT) && !existed:
		return Create
	case has(unix.O_TRUNC):
		return Create | Write
	}
	switch flags & unix.O_ACCMODE {
	case unix.O_RDONLY:
		return Read
	case unix.O_WRONLY:
		return Write
	}
	return Read | Write
}

// untag removes the byte of an address that arm64 lets programs use for
// themselves (Documentation/arch/arm64/tagged-address-abi.rst).
func untag(addr uint64) uint64 {
	if runtime.GOARCH == "arm64" {
		return addr &^ (0xff << 56)
	}
	return addr
}
