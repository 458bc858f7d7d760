package main

import (
	"io"
	"strings"
	"testing"
)

// TestBounded expects a bound on what a program without end says, however it
// is copied.
func TestBounded(t *testing.T) {
	var b bounded
	if _, err := io.Copy(&b, strings.NewReader(strings.Repeat("x", 3*maxOutput))); err != nil {
		t.Fatal(err)
	}
	if b.kept.Len() != maxOutput {
		t.Errorf("%d bytes kept, not %d", b.kept.Len(), maxOutput)
	}
}
