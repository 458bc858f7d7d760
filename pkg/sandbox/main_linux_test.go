package sandbox

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	Init()
	code := m.Run()
	for _, dir := range built {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}
