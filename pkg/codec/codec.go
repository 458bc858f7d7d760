// Package codec names the ways to compress, for making portable files and
// archives. What only reads needs a part of it: packages decode and zst.
package codec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/codec/decode"
)

// Default is the name of the codec that is used when none is named.
const Default = "zst"

// Codec is one way to compress. Both functions make what one goroutine uses
// at a time.
type Codec struct {
	Name string // also the suffix of a file's name: tree.tar.zst
	// Compressor makes a function that appends to dst what src, at most window
	// bytes, compresses to. The same src gives the same bytes.
	Compressor   func(window int) (func(dst, src []byte) ([]byte, error), error)
	Decompressor decode.Maker
}

// all lists the codecs, the default first. The levels are a compromise that
// favours making: a tree is compressed with each build of it.
func all() []Codec {
	codecs := []Codec{
		{Name: "zst", Compressor: zstCompressor},
		{Name: "gz", Compressor: streamCompressor(newGzip)},
		{Name: "bz2", Compressor: streamCompressor(newBzip2)},
		{Name: "xz", Compressor: xzCompressor},
		{Name: "lz4", Compressor: streamCompressor(newLz4)},
		{Name: "br", Compressor: streamCompressor(newBrotli)},
		{Name: "sz", Compressor: streamCompressor(newSnappy)},
	}
	makers := decode.Makers()
	for i := range codecs {
		codecs[i].Decompressor = makers[codecs[i].Name]
	}
	return codecs
}

// Names lists the names of the codecs, the default first.
func Names() []string {
	var names []string
	for _, c := range all() {
		names = append(names, c.Name)
	}
	return names
}

// UnknownError is a name that no codec has.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("cannot compress by %q: no such codec", e.Name)
}

// Hint says what to write instead.
func (e *UnknownError) Hint() string { return "one of " + strings.Join(Names(), ", ") }

// Find returns the codec of that name, or an *[UnknownError].
func Find(name string) (Codec, error) {
	codecs := all()
	i := slices.IndexFunc(codecs, func(c Codec) bool { return c.Name == name })
	if i < 0 {
		return Codec{}, &UnknownError{name}
	}
	return codecs[i], nil
}
