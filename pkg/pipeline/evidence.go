package pipeline

import (
	"bytes"
	"io"
	"path"
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
	// search looks for heads, places, and the texts and words of the rules.
	search *textSearch
	texts  int // how many texts there are

	mu      sync.Mutex
	extra   map[string]object.Extra // by real path
	scanned map[string]*fileTexts   // likewise
}

// fileTexts is what a program, library or script has written out.
type fileTexts struct {
	texts, words []string // of those that the rules ask about
	// placed tells that it may look for files of its own: it holds what a path
	// begins with, or how a program finds its own directory.
	placed bool
	// paths are its strings that are paths or begin with one, one a line; a
	// string may be several that colons part.
	paths string
}

// places are, with heads, the texts that make a file placed.
var places = []string{"share/", "/proc/self/exe"}

func newEvidence(spec *Spec, root rootfs.FS) *evidence {
	e := &evidence{root: root, extra: map[string]object.Extra{}, scanned: map[string]*fileTexts{}}
	if spec.Rules != nil {
		e.wanted = object.NewWanted(spec.Rules.Set.Symbols())
		e.wanted.Except = isSystems
		texts := spec.Rules.Set.Texts()
		e.search, e.texts = newTextSearch(slices.Concat(heads, places, texts, spec.Rules.Set.Words())), len(texts)
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
	if e.wanted != nil && o.Soname == "" && closure.Classify(o) != closure.Library && e.scanned[real] == nil {
		e.scanned[real] = e.scan(f, size, real)
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
	f.Main, f.Texts = closure.Classify(n.Obj) != closure.Library, e.written(n.Real).texts
	return f
}

// written returns what the file at a real path has written out: nothing if it
// cannot be read, or if nobody asks.
func (e *evidence) written(real string) *fileTexts {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t := e.scanned[real]; t != nil {
		return t
	}
	if e.search == nil {
		return &fileTexts{}
	}
	f, size, err := rootfs.OpenRegular(e.root, real)
	if err != nil {
		return &fileTexts{}
	}
	defer f.Close()
	t := e.scan(f, size, real)
	e.scanned[real] = t
	return t
}

// isPlaced tells whether a program that was read may look for files of its own.
func (e *evidence) isPlaced(real string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.scanned[real]
	return t != nil && t.placed
}

// scan reads through a file.
func (e *evidence) scan(r io.ReaderAt, size int64, real string) *fileTexts {
	t := &fileTexts{}
	strs := newPathStrings(rules.Prefix(path.Dir(real)))
	have := make([]bool, len(e.search.texts))
	chunks(r, size, func(b []byte) {
		strs.chunk()
		e.search.each(b, func(text, at int) {
			if text < len(heads) {
				strs.begin(b, text, at)
			}
			have[text] = true
		})
	})
	t.paths = strs.String()
	for i, text := range e.search.texts {
		switch asked := i - len(heads) - len(places); {
		case !have[i]:
		case asked < 0:
			t.placed = true
		case asked < e.texts:
			t.texts = append(t.texts, text)
		default:
			t.words = append(t.words, text)
		}
	}
	return t
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
		for b := buf[:n]; ; {
			at := bytes.Index(b, []byte("\x00/"))
			if at < 0 {
				break
			}
			b = b[at+1:]
			text := b[:min(len(b), longest)]
			if end := bytes.IndexFunc(text, endsPath); end >= 0 {
				text = text[:end]
			}
			for dir := range strings.SplitSeq(string(text), ":") {
				if dir = path.Clean(dir); path.IsAbs(dir) && dir != "/" && !seen[dir] && len(out) < maxCompiled {
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

// endsPath tells that a character is in no path, and does not part several.
func endsPath(c rune) bool {
	return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("_.+:/-", c))
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
