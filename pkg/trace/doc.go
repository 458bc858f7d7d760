// Package trace runs a program under observation and yields the files it, and
// every process it starts, opens, executes, lists or makes.
//
// Only the system calls that name files stop the program: a seccomp filter
// lets all others run at full speed. Three engines see the calls and give the
// same events:
//
//   - [Notify]: seccomp user notification (seccomp_unotify(2)). Fastest where
//     the kernel hands the processor over directly (Linux 6.6).
//   - [Ptrace]: ptrace(2) with SECCOMP_RET_TRACE. Also works before Linux 5.9.
//   - [Syscalls]: ptrace(2) at every system call, where no filter may be
//     installed. Slow.
//
// [Auto] takes the first that this machine allows. Every event is made before
// the call runs, so that it can say whether the file was there before; whether
// the call succeeds is not known.
//
// If the tracer dies, no traced process lives on: the kernel kills them
// (PTRACE_O_EXITKILL), or the helper process that is their ancestor does.
//
// What is not seen: what other processes do for a traced one (a daemon asked
// over a socket), and what [Result.Unseen] lists. A set-user-ID program runs
// without its privileges under ptrace, and under any engine if the filter needed
// no_new_privs ([Result.NoNewPrivs]). io_uring_setup(2) fails with ENOSYS, as on
// a kernel without it, because opens through a ring are no system calls; only
// [Syscalls] cannot refuse it, and reports it.
//
// Programs under ptrace cannot be traced by others, such as debuggers; under
// [Notify] they can, but a seccomp filter of their own that would stop a call we
// see for its tracer (SECCOMP_RET_TRACE) has no effect: ours comes first.
//
// [Run] starts the program that imports this package once more, as a helper,
// with another name as its first argument. The helper never reaches main.
package trace
