// Package sandbox starts a program in a root file system of its own.
//
// What is done to the new root is data: a [Spec] holds a list of [Op]s (make
// a directory, mount, bind, change root …) that one loop applies, in order,
// in a helper process. The helper is the calling executable itself, run again
// under another argv[0]; so every main function (and TestMain) that leads to
// [Run] must call [Init] first.
//
// The helper stays as a small init process: it starts the program as its
// child, reaps whatever is orphaned, reports exactly how the program ended,
// and leaves nothing running.
//
// [Enter] is for a process that wants to be the program: it has the terminal,
// the signals and the process group that the caller has, and no second Go
// program is started for it. What [Run] does in a helper is there a list of
// system calls ([step]) that a clone of the process goes through.
package sandbox
