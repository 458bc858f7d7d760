package lazyregexp

import (
	"sync"
	"testing"
)

func TestFirstUse(t *testing.T) {
	r := New(`^a(b*)$`)
	if r.re != nil {
		t.Error("it is compiled before it is used")
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if m := r.FindStringSubmatch("abb"); len(m) != 2 || m[1] != "bb" {
				t.Errorf("%q", m)
			}
		})
	}
	wg.Wait()
}

func TestNoExpression(t *testing.T) {
	r := New("(")
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	r.MatchString("")
}
