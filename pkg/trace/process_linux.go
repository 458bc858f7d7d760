package trace

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// processOf is the process (thread group) of a thread, 0 if it is gone.
func processOf(tid int) int {
	if unix.Tgkill(tid, tid, 0) == nil {
		return tid // the first thread, by far the most common
	}
	status, err := os.ReadFile(procName(tid, "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "Tgid:"); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(value))
			return n
		}
	}
	return 0
}
