package rootfs

import (
	"io/fs"
	"sync"
)

// Memo returns f with the answers of Lstat and Readlink remembered, failures
// too: a search for libraries asks for the same directories over and over.
// What changes in f afterwards may not be seen. Safe for concurrent use.
//
// It remembers the first names only, some thousands: those of a search, while
// a walk over a big tree, which asks once for each, shall not fill the memory.
func Memo(f FS) FS {
	return &memo{FS: f, stats: map[string]statAnswer{}, links: map[string]linkAnswer{}}
}

// maxMemo is how many answers of each kind are remembered.
const maxMemo = 1 << 14

type statAnswer struct {
	fi  fs.FileInfo
	err error
}

type linkAnswer struct {
	target string
	err    error
}

type memo struct {
	FS
	mu    sync.Mutex
	stats map[string]statAnswer
	links map[string]linkAnswer
}

func (m *memo) Lstat(name string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.stats[name]
	if !ok {
		a.fi, a.err = m.FS.Lstat(name)
		if len(m.stats) < maxMemo {
			m.stats[name] = a
		}
	}
	return a.fi, a.err
}

func (m *memo) Readlink(name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.links[name]
	if !ok {
		a.target, a.err = m.FS.Readlink(name)
		if len(m.links) < maxMemo {
			m.links[name] = a
		}
	}
	return a.target, a.err
}
