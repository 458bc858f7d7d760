package ldso

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// glibc is _dl_map_object of elf/dl-load.c, from the point where no loaded
// object has the name.
func (s *search) glibc() (Found, error) {
	names := []string{s.name}
	if strings.Contains(s.name, "$") {
		names = s.expand(s.name, s.by)
		switch {
		case s.by.Secure && (len(names) == 0 || names[0] != s.name):
			s.die(ByPath, s.name, s.name+": tokens are not allowed in the names a set-id program needs")
			return Found{}, s.notFound()
		case len(names) == 0:
			s.fail(ByPath, s.name, dropped(s.by))
			return Found{}, s.notFound()
		}
		s.name = names[0]
	}
	if strings.Contains(s.name, "/") {
		return s.glibcPath(names)
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
	return s.leveled()
}

// leveled ends a search without a baseline file.
func (s *search) leveled() (Found, error) {
	if s.level.Path == "" {
		return Found{}, s.notFound()
	}
	s.level.Variants = slices.DeleteFunc(s.variants, func(v string) bool { return v == s.level.Path })
	return s.level, nil
}

// glibcPath opens a name with a slash, as expanded for each platform.
func (s *search) glibcPath(names []string) (Found, error) {
	for i, name := range names[1:] {
		if full := s.abs(name); s.usable(full) {
			s.addVariant(full, ByPath, "", s.Platforms[i+1])
		}
	}
	full := s.abs(s.name)
	if s.candidate(ByPath, full, full) {
		return Found{Path: full, How: ByPath, Variants: s.variants}, nil
	}
	if s.fatal != "" {
		return Found{}, s.notFound()
	}
	return s.leveled()
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
	for n, elem := range splitList(list, seps) {
		if n == maxElements {
			s.fail(how, elem, tooLong)
			break
		}
		dirs := s.expand(elem, owner)
		if len(dirs) == 0 {
			s.fail(how, elem, dropped(owner))
			continue
		}
		for i, dir := range dirs[1:] {
			dir = s.abs(trimSlashes(dir))
			if v := inDir(dir, s.name); s.usable(v) {
				s.addVariant(v, how, dir, s.Platforms[i+1])
			}
		}
		if f, ok := s.dir(how, s.abs(trimSlashes(dirs[0]))); ok || s.fatal != "" || s.over {
			return f, ok
		}
	}
	return Found{}, false
}

var tooLong = fmt.Sprintf("not searched: the list has over %d elements", maxElements)

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
		if noDefault && s.inDefaultDir(e.Path) {
			s.fail(ByCache, e.Path, "default directories are switched off (DF_1_NODEFLIB)")
			continue
		}
		if e.Hwcap != 0 {
			variants = append(variants, e.Path)
			continue
		}
		if s.candidate(ByCache, e.Path, e.Path) {
			return Found{Path: e.Path, How: ByCache, Dir: path.Dir(e.Path), Variants: s.existing(variants)}, true
		}
		return Found{}, false
	}
	if variants = s.existing(variants); len(variants) == 0 {
		s.fail(ByCache, s.CachePath, "no entry")
		return Found{}, false
	}
	for _, v := range variants {
		s.addVariant(v, ByCache, path.Dir(v), path.Base(path.Dir(v)))
	}
	s.fail(ByCache, s.CachePath, "no entry but for newer processors")
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
		if f, ok := s.dir(ByDefault, dir); ok || s.fatal != "" || s.over {
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
	s.over = false
	if fi, err := s.stat(dir); err != nil || !fi.IsDir() {
		s.fail(how, dir, whyNot(err, "not a directory"))
		return Found{}, false
	}
	for _, sub := range s.hwcapsDirs(dir) {
		if v := inDir(sub, s.name); s.usable(v) {
			s.addVariant(v, how, sub, path.Base(sub))
		}
	}
	for _, l := range s.legacyDirs(dir) {
		v := inDir(l.dir, s.name)
		switch {
		case l.always && s.optional(how, l.dir, v):
			return Found{Path: v, How: how, Dir: l.dir}, true
		case s.fatal != "":
			return Found{}, false
		case !l.always && s.usable(v):
			s.addVariant(v, how, l.dir, path.Base(l.dir))
		}
	}
	full := inDir(dir, s.name)
	s.over = false
	if s.candidate(how, dir, full) {
		return Found{Path: full, How: how, Dir: dir}, true
	}
	return Found{}, false
}

// addVariant notes the twin v in dir for processors of a level.
func (s *search) addVariant(v string, how How, dir, level string) {
	if slices.Contains(s.variants, v) {
		return
	}
	s.variants = append(s.variants, v)
	// The last one met in the first place is the least demanding.
	if s.level.Path == "" || path.Dir(s.level.Dir) == path.Dir(dir) {
		s.level = Found{Path: v, How: how, Dir: dir, Level: level}
	}
}
