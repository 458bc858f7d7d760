package launchers

import (
	"bytes"
	"debug/elf"
	"errors"
	"testing"
)

// maxSmall is what the default launcher may add to a payload, in bytes.
const maxSmall = 3_000_000

// TestLaunchers: each is a static executable for its platform, if this package
// was built with them, and the default one is small.
func TestLaunchers(t *testing.T) {
	machines := map[string]elf.Machine{"linux/amd64": elf.EM_X86_64, "linux/arm64": elf.EM_AARCH64}
	for _, platform := range Platforms() {
		for _, codec := range []string{SmallCodec, "xz"} {
			program := launcher(t, platform, codec)
			if codec == SmallCodec && len(program) > maxSmall {
				t.Errorf("%s: it has %d bytes", platform, len(program))
			}
			f, err := elf.NewFile(bytes.NewReader(program))
			if err != nil {
				t.Fatal(err)
			}
			if f.Machine != machines[platform] {
				t.Errorf("%s: it is for %s", platform, f.Machine)
			}
			for _, p := range f.Progs {
				if p.Type == elf.PT_INTERP {
					t.Errorf("%s: it needs a loader", platform)
				}
			}
		}
	}
}

func TestErrors(t *testing.T) {
	var platform *PlatformError
	if _, err := Launcher("linux/vax", SmallCodec); !errors.As(err, &platform) || platform.Hint() != "--platform takes linux/amd64 or linux/arm64" {
		t.Errorf("got %v", err)
	}
	var missing *NotBuiltError
	if _, err := open("launcher-none.zst"); !errors.As(err, &missing) || missing.Error() != "cannot make a portable file: this pack was built without launcher-none" {
		t.Errorf("got %v", err)
	}
}
