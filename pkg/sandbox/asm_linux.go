//go:build amd64 || arm64

package sandbox

// spawn makes a process by clone(2), which has to have CLONE_VM among the
// flags and all signals blocked, and has it begin at first. It returns the
// process's number or a negative error number.
func spawn(flags uintptr, first *step) (pid int)

// blockHandler returns the addresses of a handler that has its thread block
// all signals, and of what it returns to.
func blockHandler() (handler, restorer uintptr)
