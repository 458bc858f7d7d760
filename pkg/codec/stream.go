package codec

import (
	"bytes"
	"errors"
	"io"
)

// streamCompressor makes a compressor of a library that compresses streams.
func streamCompressor(open func(w io.Writer) (io.WriteCloser, error)) func(int) (func(dst, src []byte) ([]byte, error), error) {
	return func(int) (func(dst, src []byte) ([]byte, error), error) {
		return func(dst, src []byte) ([]byte, error) {
			out := bytes.NewBuffer(dst)
			w, err := open(out)
			if err == nil {
				_, err = w.Write(src)
			}
			if err == nil {
				err = w.Close()
			}
			return out.Bytes(), err
		}, nil
	}
}

var errLonger = errors.New("more data than there should be")

// streamDecompressor makes a decompressor of a library that reads streams.
func streamDecompressor(open func(r io.Reader) (io.Reader, error)) func(int) (func(dst, src []byte) error, error) {
	return func(int) (func(dst, src []byte) error, error) {
		return func(dst, src []byte) error {
			r, err := open(bytes.NewReader(src))
			if err != nil {
				return err
			}
			if _, err := io.ReadFull(r, dst); err != nil {
				return err
			}
			var more [1]byte
			switch n, err := io.ReadFull(r, more[:]); {
			case n > 0:
				return errLonger
			case err != io.EOF:
				return err
			}
			return nil
		}, nil
	}
}
