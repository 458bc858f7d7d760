//go:build linux

package oracle

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// How many random worlds each loader is asked about.
const (
	worldsAll    = 400
	worldsSample = 60
)

// TestRandom builds small roots in which names, sonames, search paths, links,
// wrong and broken candidates meet at random, and compares pack with a real
// loader in each: rules that no distribution's package depends on are kept
// here.
func TestRandom(t *testing.T) {
	all := suite(t)
	if os.Getuid() != 0 {
		t.Skip("needs root: the loaders run in a chroot")
	}
	parts := buildParts(t)
	for _, k := range []struct{ name, from, loader string }{
		{"glibc", "/", "/lib64/ld-linux-x86-64.so.2"},
		{"bullseye", "bullseye", "/lib64/ld-linux-x86-64.so.2"},
		{"trixie", "trixie", "/lib64/ld-linux-x86-64.so.2"},
		{"musl", "/", "/lib/ld-musl-x86_64.so.1"},
	} {
		t.Run(k.name, func(t *testing.T) {
			from := k.from
			if from != "/" {
				from = root(t, from, all)
			}
			file := filepath.Join(from, realpath(from, k.loader))
			if _, err := os.Stat(file); err != nil {
				t.Skipf("no loader: %v", err)
			}
			n := worldsSample
			if all {
				n = worldsAll
			}
			compareWorlds(t, n, &worldKind{parts: parts, loader: k.loader, file: file, musl: k.name == "musl"})
		})
	}
}

// compareWorlds compares pack and loader in n worlds, one after the other on
// each processor.
func compareWorlds(t *testing.T, n int, kind *worldKind) {
	dir := t.TempDir()
	var workers sync.WaitGroup
	var next, compared, differing, missing, refused atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			if err := privateMounts(); err != nil {
				t.Error(err)
				return
			}
			for {
				seed := next.Add(1)
				if seed > int64(n) {
					return
				}
				w, err := kind.build(filepath.Join(dir, fmt.Sprint(seed)), uint64(seed))
				if err != nil {
					t.Error(err)
					return
				}
				for _, s := range w.subjects {
					want, differences := w.compare(s)
					compared.Add(1)
					missing.Add(int64(len(want.missing)))
					if want.refused != "" {
						refused.Add(1)
					}
					if len(differences) > 0 {
						differing.Add(1)
						t.Errorf("seed %d: %s: %s\n%s", seed, s.file, strings.Join(differences, "; "), w)
					}
				}
				w.remove()
			}
		})
	}
	workers.Wait()
	t.Logf("%d worlds, %d files compared, %d differ (%d names missing on both sides, %d files refused by both)",
		n, compared.Load(), differing.Load(), missing.Load(), refused.Load())
}

func (w *world) compare(s subject) (want answer, differences []string) {
	// The loader takes the baseline then, and needs no interpretation: a twin
	// may lead elsewhere, since its place and the search order of the cache
	// are not those of the file it is a twin of.
	ask := w.oracle.askPlainCPU
	if w.kind.musl {
		ask = w.oracle.askMusl
	}
	want, err := ask(s, w.libraryPath)
	if err != nil {
		return want, []string{"the oracle failed: " + err.Error()}
	}
	ours, err := newResolver(w.oracle.root, w.libraryPath)
	if err != nil {
		return want, []string{err.Error()}
	}
	defer ours.close()
	return want, diff(s, want, ours.resolve(s.file))
}
