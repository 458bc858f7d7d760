package decode

import (
	"bytes"
	"errors"
	"io"
)

var errLonger = errors.New("more data than there should be")

// stream makes a decompressor of a library that reads streams.
func stream(open func(r io.Reader) (io.Reader, error)) Maker {
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
