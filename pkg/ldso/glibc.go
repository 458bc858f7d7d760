package ldso

import (
	"debug/elf"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// glibc is _dl_map_object of elf/dl-load.c, from the point where no loaded
// object has the name.
func (s *search) glibc() (Found, error) {
	if strings.Contains(s.name, "/") {
		return s.glibcPath()
	}
	for _, step := range []func() (Found, bool){s.rpath, s.libraryPath, s.runpath, s.cache, s.defaults, s.confDirs} {
		f, ok := step()
		if ok {
			f.Variants = append(s.variants, f.Variants...)
			return f, nil
		}
		if s.fatal != "" {
			return Found{}, s.notFound()
		}
	}
	if s.level.Path != "" {
		s.level.Variants = slices.DeleteFunc(s.variants, func(v string) bool { return v == s.level.Path })
		return s.level, nil
	}
	return Found{}, s.notFound()
}

func (s *search) glibcPath() (Found, error) {
	names := s.expand(s.name, s.by)
	for _, name := range names {
		full := s.abs(name)
		if s.candidate(ByPath, full, full) {
			return Found{Path: full, How: ByPath}, nil
		}
	}
	if len(names) == 0 {
		s.fail(ByPath, s.name, "$ORIGIN is not known")
	}
	return Found{}, s.notFound()
}

// rpath: DT_RPATH counts only if the requester has no DT_RUNPATH; then it is
// inherited along the chain of loaders, where an object with DT_RUNPATH
// contributes nothing.
func (s *search) rpath() (Found, bool) {
	if s.by.Obj.HasRunpath {
		return Found{}, false
	}
	for r := s.by; r != nil; r = r.Loader {
		if !r.Obj.HasRpath || r.Obj.HasRunpath {
			continue
		}
		if f, ok := s.list(ByRpath, r.Obj.Rpath, ":", r); ok || s.fatal != "" {
			return f, ok
		}
	}
	return Found{}, false
}

func (s *search) libraryPath() (Found, bool) {
	if s.LibraryPath == "" || s.by.Secure {
		return Found{}, false
	}
	main := s.by
	for main.Loader != nil {
		main = main.Loader
	}
	return s.list(ByLibraryPath, s.LibraryPath, ":;", main)
}

func (s *search) runpath() (Found, bool) {
	if !s.by.Obj.HasRunpath {
		return Found{}, false
	}
	return s.list(ByRunpath, s.by.Obj.Runpath, ":", s.by)
}

// list searches a DT_RPATH-like list: fillin_rpath of elf/dl-load.c.
func (s *search) list(how How, list, seps string, owner *Requester) (Found, bool) {
	for _, elem := range splitList(list, seps) {
		dirs := s.expand(elem, owner)
		if len(dirs) == 0 {
			s.fail(how, elem, "$ORIGIN is not known")
		}
		for _, dir := range dirs {
			if f, ok := s.dir(how, s.abs(trimSlashes(dir))); ok || s.fatal != "" {
				return f, ok
			}
		}
	}
	return Found{}, false
}

// splitList splits a search list. An empty element counts (it means the
// working directory), an empty list has none.
func splitList(list, seps string) []string {
	if list == "" {
		return nil
	}
	var out []string
	for {
		i := strings.IndexAny(list, seps)
		if i < 0 {
			return append(out, list)
		}
		out = append(out, list[:i])
		list = list[i+1:]
	}
}

func trimSlashes(dir string) string {
	for len(dir) > 1 && dir[len(dir)-1] == '/' {
		dir = dir[:len(dir)-1]
	}
	return dir
}

// cache looks the name up in ld.so.cache (elf/dl-cache.c). The baseline entry
// counts; CPU-specific ones are variants.
func (s *search) cache() (Found, bool) {
	if s.Cache == nil {
		return Found{}, false
	}
	noDefault := s.by.Obj.NoDefaultLib
	var variants []string
	for _, e := range s.Cache.Lookup(s.name, s.CacheFlags) {
		if e.Hwcap != 0 {
			variants = append(variants, e.Path)
			continue
		}
		if noDefault && s.inDefaultDir(e.Path) {
			s.fail(ByCache, e.Path, "default directories are switched off (DF_1_NODEFLIB)")
			continue
		}
		if s.candidate(ByCache, e.Path, e.Path) {
			return Found{Path: e.Path, How: ByCache, Dir: path.Dir(e.Path), Variants: s.existing(variants)}, true
		}
		return Found{}, false
	}
	for _, v := range s.existing(variants) {
		s.addVariant(v, ByCache, path.Dir(v))
	}
	s.fail(ByCache, s.CachePath, "no entry")
	return Found{}, false
}

func (s *search) inDefaultDir(name string) bool {
	return slices.ContainsFunc(s.DefaultDirs, func(d string) bool { return strings.HasPrefix(name, d+"/") })
}

func (s *search) existing(names []string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return !s.usable(n) })
}

func (s *search) confDirs() (Found, bool) {
	for _, dir := range s.ConfDirs {
		if f, ok := s.dir(ByConf, dir); ok || s.fatal != "" {
			return f, ok
		}
	}
	return Found{}, false
}

func (s *search) defaults() (Found, bool) {
	if s.by.Obj.NoDefaultLib {
		return Found{}, false
	}
	for _, dir := range s.DefaultDirs {
		if f, ok := s.dir(ByDefault, dir); ok || s.fatal != "" {
			return f, ok
		}
	}
	return Found{}, false
}

// dir tries one directory: every glibc-hwcaps subdirectory, the legacy ones of
// glibc 2.36 and before, and the directory itself (open_path of
// elf/dl-load.c). The baseline file decides; what depends on the CPU is noted
// as a variant, whatever the CPU of the machine that packs.
func (s *search) dir(how How, dir string) (Found, bool) {
	if fi, err := s.stat(dir); err != nil || !fi.IsDir() {
		s.fail(how, dir, whyNot(err, "not a directory"))
		return Found{}, false
	}
	for _, sub := range s.hwcapsDirs(dir) {
		if v := inDir(sub, s.name); s.usable(v) {
			s.addVariant(v, how, sub)
		}
	}
	for _, l := range s.legacyDirs(dir) {
		v := inDir(l.dir, s.name)
		switch {
		case l.always && s.usable(v):
			return Found{Path: v, How: how, Dir: l.dir}, true
		case !l.always && s.usable(v):
			s.addVariant(v, how, l.dir)
		}
	}
	full := inDir(dir, s.name)
	if s.candidate(how, dir, full) {
		return Found{Path: full, How: how, Dir: dir}, true
	}
	return Found{}, false
}

func (s *search) addVariant(v string, how How, dir string) {
	if slices.Contains(s.variants, v) {
		return
	}
	s.variants = append(s.variants, v)
	// The last one met in the first place is the least demanding.
	if s.level.Path == "" || path.Dir(s.level.Dir) == path.Dir(dir) {
		s.level = Found{Path: v, How: how, Dir: dir, Level: path.Base(dir)}
	}
}

func (s *search) stat(name string) (fs.FileInfo, error) {
	_, real, err := rootfs.Resolve(s.Root, name)
	if err != nil {
		return nil, err
	}
	return s.Root.Lstat(real)
}

// usable is candidate for files whose absence or unfitness is no news.
func (s *search) usable(name string) bool {
	tried, fatal := s.tried, s.fatal
	ok := s.candidate(ByDefault, name, name)
	s.tried, s.fatal = tried, fatal
	return ok
}

// candidate decides as open_verify of elf/dl-load.c does: a file that cannot
// be opened, or is of another class or machine, is passed over; one that is no
// proper shared object ends the search.
func (s *search) candidate(how How, where, name string) bool {
	_, real, err := rootfs.Resolve(s.Root, name)
	if err != nil {
		s.fail(how, where, whyNot(err, ""))
		return false
	}
	fi, err := s.Root.Lstat(real)
	switch {
	case err != nil:
		s.fail(how, where, whyNot(err, ""))
		return false
	case fi.IsDir():
		s.die(how, where, name+": is a directory")
		return false
	}
	o, err := s.Read(real)
	switch {
	case errors.Is(err, object.ErrNotELF):
		s.die(how, where, name+": invalid ELF header")
	case err != nil && unreadable(err):
		s.fail(how, where, whyNot(err, ""))
	case err != nil:
		s.die(how, where, name+": "+err.Error())
	case o.Class != s.Class:
		s.fail(how, where, "wrong ELF class: "+name+" is "+o.Class.String())
	case o.Data != s.Data:
		s.die(how, where, name+": wrong byte order")
	case o.Machine != s.Machine:
		s.fail(how, where, "wrong machine: "+name+" is "+o.Machine.String())
	case !loadable(o):
		s.die(how, where, name+": is neither a shared object nor an executable")
	default:
		return true
	}
	return false
}

func (s *search) die(how How, where, why string) {
	s.fail(how, where, why)
	s.fatal = why
}

func unreadable(err error) bool {
	var pe *fs.PathError
	return errors.As(err, &pe)
}

func whyNot(err error, otherwise string) string {
	if err == nil {
		return otherwise
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "no such file"
	}
	var no syscall.Errno
	if errors.As(err, &no) {
		return no.Error()
	}
	return err.Error()
}

// loadable: ld.so takes ET_DYN and ET_EXEC with the System V or GNU/Linux ABI
// (open_verify of elf/dl-load.c).
func loadable(o *object.Object) bool {
	return (o.Type == elf.ET_DYN || o.Type == elf.ET_EXEC) &&
		(o.OSABI == elf.ELFOSABI_NONE || o.OSABI == elf.ELFOSABI_LINUX)
}
