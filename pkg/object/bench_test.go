package object

import (
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkRead reads libraries of two and of over a hundred megabytes.
func BenchmarkRead(b *testing.B) {
	for _, pattern := range []string{"libc.so.6", "libstdc++.so.6", "libLLVM*.so.1"} {
		names, _ := filepath.Glob("/usr/lib/*-linux-gnu/" + pattern)
		if len(names) == 0 {
			continue
		}
		b.Run(filepath.Base(names[0]), func(b *testing.B) {
			f, err := os.Open(names[0])
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			fi, err := f.Stat()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(f, fi.Size()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
