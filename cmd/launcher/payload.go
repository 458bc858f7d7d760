package main

import (
	"embed"
	"fmt"
	"io"
	"os"

	"github.com/5bbb5df2/pack/pkg/portable"
)

//go:embed payload
var embedded embed.FS

// open opens the payload: what "pack render" put into the source, or what lies
// behind the program in the running file, which need not have a name any more.
func open() (*portable.Payload, error) {
	if f, err := embedded.Open("payload/payload"); err == nil {
		fi, err := f.Stat()
		if err != nil {
			return nil, fmt.Errorf("cannot read the embedded payload: %w", err)
		}
		// An embedded file is an io.ReaderAt (package embed).
		return portable.Open(f.(io.ReaderAt), fi.Size(), decoders())
	}
	f, err := os.Open("/proc/self/exe")
	if err != nil {
		return nil, fmt.Errorf("cannot open the running file: %w (is /proc mounted?)", err)
	}
	fi, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("cannot open the running file: %w", err)
	}
	return portable.Open(f, fi.Size(), decoders())
}
