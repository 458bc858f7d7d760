package codec

import (
	"io"

	"github.com/ulikunitz/xz"

	"github.com/5bbb5df2/pack/pkg/codec/decode"
)

func xzCompressor(window int) (func(dst, src []byte) ([]byte, error), error) {
	c := xz.WriterConfig{DictCap: decode.XzDictionary(window)}
	return streamCompressor(func(w io.Writer) (io.WriteCloser, error) { return c.NewWriter(w) })(window)
}
