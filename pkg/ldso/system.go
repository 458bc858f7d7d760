package ldso

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
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
	// CacheErr says why a cache or path file that is there is of no use.
	CacheErr error

	Lib       string   // $LIB
	Platforms []string // $PLATFORM, baseline first
	Hwcaps    bool     // searches glibc-hwcaps subdirectories (glibc 2.33)
	Legacy    bool     // searches tls, platform and hwcap subdirectories (until 2.36)

	// PathFile is musl's path file if the root has one; PathFileName is where
	// it would be.
	PathFile, PathFileName string
}

// maxCache bounds what is read of a loader's cache.
const maxCache = 64 << 20

// Probe learns a loader's rules from its file and its root. interp is the path
// in PT_INTERP; like is any object the loader is meant for.
func Probe(root rootfs.FS, interp string, like *object.Object) (*System, error) {
	_, real, err := rootfs.Resolve(root, interp)
	if err != nil {
		return nil, err
	}
	text, err := scanLoader(root, real)
	if err != nil {
		return nil, err
	}
	sys := &System{
		Flavor: Glibc, Interp: interp,
		Class: like.Class, Data: like.Data, Machine: like.Machine, Flags: like.Flags,
	}
	if strings.HasPrefix(path.Base(interp), "ld-musl-") || text.musl {
		sys.Flavor = Musl
		sys.probeMusl(root)
		return sys, nil
	}
	sys.probeGlibc(text)
	sys.readCache(root)
	return sys, nil
}

func (sys *System) probeGlibc(text loaderText) {
	sys.DefaultDirs = text.dirs
	if len(sys.DefaultDirs) == 0 {
		sys.DefaultDirs = knownDirs(sys.Class, sys.Machine)
	}
	sys.Lib = libToken(sys.DefaultDirs)
	sys.Hwcaps = text.hwcaps
	sys.Legacy = text.minor <= 36
	sys.Platforms = platforms(sys.Machine, sys.Class, sys.Data, sys.Legacy)
	sys.CachePath = "/etc/ld.so.cache"
	if strings.HasPrefix(text.cache, "/") {
		sys.CachePath = text.cache
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
func (sys *System) probeMusl(root rootfs.FS) {
	arch := strings.TrimSuffix(strings.TrimPrefix(path.Base(sys.Interp), "ld-musl-"), ".so.1")
	prefix := strings.TrimSuffix(path.Dir(path.Dir(sys.Interp)), "/")
	sys.PathFileName = prefix + "/etc/ld-musl-" + arch + ".path"
	sys.DefaultDirs = []string{"/lib", "/usr/local/lib", "/usr/lib"}
	_, real, err := rootfs.Resolve(root, sys.PathFileName)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	sys.PathFile, sys.DefaultDirs = sys.PathFileName, nil
	if err == nil {
		var data []byte
		if data, err = readFile(root, real, 1<<20); err == nil {
			sys.DefaultDirs = SplitMusl(string(data))
		}
	}
	if err != nil {
		sys.CacheErr = fmt.Errorf("cannot read %s: %w", sys.PathFileName, err)
	}
}

func readFile(root rootfs.FS, name string, limit int64) ([]byte, error) {
	f, size, err := rootfs.OpenRegular(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > limit {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("larger than %d bytes", limit)}
	}
	data := make([]byte, size)
	n, err := io.ReadFull(f, data)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return data[:n], err
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
		sys.probeMusl(root)
		return sys
	}
	sys.probeGlibc(loaderText{hwcaps: true, minor: 99})
	sys.readCache(root)
	return sys
}
