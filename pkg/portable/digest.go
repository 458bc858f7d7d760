package portable

import (
	"encoding/hex"
	"fmt"
	"io"

	"github.com/zeebo/blake3"
)

// Digest is the BLAKE3 hash that names a payload or checks a part of the
// file, as b3sum(1) prints it.
//
// SHA-256 was measured first: on a processor without instructions for it
// hashing takes as long as decoding, BLAKE3 a tenth of that.
type Digest [32]byte

// String is the digest as lower-case hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

func digestOf(b []byte) Digest { return blake3.Sum256(b) }

// digestRange hashes n bytes of r from off.
func digestRange(r io.ReaderAt, off, n int64) (Digest, error) {
	h := blake3.New()
	got, err := io.CopyBuffer(onlyWriter{h}, io.NewSectionReader(r, off, n), make([]byte, 256<<10))
	if err == nil && got != n {
		err = fmt.Errorf("%w: it ends early", ErrDamaged)
	}
	return Digest(h.Sum(nil)), err
}

// onlyWriter hides what else a writer can do, so that CopyBuffer uses its buffer.
type onlyWriter struct{ io.Writer }
