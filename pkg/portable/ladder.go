package portable

import (
	"path/filepath"
	"strconv"
)

// Candidate is a directory that could be a store.
type Candidate struct {
	Dir string // absolute
	Why string // what named it: "--store", "$XDG_CACHE_HOME" …
	// Make is how many of the last components of Dir may be made when they are
	// missing; -1 is all of them.
	Make int
	// Own says that the directory the made ones lie in has to be the user's:
	// not somebody's whose $HOME was kept by sudo(8).
	Own bool
}

// LadderOptions says what is known about the user.
type LadderOptions struct {
	// Explicit, if not "", is the directory that was asked for, expanded and
	// absolute; it is the only candidate. ExplicitWhy says by what.
	Explicit, ExplicitWhy string
	// Getenv looks up XDG_CACHE_HOME, HOME and XDG_RUNTIME_DIR.
	Getenv func(string) string
	UID    int
	// Secure says that the environment is not to be trusted (AT_SECURE).
	Secure bool
}

// Ladder lists the places to try, in order:
//
//  1. what was asked for, and then nothing else
//  2. $XDG_CACHE_HOME/pack
//  3. $HOME/.cache/pack
//  4. $XDG_RUNTIME_DIR/pack
//  5. /var/tmp/pack-UID
//  6. /tmp/pack-UID
//
// A variable that is unset or no absolute path adds nothing, and none does
// where the environment is not to be trusted.
func Ladder(o LadderOptions) []Candidate {
	if o.Explicit != "" {
		return []Candidate{{Dir: filepath.Clean(o.Explicit), Why: o.ExplicitWhy, Make: -1}}
	}
	var out []Candidate
	if !o.Secure {
		for _, v := range []struct {
			name, below string
			make        int
		}{{"XDG_CACHE_HOME", "pack", 2}, {"HOME", ".cache/pack", 2}, {"XDG_RUNTIME_DIR", "pack", 1}} {
			if dir := o.Getenv(v.name); filepath.IsAbs(dir) {
				out = append(out, Candidate{Dir: filepath.Join(dir, v.below), Why: "$" + v.name, Make: v.make, Own: true})
			}
		}
	}
	for _, dir := range []string{"/var/tmp", "/tmp"} {
		out = append(out, Candidate{Dir: dir + "/pack-" + strconv.Itoa(o.UID), Why: dir, Make: 1})
	}
	return out
}
