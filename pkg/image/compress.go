package image

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// Compression is how a layer is stored. The zero value is not one; see
// [NewCompression].
type Compression struct {
	level int
	kind  *kind
}

// kind is a way to compress a stream in chunks, each on its own, so that
// several CPUs do it and their number makes no difference.
type kind struct {
	media types.MediaType
	// chunk is the size of all chunks but the last, in bytes.
	chunk int
	// before is how much of the chunk before a chunk is compressed with.
	before int
	// workers bounds how many chunks are compressed at once: each costs memory.
	workers               int
	least, most, standard int // levels
	header                []byte
	compressor            func(level int) (compressor, error)
	trailed               bool // by CRC and size, as gzip(1) does
}

// compressor appends to dst what the chunk src compresses to. before is the
// end of the one before it.
type compressor func(dst, src, before []byte, last bool) ([]byte, error)

// kinds are the compressions by name.
func kinds() map[string]*kind {
	return map[string]*kind{
		"gzip": {
			media: types.OCILayer, chunk: 512 << 10, before: 32 << 10, workers: 8,
			least: 1, most: 9, standard: 6,
			// RFC 1952: deflate, no flags, no time, of an unknown system.
			header:  []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255},
			trailed: true, compressor: deflater,
		},
		"zstd": {
			// Its chunks know nothing of each other: 512 KiB would make 2 %
			// more than 1 MiB, which takes 61 MiB of memory for three workers.
			media: types.OCILayerZStd, chunk: 768 << 10, workers: 3,
			least: 1, most: 22, standard: 3,
			compressor: zstdCompressor,
		},
		"none": {
			media: types.OCIUncompressedLayer, chunk: 512 << 10, workers: 1,
			compressor: func(int) (compressor, error) { return store, nil },
		},
	}
}

// DefaultCompression is the name of the compression that docker engines of all
// ages load.
const DefaultCompression = "gzip"

// Compressions lists the names that [NewCompression] knows.
func Compressions() []string { return []string{"gzip", "zstd", "none"} }

// NewCompression returns the compression of that name. level is as of gzip(1),
// 1 to 9, or zstd(1), 1 to 22; 0 is 6 or 3, as theirs.
func NewCompression(name string, level int) (Compression, error) {
	k := kinds()[name]
	if k == nil {
		return Compression{}, fmt.Errorf("cannot compress by %q: it is one of %s", name, strings.Join(Compressions(), ", "))
	}
	if level == 0 {
		level = k.standard
	} else if k.most == 0 {
		return Compression{}, fmt.Errorf("cannot compress by %s at a level", name)
	}
	if level < k.least || level > k.most {
		return Compression{}, fmt.Errorf("cannot compress by %s at level %d: its levels are %d to %d", name, level, k.least, k.most)
	}
	return Compression{level: level, kind: k}, nil
}

// deflater compresses to the blocks of one deflate stream (RFC 1951). Each
// chunk but the last ends at a byte, by an empty stored block.
func deflater(level int) (compressor, error) {
	w, err := flate.NewWriter(nil, level)
	if err != nil {
		return nil, err
	}
	return func(dst, src, before []byte, last bool) ([]byte, error) {
		out := bytes.NewBuffer(dst)
		w.ResetDict(out, before)
		_, err := w.Write(src)
		switch {
		case err != nil:
		case last:
			err = w.Close()
		default:
			err = w.Flush()
		}
		return out.Bytes(), err
	}, nil
}

// zstdCompressor compresses each chunk to a frame (RFC 8878).
func zstdCompressor(level int) (compressor, error) {
	e, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(level)),
		zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false),
		zstd.WithWindowSize(1<<20),
	)
	if err != nil {
		return nil, fmt.Errorf("cannot make a zstd encoder: %w", err)
	}
	return func(dst, src, _ []byte, _ bool) ([]byte, error) { return e.EncodeAll(src, dst), nil }, nil
}

func store(dst, src, _ []byte, _ bool) ([]byte, error) {
	return append(slices.Grow(dst, len(src)), src...), nil
}
