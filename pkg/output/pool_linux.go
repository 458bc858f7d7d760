package output

import (
	"container/heap"
	"errors"
	"sync"
)

// errStopped is what a job returns that gave up because it was told to.
var errStopped = errors.New("stopped")

// pool runs jobs on a few goroutines, of those waiting the largest first: a
// big file started last would be copied alone while the other workers idle.
type pool struct {
	limit int

	mu      sync.Mutex
	wake    sync.Cond
	waiting jobs
	running int // goroutines
	idle    int
	closed  bool
	err     error // the first failure; no job starts after it
	wg      sync.WaitGroup
}

type job struct {
	size int64
	run  func(stopped func() bool) error
}

func newPool(limit int) *pool {
	p := &pool{limit: limit}
	p.wake.L = &p.mu
	return p
}

const (
	// maxWaiting bounds the queue, and with it the memory: a small job that
	// comes when it is full is done at once.
	maxWaiting = 2048
	smallJob   = 1 << 20
)

// add queues a job, or does it, and returns the failure of an earlier one.
func (p *pool) add(size int64, run func(stopped func() bool) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	if len(p.waiting) >= maxWaiting && size <= smallJob {
		p.do(run)
		return p.err
	}
	heap.Push(&p.waiting, job{size, run})
	if p.idle == 0 && p.running < p.limit {
		p.running++
		p.wg.Go(p.work)
	}
	p.wake.Signal()
	return nil
}

func (p *pool) work() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for p.err == nil && !p.closed && len(p.waiting) == 0 {
			p.idle++
			p.wake.Wait()
			p.idle--
		}
		if p.err != nil || len(p.waiting) == 0 {
			return
		}
		p.do(heap.Pop(&p.waiting).(job).run)
	}
}

// do runs a job, for which it lets go of the lock.
func (p *pool) do(run func(stopped func() bool) error) {
	p.mu.Unlock()
	err := run(p.stopped)
	p.mu.Lock()
	if err != nil && p.err == nil {
		p.err = err
		p.wake.Broadcast()
	}
}

func (p *pool) stopped() bool { return p.failed() != nil }

// stop makes the pool fail with err: no job starts any more, and those that
// run learn it by stopped.
func (p *pool) stop(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
	p.wake.Broadcast()
}

// wait lets the queued jobs end and returns the first failure.
func (p *pool) wait() error {
	p.mu.Lock()
	p.closed = true
	p.wake.Broadcast()
	p.mu.Unlock()
	p.wg.Wait()
	return p.failed()
}

func (p *pool) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// jobs is a heap with the largest job on top.
type jobs []job

func (q jobs) Len() int           { return len(q) }
func (q jobs) Less(i, j int) bool { return q[i].size > q[j].size }
func (q jobs) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *jobs) Push(x any)        { *q = append(*q, x.(job)) }
func (q *jobs) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
