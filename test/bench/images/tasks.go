package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/5bbb5df2/pack/test/bench/race"
)

// output runs a command, and returns what it printed.
func output(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var words strings.Builder
	cmd.Stderr = &words
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", args[0], err, &words)
	}
	return strings.TrimSpace(string(out)), err
}

// unpacking prepares the image of Debian that debootstrap makes, in two
// layers.
func (b *bench) unpacking(ctx context.Context) ([]*race.Race, error) {
	root, err := output(ctx, "bash", "test/lib/debroot.sh", "bookworm")
	if err != nil {
		return nil, err
	}
	layout, out := filepath.Join(b.work, "layout"), filepath.Join(b.work, "out")
	var layers []string
	for _, args := range [][]string{{"usr"}, {"--exclude=./usr", "."}} {
		layer := filepath.Join(b.work, fmt.Sprintf("layer%d.tar.gz", len(layers)))
		if args[0] == "usr" {
			args[0] = "./usr"
		}
		layers = append(layers, layer)
		script := `mkdir "$2" && tar -C "$2" --numeric-owner -xpf "$1" && shift && tar -C "$1" --numeric-owner -czf "$2" "${@:3}" && rm -r "$1"`
		if _, err := output(ctx, append([]string{"bash", "-euc", script, "layer", root, out, layer}, args...)...); err != nil {
			return nil, err
		}
	}
	add := `umoci init --layout "$1" && umoci new --image "$1:tag"; image=$1:tag; shift
for layer; do gzip -dc "$layer" >"$layer.tar"; umoci raw add-layer --image "$image" "$layer.tar"; rm "$layer.tar"; done`
	if _, err := output(ctx, append([]string{"bash", "-euc", add, "layout", layout}, layers...)...); err != nil {
		return nil, err
	}
	untar := `mkdir "$1"; for layer in "${@:2}"; do tar -C "$1" --numeric-owner -xpzf "$layer"; done`
	umoci := &race.Contestant{Name: "umoci unpack", Output: out, Args: []string{"umoci", "unpack", "--image", layout + ":tag", out}}
	tar := &race.Contestant{Name: "tar -xpzf", Output: out, Args: append([]string{"bash", "-euc", untar, "tar", out}, layers...)}
	pack := &race.Contestant{
		Name: "pack unpack", Output: out, Args: []string{b.pack, "unpack", "oci:" + layout, out},
		Aims: []race.Aim{{Of: umoci, Ratio: maxOfUmoci}, {Of: tar, Ratio: maxOfTar}}, MaxPeak: maxMemory,
	}
	return []*race.Race{{Task: "unpack Debian " + b.about(layers), Contestants: []*race.Contestant{umoci, tar, pack}}}, nil
}

func (b *bench) about(layers []string) string {
	var n int64
	for _, name := range layers {
		if fi, err := os.Stat(name); err == nil {
			n += fi.Size()
		}
	}
	return fmt.Sprintf("(%d layers, %d MiB compressed)", len(layers), n>>20)
}

// making prepares a tree of what this machine has in /usr.
func (b *bench) making(ctx context.Context) ([]*race.Race, error) {
	tree, out := filepath.Join(b.work, "tree"), filepath.Join(b.work, "image.tar")
	about, err := b.fill(ctx, tree)
	if err != nil {
		return nil, err
	}
	var races []*race.Race
	for _, level := range []struct{ codec, level, command string }{
		{"gzip", "6", "gzip -6"},
		{"zstd", "3", "zstd -q -3 -T0"},
	} {
		pipe := &race.Contestant{
			Name: "tar \\| " + level.command, Output: out,
			Args: []string{"bash", "-o", "pipefail", "-euc", `tar -C "$1" -cf - . | ` + level.command + ` >"$2"`, "tar", tree, out},
		}
		pack := &race.Contestant{
			Name: "pack image", Output: out,
			Args: []string{b.pack, "image", "bench", tree, "--compression", level.codec, "--compression-level", level.level, "--destination", out},
			Aims: []race.Aim{{Of: pipe, Ratio: maxOfCompressor}}, MaxPeak: maxMemory,
		}
		races = append(races, &race.Race{Task: "image of " + about + ", " + level.codec + " " + level.level, Contestants: []*race.Contestant{pipe, pack}})
	}
	return races, nil
}

// fill copies files of /usr until there is enough.
func (b *bench) fill(ctx context.Context, tree string) (about string, err error) {
	if err := os.Mkdir(tree, 0o755); err != nil {
		return "", err
	}
	var names strings.Builder
	var files, size int64
	err = filepath.WalkDir("/usr", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		files, size = files+1, size+fi.Size()
		names.WriteString(name + "\x00")
		if size >= b.size<<20 {
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "xargs", "-0", "cp", "--parents", "-t", tree)
	cmd.Stdin = strings.NewReader(names.String())
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cp: %w: %s", err, said)
	}
	return fmt.Sprintf("%d files, %d MiB", files, size>>20), nil
}
