package object_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/5bbb5df2/pack/pkg/object"
)

// benchmark runs read over programs and libraries from some kilobytes to over a
// hundred megabytes.
func benchmark(b *testing.B, read func(f *os.File, size int64) error) {
	for _, pattern := range []string{"/usr/bin/true", "/usr/bin/git", "/usr/lib/*-linux-gnu/libc.so.6", "/usr/lib/*-linux-gnu/libstdc++.so.6",
		"/usr/lib/*-linux-gnu/libavcodec.so.*", "/usr/lib/*-linux-gnu/libLLVM*.so.1"} {
		names, _ := filepath.Glob(pattern)
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
				if err := read(f, fi.Size()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	benchmark(b, func(f *os.File, size int64) error {
		_, err := object.Read(f, size)
		return err
	})
}

func BenchmarkReadWith(b *testing.B) {
	w := usual()
	benchmark(b, func(f *os.File, size int64) error {
		_, _, err := object.ReadWith(f, size, w)
		return err
	})
}

func BenchmarkSymbols(b *testing.B) {
	w := usual()
	benchmark(b, func(f *os.File, size int64) error {
		_, err := object.Symbols(f, size, w)
		return err
	})
}

func BenchmarkDlopenNotes(b *testing.B) {
	benchmark(b, func(f *os.File, size int64) error {
		_, _, err := object.DlopenNotes(f, size)
		return err
	})
}
