package pipeline

import (
	"bytes"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
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
	// found are the texts of programs, by real path, and placed those programs
	// that have one of places written out.
	found  map[string][]string
	placed map[string]bool
}

// places are texts one of which a program has that looks for files of its own:
// what paths begin with, or how it finds its own directory.
var places = strings.Fields(`/usr/ /etc/ /var/ /bin/ /sbin/ share/ /proc/self/exe`)

func newEvidence(spec *Spec, root rootfs.FS) *evidence {
	e := &evidence{root: root, extra: map[string]object.Extra{}, found: map[string][]string{}, placed: map[string]bool{}}
	if spec.Rules != nil {
		e.wanted = object.NewWanted(spec.Rules.Set.Symbols())
		e.wanted.Except = isSystems
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
	// The libc can be run, too.
	if _, ok := e.found[real]; !ok && e.wanted != nil && o.Soname == "" && closure.Classify(o) != closure.Library {
		e.found[real], e.placed[real] = e.programTexts(f, size)
	}
	return o, nil
}

// of returns what was found in the file at a real path. A symbol table that
// cannot be read is no evidence of anything.
func (e *evidence) of(real string) object.Extra {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.extra[real]
}

// fact describes an ELF file; a program by its texts too.
func (e *evidence) fact(n *closure.Node, main bool) rules.Fact {
	x := e.of(n.Real)
	f := rules.Fact{Path: n.Real, Soname: n.Obj.Soname, ELF: true, Imports: x.Imported, Defines: x.Defined}
	if !main {
		return f
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.found[n.Real]; !ok {
		if file, size, err := rootfs.OpenRegular(e.root, n.Real); err == nil {
			e.found[n.Real], e.placed[n.Real] = e.programTexts(file, size)
			file.Close()
		}
	}
	f.Main, f.Texts = closure.Classify(n.Obj) != closure.Library, e.found[n.Real]
	return f
}

// programTexts looks for the texts of a program.
func (e *evidence) programTexts(r io.ReaderAt, size int64) (texts []string, placed bool) {
	for _, t := range textsIn(r, size, slices.Concat(e.texts, places)) {
		if slices.Contains(places, t) {
			placed = true
		} else {
			texts = append(texts, t)
		}
	}
	return texts, placed
}

// compiledDirs returns the absolute paths that a program has written out, each
// once: among them are the directories that it was configured for.
func (e *evidence) compiledDirs(real string) []string {
	f, size, err := rootfs.OpenRegular(e.root, real)
	if err != nil {
		return nil
	}
	defer f.Close()
	const most, longest = 1 << 20, 1 << 10
	var out []string
	seen := map[string]bool{}
	buf := make([]byte, min(size, most))
	for off := int64(0); off < size; off += most - longest {
		n, _ := f.ReadAt(buf, off)
		for _, m := range compiledDir.FindAllSubmatch(buf[:n], -1) {
			for dir := range strings.SplitSeq(string(m[1]), ":") {
				if dir = path.Clean(dir); path.IsAbs(dir) && !seen[dir] && len(out) < maxCompiled {
					seen[dir] = true
					out = append(out, dir)
				}
			}
		}
	}
	return out
}

// maxCompiled bounds the directories of one program that are looked at.
const maxCompiled = 2000

// compiledDir is a string of C that is a path, or several that colons part.
var compiledDir = regexp.MustCompile(`\x00(/[\w.+:/-]{1,512})`)

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
	const most, overlap = 128 << 10, 256
	w := newTextSearch(texts)
	buf := make([]byte, min(size, most))
	for off := int64(0); w.left > 0; off += most - overlap {
		n, err := r.ReadAt(buf, off)
		w.search(buf[:n])
		if err != nil || off+int64(n) >= size {
			break
		}
	}
	return w.found
}

// textSearch looks for many texts in one pass.
type textSearch struct {
	// may has a bit for each pair of bytes that a text begins with.
	may   [1 << 16 / 64]uint64
	texts []string // in order
	have  []bool
	left  int
	found []string
}

func newTextSearch(texts []string) *textSearch {
	w := &textSearch{texts: slices.Clone(texts), have: make([]bool, len(texts))}
	slices.Sort(w.texts)
	w.texts = slices.DeleteFunc(w.texts, func(t string) bool { return len(t) < 2 })
	w.left = len(w.texts)
	for _, t := range w.texts {
		key := uint(t[0]) | uint(t[1])<<8
		w.may[key/64] |= 1 << (key % 64)
	}
	return w
}

func (w *textSearch) search(b []byte) {
	if len(b) == 0 {
		return
	}
	key := uint(b[0]) << 8
	for i, c := range b[1:] {
		key = key>>8 | uint(c)<<8
		if w.may[key/64]&(1<<(key%64)) != 0 {
			w.at(b[i:])
		}
	}
}

// at finds the texts that b begins with.
func (w *textSearch) at(b []byte) {
	i, _ := slices.BinarySearchFunc(w.texts, b, func(t string, b []byte) int {
		if t[0] != b[0] {
			return int(t[0]) - int(b[0])
		}
		return int(t[1]) - int(b[1])
	})
	for ; i < len(w.texts) && w.texts[i][0] == b[0] && w.texts[i][1] == b[1]; i++ {
		if t := w.texts[i]; !w.have[i] && bytes.HasPrefix(b, []byte(t)) {
			w.have[i] = true
			w.left--
			w.found = append(w.found, t)
		}
	}
}
