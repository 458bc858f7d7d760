package trace

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// pathMax is PATH_MAX of linux/limits.h: the longest path a call takes, with
// its final zero byte.
const pathMax = 4096

// pageSize is the smallest page of the machines we know. A read that stays
// within one page of this size stays within one of any larger size.
const pageSize = 4096

var (
	// errGone: the process ended while we looked at it.
	errGone = errors.New("the process is gone")
	// errNoPath: the call has no path that could be looked up, and fails with
	// EFAULT, ENAMETOOLONG, EBADF, ENOTDIR or ENOENT.
	errNoPath = errors.New("no path")
)

// memory reads the memory of stopped processes.
type memory struct {
	viaProc bool // process_vm_readv is refused, as in Docker's default profile
	buf     [pathMax]byte
}

// read fills p, which must not cross a page, from the memory of tid.
func (m *memory) read(tid int, addr uint64, p []byte) error {
	if !m.viaProc {
		n, err := vmRead(tid, addr, p)
		if err != unix.EPERM && err != unix.ENOSYS {
			return readResult(tid, addr, n, len(p), err)
		}
	}
	n, err := procRead(tid, addr, p)
	if err == nil && n > 0 {
		m.viaProc = true
	}
	return readResult(tid, addr, n, len(p), err)
}

func readResult(tid int, addr uint64, n, want int, err error) error {
	switch {
	case err == nil && n == want:
		return nil
	case err == unix.ESRCH, err == unix.ENOENT, err == nil && n == 0:
		return errGone
	case (err == unix.EFAULT || err == unix.EIO) && !mapped(tid, addr):
		return errNoPath
	case err == nil:
		err = fmt.Errorf("%d of %d bytes", n, want)
	}
	return fmt.Errorf("cannot read memory of process %d at %#x: %w", tid, addr, err)
}

func vmRead(tid int, addr uint64, p []byte) (int, error) {
	local := []unix.Iovec{{Base: &p[0]}}
	local[0].SetLen(len(p))
	return unix.ProcessVMReadv(tid, local, []unix.RemoteIovec{{Base: uintptr(addr), Len: len(p)}}, 0)
}

func procRead(tid int, addr uint64, p []byte) (int, error) {
	fd, err := unix.Open(procName(tid, "mem"), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	return unix.Pread(fd, p, int64(addr))
}

// mapped says whether the process itself could read at addr.
func mapped(tid int, addr uint64) bool {
	maps, err := os.ReadFile(procName(tid, "maps"))
	if err != nil {
		return true // cannot tell: let the caller's error stand
	}
	for line := range strings.Lines(string(maps)) {
		span, rest, _ := strings.Cut(line, " ")
		from, to, _ := strings.Cut(span, "-")
		lo, err1 := strconv.ParseUint(from, 16, 64)
		hi, err2 := strconv.ParseUint(to, 16, 64)
		if err1 == nil && err2 == nil && lo <= addr && addr < hi {
			return strings.HasPrefix(rest, "r")
		}
	}
	return false
}

// path reads a string as the kernel does: up to its zero byte, one page at a
// time because the next need not be there.
func (m *memory) path(tid int, addr uint64) (string, error) {
	const first = 256 // most paths are short
	for n := 0; n < pathMax; {
		size := min(pageSize-int(addr%pageSize), pathMax-n)
		if n == 0 {
			size = min(size, first)
		}
		chunk := m.buf[n : n+size]
		if err := m.read(tid, addr, chunk); err != nil {
			return "", err
		}
		if end := bytes.IndexByte(chunk, 0); end >= 0 {
			return string(m.buf[:n+end]), nil
		}
		n += size
		addr += uint64(size)
	}
	return "", errNoPath
}

// socketPath reads the path of a struct sockaddr_un, whose final zero byte may be
// missing (unix(7)). Sockets of other kinds have none.
func (m *memory) socketPath(tid int, addr, length uint64) (string, error) {
	const family = 2 // sun_family, then the path
	var b [unix.SizeofSockaddrUnix]byte
	if length <= family || length > uint64(len(b)) {
		return "", errNoPath
	}
	if err := m.bytes(tid, addr, b[:length]); err != nil {
		return "", err
	}
	name, _, _ := strings.Cut(string(b[family:length]), "\x00")
	if binary.LittleEndian.Uint16(b[:]) != unix.AF_UNIX || name == "" {
		return "", errNoPath
	}
	return name, nil
}

// bytes reads a small structure that may lie across two pages.
func (m *memory) bytes(tid int, addr uint64, p []byte) error {
	for len(p) > 0 {
		n := min(pageSize-int(addr%pageSize), len(p))
		if err := m.read(tid, addr, p[:n]); err != nil {
			return err
		}
		p, addr = p[n:], addr+uint64(n)
	}
	return nil
}

func procName(tid int, name string) string { return "/proc/" + strconv.Itoa(tid) + "/" + name }
