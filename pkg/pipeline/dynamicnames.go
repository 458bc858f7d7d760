package pipeline

import (
	"bytes"
	"fmt"
	"io"
	"path"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/trace"
)

// realNames returns a function that follows the links of a name of this machine
// as far as there is something, and keeps the rest as it is.
func realNames() func(name string) string {
	host := rootfs.Memo(rootfs.Host())
	known := map[string]string{}
	var real func(name string) string
	real = func(name string) string {
		if found, ok := known[name]; ok {
			return found
		}
		found := name
		if p, err := rootfs.Trace(host, name); err == nil {
			found = p.Real
		} else if dir := path.Dir(name); dir != name {
			found = path.Join(real(dir), path.Base(name))
		}
		known[name] = found
		return found
	}
	return real
}

// maxPublic bounds the files that are read to tell certificates from keys.
const maxPublic = 4 << 20

// isPublic says that a file which looks like a key by its name holds
// certificates and no key (RFC 7468).
func isPublic(root rootfs.FS, real string) bool {
	if path.Ext(real) != ".pem" {
		return false
	}
	f, size, err := rootfs.OpenRegular(root, real)
	if err != nil || size > maxPublic {
		return false
	}
	defer f.Close()
	text, err := io.ReadAll(io.NewSectionReader(f, 0, size))
	return err == nil && bytes.Contains(text, []byte("-----BEGIN CERTIFICATE-----")) && !bytes.Contains(text, []byte("PRIVATE KEY-----"))
}

// opener is who opened a path first.
func opener(by []trace.Opener) string {
	if len(by) == 0 || by[0].Exe == "" {
		return "pack"
	}
	return by[0].Exe
}

func reasonOf(n trace.Needed) plan.Reason {
	r := plan.Reason{Kind: plan.Traced, By: opener(n.By)}
	if len(n.By) > 0 {
		r.Via = fmt.Sprintf("run %d", n.By[0].Run)
	}
	return r
}
