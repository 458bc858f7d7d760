//go:build !alldecoders

package main

import (
	"github.com/5bbb5df2/pack/pkg/codec/zst"
	"github.com/5bbb5df2/pack/pkg/portable"
)

// decoders are what this build reads. One with -tags alldecoders reads the
// other compressions too, and is larger.
func decoders() portable.Decoders {
	return portable.Decoders{"zst": func(window int) (portable.Decompress, error) { return zst.Decompressor(window) }}
}
