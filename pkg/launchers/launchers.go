// Package launchers holds what pack puts in front of a payload: the programs
// of cmd/launcher, built for each platform, and their source.
//
// They are embedded, compressed, and cost nothing until one is asked for.
// "make launchers" makes them; a pack built without has none.
package launchers

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

//go:generate go run ./generate

//go:embed built
var built embed.FS

// Platforms lists what launchers are built for, as GOOS/GOARCH.
func Platforms() []string { return []string{"linux/amd64", "linux/arm64"} }

// SmallCodec is the one codec that the small launcher reads. For the others
// there is one that reads all.
const SmallCodec = "zst"

// AllTag is the build tag of a launcher that reads every codec.
const AllTag = "alldecoders"

// FileName is the name under which the launcher for a platform and a codec is
// embedded.
func FileName(platform, codec string) string {
	which := "all"
	if codec == SmallCodec {
		which = SmallCodec
	}
	return "launcher-" + strings.ReplaceAll(platform, "/", "-") + "-" + which + ".zst"
}

// SourceName is the name of the embedded source.
const SourceName = "source.tar.zst"

// GoMod is the go.mod of the source, in which the word Module stands for the
// name of the module.
const (
	GoMod  = "go.mod.in"
	Module = "@MODULE@"
)

// PlatformError is a platform without a launcher.
type PlatformError struct{ Platform string }

func (e *PlatformError) Error() string {
	return fmt.Sprintf("cannot make a portable file for %s: there is no launcher for it", e.Platform)
}

// Hint says what to choose from.
func (e *PlatformError) Hint() string { return "--platform takes " + strings.Join(Platforms(), " or ") }

// NotBuiltError is a launcher that this pack was built without.
type NotBuiltError struct{ Name string }

func (e *NotBuiltError) Error() string {
	return fmt.Sprintf("cannot make a portable file: this pack was built without %s", strings.TrimSuffix(e.Name, ".zst"))
}

// Hint says how to get a pack that has it.
func (e *NotBuiltError) Hint() string {
	return "build pack with make, which builds the launchers first"
}

// Launcher opens the launcher for a platform that reads a codec. Errors are
// *[PlatformError], *[NotBuiltError], or that of damaged data.
func Launcher(platform, codec string) (io.ReadCloser, error) {
	if !slices.Contains(Platforms(), platform) {
		return nil, &PlatformError{platform}
	}
	return open(FileName(platform, codec))
}

// Source opens a tar archive with all that cmd/launcher is built from, as
// package generate has written it. The error is a *[NotBuiltError] or that of
// damaged data.
func Source() (io.ReadCloser, error) { return open(SourceName) }

func open(name string) (io.ReadCloser, error) {
	packed, err := built.ReadFile("built/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &NotBuiltError{name}
	}
	if err != nil {
		return nil, err
	}
	d, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("cannot read the embedded %s: %w", name, err)
	}
	return d.IOReadCloser(), nil
}
