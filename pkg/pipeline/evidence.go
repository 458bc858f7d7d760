package pipeline

import (
	"bytes"
	"io"
	"slices"
	"sync"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// evidence reads files for the resolver, and keeps what the rules will ask
// about them: each file is read once.
type evidence struct {
	root   rootfs.FS
	wanted *object.Wanted // nil if nobody asks
	texts  []string
	words  []string

	mu    sync.Mutex
	extra map[string]object.Extra // by real path
}

func newEvidence(spec *Spec, root rootfs.FS) *evidence {
	e := &evidence{root: root, extra: map[string]object.Extra{}}
	if spec.Rules != nil {
		e.wanted = object.NewWanted(spec.Rules.Set.Symbols())
		e.texts, e.words = spec.Rules.Set.Texts(), spec.Rules.Set.Words()
	}
	return e
}

// read reads the file at a real path of the root.
func (e *evidence) read(real string) (*object.Object, error) {
	f, size, err := rootfs.OpenRegular(e.root, real)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	o, x, err := object.ReadWith(f, size, e.wanted)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.extra[real] = x
	return o, nil
}

// of returns what was found in the file at a real path. A symbol table that
// cannot be read is no evidence of anything.
func (e *evidence) of(real string) object.Extra {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.extra[real]
}

// textsOf returns those of the texts that a program or script holds.
func (e *evidence) textsOf(real string, texts []string) []string {
	f, size, err := rootfs.OpenRegular(e.root, real)
	if err != nil {
		return nil
	}
	defer f.Close()
	return textsIn(f, size, texts)
}

// textsIn returns those of the texts that r holds. What cannot be read holds
// none.
func textsIn(r io.ReaderAt, size int64, texts []string) []string {
	const most, overlap, head = 128 << 10, 256, 5
	// Texts are paths: looking for how they begin is a single pass for many.
	missing := map[string][]string{}
	for _, t := range texts {
		k := t[:min(head, len(t))]
		missing[k] = append(missing[k], t)
	}
	var out []string
	buf := make([]byte, min(size, most))
	for off := int64(0); len(missing) > 0; off += most - overlap {
		n, err := r.ReadAt(buf, off)
		for k, list := range missing {
			list, out = textsAt(buf[:n], k, list, out)
			if missing[k] = list; len(list) == 0 {
				delete(missing, k)
			}
		}
		if err != nil {
			break
		}
	}
	return out
}

// textsAt moves from list to out what b holds; all of list begins with head.
func textsAt(b []byte, head string, list, out []string) (missing, found []string) {
	for {
		i := bytes.Index(b, []byte(head))
		if i < 0 || len(list) == 0 {
			return list, out
		}
		b = b[i:]
		list = slices.DeleteFunc(list, func(t string) bool {
			if bytes.HasPrefix(b, []byte(t)) {
				out = append(out, t)
				return true
			}
			return false
		})
		b = b[len(head):]
	}
}
