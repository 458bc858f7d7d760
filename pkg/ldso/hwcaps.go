package ldso

import (
	"debug/elf"
	"io/fs"
	"slices"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// hwcapsDirs lists the glibc-hwcaps subdirectories of dir that exist, most
// demanding first. It takes whatever levels are there (ld.so(8), "glibc-hwcaps
// subdirectories") rather than the ones some glibc knows.
func (s *search) hwcapsDirs(dir string) []string {
	if !s.Hwcaps {
		return nil
	}
	top := inDir(dir, "glibc-hwcaps")
	_, real, err := rootfs.Resolve(s.Root, top)
	if err != nil {
		return nil
	}
	list, err := s.Root.ReadDir(real)
	if err != nil {
		return nil
	}
	var out []string
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, inDir(top, list[i].Name()))
	}
	return out
}

// legacyDir is one of the subdirectories named for platform and hardware
// capabilities that glibc searched until 2.36 (_dl_important_hwcaps).
type legacyDir struct {
	dir    string
	always bool // searched on every machine of the architecture
}

// legacyPart is one component of such a subdirectory, in glibc's order.
type legacyPart struct {
	name   string
	always bool
}

// legacyParts gives the components by machine; glibc joins every subset of
// them, keeping this order, with at most one platform. What a loader older
// than 2.37 tries can be seen with LD_DEBUG=libs.
func legacyParts(class elf.Class, m elf.Machine) []legacyPart {
	switch {
	case m == elf.EM_X86_64:
		return []legacyPart{{"tls", true}, {"haswell", false}, {"xeon_phi", false}, {"x86_64", false}, {"avx512_1", false}, {"x86_64", true}}
	case m == elf.EM_386:
		return []legacyPart{{"tls", true}, {"i686", true}, {"sse2", true}}
	case m == elf.EM_AARCH64:
		return []legacyPart{{"tls", true}, {"aarch64", true}, {"atomics", false}}
	case class == elf.ELFCLASSNONE:
		return nil
	}
	return []legacyPart{{"tls", true}}
}

// legacyDirs lists the legacy subdirectories of dir that exist, in the order
// the loader tries them.
func (s *search) legacyDirs(dir string) []legacyDir {
	if !s.Legacy {
		return nil
	}
	var out []legacyDir
	s.legacyBelow(dir, true, legacyParts(s.Class, s.Machine), &out)
	// x86_64 is a platform on some processors and a capability on all.
	return slices.DeleteFunc(out, func(l legacyDir) bool {
		return !l.always && slices.Contains(out, legacyDir{l.dir, true})
	})
}

func (s *search) legacyBelow(dir string, always bool, parts []legacyPart, out *[]legacyDir) {
	for i, p := range parts {
		sub := inDir(dir, p.name)
		if !s.isDir(sub) {
			continue
		}
		all := always && p.always
		s.legacyBelow(sub, all, parts[i+1:], out)
		*out = append(*out, legacyDir{sub, all})
	}
}

func (s *search) isDir(name string) bool {
	fi, err := s.stat(name)
	return err == nil && fi.Mode()&fs.ModeType == fs.ModeDir
}
