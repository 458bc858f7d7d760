package jail

import (
	"io/fs"
	"os"
	"path/filepath"
)

// removeAll removes dir even if a test took its own permissions on some
// directory below away.
func removeAll(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	// WalkDir calls back before it reads a directory. What cannot be changed
	// shows in the second RemoveAll.
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(name, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}
