package pipeline

import (
	"cmp"
	"debug/elf"
	"runtime"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// platform completes the platform that was asked for. A base is left to say
// its own.
func (o *Image) platform(p *plan.Plan, log *logrus.Logger) v1.Platform {
	out := o.Platform
	program := o.program(p)
	if out.Architecture == "" && o.Base == nil {
		out.Architecture = runtime.GOARCH
		if arch := architecture(program); arch != "" {
			out.Architecture = arch
		}
	}
	if out.OS == "" && o.Base == nil {
		out.OS = "linux"
	}
	made := cmp.Or(out.Architecture, o.baseArchitecture())
	if arch := architecture(program); arch != "" && made != "" && arch != made {
		log.Warnf("the image is for %s, and the program it starts is for %s", made, arch)
	}
	if program != nil && program.Interp != "" && o.Base == nil {
		if _, _, err := rootfs.Resolve(p.FS(), program.Interp); err != nil {
			log.Warnf("the program that the image starts needs %s, which is not in it: bundle the program first, or name a --base", program.Interp)
		}
	}
	return out
}

// baseArchitecture is that of the base; empty if there is none, or it does not
// say.
func (o *Image) baseArchitecture() string {
	if o.Base == nil {
		return ""
	}
	c, err := o.Base.V1().ConfigFile()
	if err != nil {
		return "" // who builds the image says so
	}
	return c.Architecture
}

// program is what the program that the image starts says about itself; nil if
// that is no ELF file, or not in the plan.
func (o *Image) program(p *plan.Plan) *object.Object {
	words := append(append([]string(nil), o.Config.Entrypoint...), o.Config.Cmd...)
	if len(words) == 0 {
		return nil
	}
	c := portable.Config{Entrypoint: words, Env: o.Config.Env, Workdir: o.Config.Workdir}
	program, err := new(Portable).program(p, locate(p, &c))
	if err != nil {
		return nil
	}
	return program
}

// architecture is the GOARCH of a program, as images name it; empty where Go
// has none.
func architecture(o *object.Object) string {
	if o == nil {
		return ""
	}
	big := o.Data == elf.ELFDATA2MSB
	switch o.Machine {
	case elf.EM_X86_64:
		return "amd64"
	case elf.EM_386:
		return "386"
	case elf.EM_AARCH64:
		return "arm64"
	case elf.EM_ARM:
		return "arm"
	case elf.EM_RISCV:
		return "riscv64"
	case elf.EM_S390:
		return "s390x"
	case elf.EM_LOONGARCH:
		return "loong64"
	case elf.EM_PPC64:
		if big {
			return "ppc64"
		}
		return "ppc64le"
	}
	return ""
}
