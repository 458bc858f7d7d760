package portable

import (
	"fmt"
	"os"
	"runtime"

	"github.com/5bbb5df2/pack/pkg/treefd"
)

// RemoveTree removes name in dir and everything below it, however directories
// in it are protected. It follows no link and enters no other mount. A name
// that is not there is no error.
func RemoveTree(dir *os.File, name string) error {
	defer runtime.KeepAlive(dir)
	if err := treefd.Remove(int(dir.Fd()), name); err != nil {
		return fmt.Errorf("cannot remove %s/%s: %w", dir.Name(), name, err)
	}
	return nil
}
