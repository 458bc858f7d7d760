// Command generate builds what package launchers embeds: cmd/launcher for each
// platform, with the default codec and with all, and the source of both.
//
// It runs in the directory of package launchers (go generate does that) and
// writes to the directory built there. The same source gives the same bytes.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/5bbb5df2/pack/pkg/launchers"
)

const (
	launcher = "github.com/5bbb5df2/pack/cmd/launcher"
	// The linker's -E is the launcher's own first code: see package sandbox.
	linkerFlags = "-s -w -buildid= -E _pack_entry"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate() error {
	for _, platform := range launchers.Platforms() {
		if err := build(platform, launchers.SmallCodec, ""); err != nil {
			return err
		}
		if err := build(platform, "all", launchers.AllTag); err != nil {
			return err
		}
	}
	source, err := source()
	if err != nil {
		return err
	}
	return store(launchers.SourceName, source)
}

// build compiles one launcher.
func build(platform, codec, tags string) error {
	temp, err := os.MkdirTemp("", "launcher-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	exe := filepath.Join(temp, "launcher")
	out, err := goCommand(platform, "build", "-trimpath", "-buildvcs=false", "-tags", tags, "-ldflags", linkerFlags, "-o", exe, launcher).CombinedOutput()
	if err != nil {
		return fmt.Errorf("cannot build the launcher for %s: %w\n%s", platform, err, out)
	}
	content, err := os.ReadFile(exe)
	if err != nil {
		return err
	}
	return store(launchers.FileName(platform, codec), content)
}

func goCommand(platform string, args ...string) *exec.Cmd {
	goos, goarch, _ := strings.Cut(platform, "/")
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
	return cmd
}

// store compresses content into a file that is there completely or not at all,
// and keeps one that is the same: its time tells go build whether to link anew.
func store(name string, content []byte) error {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	packed := e.EncodeAll(content, nil)
	to := filepath.Join("built", name)
	if old, err := os.ReadFile(to); err == nil && string(old) == string(packed) {
		return nil
	}
	// Not in the directory itself: a build that goes on would embed it.
	temp := "." + name + ".new"
	if err := os.WriteFile(temp, packed, 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes, compressed %d\n", strings.TrimSuffix(name, ".zst"), len(content), len(packed))
	return os.Rename(temp, to)
}
