package portable

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

const (
	magic         = "PACKPORT"
	formatVersion = 1
	codecLen      = 8
	trailerSize   = 8 + 4 + 4 + codecLen + 8*8 + 4*32

	minFrameSize     = 1 << 10
	maxFrameSize     = 16 << 20
	defaultFrameSize = 4 << 20
	// maxIndex bounds the index before compression in bytes: some ten million
	// entries.
	maxIndex = 512 << 20
	// maxIndexRatio bounds what an index may claim to decompress to; entries
	// differ from each other, so that none comes near it.
	maxIndexRatio = 1 << 12
	indexSlack    = 64 << 10
)

// trailer is the fixed end of the file. The parts lie one after another, so
// that their sizes say where they are.
type trailer struct {
	codec string

	launcher, frames, index, config int64 // sizes in the file

	frameSize int64 // of every frame but the last, before compression
	indexRaw  int64 // size of the index before compression
	entries   int64
	treeSize  int64 // bytes of data in all files

	digest, configDigest, launcherDigest Digest
}

func (t *trailer) encode() []byte {
	b := make([]byte, 0, trailerSize)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, formatVersion)
	b = binary.LittleEndian.AppendUint32(b, 0) // reserved
	var name [codecLen]byte
	copy(name[:], t.codec)
	b = append(b, name[:]...)
	for _, n := range t.numbers() {
		b = binary.LittleEndian.AppendUint64(b, uint64(*n))
	}
	b = append(b, t.digest[:]...)
	b = append(b, t.configDigest[:]...)
	b = append(b, t.launcherDigest[:]...)
	own := digestOf(b)
	return append(b, own[:]...)
}

// numbers lists the 64-bit fields in the order they are written.
func (t *trailer) numbers() []*int64 {
	return []*int64{&t.launcher, &t.frames, &t.index, &t.config, &t.frameSize, &t.indexRaw, &t.entries, &t.treeSize}
}

// readTrailer reads the trailer of a file of size bytes.
func readTrailer(r io.ReaderAt, size int64) (*trailer, error) {
	if size < trailerSize {
		return nil, ErrNotPortable
	}
	b := make([]byte, trailerSize)
	if err := readFull(r, b, size-trailerSize); err != nil {
		return nil, err
	}
	return decodeTrailer(b, size)
}

func decodeTrailer(b []byte, size int64) (*trailer, error) {
	if len(b) != trailerSize || string(b[:len(magic)]) != magic {
		return nil, ErrNotPortable
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != formatVersion {
		return nil, fmt.Errorf("%w: format %d, this launcher reads %d", ErrNotPortable, v, formatVersion)
	}
	body, own := b[:trailerSize-32], Digest(b[trailerSize-32:])
	if digestOf(body) != own {
		return nil, fmt.Errorf("%w: its trailer does not match its hash", ErrDamaged)
	}
	t := new(trailer)
	name, _, _ := bytes.Cut(b[16:16+codecLen], []byte{0})
	t.codec = string(name)
	rest := body[16+codecLen:]
	for _, n := range t.numbers() {
		v := binary.LittleEndian.Uint64(rest)
		if v > math.MaxInt64 {
			return nil, fmt.Errorf("%w: a size in its trailer is out of range", ErrDamaged)
		}
		*n, rest = int64(v), rest[8:]
	}
	t.digest, t.configDigest, t.launcherDigest = Digest(rest), Digest(rest[32:]), Digest(rest[64:])
	return t, t.check(size)
}

// check compares the sizes with each other and with that of the file.
func (t *trailer) check(size int64) error {
	left := size - trailerSize
	for _, n := range []int64{t.launcher, t.frames, t.index, t.config} {
		if n > left {
			return fmt.Errorf("%w: it is shorter than its trailer says", ErrDamaged)
		}
		left -= n
	}
	switch {
	case left != 0:
		return fmt.Errorf("%w: it is longer than its trailer says", ErrDamaged)
	case t.config > maxConfig:
		return fmt.Errorf("%w: config of %d bytes", ErrDamaged, t.config)
	case t.frameSize < minFrameSize || t.frameSize > maxFrameSize:
		return fmt.Errorf("%w: frames of %d bytes", ErrDamaged, t.frameSize)
	case t.index > maxIndex || t.indexRaw > maxIndex || t.indexRaw > t.index*maxIndexRatio+indexSlack:
		return fmt.Errorf("%w: an index of %d bytes that has %d once decompressed", ErrDamaged, t.index, t.indexRaw)
	case t.entries > t.indexRaw/minEntry || t.frameCount() > t.indexRaw/minFrame:
		return fmt.Errorf("%w: an index of %d bytes for %d entries and %d frames", ErrDamaged, t.indexRaw, t.entries, t.frameCount())
	}
	return nil
}

// frameCount is the number of frames that treeSize bytes are cut into.
func (t *trailer) frameCount() int64 {
	n := t.treeSize / t.frameSize
	if t.treeSize%t.frameSize != 0 {
		n++
	}
	return n
}

// readFull reads len(b) bytes at off; a file that ends before is damaged.
func readFull(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	switch {
	case n == len(b):
		return nil
	case err == nil || err == io.EOF:
		return fmt.Errorf("%w: it ends early", ErrDamaged)
	}
	return fmt.Errorf("cannot read the file: %w", err)
}
