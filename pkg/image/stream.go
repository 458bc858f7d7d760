package image

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"io"
	"runtime"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// stream compresses what is written to it, chunk by chunk, and takes the
// digests of both sides. A chunk goes from the writer to a worker and to the
// goroutine that sums; when both have done with it, the collector writes it
// out, in order.
type stream struct {
	ctx  context.Context
	kind *kind
	out  io.Writer

	chunk  *chunk // that is being filled
	before []byte // the end of the one before it
	free   chan *chunk

	toCompress, toSum, toWrite chan *chunk
	wg                         sync.WaitGroup

	plain, stored hash.Hash
	crc           uint32
	read, written int64

	mu  sync.Mutex
	err error // the first failure; nothing is written after it
}

type chunk struct {
	in, out, before []byte
	last            bool
	err             error
	pending         sync.WaitGroup // compressed and summed
}

func newStream(ctx context.Context, c Compression, out io.Writer) (*stream, error) {
	n := min(runtime.GOMAXPROCS(0), c.kind.workers)
	inFlight := n + 2
	s := &stream{
		ctx: ctx, kind: c.kind, out: out, free: make(chan *chunk, inFlight),
		toCompress: make(chan *chunk, inFlight), toSum: make(chan *chunk, inFlight), toWrite: make(chan *chunk, inFlight),
		plain: sha256.New(), stored: sha256.New(),
	}
	workers := make([]compressor, n)
	for i := range workers {
		var err error
		if workers[i], err = c.kind.compressor(c.level); err != nil {
			return nil, err
		}
	}
	for range inFlight {
		s.free <- &chunk{}
	}
	for _, w := range workers {
		s.wg.Go(func() { s.compress(w) })
	}
	s.wg.Go(s.sum)
	s.wg.Go(s.collect)
	return s, nil
}

// Write implements [io.Writer].
func (s *stream) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if err := s.room(); err != nil {
			return n - len(p), err
		}
		c := s.chunk
		k := copy(c.in[len(c.in):cap(c.in)], p)
		c.in = c.in[:len(c.in)+k]
		p = p[k:]
	}
	return n, nil
}

// room makes sure that something fits into the chunk.
func (s *stream) room() error {
	if s.chunk != nil && len(s.chunk.in) < s.kind.chunk {
		return nil
	}
	if s.chunk != nil {
		s.send(false)
	}
	if err := s.failed(); err != nil {
		return err
	}
	s.chunk = <-s.free
	if s.chunk.in == nil {
		s.chunk.in = make([]byte, 0, s.kind.chunk)
		s.chunk.out = make([]byte, 0, s.kind.chunk/2) // grows if that is not enough
	}
	s.chunk.in = s.chunk.in[:0]
	return nil
}

// send lets go of the chunk. The channels have room for all there are.
func (s *stream) send(last bool) {
	c := s.chunk
	s.chunk = nil
	c.last = last
	c.before = append(c.before[:0], s.before...)
	s.before = append(s.before[:0], c.in[max(0, len(c.in)-s.kind.before):]...)
	c.pending.Add(2)
	s.toCompress <- c
	s.toSum <- c
	s.toWrite <- c
}

func (s *stream) compress(with compressor) {
	for c := range s.toCompress {
		c.out, c.err = with(c.out[:0], c.in, c.before, c.last)
		c.pending.Done()
	}
}

func (s *stream) sum() {
	for c := range s.toSum {
		s.plain.Write(c.in)
		s.read += int64(len(c.in))
		if s.kind.trailed {
			s.crc = crc32.Update(s.crc, crc32.IEEETable, c.in)
		}
		c.pending.Done()
	}
}

func (s *stream) collect() {
	s.emit(s.kind.header, nil)
	for c := range s.toWrite {
		c.pending.Wait()
		s.emit(c.out, c.err)
		if c.last && s.kind.trailed {
			s.emit(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, s.crc), uint32(s.read)), nil)
		}
		s.free <- c
	}
}

// emit writes what is stored, unless something failed.
func (s *stream) emit(p []byte, err error) {
	if err == nil {
		err = s.failed()
	}
	if err == nil {
		s.stored.Write(p)
		s.written += int64(len(p))
		_, err = s.out.Write(p)
	}
	if err != nil {
		s.fail(err)
	}
}

func (s *stream) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

func (s *stream) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = context.Cause(s.ctx)
	}
	return s.err
}

// finish writes what is left and ends the goroutines. Only then there are
// digests.
func (s *stream) finish() error {
	if s.room() == nil {
		s.send(true)
	}
	s.stop()
	return s.failed()
}

// stop ends the goroutines. It may be called once more than needed.
func (s *stream) stop() {
	if s.toWrite == nil {
		return
	}
	close(s.toCompress)
	close(s.toSum)
	close(s.toWrite)
	s.wg.Wait()
	s.toWrite = nil
}

func digest(h hash.Hash) v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(h.Sum(nil))}
}

func digestOf(data []byte) v1.Hash {
	h := sha256.New()
	h.Write(data)
	return digest(h)
}
