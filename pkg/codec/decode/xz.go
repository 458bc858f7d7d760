package decode

import (
	"errors"
	"io"

	"github.com/ulikunitz/xz"
)

// XzDictionary is the size of the dictionary for units of window bytes: more
// is never looked at.
func XzDictionary(window int) int { return max(window, 1<<16) }

// xzDecompressor reads one block, LZMA2 alone. The library allocates whatever
// dictionary the block's header asks for, so that is looked at first.
func xzDecompressor(window int) (func(dst, src []byte) error, error) {
	c := xz.ReaderConfig{DictCap: XzDictionary(window), SingleStream: true}
	decode, err := stream(func(r io.Reader) (io.Reader, error) { return c.NewReader(r) })(window)
	if err != nil {
		return nil, err
	}
	return func(dst, src []byte) error {
		if err := checkXz(src, XzDictionary(window)); err != nil {
			return err
		}
		return decode(dst, src)
	}, nil
}

// The beginning of a block as section 3.1 of the xz file format has it, behind
// the 12 bytes of the stream header.
const (
	xzFlags   = 13 // 0: one filter, no sizes
	xzFilter  = 14 // LZMA2 is 0x21, with 1 byte of properties
	xzDictPos = 16
)

// checkXz makes sure that src is one block whose dictionary has at most limit
// bytes, up to the next size the format can name.
func checkXz(src []byte, limit int) error {
	if len(src) <= xzDictPos || src[xzFlags] != 0 || src[xzFilter] != 0x21 || src[xzFilter+1] != 1 {
		return errors.New("not an xz block of LZMA2 alone")
	}
	code := src[xzDictPos]
	if code > 40 || code/2+11 > 40 || int64(2|code&1)<<(code/2+11) > 2*int64(limit) {
		return errors.New("an xz dictionary larger than its content")
	}
	return nil
}
