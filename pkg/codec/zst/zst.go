// Package zst decompresses Zstandard (RFC 8878): what a launcher needs and no
// more. Package codec compresses.
package zst

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// minLimit is the least that the library lets a decoder be limited to.
const minLimit = 1 << 20

// Decompressor returns a function that fills dst with what src decompresses
// to, at most window bytes, and fails when that is shorter or longer. It may
// write to the capacity of dst beyond its length; 16 bytes there make it
// faster.
func Decompressor(window int) (func(dst, src []byte) error, error) {
	limit := uint64(max(window, minLimit))
	d, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(limit),
		zstd.WithDecoderMaxWindow(limit),
		zstd.WithDecodeAllCapLimit(true),
	)
	if err != nil {
		return nil, fmt.Errorf("cannot make a zstd decoder: %w", err)
	}
	return func(dst, src []byte) error {
		out, err := d.DecodeAll(src, dst[:0])
		if err == nil && len(out) != len(dst) {
			err = fmt.Errorf("%d bytes where %d belong", len(out), len(dst))
		}
		return err
	}, nil
}
