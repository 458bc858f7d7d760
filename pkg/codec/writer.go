package codec

import (
	"io"
	"runtime"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// NewWriter makes a writer that compresses a stream by the codec of that name,
// as the programs zstd(1), gzip(1) and so on would. The caller closes it; w
// stays open. The same stream gives the same bytes, however it is cut into
// writes. An unknown name is an *[UnknownError].
func NewWriter(name string, w io.Writer) (io.WriteCloser, error) {
	switch name {
	case "zst":
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)))
	case "gz":
		return newGzip(w)
	case "bz2":
		return newBzip2(w)
	case "xz":
		return xz.NewWriter(w)
	case "lz4":
		return newLz4(w)
	case "br":
		return newBrotli(w)
	case "sz":
		return newSnappy(w)
	}
	return nil, &UnknownError{name}
}
