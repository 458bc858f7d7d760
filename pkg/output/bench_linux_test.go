package output

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// BenchmarkAgainstCp writes the files that OUTPUT_BENCH_LIST lists (absolute
// real paths, one a line; by default the machine's largest libraries) by Dir
// and by cp in turn, each into a fresh directory, and reports the medians.
// What is removed afterwards does not count.
func BenchmarkAgainstCp(b *testing.B) {
	list, entries := benchList(b)
	p := plan.New(nil)
	var total int64
	for _, e := range entries {
		if err := p.Add(e); err != nil {
			b.Fatal(err)
		}
		total += e.Size
	}
	dir := b.TempDir()
	listFile := filepath.Join(dir, "list")
	if err := os.WriteFile(listFile, []byte(strings.Join(list, "\n")), 0o644); err != nil {
		b.Fatal(err)
	}
	var ours, cp []time.Duration
	for b.Loop() {
		out := dir + "/out"
		cp = append(cp, timed(b, out, func() error {
			if err := os.Mkdir(out, 0o755); err != nil {
				return err
			}
			return exec.Command("xargs", "-d", "\n", "-a", listFile, "cp", "-P", "--parents", "-t", out).Run()
		}))
		ours = append(ours, timed(b, out, func() error {
			d, err := NewDir(out, DirOptions{})
			if err == nil {
				err = Write(b.Context(), p, d)
			}
			if err == nil {
				err = d.Commit()
			}
			return err
		}))
	}
	slices.Sort(ours)
	slices.Sort(cp)
	us, them := ours[len(ours)/2], cp[len(cp)/2]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(us.Seconds()*1000, "ms")
	b.ReportMetric(them.Seconds()*1000, "cp-ms")
	b.ReportMetric(us.Seconds()/them.Seconds(), "of-cp")
	b.ReportMetric(float64(total)/1e6, "MB")
}

func timed(b *testing.B, out string, do func() error) time.Duration {
	begin := time.Now()
	err := do()
	took := time.Since(begin)
	if err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	if err := os.RemoveAll(out); err != nil {
		b.Fatal(err)
	}
	b.StartTimer()
	return took
}

func benchList(b *testing.B) ([]string, []plan.Entry) {
	var names []string
	if f := os.Getenv("OUTPUT_BENCH_LIST"); f != "" {
		data, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		names = strings.Fields(string(data))
	} else {
		names, _ = filepath.Glob("/usr/lib/*-linux-gnu/*.so*")
	}
	var entries []plan.Entry
	for _, n := range names {
		fi, err := os.Lstat(n)
		if err != nil || !fi.Mode().IsRegular() {
			continue
		}
		st := rootfs.StatOf(fi)
		entries = append(entries, plan.Entry{
			Path: n, Mode: fi.Mode(), UID: st.UID, GID: st.GID, ModTime: fi.ModTime(),
			Size: fi.Size(), From: plan.Source{FS: rootfs.Host(), Path: n},
		})
	}
	slices.SortFunc(entries, func(a, b plan.Entry) int { return int(b.Size - a.Size) })
	if os.Getenv("OUTPUT_BENCH_LIST") == "" {
		entries = entries[:min(len(entries), 20)]
	}
	list := make([]string, len(entries))
	for i, e := range entries {
		list[i] = e.Path
	}
	return list, entries
}
