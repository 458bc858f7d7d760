package portable

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
)

// Info is what the trailer of a file says.
type Info struct {
	Codec    string // name of the compression
	Digest   Digest // of the payload
	Entries  int    // of the tree
	Frames   int
	TreeSize int64 // bytes of data in the tree's files
	Packed   int64 // bytes of frames and index in the file
	Launcher int64 // bytes before the frames
}

// Payload is an opened file. Its methods may be called concurrently.
type Payload struct {
	r        io.ReaderAt
	trailer  *trailer
	config   *Config
	decoders Decoders
	index    func() (*index, error)
}

// Open reads the trailer and the config of the file r of size bytes: two small
// reads. The index is read when it is needed. Errors wrap [ErrNotPortable] if
// the file does not end like a portable one, [ErrDamaged] if it does but what
// it says cannot be.
func Open(r io.ReaderAt, size int64, d Decoders) (*Payload, error) {
	t, err := readTrailer(r, size)
	if err != nil {
		return nil, err
	}
	b := make([]byte, t.config)
	if err := readFull(r, b, size-trailerSize-t.config); err != nil {
		return nil, err
	}
	if digestOf(b) != t.configDigest {
		return nil, fmt.Errorf("%w: its config does not match its hash", ErrDamaged)
	}
	c, err := decodeConfig(b)
	if err != nil {
		return nil, fmt.Errorf("%w: its config: %w", ErrDamaged, err)
	}
	p := &Payload{r: r, trailer: t, config: c, decoders: d}
	p.index = sync.OnceValues(p.readIndex)
	return p, nil
}

// Config returns the config. It must not be changed.
func (p *Payload) Config() *Config { return p.config }

// Info returns what the trailer says.
func (p *Payload) Info() Info {
	t := p.trailer
	return Info{
		Codec: t.codec, Digest: t.digest, Entries: int(t.entries), Frames: int(t.frameCount()),
		TreeSize: t.treeSize, Packed: t.frames + t.index, Launcher: t.launcher,
	}
}

// Entries reads and checks the index and yields its entries in path order.
// They must not be changed.
func (p *Payload) Entries() (iter.Seq[Entry], error) {
	x, err := p.index()
	if err != nil {
		return nil, err
	}
	return slices.Values(x.entries), nil
}

// decoder makes a decompressor of the payload's codec for units of window bytes.
func (p *Payload) decoder(window int64) (Decompress, error) {
	make, ok := p.decoders[p.trailer.codec]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrCodec, p.trailer.codec)
	}
	return make(int(window))
}

// readIndex is what p.index does once.
func (p *Payload) readIndex() (*index, error) {
	t := p.trailer
	packed := make([]byte, t.index)
	if err := readFull(p.r, packed, t.launcher+t.frames); err != nil {
		return nil, err
	}
	if digestOf(packed) != t.digest {
		return nil, fmt.Errorf("%w: its index does not match its hash", ErrDamaged)
	}
	// The writer's compressor was made for frames.
	unpack, err := p.decoder(max(t.indexRaw, t.frameSize))
	if err != nil {
		return nil, err
	}
	raw := make([]byte, t.indexRaw, t.indexRaw+decodeSlack)
	if err := unpack(raw, packed); err != nil {
		return nil, fmt.Errorf("%w: its index: %w", ErrDamaged, err)
	}
	return decodeIndex(raw, t)
}

// CheckFile reads the whole file and compares it, launcher and config too,
// with its hashes. Nothing is decompressed but the index.
func (p *Payload) CheckFile(ctx context.Context) error {
	t := p.trailer
	d, err := digestRange(p.r, 0, t.launcher)
	if err != nil {
		return err
	}
	if d != t.launcherDigest {
		return fmt.Errorf("%w: its launcher does not match its hash", ErrDamaged)
	}
	x, err := p.index()
	if err != nil {
		return err
	}
	var buf []byte
	for i := range x.frames {
		if err := ctx.Err(); err != nil {
			return err
		}
		if buf, err = p.readFrame(buf, x, i); err != nil {
			return err
		}
	}
	return nil
}

// readFrame reads a compressed frame into buf, or a larger one, and checks it.
func (p *Payload) readFrame(buf []byte, x *index, i int) ([]byte, error) {
	f := &x.frames[i]
	buf = slices.Grow(buf[:0], f.packed)[:f.packed]
	if err := readFull(p.r, buf, f.offset); err != nil {
		return buf, err
	}
	if digestOf(buf) != f.digest {
		return buf, fmt.Errorf("%w: frame %d of %d does not match its hash", ErrDamaged, i+1, len(x.frames))
	}
	return buf, nil
}
