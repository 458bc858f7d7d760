package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/5bbb5df2/pack/test/bench/race"
)

// build makes a file of the bundle of clang-format.
func (b *bench) build(ctx context.Context) error {
	tar, run, made, poco := filepath.Join(b.work, "tree.tar.zst"), filepath.Join(b.work, "build.run"), filepath.Join(b.work, "makeself.run"), filepath.Join(b.work, "poco.run")
	first := &race.Contestant{Name: "tar \\| zstd -T0 " + level, Output: tar, Args: shell("tar -C %s -c . | zstd -q -T0 %s -o %s", b.tree, level, tar)}
	pack := &race.Contestant{
		Name: "pack bundle", Output: run, Args: append([]string{b.pack}, append(b.bundleArgs(b.tree, run), "--entrypoint", b.program)...),
		Aims: []race.Aim{{Of: first, Ratio: 1.15}}, MaxPeak: 200 << 20,
	}
	return measure(ctx, b.rounds, "make", append([]*race.Contestant{first, pack}, b.others(
		&race.Contestant{Name: "makeself --zstd", Output: made, Args: []string{"makeself", "--quiet", "--zstd", "--complevel", level[1:], b.tree, made, "bench", "." + b.program, "--version"}},
		&race.Contestant{
			Name: "poCo", Output: poco, Args: []string{b.poco, "bundle", "--directory", b.tree, "--output", poco, "--entrypoint", b.program, "--compression", "zst", "--command-prefix", "env"},
			Env: []string{"CGO_ENABLED=0", "PATH=" + filepath.Dir(b.poco) + ":" + os.Getenv("PATH")},
		},
	)...)...)
}

// others are the tools that are there.
func (b *bench) others(makeself, poco *race.Contestant) []*race.Contestant {
	var there []*race.Contestant
	if _, err := exec.LookPath("makeself"); err == nil {
		there = append(there, makeself)
	}
	if b.poco != "" {
		there = append(there, poco)
	}
	for _, t := range there {
		t.MayFail = true
	}
	return there
}

// firstStart starts what build has made, with nothing unpacked yet.
func (b *bench) firstStart(ctx context.Context) error {
	fresh := filepath.Join(b.work, "fresh")
	run, err := b.bundle(ctx, b.tree, "merged.run", "merged", b.program)
	if err != nil {
		return err
	}
	first := &race.Contestant{Name: "zstd -d \\| tar x", Output: fresh, Args: shell("mkdir %s && zstd -q -dc %s | tar -C %s -x", fresh, filepath.Join(b.work, "tree.tar.zst"), fresh)}
	pack := &race.Contestant{Name: "pack merged", Output: fresh, Args: []string{run, "--version"}, Env: []string{"PACK_STORE=" + fresh}, Aims: []race.Aim{{Of: first, Ratio: 0.6}}}
	return measure(ctx, b.rounds, "first start of clang-format", append([]*race.Contestant{first, pack}, b.others(
		&race.Contestant{Name: "makeself", Output: fresh, Args: []string{filepath.Join(b.work, "makeself.run"), "--target", fresh, "--nox11", "--quiet"}},
		&race.Contestant{Name: "poCo", Output: fresh, Args: []string{filepath.Join(b.work, "poco.run"), "--store", fresh, "-", "--version"}},
	)...)...)
}

// warmStart starts what is unpacked already, and bwrap on a tree like it.
func (b *bench) warmStart(ctx context.Context) error {
	for _, p := range []struct {
		name, tree string
		argv       []string
	}{
		{"busybox true", b.small, []string{b.busybox(), "true"}},
		{"clang-format --version", b.tree, []string{b.program, "--version"}},
	} {
		bwrap := []string{"bwrap", "--bind", p.tree, "/"}
		own := []string{"bwrap", "--unshare-user", "--unshare-ipc", "--unshare-uts", "--unshare-pid", "--bind", p.tree, "/"}
		first := &race.Contestant{Name: "bwrap", Args: append(bwrap, p.argv...)}
		tools := []*race.Contestant{first, {Name: "bwrap, a sandbox's namespaces", Args: append(own, p.argv...), MayFail: true}}
		for _, root := range []string{"merged", "sandbox"} {
			run, err := b.bundle(ctx, p.tree, root+"-"+filepath.Base(p.tree), root, p.argv[0])
			if err != nil {
				return err
			}
			tools = append(tools, &race.Contestant{Name: "pack " + root, Args: append([]string{run}, p.argv[1:]...), Env: b.store(), Aims: []race.Aim{{Of: first, Ratio: 1.15}}})
		}
		if p.tree == b.tree && b.poco != "" {
			tools = append(tools, &race.Contestant{Name: "poCo", MayFail: true, Args: []string{filepath.Join(b.work, "poco.run"), "--store", filepath.Join(b.work, "poco"), "-", "--version"}})
		}
		if err := measure(ctx, 5*b.rounds, "start of "+p.name, tools...); err != nil {
			return err
		}
	}
	return nil
}

// hostStart starts clang-format from its bundle without a root of its own.
func (b *bench) hostStart(ctx context.Context) error {
	dirs, loader, err := libraryDirs(b.tree)
	if err != nil {
		return err
	}
	run, err := b.bundle(ctx, b.tree, "host.run", "host", b.program)
	if err != nil {
		return err
	}
	first := &race.Contestant{Name: "the bundle's loader by hand", Args: []string{loader, "--inhibit-cache", "--library-path", strings.Join(dirs, ":"), b.tree + b.program, "--version"}}
	pack := &race.Contestant{Name: "pack host", Args: []string{run, "--version"}, Env: b.store(), Aims: []race.Aim{{Of: first, Ratio: 1.1}}}
	return measure(ctx, 5*b.rounds, "start on the host", first, pack)
}

// large makes and starts a file of 1 GiB.
func (b *bench) large(ctx context.Context) error {
	tree, run, fresh := filepath.Join(b.work, "large"), filepath.Join(b.work, "large.run"), filepath.Join(b.work, "fresh")
	if err := b.makeLarge(tree); err != nil {
		return err
	}
	args := append(b.bundleArgs(tree, run), "--app-root", "merged", "--args", "app", "--entrypoint", b.busybox())
	build := &race.Contestant{Name: "pack bundle", Output: run, Args: append([]string{b.pack}, args...), MaxPeak: 200 << 20}
	if err := measure(ctx, 1, "make 1 GiB", build); err != nil {
		return err
	}
	start := &race.Contestant{Name: "pack merged", Output: fresh, Args: []string{run, "true"}, Env: []string{"PACK_STORE=" + fresh}, MaxPeak: 40 << 20}
	return measure(ctx, 1, "first start of 1 GiB", start)
}

// store has all starts but first ones share a store, and leaves the user's alone.
func (b *bench) store() []string { return []string{"PACK_STORE=" + filepath.Join(b.work, "store")} }

func shell(format string, args ...any) []string {
	return []string{"bash", "-o", "pipefail", "-ec", fmt.Sprintf(format, args...)}
}
