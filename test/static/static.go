// Package static tells whether a program runs in an image that holds nothing
// else: no loader and no library.
package static

import (
	"debug/elf"
	"errors"
	"fmt"
)

// ErrDynamic is what Check's error wraps where the file needs a loader.
var ErrDynamic = errors.New("not static")

// Check reads the program headers of the ELF file called name. The kernel
// starts a loader only for PT_INTERP (Linux, fs/binfmt_elf.c), and a loader
// maps other objects only for DT_NEEDED; a file with either gets an error
// that wraps ErrDynamic. A static-PIE program, which has a dynamic section
// and neither, passes.
func Check(name string) error {
	f, err := elf.Open(name)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", name, err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return fmt.Errorf("%s has PT_INTERP: %w", name, ErrDynamic)
		}
	}
	needed, err := f.DynString(elf.DT_NEEDED)
	if err != nil {
		return fmt.Errorf("cannot read the dynamic section of %s: %w", name, err)
	}
	if len(needed) > 0 {
		return fmt.Errorf("%s needs %q: %w", name, needed, ErrDynamic)
	}
	return nil
}
