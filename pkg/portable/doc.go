// Package portable is the file that carries a tree of files behind a launcher
// and the place where such a tree is unpacked.
//
// The file, all integers little endian:
//
//	launcher | frames | index | config | trailer
//
// The contents of all regular files, in path order and without the holes of
// sparse ones, are one stream. It is cut into frames which are compressed one
// by one, so that they decode in parallel. The index, one compressed blob,
// lists the entries of the tree and the frames with the hash of each; the
// hash of the index is the payload's [Digest], which therefore stands for
// every byte of the tree. The config is what
// [Config] says; the trailer, the last bytes of
// the file, says where everything is.
//
// [Writer] makes a file, [Open] reads one into a [Payload], which unpacks,
// lists and verifies it. [Obtain] unpacks it once into a store and hands out
// the tree. Compression is passed in, so that a program that reads one codec
// links one codec.
//
// Nothing of a file is trusted: sizes are declared and enforced, names lead
// nowhere but below the directory they are unpacked into, and what does not
// match its hash is an error of which nothing is left on disk.
package portable
