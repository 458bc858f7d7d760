package ldso

import (
	"strings"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// muslReserved are the libraries that are part of musl's libc: a name "lib" +
// one of these is never searched for (load_library in musl ldso/dynlink.c).
var muslReserved = []string{"c.", "pthread.", "rt.", "m.", "dl.", "util.", "xnet."}

// Reserved tells whether the loader itself satisfies name.
func (sys *System) Reserved(name string) bool {
	rest, ok := strings.CutPrefix(name, "lib")
	if !ok || sys.Flavor != Musl {
		return false
	}
	for _, r := range muslReserved {
		if strings.HasPrefix(rest, r) {
			return true
		}
	}
	return false
}

// musl is load_library of musl's ldso/dynlink.c: LD_LIBRARY_PATH, the run
// paths of the requester and of each ancestor, the system path. The first file
// that opens is final.
func (s *search) musl() (Found, error) {
	if strings.Contains(s.name, "/") {
		full := s.abs(s.name)
		if s.opens(ByPath, full, full) {
			return Found{Path: full, How: ByPath}, nil
		}
		return Found{}, s.notFound()
	}
	if !s.by.Secure {
		if f, ok := s.muslList(ByLibraryPath, s.LibraryPath); ok {
			return f, nil
		}
	}
	for r := s.by; r != nil; r = r.Loader {
		list, how := r.Obj.Rpath, ByRpath
		if r.Obj.HasRunpath {
			list, how = r.Obj.Runpath, ByRunpath
		}
		list, ok := muslExpand(list, r.Origin)
		if !ok {
			s.fail(how, list, "has a token that musl does not expand, or $ORIGIN is not known")
			continue
		}
		if f, ok := s.muslList(how, list); ok {
			return f, nil
		}
	}
	how := ByDefault
	if s.PathFile != "" {
		how = ByPathFile
	}
	for _, dir := range s.DefaultDirs {
		if full := inDir(s.abs(dir), s.name); s.opens(how, dir, full) {
			return Found{Path: full, How: how, Dir: dir}, nil
		}
	}
	return Found{}, s.notFound()
}

func (s *search) muslList(how How, list string) (Found, bool) {
	for _, dir := range SplitMusl(list) {
		if full := inDir(s.abs(dir), s.name); s.opens(how, dir, full) {
			return Found{Path: full, How: how, Dir: dir}, true
		}
	}
	return Found{}, false
}

// SplitMusl splits a musl search path, whose separators are ":" and newline;
// empty elements do not count.
func SplitMusl(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ':' || r == '\n' })
}

// muslExpand is fixup_rpath of musl's ldso/dynlink.c: only $ORIGIN is known,
// and any other "$" makes the whole list void.
func muslExpand(list, origin string) (string, bool) {
	if !strings.Contains(list, "$") {
		return list, true
	}
	if origin == "" {
		return list, false
	}
	out := strings.NewReplacer("${ORIGIN}", origin, "$ORIGIN", origin).Replace(list)
	return out, !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(list, "${ORIGIN}", ""), "$ORIGIN", ""), "$")
}

// opens tells whether open(2) would succeed: musl looks no further, and dies
// on a file it cannot use.
func (s *search) opens(how How, where, name string) bool {
	_, real, err := rootfs.Resolve(s.Root, name)
	if err == nil {
		_, err = s.Root.Lstat(real)
	}
	if err == nil {
		if _, rerr := s.Read(real); rerr != nil && unreadable(rerr) {
			err = rerr
		}
	}
	if err != nil {
		s.fail(how, where, whyNot(err, ""))
		return false
	}
	return true
}
