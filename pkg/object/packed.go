package object

import "bytes"

const (
	// upxMagic stands in upx's l_info right behind the program headers, and in
	// its pack header at the end of the file (upx src/stub/src/include/linux.h,
	// src/packhead.cpp).
	upxMagic = "UPX!"
	upxHead  = 2048
	upxTail  = 64
)

// packer names the packer of a file without dynamic section. A packed shared
// library keeps its dynamic section, so its dependencies are readable.
func (f *file) packer() (string, error) {
	head, err := f.block(0)
	if err != nil {
		return "", err
	}
	if bytes.Contains(head[:min(len(head), upxHead)], []byte(upxMagic)) {
		return "upx", nil
	}
	n := min(f.size, upxTail)
	tail, err := f.bytes(uint64(f.size-n), int(n), "the file's tail")
	if err != nil {
		return "", err
	}
	if bytes.Contains(tail, []byte(upxMagic)) {
		return "upx", nil
	}
	return "", nil
}
