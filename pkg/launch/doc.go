// Package launch is what a portable file does when it is started.
//
// [Main] reads the controls (options, PACK_* variables), has the tree unpacked
// into a store or finds it there, gives it one of three roots and becomes the
// program:
//
//	sandbox  the tree, a small /dev, /proc, and what mounts name
//	merged   the tree, read-only, and the user's world: the working directory,
//	         $HOME, /tmp, /run, /dev, /proc, /sys and some files of /etc
//	host     the host's file system; the program is executed in the store
//
// A root is data before it is anything else: a list of operations for package
// sandbox, made by functions that touch nothing ([skeleton], newRoot).
//
// Nothing is printed but what was asked for and errors. The launcher's own
// failures end with 125, a program that cannot be executed with 126, one that
// is not there with 127, as in env(1).
package launch
