//go:build linux

package oracle

import (
	"fmt"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// compare asks both sides about every subject, on all processors, and fails t
// with each difference.
func compare(t *testing.T, o *oracle, subjects []subject, libraryPath string) {
	t.Helper()
	var (
		mu          sync.Mutex
		differences []string
		refused     []string
		missing     int
		workers     sync.WaitGroup
		work        = make(chan subject)
		unable      = make(chan error, 1)
	)
	differ := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		differences = append(differences, fmt.Sprintf(format, args...))
	}
	ours, err := newResolver(o.root, libraryPath)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.close()
	one := func(s subject) {
		want, err := o.ask(s, libraryPath)
		if err != nil {
			differ("%s: the oracle failed: %v", s.file, err)
			return
		}
		for _, d := range diff(s, want, ours.resolve(s.file)) {
			differ("%s: %s", s.file, d)
		}
		mu.Lock()
		defer mu.Unlock()
		missing += len(want.missing)
		if want.refused != "" {
			refused = append(refused, s.file+": "+want.refused)
		}
	}
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			if err := o.enter(); err != nil {
				select {
				case unable <- err:
				default:
				}
				return
			}
			for s := range work {
				one(s)
			}
		})
	}
	go func() { workers.Wait(); close(unable) }()
feed:
	for _, s := range subjects {
		select {
		case work <- s:
		case err, ok := <-unable:
			if ok {
				close(work)
				t.Skip(err)
			}
			break feed
		}
	}
	close(work)
	workers.Wait()

	slices.Sort(differences)
	for _, d := range differences {
		t.Error(d)
	}
	for _, r := range refused {
		t.Log("refused by the loader: ", r)
	}
	t.Logf("%d files compared, %d differences (%d names missing on both sides, %d files refused by both)",
		len(subjects), len(differences), missing, len(refused))
}

// byCPU is a directory of builds for some processors: glibc-hwcaps, and what
// glibc had before (until 2.36).
var byCPU = regexp.MustCompile(`/(glibc-hwcaps/[^/]+|x86_64|haswell|xeon_phi|avx512_1|i[3-6]86|sse2|cmov|aarch64|atomics)/[^/]+$`)

// forAnyCPU replaces what the loader takes for this machine's processor by
// what pack says is the baseline, which is all that its list names.
func forAnyCPU(paths []string, twins map[string]string) []string {
	paths = slices.Clone(paths)
	for i, p := range paths {
		if base, ok := twins[p]; ok && byCPU.MatchString(p) && path.Base(base) == path.Base(p) {
			paths[i] = base
		}
	}
	return paths
}

// diff says in which way pack's answer got is not the loader's want.
func diff(s subject, want, got answer) (differences []string) {
	if want.refused != "" || got.refused != "" {
		if want.refused == "" || got.refused == "" {
			return []string{fmt.Sprintf("the loader refuses it: %q; pack refuses it: %q", want.refused, got.refused)}
		}
		return nil
	}
	want.paths = forAnyCPU(want.paths, got.twins)
	if s.library() && !slices.ContainsFunc(got.paths, isLoader) {
		// Started to list a library, the loader is in memory anyway; glibc
		// 2.41 and musl say so, glibc 2.36 only if something needs it.
		want.paths = slices.DeleteFunc(want.paths, isLoader)
	}
	say := func(what string, a, b []string) {
		var lack []string
		for _, s := range a {
			if !slices.Contains(b, s) {
				lack = append(lack, s)
			}
		}
		if len(lack) > 0 {
			differences = append(differences, what+" "+strings.Join(lack, " "))
		}
	}
	say("only the loader maps", want.paths, got.paths)
	say("only pack lists", got.paths, want.paths)
	say("only the loader misses", want.missing, got.missing)
	say("only pack misses", got.missing, want.missing)
	if len(differences) == 0 && !slices.Equal(libraries(want), libraries(got)) {
		differences = append(differences, fmt.Sprintf("load order: the loader %v, pack %v", libraries(want), libraries(got)))
	}
	return differences
}

// libraries is the load order without the loader itself, which glibc places
// after the first object that needs it, musl before all others.
func libraries(a answer) []string { return slices.DeleteFunc(slices.Clone(a.paths), isLoader) }

func isLoader(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "ld-") || base == "ld.so" || base == "libc.so" // musl's is both
}
