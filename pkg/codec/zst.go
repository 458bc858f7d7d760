package codec

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// minWindow is the least window the library takes.
const minWindow = 1 << 10

// zstCompressor compresses at the library's default level, about zstd(1)'s 3.
// There is no checksum: who reads a unit has a hash of it.
func zstCompressor(window int) (func(dst, src []byte) ([]byte, error), error) {
	size := minWindow
	for size < window && size < zstd.MaxWindowSize {
		size <<= 1
	}
	e, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedDefault),
		zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false),
		zstd.WithWindowSize(size),
	)
	if err != nil {
		return nil, fmt.Errorf("cannot make a zstd encoder: %w", err)
	}
	return func(dst, src []byte) ([]byte, error) { return e.EncodeAll(src, dst), nil }, nil
}
