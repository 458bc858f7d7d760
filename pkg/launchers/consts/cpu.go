// Package consts is what the launcher has in the place of the file cpu.go of
// github.com/zeebo/blake3/internal/consts. That one asks the processor for all
// its features, which takes a virtual machine longer than all else that comes
// before main.
package consts

import "golang.org/x/sys/cpu"

// What the processor can do, by which BLAKE3 chooses its code.
var (
	HasAVX2  = cpu.X86.HasAVX2
	HasSSE41 = cpu.X86.HasSSE41
)
