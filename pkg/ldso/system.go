package ldso

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// System is what one dynamic loader of one root consults besides the files it
// is asked for: everything compiled into it, and its cache.
type System struct {
	Flavor  Flavor
	Interp  string // the loader's path as in PT_INTERP
	Class   elf.Class
	Data    elf.Data
	Machine elf.Machine
	Flags   uint32 // e_flags of the loader

	DefaultDirs []string // without trailing slashes
	ConfDirs    []string // of ld.so.conf, only where the cache is missing
	CachePath   string   // compiled into the loader
	Cache       *CacheIndex
	CacheFlags  int32
	// CacheErr says why a cache file that is there is of no use.
	CacheErr error

	Lib       string   // $LIB
	Platforms []string // $PLATFORM, baseline first
	Hwcaps    bool     // searches glibc-hwcaps subdirectories (glibc 2.33)
	Legacy    bool     // searches tls, platform and hwcap subdirectories (until 2.36)

	// PathFile is musl's path file if the root has one; PathFileName is where
	// it would be.
	PathFile, PathFileName string
}

// maxLoader bounds what is read of a loader; real ones have 0.2 to 1 MiB.
const maxLoader = 16 << 20

// maxCache bounds what is read of a loader's cache.
const maxCache = 64 << 20

// Probe learns a loader's rules from its file and its root. interp is the path
// in PT_INTERP; like is any object the loader is meant for.
func Probe(root rootfs.FS, interp string, like *object.Object) (*System, error) {
	_, real, err := rootfs.Resolve(root, interp)
	if err != nil {
		return nil, err
	}
	data, err := readFile(root, real, maxLoader)
	if err != nil {
		return nil, err
	}
	sys := &System{
		Flavor: Glibc, Interp: interp,
		Class: like.Class, Data: like.Data, Machine: like.Machine, Flags: like.Flags,
	}
	if strings.HasPrefix(path.Base(interp), "ld-musl-") || bytes.Contains(data, []byte("musl libc\n")) {
		sys.Flavor = Musl
		return sys, sys.probeMusl(root)
	}
	sys.probeGlibc(data)
	sys.readCache(root)
	return sys, nil
}

func (sys *System) probeGlibc(data []byte) {
	sys.DefaultDirs = defaultDirs(data)
	if len(sys.DefaultDirs) == 0 {
		sys.DefaultDirs = knownDirs(sys.Class, sys.Machine)
	}
	sys.Lib = libToken(sys.DefaultDirs)
	sys.Hwcaps = bytes.Contains(data, []byte("glibc-hwcaps"))
	sys.Legacy = glibcMinor(data) <= 36
	sys.Platforms = platforms(sys.Machine, sys.Class, sys.Data, sys.Legacy)
	sys.CachePath = "/etc/ld.so.cache"
	if s := stringWith(data, []byte("/ld.so.cache\x00")); strings.HasPrefix(s, "/") {
		sys.CachePath = s
	}
}

func (sys *System) readCache(root rootfs.FS) {
	flags, ok := CacheFlags(sys.Class, sys.Data, sys.Machine, sys.Flags)
	if !ok {
		return
	}
	sys.CacheFlags = flags
	_, real, err := rootfs.Resolve(root, sys.CachePath)
	if err == nil {
		var data []byte
		if data, err = readFile(root, real, maxCache); err == nil {
			sys.Cache, err = OpenCache(data)
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		sys.ConfDirs = confDirs(root, path.Join(path.Dir(sys.CachePath), "ld.so.conf"))
	default:
		sys.CacheErr = fmt.Errorf("cannot read %s: %w", sys.CachePath, err)
	}
}

// probeMusl: the path file beside the loader's prefix replaces the compiled-in
// directories; any error but "not there" makes the list empty (ldso/dynlink.c).
func (sys *System) probeMusl(root rootfs.FS) error {
	arch := strings.TrimSuffix(strings.TrimPrefix(path.Base(sys.Interp), "ld-musl-"), ".so.1")
	prefix := strings.TrimSuffix(path.Dir(path.Dir(sys.Interp)), "/")
	sys.PathFileName = prefix + "/etc/ld-musl-" + arch + ".path"
	sys.DefaultDirs = []string{"/lib", "/usr/local/lib", "/usr/lib"}
	_, real, err := rootfs.Resolve(root, sys.PathFileName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	sys.PathFile, sys.DefaultDirs = sys.PathFileName, nil
	if err == nil {
		var data []byte
		if data, err = readFile(root, real, 1<<20); err == nil {
			sys.DefaultDirs = SplitMusl(string(data))
		}
	}
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", sys.PathFileName, err)
	}
	return nil
}

func readFile(root rootfs.FS, name string, limit int64) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a regular file")}
	}
	if fi.Size() > limit {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("larger than %d bytes", limit)}
	}
	data := make([]byte, fi.Size())
	n, err := io.ReadFull(f, data)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return data[:n], err
}

// defaultDirs finds the first run of strings "/…lib…/" in a loader: glibc
// keeps its default directories as one array of NUL-terminated strings
// (system_dirs in elf/dl-load.c).
func defaultDirs(data []byte) []string {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("lib"))
		if i < 0 {
			return nil
		}
		at += i
		start := bytes.LastIndexByte(data[:at], 0) + 1
		var dirs []string
		for {
			end := bytes.IndexByte(data[start:], 0)
			if end < 0 || !isDirString(data[start:start+end]) {
				break
			}
			dirs = append(dirs, trimSlashes(string(data[start:start+end])))
			start += end + 1
		}
		if len(dirs) > 0 {
			return dirs
		}
		at += len("lib")
	}
}

func isDirString(b []byte) bool {
	if len(b) < 2 || len(b) > 4096 || b[0] != '/' || b[len(b)-1] != '/' || !bytes.Contains(b, []byte("lib")) {
		return false
	}
	for _, c := range b {
		if c <= ' ' || c >= 0x7f || c == '%' {
			return false
		}
	}
	return true
}

// stringWith returns the NUL-terminated string of data that ends in suffix.
func stringWith(data, suffix []byte) string {
	i := bytes.Index(data, suffix)
	if i < 0 {
		return ""
	}
	start := bytes.LastIndexByte(data[:i], 0) + 1
	return string(data[start : i+len(suffix)-1])
}

// glibcMinor reads the release from a loader's banner ("stable release version
// 2.36"); 0 where there is none, as before 2.33.
func glibcMinor(data []byte) int {
	_, rest, ok := bytes.Cut(data, []byte("release version 2."))
	if !ok {
		return 0
	}
	end := 0
	for end < len(rest) && end < 4 && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	n, _ := strconv.Atoi(string(rest[:end]))
	return n
}

// Assume describes the loader that like's architecture usually has, for a root
// in which its file is missing.
func Assume(root rootfs.FS, like *object.Object) *System {
	sys := &System{
		Flavor: Glibc, Interp: like.Interp,
		Class: like.Class, Data: like.Data, Machine: like.Machine, Flags: like.Flags,
	}
	if strings.HasPrefix(path.Base(like.Interp), "ld-musl-") {
		sys.Flavor = Musl
		if err := sys.probeMusl(root); err != nil {
			sys.CacheErr = err
		}
		return sys
	}
	sys.probeGlibc(nil)
	sys.Hwcaps, sys.Legacy = true, false
	sys.readCache(root)
	return sys
}
