package portable

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/test/lib/bundle"
)

// rounds is how often a fault is made: 1 in 20 for a sample.
func rounds(all int) int {
	if os.Getenv("PACK_SUITE") == "all" {
		return all
	}
	return max(5, all/20)
}

// counting is a run that shows whether the whole tree is there: what jq makes of
// an input with its own libraries.
var counting = step{"[1, 2, 39]", []string{"-c", "[add, (.[2] | tostring | ltrimstr(\"3\"))]"}}

const counted = "[42,\"9\"]\n"

// starting are places with a file of jq that nobody starts first.
func starting(t *testing.T, roots []string, f func(t *testing.T, p *place)) {
	bundle.Suite(t)
	for _, root := range roots {
		t.Run(root, func(t *testing.T) {
			p := &place{root: root, user: bundle.Nobody, home: filepath.Join(bundle.Open(t), "home")}
			p.file = pack(t, "/usr/bin/jq", "--app-root", root, "--args", "app", "--app-name", "app")
			bundle.Must(t, errors.Join(os.Mkdir(p.home, 0o755), os.Chown(p.home, bundle.Nobody, bundle.Nobody)))
			p.fresh(t)
			f(t, p)
		})
	}
}

func (p *place) first() *exec.Cmd { return p.command(append([]string{p.file}, counting.args...)...) }

// good starts the file, which has to work and to find its tree as it should be.
func (p *place) good(t *testing.T) {
	t.Helper()
	if r := p.run(t, p.first(), counting.stdin); r.out != counted || r.err != "" || r.status != 0 {
		t.Errorf("a start: %v", r)
	}
	if r := p.run(t, p.command(p.file, "--pack-verify"), ""); r.out+r.err != "" || r.status != 0 {
		t.Errorf("its tree: %v", r)
	}
}

// stored lists what is in the store: one tree, if all is well.
func (p *place) stored(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(p.home + "/cache/pack/app/*")
	bundle.Must(t, err)
	return slices.DeleteFunc(names, func(name string) bool { return filepath.Base(name) == ".lock" })
}

// TestKilledStart: whenever a first start is killed, the next one is good, and
// nothing of the first is left.
func TestKilledStart(t *testing.T) {
	starting(t, []string{"merged", "host"}, func(t *testing.T, p *place) {
		begin := time.Now()
		p.good(t)
		span, killed, between := time.Since(begin), 0, 0
		for range rounds(200) {
			if r := p.run(t, p.command(p.file, "--pack-uninstall"), ""); r.status != 0 {
				t.Fatalf("uninstall: %v", r)
			}
			cmd := p.first()
			bundle.Must(t, cmd.Start())
			kill := time.AfterFunc(time.Duration(rand.Int64N(int64(span))), func() { _ = cmd.Process.Kill() })
			var exit *exec.ExitError
			if err := cmd.Wait(); errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
				killed++
			}
			kill.Stop()
			if left, _ := filepath.Glob(p.home + "/cache/pack/app/.tmp-*"); len(left) > 0 {
				between++
			}
			p.good(t)
			if got := p.stored(t); len(got) != 1 {
				t.Errorf("in the store: %q", got)
			}
		}
		t.Logf("%d killed, %d of them while it unpacked", killed, between)
		if killed == 0 {
			t.Error("none was killed in time")
		}
	})
}

// TestManyStarts: of 64 first starts at once (16 for a sample) each works, and there is one tree.
func TestManyStarts(t *testing.T) {
	starting(t, []string{"merged", "sandbox", "host"}, func(t *testing.T, p *place) {
		n := 64
		if os.Getenv("PACK_SUITE") != "all" {
			n = 16
		}
		cmds, outs := make([]*exec.Cmd, n), make([]bytes.Buffer, n)
		for i := range cmds {
			cmds[i] = p.first()
			cmds[i].Stdin, cmds[i].Stdout, cmds[i].Stderr = strings.NewReader(counting.stdin), &outs[i], &outs[i]
			bundle.Must(t, cmds[i].Start())
		}
		for i, cmd := range cmds {
			if err := cmd.Wait(); err != nil || outs[i].String() != counted {
				t.Errorf("%d: %v, %q", i, err, outs[i].String())
			}
		}
		if got := p.stored(t); len(got) != 1 {
			t.Errorf("in the store: %q", got)
		}
		p.good(t)
	})
}

// TestFlippedBits: of a file with another bit nothing is started but what was
// packed, or it says that it is damaged and leaves nothing.
func TestFlippedBits(t *testing.T) {
	starting(t, []string{"merged", "host"}, func(t *testing.T, p *place) {
		data, err := os.ReadFile(p.file)
		bundle.Must(t, err)
		info := p.run(t, p.command(p.file, "--pack-info"), "")
		launcher, err := strconv.Atoi(regexp.MustCompile(`launcher: (\d+) `).FindStringSubmatch(info.out)[1])
		bundle.Must(t, err)
		noticed := 0
		for range rounds(500) {
			at, bit := launcher+rand.IntN(len(data)-launcher), byte(1)<<rand.IntN(8)
			bad := bytes.Clone(data)
			bad[at] ^= bit
			bundle.Must(t, os.RemoveAll(p.file))
			bundle.Script(t, p.file, string(bad))
			r := p.run(t, p.first(), counting.stdin)
			switch {
			case r.status == 0 && r.out == counted && r.err == "":
				t.Errorf("bit %#x at %d: not noticed", bit, at)
			case r.status.ExitStatus() == 125 && r.out == "" && strings.HasPrefix(r.err, "pack: ") && strings.Contains(r.err, "\nhint: "):
				noticed++
			default:
				t.Errorf("bit %#x at %d: %v", bit, at, r)
			}
			if got := p.stored(t); len(got) != 0 {
				t.Fatalf("bit %#x at %d: left %q", bit, at, got)
			}
		}
		t.Logf("%d noticed", noticed)
	})
}

// TestNoRoom: a store that is too small is said to be, and stays empty; a store
// that was not asked for is sought elsewhere.
func TestNoRoom(t *testing.T) {
	starting(t, []string{"merged", "host"}, func(t *testing.T, p *place) {
		small := p.home + "/small"
		bundle.Must(t, os.Mkdir(small, 0o755))
		bundle.Must(t, unix.Mount("tmpfs", small, "tmpfs", 0, fmt.Sprintf("size=2m,mode=0700,uid=%d", p.user)))
		defer func() { bundle.Must(t, unix.Unmount(small, unix.MNT_DETACH)) }()
		cmd := p.first()
		cmd.Env = append(cmd.Env, "PACK_STORE="+small)
		r := p.run(t, cmd, counting.stdin)
		if r.status.ExitStatus() != 125 || r.out != "" || !strings.Contains(r.err, small) || !strings.Contains(r.err, "no space left") || !strings.Contains(r.err, "\nhint: ") {
			t.Errorf("no room: %v", r)
		}
		if left := files(t, small); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
		cmd = p.first()
		cmd.Env = append(cmd.Env, "XDG_CACHE_HOME="+small)
		if r := p.run(t, cmd, counting.stdin); r.out != counted || r.err != "" {
			t.Errorf("with room elsewhere: %v", r)
		}
		cmd = p.command(p.file, "--pack-uninstall")
		cmd.Env = append(cmd.Env, "XDG_CACHE_HOME="+small)
		if r := p.run(t, cmd, ""); r.status != 0 || !strings.Contains(r.out, "removed ") {
			t.Errorf("uninstall: %v", r)
		}
	})
}

// TestTampered: what somebody changed in the tree is found and named.
func TestTampered(t *testing.T) {
	starting(t, []string{"merged", "host"}, func(t *testing.T, p *place) {
		p.good(t)
		jq := p.stored(t)[0] + "/root/usr/bin/jq"
		old, err := os.ReadFile(jq)
		bundle.Must(t, err)
		for _, b := range []byte{old[len(old)/2] ^ 1, old[len(old)/2]} {
			bad := bytes.Clone(old)
			bad[len(old)/2] = b
			bundle.Must(t, os.WriteFile(jq, bad, 0o755))
			r := p.run(t, p.command(p.file, "--pack-verify"), "")
			if same := bytes.Equal(bad, old); same && r.status != 0 || !same && (r.status.ExitStatus() != 1 || r.out != jq+": has other content\n") {
				t.Errorf("the same: %v, but %v", same, r)
			}
		}
	})
}

// files lists the regular files below dir that have something in them.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	bundle.Must(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if fi, err := d.Info(); err == nil && fi.Mode().IsRegular() && fi.Size() > 0 {
			names = append(names, name)
		}
		return nil
	}))
	return names
}
