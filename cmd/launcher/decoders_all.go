//go:build alldecoders

package main

import (
	"github.com/5bbb5df2/pack/pkg/codec/decode"
	"github.com/5bbb5df2/pack/pkg/portable"
)

func decoders() portable.Decoders { return decode.Makers() }
