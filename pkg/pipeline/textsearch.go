package pipeline

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/object"
)

// textSearch looks for many texts in one pass. It looks at every stride-th pair
// of bytes only: each place of a text has one of these within its first bytes.
type textSearch struct {
	texts []string
	// order is the texts by the pair that they begin with.
	order []headed
	// heads are the pairs that a text begins with, and inside those that are
	// among the first stride+1 bytes of one.
	heads, inside pairSet
	stride        int
}

// headed is a text, by its index, and the pair that it begins with.
type headed struct {
	key  uint
	text int
}

// pairSet is a set of pairs of bytes.
type pairSet [1 << 16 / 64]uint64

func pair(b []byte, i int) uint { return uint(b[i]) | uint(b[i+1])<<8 }

func (s *pairSet) add(key uint)      { s[key/64] |= 1 << (key % 64) }
func (s *pairSet) has(key uint) bool { return s[key/64]&(1<<(key%64)) != 0 }

// newTextSearch makes a search for those of the texts that are two bytes long or
// longer.
func newTextSearch(texts []string) *textSearch {
	const longest = 16 // a sparser look gains nothing
	s := &textSearch{texts: texts, order: make([]headed, 0, len(texts)), stride: longest}
	for _, t := range texts {
		if len(t) > 1 {
			s.stride = min(s.stride, len(t)-1)
		}
	}
	for i, t := range texts {
		if len(t) < 2 {
			continue
		}
		head := []byte(t[:s.stride+1])
		key := pair(head, 0)
		s.heads.add(key)
		s.order = append(s.order, headed{key, i})
		for j := range s.stride {
			s.inside.add(pair(head, j))
		}
	}
	slices.SortStableFunc(s.order, func(a, b headed) int { return cmp.Compare(a.key, b.key) })
	return s
}

// each calls found for every text, by its index, and place where it begins.
func (s *textSearch) each(b []byte, found func(text, at int)) {
	for i := 0; i+1 < len(b); i += s.stride {
		if !s.inside.has(pair(b, i)) {
			continue
		}
		for at := max(0, i-s.stride+1); at <= i; at++ {
			key := pair(b, at)
			if !s.heads.has(key) {
				continue
			}
			first, _ := slices.BinarySearchFunc(s.order, key, func(h headed, key uint) int { return cmp.Compare(h.key, key) })
			for _, h := range s.order[first:] {
				if h.key != key {
					break
				}
				if text := s.texts[h.text]; len(text) <= len(b)-at && string(b[at:at+len(text)]) == text {
					found(h.text, at)
				}
			}
		}
	}
}

// textsIn returns those of the texts that r holds, each once. What cannot be
// read holds none.
func textsIn(r io.ReaderAt, size int64, texts []string) []string {
	s := newTextSearch(texts)
	have := make([]bool, len(texts))
	var out []string
	chunks(r, size, func(b []byte) {
		s.each(b, func(text, _ int) {
			if !have[text] {
				have[text] = true
				out = append(out, texts[text])
			}
		})
	})
	return out
}

// chunks calls with for each part of a file that may hold strings. Nothing longer
// than overlap is looked for.
func chunks(r io.ReaderAt, size int64, with func(b []byte)) {
	const most, overlap = 256 << 10, 4096
	var buf []byte
	for _, part := range object.Texts(r, size) {
		// What precedes the first string of a part may matter.
		off, end := max(0, part.Off-1), part.Off+part.Size
		if buf == nil {
			buf = make([]byte, min(size, most))
		}
		for more := true; more; off += most - overlap {
			n, err := r.ReadAt(buf[:min(end-off, int64(len(buf)))], off)
			with(buf[:n])
			more = err == nil && off+int64(n) < end
		}
	}
}

// heads are what the paths begin with that are worth a look; "/share/" is put
// behind the prefix that a program finds itself.
var heads = []string{"/usr/", "/etc/", "/var/", "/run/", "/bin/", "/sbin/", "/share/", "/opt/", "/srv/"}

// pathStrings collects the strings of a chunk that begin with a path.
type pathStrings struct {
	prefix string
	// next is where each head is looked for next, and found what it began.
	next  []int
	found []bytes.Buffer
}

func newPathStrings(prefix string) *pathStrings {
	return &pathStrings{prefix, make([]int, len(heads)), make([]bytes.Buffer, len(heads))}
}

// begin takes in that the head is at a place of b. What precedes it there must
// be the end of another string, or of another path in a list.
func (p *pathStrings) begin(b []byte, head, at int) {
	if at == 0 || at < p.next[head] {
		return
	}
	end := bytes.IndexByte(b[at:], 0)
	if end < 0 {
		p.next[head] = len(b)
		return
	}
	p.next[head] = at + end
	before := b[at-1]
	if before == '/' && at > 1 {
		before = b[at-2] // "/" and "/run/..." were joined
	}
	switch before {
	case 0, ':', '=':
	default:
		return
	}
	out := &p.found[head]
	if heads[head] == "/share/" {
		out.WriteString(p.prefix)
	}
	out.Write(b[at : at+end])
	out.WriteByte('\n')
}

// chunk begins another chunk.
func (p *pathStrings) chunk() { clear(p.next) }

// String returns what was found, by heads.
func (p *pathStrings) String() string {
	var out strings.Builder
	for i := range p.found {
		out.Write(p.found[i].Bytes())
	}
	return out.String()
}
