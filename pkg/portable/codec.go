package portable

// Compress appends to dst what src compresses to, as one self-contained unit.
// One value is used by one goroutine at a time. The same src gives the same
// bytes in every run.
type Compress = func(dst, src []byte) ([]byte, error)

// Decompress fills dst with what src decompresses to. It is an error when
// that is shorter or longer than dst, whose capacity beyond its length it may
// write to; what it allocates is bounded by the
// window it was made for, whatever src says. One value is used by one
// goroutine at a time.
type Decompress = func(dst, src []byte) error

// Decoders maps the name of a codec to what makes a decompressor, one for each
// goroutine that decodes. window is the size of the largest dst in bytes.
type Decoders = map[string]func(window int) (Decompress, error)
