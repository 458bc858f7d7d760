package codec

import (
	"bytes"
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
