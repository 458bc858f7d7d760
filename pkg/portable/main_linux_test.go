package portable

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// The tests that need other processes run this very binary again, as one of
// the helpers.

const helperVar = "PACK_TEST_HELPER"

var helpers = map[string]func(args []string) error{
	"obtain": helperObtain,
	"run":    helperRun,
	"unpack": helperUnpack,
}

func TestMain(m *testing.M) {
	if helper := helpers[os.Getenv(helperVar)]; helper != nil {
		if err := helper(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// helper is a command that runs a helper in a process of its own.
func helper(name string, args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Env = append(os.Environ(), helperVar+"="+name)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

func openFileOf(name string) (*Payload, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return Open(bytes.NewReader(b), int64(len(b)), zstd)
}

// helperObtain FILE STORE... prints the store used and whether it was fresh.
func helperObtain(args []string) error {
	p, err := openFileOf(args[0])
	if err != nil {
		return err
	}
	var c []Candidate
	for _, dir := range args[1:] {
		c = append(c, Candidate{Dir: dir, Why: "test", Make: 1})
	}
	tree, err := Obtain(context.Background(), p, c, ObtainOptions{})
	if err != nil {
		return err
	}
	diff, err := p.Verify(context.Background(), tree.Root(), VerifyOptions{})
	if err != nil || len(diff) > 0 {
		return fmt.Errorf("tree: %v, %v", diff, err)
	}
	fmt.Printf("%s %v\n", tree.Store().Dir, tree.Fresh())
	return nil
}

// helperRun FILE STORE KEEP becomes the tree's /bin/app, which then waits for
// the end of its standard input. Without KEEP it has given up the lock.
func helperRun(args []string) error {
	p, err := openFileOf(args[0])
	if err != nil {
		return err
	}
	tree, err := Obtain(context.Background(), p, []Candidate{{Dir: args[1], Why: "test", Make: 1}}, ObtainOptions{})
	if err != nil {
		return err
	}
	if args[2] == "keep" {
		if err := tree.Inherit(); err != nil {
			return err
		}
	}
	return syscall.Exec(tree.Path()+"/bin/cat", []string{"cat"}, nil)
}

// helperUnpack FILE DIR prints what was lost.
func helperUnpack(args []string) error {
	p, err := openFileOf(args[0])
	if err != nil {
		return err
	}
	d, err := os.Open(args[1])
	if err != nil {
		return err
	}
	defer d.Close()
	return p.Unpack(context.Background(), d, UnpackOptions{Owner: true, Lost: func(path, what string) { fmt.Println(path, what) }})
}
