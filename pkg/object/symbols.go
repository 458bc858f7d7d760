package object

import (
	"encoding/binary"
	"errors"
	"io"
)

// Wanted is a set of dynamic symbols to look for, made once and used for many
// files, also at the same time.
type Wanted struct {
	// Except tells by the soname into which files ReadWith does not look; nil
	// for none.
	Except func(soname string) bool

	names   []wantedName
	index   map[string]int
	imports bool // whether any import is wanted
	longest int
	filter  [64]uint64 // one bit per hash of a name's first bytes
}

type wantedName struct {
	name           string
	gnuHash        uint32
	isImp, defines bool // wanted as an import, as an export
}

// NewWanted returns the set of the names looked for among what a file imports
// and among what it defines. A name stands for all of its versions.
func NewWanted(imports, exports []string) *Wanted {
	most := len(imports) + len(exports)
	w := &Wanted{index: make(map[string]int, most), names: make([]wantedName, 0, most)}
	for _, name := range imports {
		w.add(name).isImp = true
		w.imports = true
	}
	for _, name := range exports {
		w.add(name).defines = true
	}
	return w
}

func (w *Wanted) add(name string) *wantedName {
	i, ok := w.index[name]
	if !ok {
		i = len(w.names)
		w.index[name] = i
		w.names = append(w.names, wantedName{name: name, gnuHash: gnuHash(name)})
		w.longest = max(w.longest, len(name))
		var head [4]byte
		copy(head[:], name)
		key := prefixKey(head[:])
		w.filter[key/64] |= 1 << (key % 64)
	}
	return &w.names[i]
}

// mayBegin tells whether a wanted name may begin with b's first four bytes.
func (w *Wanted) mayBegin(b []byte) bool {
	key := prefixKey(b)
	return w.filter[key/64]&(1<<(key%64)) != 0
}

// prefixKey hashes the first four bytes of b, or those before a NUL, to 12 bits.
func prefixKey(b []byte) uint32 {
	k := binary.LittleEndian.Uint32(b)
	switch {
	case k&0xff == 0:
		k = 0
	case k&0xff00 == 0:
		k &= 0xff
	case k&0xff0000 == 0:
		k &= 0xffff
	}
	return k * 0x9e3779b1 >> 20
}

// gnuHash is the hash of DT_GNU_HASH (glibc sysdeps/generic/dl-new-hash.h).
func gnuHash(name string) uint32 {
	h := uint32(5381)
	for i := range len(name) {
		h = h*33 + uint32(name[i])
	}
	return h
}

// Found is what a file has of a Wanted, in the order in which NewWanted first
// met the names.
type Found struct {
	Imported []string // undefined dynamic symbols, weak ones too
	Defined  []string // defined dynamic symbols
}

// Symbols looks for w among the dynamic symbols of the ELF file r of size bytes.
// A file without dynamic section has none.
//
// The error is one of Read's.
func Symbols(r io.ReaderAt, size int64, w *Wanted) (Found, error) {
	if size <= 0 {
		return Found{}, ErrEmpty
	}
	f := openFile(r, size)
	defer f.close()
	o := new(Object)
	err := f.readHeaders(o)
	if err != nil || !o.Dynamic {
		return Found{}, err
	}
	if f.tables, err = f.scanDynamic(o); err != nil {
		return Found{}, err
	}
	return f.symbols(o, w)
}

// Extra is what ReadWith finds besides the Object.
type Extra struct {
	Found
	Dlopen []DlopenNote
	// Warnings tell, each in one sentence without the file's name, which
	// symbols or notes could not be read. The loader may still take the file.
	Warnings []string
}

// ReadWith is Read, Symbols and DlopenNotes in one pass over the file. What is
// malformed for Symbols or DlopenNotes alone is a warning. w may be nil.
func ReadWith(r io.ReaderAt, size int64, w *Wanted) (*Object, Extra, error) {
	var x Extra
	if size <= 0 {
		return nil, x, ErrEmpty
	}
	f := openFile(r, size)
	defer f.close()
	o, err := f.read()
	if err != nil {
		return nil, x, err
	}
	var fe *FormatError
	if o.Dynamic && w != nil && (w.Except == nil || !w.Except(o.Soname)) {
		x.Found, err = f.symbols(o, w)
		if errors.As(err, &fe) {
			x.Warnings = append(x.Warnings, "cannot read the dynamic symbols: "+fe.Msg)
		} else if err != nil {
			return nil, Extra{}, err
		}
	}
	var warnings []string
	if x.Dlopen, warnings, err = f.dlopenNotes(); err != nil {
		return nil, Extra{}, err
	}
	x.Warnings = append(x.Warnings, warnings...)
	return o, x, nil
}
