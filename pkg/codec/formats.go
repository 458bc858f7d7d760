package codec

import (
	"io"

	"github.com/andybalholm/brotli"
	dsnet "github.com/dsnet/compress/bzip2"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/pierrec/lz4/v4"
)

func newGzip(w io.Writer) (io.WriteCloser, error) {
	return gzip.NewWriterLevel(w, gzip.DefaultCompression)
}

// The standard library reads bzip2 and does not write it.
func newBzip2(w io.Writer) (io.WriteCloser, error) {
	return dsnet.NewWriter(w, &dsnet.WriterConfig{Level: dsnet.BestCompression})
}

func newLz4(w io.Writer) (io.WriteCloser, error) {
	z := lz4.NewWriter(w)
	return z, z.Apply(lz4.BlockSizeOption(lz4.Block4Mb), lz4.ConcurrencyOption(1), lz4.ChecksumOption(false))
}

func newBrotli(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriterLevel(w, 5), nil }

func newSnappy(w io.Writer) (io.WriteCloser, error) { return snappy.NewBufferedWriter(w), nil }
