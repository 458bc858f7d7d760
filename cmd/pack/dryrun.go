package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/plan"
)

// dryRun prints the plan and writes nothing.
func dryRun(ctx context.Context, env *environment, spec *pipeline.Spec, asJSON bool) error {
	r, err := pipeline.Plan(ctx, spec)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := r.Warn(spec); err != nil {
		return err
	}
	if asJSON {
		return printPlanJSON(env.Stdout, r)
	}
	return printPlan(env.Stdout, r)
}

// jsonEntry is one path of the bundle. Sizes are in bytes.
type jsonEntry struct {
	Path     string        `json:"path"`
	Type     string        `json:"type"`
	Mode     string        `json:"mode"`
	UID      int           `json:"uid"`
	GID      int           `json:"gid"`
	ModTime  time.Time     `json:"mtime"`
	Size     int64         `json:"size,omitempty"`
	Target   string        `json:"target,omitempty"`
	HardLink string        `json:"hardlink,omitempty"`
	Source   string        `json:"source,omitempty"`
	Why      []plan.Reason `json:"why"`
}

func printPlanJSON(w io.Writer, r *pipeline.Result) error {
	entries, size := r.Size()
	out := struct {
		Entries  []jsonEntry  `json:"entries"`
		Count    int          `json:"count"`
		Size     int64        `json:"size"`
		Reasons  []reasonSize `json:"reasons"`
		Warnings []string     `json:"warnings"`
	}{Count: entries, Size: size, Reasons: sizeByReason(r.Plan), Warnings: append([]string{}, r.Warnings...)}
	for e := range r.Plan.All() {
		out.Entries = append(out.Entries, jsonEntry{
			Path: e.Path, Type: typeOf(e.Mode), Mode: fmt.Sprintf("%04o", unixMode(e.Mode)), UID: e.UID, GID: e.GID,
			ModTime: e.ModTime.UTC(), Size: e.Size, Target: e.Link, HardLink: e.HardLink, Source: e.From.Path, Why: e.Why,
		})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

func typeOf(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "directory"
	case m&fs.ModeSymlink != 0:
		return "symlink"
	}
	return "file"
}

func unixMode(m fs.FileMode) uint32 {
	out := uint32(m.Perm())
	for bit, v := range map[fs.FileMode]uint32{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if m&bit != 0 {
			out |= v
		}
	}
	return out
}

// printPlan draws the bundle as a tree: one line a path, with size and the
// first reason for which it is there; then what each reason costs.
func printPlan(w io.Writer, r *pipeline.Result) error {
	for e := range r.Plan.All() {
		depth := strings.Count(strings.TrimSuffix(e.Path, "/"), "/")
		name := path.Base(e.Path)
		switch {
		case e.Path == "/":
		case e.Mode.IsDir():
			name += "/"
		case e.Link != "":
			name += " -> " + e.Link
		default:
			name += "  " + pipeline.IEC(e.Size)
		}
		why := ""
		if e.Why[0].Kind != plan.Parent {
			why = "  # " + e.Why[0].String()
		}
		if _, err := fmt.Fprintf(w, "%s%s%s\n", strings.Repeat("  ", depth), printable(name), printable(why)); err != nil {
			return err
		}
	}
	entries, size := r.Size()
	if _, err := fmt.Fprintf(w, "%d entries, %s\n", entries, pipeline.IEC(size)); err != nil {
		return err
	}
	return printReasons(w, sizeByReason(r.Plan))
}
