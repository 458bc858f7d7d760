package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// store is a file of JSON lines, the last of a key being the one that counts:
// what was found before a survey was interrupted.
type store[T any] struct {
	mu   sync.Mutex
	file *os.File
	have map[string]T
}

func openStore[T any](path string, key func(T) string) (*store[T], error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	s := &store[T]{file: file, have: map[string]T{}}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var v T
		// A line that an interruption cut short is run again.
		if json.Unmarshal(lines.Bytes(), &v) == nil {
			s.have[key(v)] = v
		}
	}
	return s, lines.Err()
}

func (s *store[T]) get(key string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.have[key]
	return v, ok
}

func (s *store[T]) put(key string, v T) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.have[key] = v
	_, err = s.file.Write(append(text, '\n'))
	return err
}

func (s *store[T]) close() error { return s.file.Close() }

// machine changes with the packages installed.
func machine() string {
	info, err := os.Stat("/var/lib/dpkg/status")
	if errors.Is(err, fs.ErrNotExist) {
		return "unknown"
	}
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano())
}

// digest names the pack surveyed and how it is called.
func digest(pack string, flags []string) (string, error) {
	data, err := os.ReadFile(pack)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append(data, strings.Join(flags, "\x00")...))
	return hex.EncodeToString(sum[:8]), nil
}
