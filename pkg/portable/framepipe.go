package portable

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// framePipe cuts a stream into frames, has them compressed by several workers
// and writes them in order. What is in it is bounded: two frames a worker.
type framePipe struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup

	size    int
	current *pending
	jobs    chan *pending // to any worker
	order   chan *pending // to the writer, in the order of the stream
	free    chan *pending // to be used again
	closed  bool

	frames []frame // of the writer's goroutine, until wg is done
}

// pending is a frame on its way.
type pending struct {
	raw, packed []byte
	digest      Digest
	done        chan struct{} // packed and digest are set
}

func newFramePipe(ctx context.Context, w io.Writer, o WriterOptions) (*framePipe, error) {
	p := &framePipe{size: o.FrameSize}
	p.ctx, p.cancel = context.WithCancelCause(ctx)
	room := 2*o.Workers + 1
	p.jobs, p.order, p.free = make(chan *pending, room), make(chan *pending, room), make(chan *pending, room)
	for range room {
		p.free <- &pending{}
	}
	packs := make([]Compress, o.Workers)
	for i := range packs {
		var err error
		if packs[i], err = o.Compress(); err != nil {
			p.cancel(err)
			return nil, err
		}
	}
	for _, pack := range packs {
		p.wg.Go(func() { p.work(pack) })
	}
	p.wg.Go(func() { p.write(w) })
	return p, nil
}

// read appends a range of c to the stream.
func (p *framePipe) read(c Content, x Extent) error {
	for x.Size > 0 {
		if err := p.take(); err != nil {
			return err
		}
		raw := p.current.raw
		n := int(min(x.Size, int64(p.size-len(raw))))
		got, err := c.ReadAt(raw[len(raw):len(raw)+n], x.Offset)
		if got < n {
			if err == nil || err == io.EOF {
				err = ErrChanged
			}
			return err
		}
		p.current.raw = raw[:len(raw)+n]
		x.Offset, x.Size = x.Offset+int64(n), x.Size-int64(n)
		if len(p.current.raw) == p.size {
			p.send()
		}
	}
	return nil
}

// take makes sure there is a frame to fill.
func (p *framePipe) take() error {
	if p.current != nil {
		return context.Cause(p.ctx)
	}
	select {
	case p.current = <-p.free:
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
	if p.current.raw == nil {
		p.current.raw = make([]byte, 0, p.size)
	}
	p.current.done = make(chan struct{})
	return nil
}

// send hands the current frame on. There is room, for there are no more
// frames than the channels hold.
func (p *framePipe) send() {
	p.jobs <- p.current
	p.order <- p.current
	p.current = nil
}

func (p *framePipe) work(pack Compress) {
	for f := range p.jobs {
		if p.ctx.Err() != nil {
			return
		}
		var err error
		if f.packed, err = pack(f.packed[:0], f.raw); err != nil {
			p.cancel(fmt.Errorf("cannot compress: %w", err))
			return
		}
		f.digest = digestOf(f.packed)
		close(f.done)
	}
}

func (p *framePipe) write(w io.Writer) {
	for f := range p.order {
		select {
		case <-f.done:
		case <-p.ctx.Done():
			return
		}
		if _, err := w.Write(f.packed); err != nil {
			p.cancel(fmt.Errorf("cannot write: %w", err))
			return
		}
		p.frames = append(p.frames, frame{packed: len(f.packed), raw: len(f.raw), digest: f.digest})
		f.raw = f.raw[:0]
		p.free <- f
	}
}

// close waits until all is written, and lists the frames.
func (p *framePipe) close() ([]frame, error) {
	if !p.closed && p.current != nil && p.ctx.Err() == nil {
		p.send()
	}
	p.stop()
	err := context.Cause(p.ctx)
	p.cancel(context.Canceled)
	return p.frames, err
}

func (p *framePipe) abort() {
	p.cancel(context.Canceled)
	p.stop()
}

func (p *framePipe) stop() {
	if !p.closed {
		p.closed = true
		close(p.jobs)
		close(p.order)
	}
	p.wg.Wait()
}
