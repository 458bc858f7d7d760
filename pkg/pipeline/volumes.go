package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// MakeVolumes sees to it that the directories that an image declares as
// volumes are in its tree. docker makes those that are not; here they are open
// to everybody, for whoever the program will be is to write there.
func MakeVolumes(p *plan.Plan, volumes []string) error {
	for _, v := range volumes {
		at := "/"
		for part := range strings.SplitSeq(path.Clean("/"+v), "/") {
			if part == "" {
				continue
			}
			_, real, err := rootfs.Resolve(p.FS(), path.Join(at, part))
			if errors.Is(err, fs.ErrNotExist) && p.Get(path.Join(at, part)) == nil {
				real = path.Join(at, part)
				err = p.Add(plan.Entry{Path: real, Mode: fs.ModeDir | 0o777})
			}
			if err != nil {
				return fmt.Errorf("cannot make the image's volume %s: %w", v, err)
			}
			at = real
		}
	}
	return nil
}
