package portable

import (
	"context"
	"fmt"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
)

// segment is a range of a file that lies in one piece in the stream.
type segment struct {
	entry  int   // number of the file's entry
	offset int64 // in the file
	size   int64
	at     int64 // in the stream
}

// segments lists what the stream is made of, in its order.
func segments(entries []Entry) []segment {
	var out []segment
	at := int64(0)
	for i := range entries {
		for _, x := range entries[i].data() {
			out = append(out, segment{i, x.Offset, x.Size, at})
			at += x.Size
		}
	}
	return out
}

// cut calls do with the part of each segment that lies in the stream from at
// to at+len(b), b being what the stream holds there.
func cut(segs []segment, at int64, b []byte, do func(s segment, part []byte) error) error {
	first := sort.Search(len(segs), func(i int) bool { return segs[i].at+segs[i].size > at })
	for _, s := range segs[first:] {
		if len(b) == 0 {
			break
		}
		skip := at - s.at
		n := min(s.size-skip, int64(len(b)))
		part := segment{s.entry, s.offset + skip, n, at}
		if err := do(part, b[:n]); err != nil {
			return err
		}
		at, b = at+n, b[n:]
	}
	return nil
}

const (
	// maxWorkers keeps unpacking of any tree below 40 MiB of memory.
	maxWorkers = 3
	// decodeSlack is room behind a frame that lets a decoder copy in larger
	// units than bytes.
	decodeSlack = 64
)

// eachFrame decodes all frames, several at a time, and calls do with each and
// its place in the stream. The first error ends it.
func (p *Payload) eachFrame(ctx context.Context, x *index, workers int, do func(at int64, b []byte) error) error {
	if workers <= 0 {
		workers = min(runtime.GOMAXPROCS(0), maxWorkers)
	}
	workers = min(workers, len(x.frames))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			if err := p.decodeFrames(ctx, x, &next, do); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// decodeFrames is one worker of eachFrame.
func (p *Payload) decodeFrames(ctx context.Context, x *index, next *atomic.Int64, do func(at int64, b []byte) error) error {
	decode, err := p.decoder(p.trailer.frameSize)
	if err != nil {
		return err
	}
	largest := 0
	for i := range x.frames {
		largest = max(largest, x.frames[i].packed)
	}
	packed := make([]byte, 0, largest) // once: what it outgrew would wait for the collector
	raw := make([]byte, min(p.trailer.frameSize, p.trailer.treeSize)+decodeSlack)
	for ctx.Err() == nil {
		i := int(next.Add(1) - 1)
		if i >= len(x.frames) {
			return nil
		}
		if packed, err = p.readFrame(packed, x, i); err != nil {
			return err
		}
		b := raw[:x.frames[i].raw]
		if err := decode(b, packed); err != nil {
			return fmt.Errorf("%w: frame %d of %d: %w", ErrDamaged, i+1, len(x.frames), err)
		}
		if err := do(int64(i)*p.trailer.frameSize, b); err != nil {
			return err
		}
	}
	return nil
}
