package launch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/portable"
)

// controls are the caller's wishes; nil and "" stand for what the file says.
type controls struct {
	store      *string
	entrypoint string
	mounts     *[]string
	addMounts  []string
	attrs      *[]string
}

// invocation is what a command line asks for.
type invocation struct {
	controls
	command string   // "run", "exec", "uninstall", "help", "version" or a name of packCommands
	args    []string // of the command or the program
}

// packCommands exist whoever reads the arguments. They run nothing of the
// payload.
var packCommands = map[string]string{
	"--pack-help":      "help",
	"--pack-info":      "info",
	"--pack-list":      "list",
	"--pack-verify":    "verify",
	"--pack-extract":   "extract",
	"--pack-uninstall": "uninstall",
}

// The variables that hold controls. Those of one start are taken out of the
// program's environment: it may start another portable file.
const (
	envStore      = "PACK_STORE"
	envEntrypoint = "PACK_ENTRYPOINT"
	envMounts     = "PACK_MOUNTS"
	envAddMounts  = "PACK_ADD_MOUNTS"
	envAttrs      = "PACK_ATTRS"
)

var perStart = []string{envEntrypoint, envMounts, envAddMounts, envAttrs}

// parse reads the variables and then the arguments, which win.
func parse(mode portable.ArgsMode, args []string, lookup func(string) (string, bool)) (*invocation, error) {
	inv := &invocation{command: "run", args: args}
	for _, o := range options {
		if v, set := lookup(o.env); set && o.env != "" {
			o.set(&inv.controls, v)
		}
	}
	if len(args) > 0 && packCommands[args[0]] != "" {
		inv.command, inv.args = packCommands[args[0]], args[1:]
		return inv, inv.checkCount(args[0])
	}
	if mode == portable.ArgsPack {
		return inv, inv.parseOptions()
	}
	return inv, nil
}

// checkCount wants one argument for --pack-extract and none for the others.
func (inv *invocation) checkCount(name string) error {
	want, words := 0, "no argument"
	if inv.command == "extract" {
		want, words = 1, "one argument, the directory"
	}
	if len(inv.args) != want {
		return withHint(fmt.Errorf("%s takes %s", name, words), "--pack-help says more")
	}
	return nil
}

// option is an option of the launcher with a value.
type option struct {
	name, env, value, help string
	set                    func(c *controls, value string)
}

var options = []option{
	{"--store", envStore, "DIR", "unpack below DIR; '' unpacks to memory, for this run alone",
		func(c *controls, v string) { c.store = &v }},
	{"--entrypoint", envEntrypoint, "PATH", "run PATH of the bundle instead of the entrypoint",
		func(c *controls, v string) { c.entrypoint = v }},
	{"--mounts", envMounts, "SPEC,…", "host paths to show instead of the default ones",
		func(c *controls, v string) { c.mounts = ptr(append(value(c.mounts), list(v)...)) }},
	{"--add-mounts", envAddMounts, "SPEC,…", "host paths to show as well",
		func(c *controls, v string) { c.addMounts = append(c.addMounts, list(v)...) }},
	{"--attrs", envAttrs, "NS,…", "namespaces: ipc,uts,user,ns,pid,net",
		func(c *controls, v string) { c.attrs = ptr(list(v)) }},
}

func ptr(s []string) *[]string { return &s }

func value(s *[]string) []string {
	if s == nil {
		return []string{}
	}
	return *s
}

// list splits a comma-separated list; an empty one has no element.
func list(s string) []string {
	return slices.DeleteFunc(strings.Split(s, ","), func(e string) bool { return e == "" })
}

// parseOptions reads the launcher's options up to the first argument that is
// none of them.
func (inv *invocation) parseOptions() error {
	given := controls{}
	defer func() { inv.override(given) }()
	for len(inv.args) > 0 {
		arg := inv.args[0]
		inv.args = inv.args[1:]
		name, v, inline := strings.Cut(arg, "=")
		i := slices.IndexFunc(options, func(o option) bool { return o.name == name })
		switch {
		case arg == "-" || arg == "--":
			return nil
		case arg == "exec":
			inv.command = arg
			if len(inv.args) > 0 && (inv.args[0] == "-" || inv.args[0] == "--") {
				inv.args = inv.args[1:]
			}
			if len(inv.args) == 0 {
				return withHint(errors.New("exec needs a command of the bundle"), "--pack-list lists its files")
			}
			return nil
		case arg == "uninstall", arg == "--help", arg == "--version":
			inv.command = strings.TrimPrefix(arg, "--")
			return nil
		case i >= 0:
			if !inline {
				if len(inv.args) == 0 {
					return withHint(fmt.Errorf("option %s needs a value", name), "--help says which")
				}
				v, inv.args = inv.args[0], inv.args[1:]
			}
			options[i].set(&given, v)
		case strings.HasPrefix(arg, "-"):
			return withHint(fmt.Errorf("unknown option %s", arg),
				"the launcher reads options first; put a lone - before those of the program")
		default:
			inv.args = append([]string{arg}, inv.args...)
			return nil
		}
	}
	return nil
}

func (inv *invocation) override(by controls) {
	if by.store != nil {
		inv.store = by.store
	}
	if by.entrypoint != "" {
		inv.entrypoint = by.entrypoint
	}
	if by.mounts != nil {
		inv.mounts = by.mounts
	}
	if by.addMounts != nil {
		inv.addMounts = by.addMounts
	}
	if by.attrs != nil {
		inv.attrs = by.attrs
	}
}

// any tells whether something was asked for that a caller without privileges
// must not ask of a set-user-ID file.
func (c *controls) any() bool {
	return c.store != nil || c.entrypoint != "" || c.mounts != nil || c.addMounts != nil || c.attrs != nil
}
