package pipeline

import (
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
)

// realDirs turns every link to a directory into a real directory that holds a
// link for each file of the other, so that the bundle can be copied onto a
// base where that directory is real. Each file is still stored once.
//
// A link into its own parents (/usr/bin/X11 -> .) cannot be a directory of its
// own: it stays, and so does the copy of it in every directory that is made.
func (b *builder) realDirs() error {
	stay := map[string]bool{}
	for {
		l, ok := innermost(b.dirLinks(), stay)
		if !ok {
			return nil
		}
		if err := b.mirror(l, stay); err != nil {
			return err
		}
	}
}

// innermost picks a directory link whose directory holds no other directory
// link but those that stay, so that what is mirrored is final.
func innermost(links dirLinks, stay map[string]bool) (dirLink, bool) {
	links = slices.DeleteFunc(links, func(l dirLink) bool { return stay[l.link] || below(l.link, l.dir) })
	for _, l := range links {
		holdsOther := false
		for _, o := range links {
			holdsOther = holdsOther || o != l && below(o.link, l.dir)
		}
		if !holdsOther {
			return l, true
		}
	}
	return dirLink{}, false
}

func below(name, dir string) bool {
	return dir == "/" || strings.HasPrefix(name, dir+"/")
}

func (b *builder) mirror(l dirLink, stay map[string]bool) error {
	why := plan.Reason{Kind: plan.Duplicate, By: l.dir}
	var inside []plan.Entry
	for e := range b.plan.All() {
		if below(e.Path, l.dir) {
			inside = append(inside, e)
		}
	}
	dir := *b.plan.Get(l.dir)
	dir.Path, dir.Why = l.link, append(b.plan.Get(l.link).Why, why)
	b.plan.Remove(l.link)
	if err := b.plan.Add(dir); err != nil {
		return err
	}
	for _, e := range inside {
		at := l.link + strings.TrimPrefix(e.Path, l.dir)
		if !e.Mode.IsDir() {
			target, err := filepath.Rel(path.Dir(at), e.Path)
			if err != nil {
				return err
			}
			stay[at] = true
			e = plan.Entry{Mode: fs.ModeSymlink | 0o777, UID: e.UID, GID: e.GID, ModTime: e.ModTime, Link: target}
		}
		e.Path, e.Why = at, []plan.Reason{why}
		if err := b.plan.Add(e); err != nil {
			return err
		}
	}
	return nil
}
