package pipeline

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestTextSearch compares with a search for each text on its own.
func TestTextSearch(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		const letters = "ab\x00/"
		text := func(longest int) string {
			b := make([]byte, 2+random.IntN(longest))
			for i := range b {
				b[i] = letters[random.IntN(len(letters))]
			}
			return string(b)
		}
		var texts []string
		for range 1 + random.IntN(8) {
			texts = append(texts, text(6))
		}
		b := []byte(text(300))
		got := map[int][]int{}
		newTextSearch(texts).each(b, func(i, at int) { got[i] = append(got[i], at) })
		for i, s := range texts {
			var want []int
			for at := range b {
				if bytes.HasPrefix(b[at:], []byte(s)) {
					want = append(want, at)
				}
			}
			if !slices.Equal(got[i], want) {
				t.Fatalf("%q in %q: at %v, not %v", s, b, got[i], want)
			}
		}
	}
}

func TestTextsIn(t *testing.T) {
	// The second lies across the end of any chunk.
	file := "one" + strings.Repeat("x", 1<<18-5) + "second" + strings.Repeat("x", 1<<18) + "third"
	texts := []string{"none", "one", "second", "third", "1"}
	got := textsIn(strings.NewReader(file), int64(len(file)), texts)
	if want := []string{"one", "second", "third"}; !slices.Equal(got, want) {
		t.Errorf("%q are found, not %q", got, want)
	}
}
