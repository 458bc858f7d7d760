//go:build linux

package jail

import (
	"bytes"
	"io"
)

const (
	// minCapture is how much of an output is kept from its beginning.
	minCapture = 1 << 20
	// maxTail is how much is kept from its end.
	maxTail = 4 << 10
)

// captureSize is enough to hold the expected output with much white space
// around it.
func (o *Options) captureSize() int {
	if o.WantStdout == nil {
		return minCapture
	}
	return minCapture + 2*len(*o.WantStdout)
}

// capture takes all that is written to it and keeps the beginning and the end.
type capture struct {
	limit int
	head  []byte
	last  []byte // the end, up to twice maxTail
	cut   bool   // there was more than head holds
	tee   io.Writer
}

func newCapture(tee io.Writer, limit int) *capture { return &capture{tee: tee, limit: limit} }

// Write never fails for lack of room, so that the program is never blocked.
func (c *capture) Write(p []byte) (int, error) {
	n := min(len(p), c.limit-len(c.head))
	c.head = append(c.head, p[:n]...)
	c.cut = c.cut || n < len(p)
	c.last = append(c.last, p[max(0, len(p)-maxTail):]...)
	if len(c.last) > 2*maxTail {
		c.last = append(c.last[:0], c.last[len(c.last)-maxTail:]...)
	}
	if c.tee != nil {
		if _, err := c.tee.Write(p); err != nil {
			// The output is still wanted here.
			c.tee = nil
		}
	}
	return len(p), nil
}

// tail is the end, from the beginning of a line where that is not far.
func (c *capture) tail() []byte {
	if len(c.last) <= maxTail && len(c.head) <= maxTail {
		return c.last
	}
	t := c.last[max(0, len(c.last)-maxTail):]
	if i := bytes.IndexByte(t, '\n'); i >= 0 && i < len(t)/2 {
		t = t[i+1:]
	}
	return t
}
