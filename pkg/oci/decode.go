package oci

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// What compressed data begins with: RFC 1952 and RFC 8878.
var (
	gzipMagic = []byte{0x1f, 0x8b, 8}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// maxWindow bounds the memory that zstd data asks for, in bytes: the most that
// "zstd --ultra" without --long uses.
const maxWindow = 128 << 20

// isCompressed tells by the first bytes whether decompress has work to do.
func isCompressed(magic []byte) bool {
	return bytes.HasPrefix(magic, gzipMagic) || bytes.HasPrefix(magic, zstdMagic)
}

// decompress reads gzip, zstd or plain data, whichever r is: media types of
// layers are known to be wrong. Close does not close r.
func decompress(r io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	magic, err := b.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		return gzip.NewReader(b)
	case bytes.HasPrefix(magic, zstdMagic):
		z, err := zstd.NewReader(b, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return io.NopCloser(b), nil
}

// plain is what was opened, decompressed.
func plain(f io.ReadCloser, err error) (io.ReadCloser, error) {
	if err != nil {
		return nil, err
	}
	r, err := decompress(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return both{r, f}, nil
}

// both reads from one and closes two.
type both struct {
	io.ReadCloser
	under io.Closer
}

func (b both) Close() error { return errors.Join(b.ReadCloser.Close(), b.under.Close()) }

// stream is a layer's tar archive with all goroutines that make it: one reads
// and hashes what is stored, one decompresses, one hashes the outcome.
type stream struct {
	blob            *blob
	stored, plain   *ahead
	source, decoder io.Closer
}

// stream starts reading the layer.
func (b *blob) stream(count func(int)) (*stream, error) {
	source, err := b.open()
	if err != nil {
		return nil, err
	}
	s := &stream{blob: b, source: source}
	if s.stored, err = newAhead(counted{source, count}, b.digest.Algorithm); err != nil {
		source.Close()
		return nil, err
	}
	decoder, err := decompress(s.stored)
	if err == nil {
		s.decoder = decoder
		s.plain, err = newAhead(decoder, b.diffID.Algorithm)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *stream) Read(p []byte) (int, error) { return s.plain.Read(p) }

// verify makes sure, at the end of the stream, that it was the right one.
func (s *stream) verify() error {
	if s.blob.digest.Hex != "" {
		// A decoder may leave what comes after its last byte.
		if _, err := io.Copy(io.Discard, s.stored); err != nil {
			return err
		}
		if s.stored.n != s.blob.size {
			return fmt.Errorf("it is damaged: it has %d bytes, not %d", s.stored.n, s.blob.size)
		}
		if err := same(s.stored, s.blob.digest); err != nil {
			return err
		}
	}
	return same(s.plain, s.blob.diffID)
}

func same(a *ahead, want v1.Hash) error {
	if got := a.sum(); got != want.Hex {
		return fmt.Errorf("it is damaged: its digest is %s, not %s", got, want.Hex)
	}
	return nil
}

// Close ends all goroutines.
func (s *stream) Close() {
	if s.plain != nil {
		s.plain.stop()
	}
	s.stored.stop()
	s.source.Close() // ends a read from the network
	if s.plain != nil {
		s.plain.work.Wait()
	}
	s.stored.work.Wait()
	if s.decoder != nil {
		s.decoder.Close()
	}
}

// counted tells how much was read.
type counted struct {
	io.Reader
	count func(int)
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.count != nil && n > 0 {
		c.count(n)
	}
	return n, err
}
