// Package decode decompresses all that package codec compresses: what a
// launcher that reads every codec needs. One that reads zst alone needs
// package zst.
package decode

import (
	"compress/bzip2"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/pierrec/lz4/v4"

	"github.com/5bbb5df2/pack/pkg/codec/zst"
)

// Maker makes a function, for one goroutine at a time, that fills dst, at most
// window bytes, with what src decompresses to, and fails when that is shorter
// or longer.
type Maker = func(window int) (func(dst, src []byte) error, error)

// Makers returns the maker of each codec by name.
func Makers() map[string]Maker {
	return map[string]Maker{
		"zst": zst.Decompressor,
		"gz":  stream(func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }),
		"bz2": stream(func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }),
		"xz":  xzDecompressor,
		"lz4": stream(func(r io.Reader) (io.Reader, error) { return lz4.NewReader(r), nil }),
		"br":  stream(func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }),
		"sz":  stream(func(r io.Reader) (io.Reader, error) { return snappy.NewReader(r), nil }),
	}
}
