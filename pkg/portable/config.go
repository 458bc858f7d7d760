package portable

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Root is what the program sees as its file system.
type Root string

// The roots.
const (
	Sandbox Root = "sandbox" // its own tree and what mounts name, in its own namespaces
	Merged  Root = "merged"  // its own tree and the user's files
	Host    Root = "host"    // the host's file system; only loader and libraries are its own
)

// Fallback is what happens when the root cannot be had.
type Fallback string

// The fallbacks.
const (
	FallbackFail Fallback = "fail" // an error that names the cause
	FallbackHost Fallback = "host" // the program runs with Host
)

// ArgsMode says who reads the arguments.
type ArgsMode string

// The ways.
const (
	ArgsPack ArgsMode = "pack" // the launcher's options first
	ArgsApp  ArgsMode = "app"  // all go to the program
)

// Config is what the launcher has to know besides the tree. It does not belong
// to the payload's digest. Paths are absolute paths of the tree.
type Config struct {
	Name        string
	Version     string
	Description string
	Author      string
	Copyright   string

	Entrypoint []string // the program's path and its first arguments
	Args       []string // used when the caller gives none (an image's Cmd)
	Env        []string // NAME=value, for what the caller's environment lacks
	Workdir    string   // of the program; "" keeps the caller's (merged, host) or is / (sandbox)
	User       string   // UID:GID, or "" for the caller's

	Root     Root
	Fallback Fallback
	ArgsMode ArgsMode

	Mounts []string // PATH, SRC:DST, ro:SRC:DST or rw:SRC:DST; expanded at run time
	Attrs  []string // namespaces: ipc, uts, user, ns, pid, net
	// Store is where the tree is unpacked, expanded at run time. Nil is the
	// ladder of [Ladder], "" is nowhere: a private tree that ends with the
	// program.
	Store *string

	Platform string // GOOS/GOARCH of the launcher and the tree
	// ClosureOnly says that the tree is nothing but ELF files and what loads
	// them.
	ClosureOnly bool
	// Interps lists the files of the tree whose ELF interpreter has to be
	// pointed into the store before the program can run with the Host root.
	Interps []string
}

// maxConfig bounds the encoded config in bytes. ARG_MAX of Linux would not
// take more arguments and variables than that.
const maxConfig = 2 << 20

// Check tells whether a launcher can work with c.
func (c *Config) Check() error {
	switch {
	case c.Name == "":
		return errors.New("config has no name")
	case len(c.Entrypoint) == 0:
		return errors.New("config has no entrypoint")
	case !cleanAbs(c.Entrypoint[0]):
		return fmt.Errorf("entrypoint %q is not a clean absolute path", c.Entrypoint[0])
	case c.Workdir != "" && !path.IsAbs(c.Workdir):
		return fmt.Errorf("working directory %q is not absolute", c.Workdir)
	case !slices.Contains([]Root{Sandbox, Merged, Host}, c.Root):
		return fmt.Errorf("unknown root %q", c.Root)
	case !slices.Contains([]Fallback{FallbackFail, FallbackHost}, c.Fallback):
		return fmt.Errorf("unknown fallback %q", c.Fallback)
	case !slices.Contains([]ArgsMode{ArgsPack, ArgsApp}, c.ArgsMode):
		return fmt.Errorf("unknown argsMode %q", c.ArgsMode)
	}
	for _, name := range c.Interps {
		if !cleanAbs(name) {
			return fmt.Errorf("interps: %q is not a clean absolute path", name)
		}
	}
	return c.checkStrings()
}

// checkStrings refuses NUL, which no argument or variable can hold.
func (c *Config) checkStrings() error {
	for _, v := range c.Env {
		if i := strings.IndexByte(v, '='); i <= 0 {
			return fmt.Errorf("variable %q is not NAME=value", v)
		}
	}
	lists := [][]string{{c.Name, c.Version, c.Workdir, c.User}, c.Entrypoint, c.Args, c.Env, c.Mounts, c.Attrs}
	for _, s := range slices.Concat(lists...) {
		if strings.IndexByte(s, 0) >= 0 {
			return fmt.Errorf("%q holds a NUL byte", s)
		}
	}
	return nil
}

func cleanAbs(name string) bool {
	return path.IsAbs(name) && path.Clean(name) == name && strings.IndexByte(name, 0) < 0
}
