package ldso

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// loaderText is what the strings in a loader's file tell about it.
type loaderText struct {
	musl   bool
	hwcaps bool     // knows glibc-hwcaps subdirectories
	minor  int      // glibc 2.minor; 0 where there is no banner, as before 2.33
	dirs   []string // default directories, without trailing slashes
	cache  string   // path of the cache
}

const (
	// maxLoader bounds what is read of a loader; real ones have 0.2 to 1 MiB.
	maxLoader = 16 << 20
	// windowSize is read at a time, windowOverlap of it again with the next, so
	// that no string of interest is cut in two.
	windowSize    = 32 << 10
	windowOverlap = 8 << 10
)

// scanLoader looks through the loader's file at a real path of root: first at
// its constants, which on most machines lie apart from its code, then, if they
// did not tell everything, at all of it.
func scanLoader(root rootfs.FS, real string) (loaderText, error) {
	var t loaderText
	f, err := root.Open(real)
	if err != nil {
		return t, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return t, err
	}
	// What is no proper ELF file is scanned all the same.
	parts, _ := object.Constants(f, fi.Size())
	buf := make([]byte, windowSize)
	for _, p := range append(parts, object.Range{End: maxLoader}) {
		if err := t.scanRange(f, p, buf); err != nil || t.complete() {
			return t, err
		}
	}
	return t, nil
}

func (t *loaderText) complete() bool {
	return t.musl || t.hwcaps && t.minor > 0 && t.dirs != nil && t.cache != ""
}

// scanRange scans a part of the file by windows in buf.
func (t *loaderText) scanRange(f io.ReaderAt, r object.Range, buf []byte) error {
	r.End = min(r.End, maxLoader)
	for off := r.Off; off < r.End; off += windowSize - windowOverlap {
		n, err := f.ReadAt(buf[:min(windowSize, r.End-off)], off)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		last := err != nil || off+int64(n) == r.End
		t.scan(buf[:n], off == r.Off, last)
		if last || t.complete() {
			return nil
		}
	}
	return nil
}

func (t *loaderText) scan(window []byte, first, last bool) {
	t.musl = t.musl || bytes.Contains(window, []byte("musl libc\n"))
	t.hwcaps = t.hwcaps || bytes.Contains(window, []byte("glibc-hwcaps"))
	if t.minor == 0 {
		t.minor = glibcMinor(window)
	}
	if t.cache == "" {
		t.cache = stringWith(window, []byte("/ld.so.cache\x00"))
	}
	if t.dirs == nil {
		t.dirs = defaultDirs(window, first, last)
	}
}

// defaultDirs finds the first run of strings "/…lib…/" in a loader: glibc
// keeps its default directories as one array of NUL-terminated strings
// (system_dirs in elf/dl-load.c). A run that the window may cut off is left to
// the next window.
func defaultDirs(window []byte, first, last bool) []string {
	for at := 0; ; {
		i := bytes.Index(window[at:], []byte("lib"))
		if i < 0 {
			return nil
		}
		at += i
		start := bytes.LastIndexByte(window[:at], 0) + 1
		if start == 0 && !first {
			at += len("lib")
			continue
		}
		dirs, end := dirRun(window, start)
		if end < 0 && !last {
			return nil
		}
		if len(dirs) > 0 {
			return dirs
		}
		at += len("lib")
	}
}

// dirRun reads consecutive directory strings; end is -1 if the window ended
// first.
func dirRun(window []byte, start int) (dirs []string, end int) {
	for {
		n := bytes.IndexByte(window[start:], 0)
		if n < 0 {
			return dirs, -1
		}
		if !isDirString(window[start : start+n]) {
			return dirs, start
		}
		dirs = append(dirs, trimSlashes(string(window[start:start+n])))
		start += n + 1
	}
}

func isDirString(b []byte) bool {
	if len(b) < 2 || len(b) > 4096 || b[0] != '/' || b[len(b)-1] != '/' || !bytes.Contains(b, []byte("lib")) {
		return false
	}
	for _, c := range b {
		if c <= ' ' || c >= 0x7f || c == '%' {
			return false
		}
	}
	return true
}

// stringWith returns the NUL-terminated string of window that ends in suffix.
func stringWith(window, suffix []byte) string {
	i := bytes.Index(window, suffix)
	if i < 0 {
		return ""
	}
	start := bytes.LastIndexByte(window[:i], 0) + 1
	return string(window[start : i+len(suffix)-1])
}

// glibcMinor reads the release from a loader's banner ("stable release version
// 2.36").
func glibcMinor(window []byte) int {
	_, rest, ok := bytes.Cut(window, []byte("release version 2."))
	if !ok {
		return 0
	}
	end := 0
	for end < len(rest) && end < 4 && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	if end == len(rest) {
		return 0 // perhaps cut off: a banner goes on after the number
	}
	n, _ := strconv.Atoi(string(rest[:end]))
	return n
}
