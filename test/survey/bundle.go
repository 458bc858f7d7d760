package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// packTime bounds pack: a hang is a result, not the end of the survey.
const packTime = 2 * time.Minute

// bundle is a program's bundle, for as long as it is looked at.
type bundle struct {
	root string
	// failure is what pack said instead of making it.
	failure string
	bytes   int64
}

// compare bundles a program, runs it from there and compares.
func (s *survey) compare(ctx context.Context, ref reference) (record, error) {
	r := record{Path: ref.Path, Kind: ref.Kind, Args: ref.Args}
	if ref.Kind == silent || ref.Kind == unstable {
		r.Outcome, r.Detail = notCounted, ref.Why
		return r, nil
	}
	b, err := s.bundle(ctx, ref.Path)
	defer b.remove()
	if err != nil {
		return r, err
	}
	if b.failure != "" {
		r.Outcome, r.Detail = packFailed, b.failure
		return r, nil
	}
	r.Bytes = b.bytes
	got, err := s.matching(ctx, ref, b)
	switch {
	case err != nil:
		return r, err
	case ref.matches(got):
		r.Outcome = same
		return r, nil
	}
	if again, err := s.reproduces(ctx, ref); err != nil || again != "" {
		r.Kind, r.Outcome, r.Detail = unstable, notCounted, again
		return r, err
	}
	r.Outcome, r.Detail = differs, firstDifference(ref.Result, got)
	if s.explain {
		err = s.explainDifference(ctx, ref, b, &r)
	}
	r.Cause = cause(r, got)
	return r, err
}

// matching runs the program in its bundle, twice if the first run differs: a
// machine under load makes some run out of time.
func (s *survey) matching(ctx context.Context, ref reference, b bundle) (got result, err error) {
	for range 2 {
		got, err = enter(ctx, cell{Root: b.root, Args: ref.Args}, 2*patience)
		if err != nil || ref.matches(got) {
			break
		}
	}
	return got, err
}

// reproduces runs the program on the machine again, for two runs that agree by
// chance are no reference; it returns how one differs, "" if none does.
func (s *survey) reproduces(ctx context.Context, ref reference) (string, error) {
	for range 3 {
		got, err := enter(ctx, cell{Root: s.host, Args: ref.Args}, 2*patience)
		if err != nil {
			return "", err
		}
		if !ref.matches(got) {
			return firstDifference(ref.Result, got), nil
		}
	}
	return "", nil
}

// bundle makes a bundle of path with the survey's flags and more.
func (s *survey) bundle(ctx context.Context, path string, more ...string) (bundle, error) {
	dir, err := os.MkdirTemp(s.scratch, "bundle-")
	if err != nil {
		return bundle{}, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return bundle{}, err
	}
	b := bundle{root: filepath.Join(dir, "root")}
	ctx, cancel := context.WithTimeout(ctx, packTime)
	defer cancel()
	args := append(append([]string{path, b.root, "--log-level", "error"}, s.flags...), more...)
	cmd := exec.CommandContext(ctx, s.pack, args...)
	// What PATH finds must not depend on who runs the survey.
	cmd.Env = jailEnv
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.failure = strings.TrimSpace(fmt.Sprintf("%v: %s", err, out))
		return b, nil
	}
	b.bytes = size(b.root)
	for _, dir := range []string{"proc", "dev", "tmp"} {
		if err := os.MkdirAll(filepath.Join(b.root, dir), 0o755); err != nil {
			return b, err
		}
	}
	return b, nil
}

func (b bundle) remove() {
	if b.root != "" {
		// What stays is removed with the survey's scratch directory.
		_ = os.RemoveAll(filepath.Dir(b.root))
	}
}

// size adds up the files of a tree, hard links once for each name.
func size(root string) (sum int64) {
	// A file that cannot be read does not count.
	_ = filepath.WalkDir(root, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			if info, err := entry.Info(); err == nil {
				sum += info.Size()
			}
		}
		return nil
	})
	return sum
}
