// Command enter runs a program by sandbox.Enter for the tests: enter WAYS
// PROGRAM [ARGUMENT...]. WAYS is a comma-separated list: pid, ipc, uts, net,
// user, zero (mapped to 0) and all (map every id) for namespaces, root for a
// new root with the caller's directories in it, ownproc for a /proc of its own
// there, stage for a file that the caller puts in, bad for an operation that
// fails, again for a second attempt without it. "enter count N" counts signal
// N aloud until a SIGTERM.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

func main() {
	sandbox.Init()
	if os.Args[1] == "count" {
		count(os.Args[2]) // by os/signal
	}
	if err := sandbox.Resumed(); err != nil {
		fail(err)
	}
	ways := strings.Split(os.Args[1], ",")
	status, err := sandbox.Enter(entry(ways))
	if err != nil && ways[len(ways)-1] == "again" {
		status, err = sandbox.Enter(entry(ways[:len(ways)-2]))
	}
	if err != nil {
		fail(err)
	}
	status.Exit()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "enter:", err)
	os.Exit(125)
}

func entry(ways []string) *sandbox.Entry {
	dir, err := os.Getwd()
	if err != nil {
		fail(err)
	}
	e := &sandbox.Entry{Spec: sandbox.Spec{
		Argv: os.Args[2:], Env: sandbox.Environ(), Dir: dir,
		MapUID: os.Getuid(), MapGID: os.Getgid(),
	}}
	for _, way := range ways {
		switch way {
		case "pid":
			e.Clone |= unix.CLONE_NEWPID
		case "ipc":
			e.Clone |= unix.CLONE_NEWIPC
		case "uts":
			e.Clone |= unix.CLONE_NEWUTS
		case "net":
			e.Clone |= unix.CLONE_NEWNET
			e.Ops = append(e.Ops, sandbox.Loopback())
		case "zero":
			e.MapUID, e.MapGID = 0, 0
		case "user":
			e.Clone |= unix.CLONE_NEWUSER
		case "all":
			e.MapAll = true
		case "root":
			e.Clone |= unix.CLONE_NEWNS
			e.Ops = append(e.Ops, root()...)
		case "stage":
			e.Clone |= unix.CLONE_NEWNS
			e.Ops = append(e.Ops, sandbox.Mount("tmpfs", "/srv", "", 0), sandbox.Stage("/srv"))
			e.Stage = func(dir string) error {
				return os.WriteFile(dir+"/staged", []byte("staged\n"), 0o644)
			}
		case "ownproc":
			last := len(e.Ops) - 1 // the root is sealed last
			e.Ops = append(append(e.Ops[:last:last], sandbox.Proc("/proc")), e.Ops[last])
		case "bad":
			e.Ops = append(e.Ops, sandbox.Bind("/nonexistent", "/mnt", 0))
		}
	}
	return e
}

func root() []sandbox.Op {
	ops := []sandbox.Op{sandbox.Mount("tmpfs", "/tmp", "mode=0755", 0), sandbox.Pivot("/tmp")}
	for _, dir := range []string{"bin", "dev", "lib", "lib64", "proc", "sbin", "tmp", "usr"} {
		ops = append(ops, sandbox.Bind(dir, "/"+dir, unix.MS_REC))
	}
	return append(ops, sandbox.Mkdir("/new", 0o755), sandbox.Leave(), sandbox.Seal("/"))
}

func count(text string) {
	n, err := strconv.Atoi(text)
	if err != nil {
		fail(err)
	}
	signals := make(chan os.Signal, 64)
	signal.Notify(signals, syscall.Signal(n), unix.SIGTERM)
	fmt.Println("ready")
	for seen := 0; ; {
		if s := <-signals; s != syscall.Signal(n) {
			fmt.Println("end", seen)
			os.Exit(3)
		}
		seen++
		fmt.Println(seen)
	}
}
