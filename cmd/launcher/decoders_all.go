//go:build alldecoders

package main

import (
	"github.com/5bbb5df2/pack/pkg/codec"
	"github.com/5bbb5df2/pack/pkg/portable"
)

func decoders() portable.Decoders {
	all := portable.Decoders{}
	for name, decoder := range codec.Decoders() {
		all[name] = func(window int) (portable.Decompress, error) { return decoder(window) }
	}
	return all
}
