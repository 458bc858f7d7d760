package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/5bbb5df2/pack/test/bench/race"
)

func (b *bench) busybox() string {
	name, _ := exec.LookPath("busybox")
	return name
}

// maxRunning is what the launcher may hold on to while the program runs.
const maxRunning = 8 << 20

// running looks at the launcher's memory while its program runs.
func (b *bench) running(ctx context.Context) error {
	for _, root := range []string{"merged", "sandbox"} {
		rss, gone, err := b.whileRunning(ctx, filepath.Join(b.work, root+"-small"))
		if err != nil {
			return fmt.Errorf("cannot measure the launcher of a %s root: %w", root, err)
		}
		said := mib(rss)
		if gone {
			said = "gone"
		}
		fmt.Printf("| memory while cat runs | pack %s | | | %s | | ≤ %s: %s |\n", root, said, mib(maxRunning), race.Verdict(gone || rss <= maxRunning))
	}
	return nil
}

// whileRunning starts cat and asks about its launcher when it has answered.
func (b *bench) whileRunning(ctx context.Context, file string) (rss int64, gone bool, err error) {
	cmd := exec.CommandContext(ctx, file, "cat")
	cmd.Env = append(os.Environ(), b.store()...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, false, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, false, err
	}
	if err := cmd.Start(); err != nil {
		return 0, false, err
	}
	defer func() { err = errors.Join(err, cmd.Wait()) }()
	defer in.Close()
	if _, err := in.Write([]byte("running\n")); err != nil {
		return 0, false, err
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		return 0, false, err
	}
	if rss, err = residentSize(cmd.Process.Pid); err != nil {
		return 0, false, err
	}
	exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", cmd.Process.Pid))
	return rss, exe != file, err
}

// residentSize is the VmRSS of proc_pid_status(5) in bytes.
func residentSize(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("no VmRSS")
}
