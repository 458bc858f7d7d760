// Command generate builds what package launchers embeds: the source of
// cmd/launcher with all it needs and nothing else, and what that makes for each
// platform, with the default codec and with all.
//
// It runs in the directory of package launchers (go generate does that) and
// writes to the directory built there. The same source gives the same bytes.
package main

import (
	"bytes"
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
	files, err := source()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "launcher-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := write(dir, files); err != nil {
		return err
	}
	for _, platform := range launchers.Platforms() {
		if err := build(dir, platform, launchers.SmallCodec, ""); err != nil {
			return err
		}
		if err := build(dir, platform, "all", launchers.AllTag); err != nil {
			return err
		}
	}
	packed, err := archive(files)
	if err != nil {
		return err
	}
	return store(launchers.SourceName, packed)
}

// write makes a module of files, with a name that builds the same program
// wherever it is.
func write(dir string, files map[string][]byte) error {
	for name, data := range files {
		if name == launchers.GoMod {
			name, data = "go.mod", bytes.ReplaceAll(data, []byte(launchers.Module), []byte("portable"))
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// build compiles one launcher from the module in dir.
func build(dir, platform, codec, tags string) error {
	const exe = "launcher"
	cmd := goCommand(platform, "build", "-mod=vendor", "-trimpath", "-buildvcs=false", "-tags", tags, "-ldflags", linkerFlags, "-o", exe)
	cmd.Dir, cmd.Env = dir, append(cmd.Env, "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build the launcher for %s: %w\n%s", platform, err, out)
	}
	content, err := os.ReadFile(filepath.Join(dir, exe))
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
