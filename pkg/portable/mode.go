package portable

import (
	"fmt"
	"io/fs"
)

// The bits of st_mode, inode(7): the index holds them as every Unix does, so
// that a file does not change its meaning with the platform that reads it.
const (
	sIFMT   = 0o170000
	sIFSOCK = 0o140000
	sIFLNK  = 0o120000
	sIFREG  = 0o100000
	sIFBLK  = 0o060000
	sIFDIR  = 0o040000
	sIFCHR  = 0o020000
	sIFIFO  = 0o010000

	sISUID = 0o4000
	sISGID = 0o2000
	sISVTX = 0o1000
)

var modeTypes = []struct {
	unix uint32
	mode fs.FileMode
}{
	{sIFREG, 0},
	{sIFDIR, fs.ModeDir},
	{sIFLNK, fs.ModeSymlink},
	{sIFCHR, fs.ModeDevice | fs.ModeCharDevice},
	{sIFBLK, fs.ModeDevice},
	{sIFIFO, fs.ModeNamedPipe},
	{sIFSOCK, fs.ModeSocket},
}

var modeBits = []struct {
	unix uint32
	mode fs.FileMode
}{
	{sISUID, fs.ModeSetuid},
	{sISGID, fs.ModeSetgid},
	{sISVTX, fs.ModeSticky},
}

func unixMode(m fs.FileMode) (uint32, error) {
	for _, t := range modeTypes {
		if m.Type() != t.mode {
			continue
		}
		u := t.unix | uint32(m.Perm())
		for _, b := range modeBits {
			if m&b.mode != 0 {
				u |= b.unix
			}
		}
		return u, nil
	}
	return 0, fmt.Errorf("no such type of file: %v", m.Type())
}

func fileMode(u uint32) (fs.FileMode, error) {
	if u&^(sIFMT|0o7777) != 0 {
		return 0, fmt.Errorf("no such mode: %o", u)
	}
	for _, t := range modeTypes {
		if u&sIFMT != t.unix {
			continue
		}
		m := t.mode | fs.FileMode(u&0o777)
		for _, b := range modeBits {
			if u&b.unix != 0 {
				m |= b.mode
			}
		}
		return m, nil
	}
	return 0, fmt.Errorf("no such mode: %o", u)
}

func isSymlink(e *Entry) bool { return e.Mode&fs.ModeSymlink != 0 }
func isDevice(e *Entry) bool  { return e.Mode&fs.ModeDevice != 0 }
