package ldso

import (
	"debug/elf"
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"github.com/5bbb5df2/pack/pkg/object"
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
		if f, ok := s.muslList(ByLibraryPath, SplitMusl(s.LibraryPath)); ok {
			return f, nil
		}
	}
	for r := s.by; r != nil && s.fatal == ""; r = r.Loader {
		list, how := r.Obj.Rpath, ByRpath
		if r.Obj.HasRunpath {
			list, how = r.Obj.Runpath, ByRunpath
		}
		list, ok := muslExpand(list, r.Origin)
		if !ok {
			s.fail(how, list, "has a token that musl does not expand, or $ORIGIN is not known")
			continue
		}
		if f, ok := s.muslList(how, SplitMusl(list)); ok {
			return f, nil
		}
	}
	how := ByDefault
	if s.PathFile != "" {
		how = ByPathFile
	}
	if f, ok := s.muslList(how, s.DefaultDirs); ok {
		return f, nil
	}
	return Found{}, s.notFound()
}

// muslList is path_open: it does nothing once a file has ended the search.
func (s *search) muslList(how How, dirs []string) (Found, bool) {
	for n, dir := range dirs {
		if s.fatal != "" {
			break
		}
		if n == maxElements {
			s.fail(how, dir, tooLong)
			break
		}
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

// opens tells whether open(2) succeeds. The first file that opens is final, be
// it of use or not: a directory, too, opens. Of the failures only some let
// the search go on (path_open of ldso/dynlink.c).
func (s *search) opens(how How, where, name string) bool {
	_, real, err := rootfs.Resolve(s.Root, name)
	var fi fs.FileInfo
	if err == nil {
		fi, err = s.Root.Lstat(real)
	}
	var o *object.Object
	if err == nil && !fi.IsDir() {
		o, err = s.Read(real)
	}
	switch {
	case goesOn(err):
		s.fail(how, where, whyNot(err, ""))
	case err != nil:
		s.die(how, where, name+": "+whyNot(err, ""))
	case o == nil:
		s.die(how, where, name+": is a directory")
	case o.Class != s.Class || o.Data != s.Data || o.Machine != s.Machine:
		s.die(how, where, name+": is for another machine ("+o.Class.String()+" "+o.Machine.String()+")")
	case o.Type != elf.ET_DYN && o.Type != elf.ET_EXEC:
		s.die(how, where, name+": is no shared object ("+o.Type.String()+")")
	default:
		return true
	}
	return false
}

func goesOn(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) ||
		errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENAMETOOLONG)
}
