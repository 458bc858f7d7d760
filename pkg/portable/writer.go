package portable

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/zeebo/blake3"
)

// WriterOptions says what a file is made of besides the tree.
type WriterOptions struct {
	// Launcher is the executable at the front; nil makes a bare payload, which
	// can be read by [Open] all the same.
	Launcher io.Reader
	Config   Config
	// Codec is the name, at most 8 bytes, under which the launcher has the
	// decompressor of Compress.
	Codec string
	// Compress makes a compressor; each worker has one.
	Compress func() (Compress, error)
	// FrameSize is the size of a frame before compression in bytes, 1 KiB to
	// 16 MiB; 0 is 4 MiB.
	FrameSize int
	// Workers is how many frames are compressed at a time; 0 is one a CPU.
	Workers int
}

// Writer makes a portable file. Entries are added in path order. Its methods
// are called from one goroutine.
//
// The same entries and options make the same bytes, whatever the number of
// workers.
type Writer struct {
	out     io.Writer
	config  []byte
	trailer trailer
	index   indexWriter
	pack    Compress // for the index
	pipe    *framePipe
	err     error // sticks
}

// NewWriter writes the launcher to w and is ready for entries. The caller
// closes w, and removes what was written when any call fails. It calls Close
// or Abort in the end.
func NewWriter(ctx context.Context, w io.Writer, o WriterOptions) (*Writer, error) {
	if o.FrameSize == 0 {
		o.FrameSize = defaultFrameSize
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	switch {
	case o.FrameSize < minFrameSize || o.FrameSize > maxFrameSize:
		return nil, fmt.Errorf("cannot cut frames of %d bytes: not %d to %d", o.FrameSize, minFrameSize, maxFrameSize)
	case o.Codec == "" || len(o.Codec) > codecLen:
		return nil, fmt.Errorf("cannot name a codec %q: not 1 to %d bytes", o.Codec, codecLen)
	}
	config, err := o.Config.encode()
	if err != nil {
		return nil, fmt.Errorf("cannot make a portable file: %w", err)
	}
	pack, err := o.Compress()
	if err != nil {
		return nil, err
	}
	p := &Writer{out: w, config: config, pack: pack}
	p.trailer = trailer{codec: o.Codec, frameSize: int64(o.FrameSize), config: int64(len(config)), configDigest: digestOf(config)}
	if err := p.copyLauncher(o.Launcher); err != nil {
		return nil, err
	}
	if p.pipe, err = newFramePipe(ctx, w, o); err != nil {
		return nil, err
	}
	return p, nil
}

func (w *Writer) copyLauncher(r io.Reader) error {
	h := blake3.New()
	if r != nil {
		n, err := io.Copy(io.MultiWriter(w.out, h), r)
		if err != nil {
			return fmt.Errorf("cannot copy the launcher: %w", err)
		}
		w.trailer.launcher = n
	}
	h.Sum(w.trailer.launcherDigest[:0])
	return nil
}

// ErrChanged is wrapped by the error of Add when the content of a file is not
// of the size its entry says.
var ErrChanged = errors.New("it changed while it was read")

// Add adds the next entry. Its content is read from open, which is called,
// before Add returns, for regular files with data; the content has to be
// e.Size bytes long. After an error the Writer is of no more use.
func (w *Writer) Add(e Entry, open func() (Content, error)) error {
	if w.err == nil {
		w.err = w.add(&e, open)
	}
	return w.err
}

func (w *Writer) add(e *Entry, open func() (Content, error)) error {
	if err := w.index.add(e); err != nil {
		return fmt.Errorf("cannot add %q: %w", e.Path, err)
	}
	data := e.data()
	if len(data) == 0 {
		return nil
	}
	c, err := open()
	if err != nil {
		return fmt.Errorf("cannot add %s: %w", e.Path, err)
	}
	defer c.Close()
	for _, x := range data {
		w.trailer.treeSize += x.Size
		if err := w.pipe.read(c, x); err != nil {
			return fmt.Errorf("cannot add %s: %w", e.Path, err)
		}
	}
	if n, err := c.ReadAt(make([]byte, 1), e.Size); n != 0 || err != io.EOF {
		return fmt.Errorf("cannot add %s: %w", e.Path, cmpErr(err, n))
	}
	return nil
}

// cmpErr is the error of a read that should have found the end.
func cmpErr(err error, n int) error {
	if n != 0 || err == nil {
		return ErrChanged
	}
	return err
}

// Close writes what is left and returns the payload's digest.
func (w *Writer) Close() (Digest, error) {
	frames, err := w.pipe.close()
	if w.err == nil {
		w.err = err
	}
	if w.err == nil {
		w.err = w.finish(frames)
	}
	if w.err != nil {
		return Digest{}, w.err
	}
	w.err = errors.New("the file is complete")
	return w.trailer.digest, nil
}

// finish writes what follows the frames.
func (w *Writer) finish(frames []frame) error {
	t := &w.trailer
	for _, f := range frames {
		t.frames += int64(f.packed)
		w.index.frame(f.packed, f.digest)
	}
	t.entries, t.indexRaw = int64(w.index.count), int64(len(w.index.buf))
	packed, err := w.pack(nil, w.index.buf)
	if err != nil {
		return fmt.Errorf("cannot compress the index: %w", err)
	}
	t.index, t.digest = int64(len(packed)), digestOf(packed)
	if t.entries == 0 {
		return errors.New("cannot make a portable file of no entries")
	}
	if err := t.check(t.launcher + t.frames + t.index + t.config + trailerSize); err != nil {
		return fmt.Errorf("cannot describe the tree: %w", err)
	}
	for _, b := range [][]byte{packed, w.config, t.encode()} {
		if _, err := w.out.Write(b); err != nil {
			return fmt.Errorf("cannot write: %w", err)
		}
	}
	return nil
}

// Abort ends the workers of a Writer that is not wanted any more. It may be
// called at any time and more than once; after Close it does nothing.
func (w *Writer) Abort() {
	w.pipe.abort()
	if w.err == nil {
		w.err = errors.New("it was aborted")
	}
}
