package plan

import (
	"strings"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// KeepsXattr tells whether an extended attribute belongs to the file rather
// than to the machine it is on: SELinux labels, IMA signatures and what
// overlayfs notes down for itself do not travel (xattr(7)).
func KeepsXattr(name string) bool {
	return name == "security.capability" || strings.HasPrefix(name, "system.posix_acl_") ||
		strings.HasPrefix(name, "user.") && !strings.HasPrefix(name, "user.overlay.")
}

// LinkTwins makes entries that are one inode where they come from one inode in
// the output: hard links to the first of them.
func (p *Plan) LinkTwins() {
	first := map[rootfs.FileID]string{}
	for e := range p.All() {
		if e.Mode.IsDir() || e.From.ID == (rootfs.FileID{}) {
			continue
		}
		if to, ok := first[e.From.ID]; ok {
			p.Update(e.Path, func(e *Entry) { e.HardLink = to })
			continue
		}
		first[e.From.ID] = e.Path
	}
}
