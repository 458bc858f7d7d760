// Package jail runs a program from a finished bundle, in a root that holds
// the bundle and nothing else, to see whether it works there.
//
// The bundle is never written to: the program sees it through an overlay whose
// upper layer vanishes with the mount namespace or, where nothing can be
// mounted (inside docker build), a throwaway copy of it. Three ways to isolate
// are tried, the strongest first, each by really doing it; see [Strategy].
//
// A test command that needs a shell gets busybox's, from a directory that is
// not on PATH, so that a program of the bundle which calls sh or any other
// tool finds only what the bundle has.
package jail
