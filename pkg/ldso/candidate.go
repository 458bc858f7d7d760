package ldso

import (
	"debug/elf"
	"errors"
	"io/fs"
	"syscall"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

func (s *search) stat(name string) (fs.FileInfo, error) {
	_, real, err := rootfs.Resolve(s.Root, name)
	if err != nil {
		return nil, err
	}
	return s.Root.Lstat(real)
}

// optional is candidate for subdirectories that few libraries are in: that a
// file is not there is no news.
func (s *search) optional(how How, where, name string) bool {
	tried, more := s.tried, s.more
	ok := s.candidate(how, where, name)
	if s.fatal == "" {
		s.tried, s.more = tried, more
	}
	return ok
}

// usable is candidate for files whose absence or unfitness is no news.
func (s *search) usable(name string) bool {
	tried, more, fatal := s.tried, s.more, s.fatal
	ok := s.candidate(ByDefault, name, name)
	s.tried, s.more, s.fatal = tried, more, fatal
	return ok
}

// candidate decides as open_verify of elf/dl-load.c does: a file that is not
// there or not to be read, or is of another class or machine, is passed over;
// one that cannot be opened for any other reason, as a loop of links, ends the
// list (open_path); one that is no proper shared object ends the search.
func (s *search) candidate(how How, where, name string) bool {
	_, real, err := rootfs.Resolve(s.Root, name)
	var fi fs.FileInfo
	if err == nil {
		fi, err = s.Root.Lstat(real)
	}
	if err != nil {
		s.unopened(how, where, err)
		return false
	}
	if fi.IsDir() {
		s.die(how, where, name+": is a directory")
		return false
	}
	o, err := s.Read(real)
	switch {
	case errors.Is(err, object.ErrNotELF):
		s.die(how, where, name+": invalid ELF header")
	case err != nil && unreadable(err):
		s.unopened(how, where, err)
	case err != nil:
		s.die(how, where, name+": "+err.Error())
	case o.Class != s.Class:
		s.fail(how, where, "wrong ELF class: "+name+" is "+o.Class.String())
	case o.Data != s.Data:
		s.die(how, where, name+": wrong byte order")
	case o.Machine != s.Machine:
		s.fail(how, where, "wrong machine: "+name+" is "+o.Machine.String())
	default:
		why := unloadable(o)
		if why != "" {
			s.die(how, where, name+": "+why)
		}
		return why == ""
	}
	return false
}

func (s *search) unopened(how How, where string, err error) {
	s.fail(how, where, whyNot(err, ""))
	s.over = !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.EACCES)
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

// unloadable says why ld.so refuses an object of the right class and machine
// as a library: open_verify and _dl_map_object_from_fd of elf/dl-load.c.
func unloadable(o *object.Object) string {
	switch {
	case o.OSABI != elf.ELFOSABI_NONE && o.OSABI != elf.ELFOSABI_LINUX:
		return "is for another operating system (" + o.OSABI.String() + ")"
	case o.Type != elf.ET_DYN && o.Type != elf.ET_EXEC:
		return "is no shared object (" + o.Type.String() + ")"
	case o.Type == elf.ET_EXEC || o.PIE:
		return "is an executable, no shared object"
	case !o.Dynamic:
		return "has no dynamic section"
	}
	return ""
}
