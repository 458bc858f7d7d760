//go:build !linux

package rootfs

import (
	"io/fs"
	"os"
)

const openFlags = os.O_RDONLY

func openFile(name string) (*os.File, error) { return os.Open(name) }

func sysStat(fs.FileInfo) Stat { return Stat{} }

func xattrsByPath(string) (map[string][]byte, error) { return nil, nil }

func xattrsByFile(*os.File) (map[string][]byte, error) { return nil, nil }
