//go:build !linux

package rootfs

import (
	"io/fs"
	"os"
)

const openFlags = os.O_RDONLY

func openFile(name string) (File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func sysFD(File) (int, bool) { return -1, false }

func sysStat(fs.FileInfo) Stat { return Stat{} }

func xattrsByPath(string) (map[string][]byte, error) { return nil, nil }

func xattrsByFile(*os.File) (map[string][]byte, error) { return nil, nil }
