package image

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Config says how containers of an image are run (config.md of
// opencontainers/image-spec). What is empty is as the base has it.
type Config struct {
	// Entrypoint is the program with its first arguments, Cmd the arguments for
	// a caller who gives none. An Entrypoint without Cmd leaves none of the
	// base's, as in a Dockerfile. Both may be empty and not nil, for none.
	Entrypoint, Cmd []string
	Env             []string // NAME=value; one in the base is replaced
	Labels          map[string]string
	User            string // USER[:GROUP], names or numbers
	Workdir         string
	Ports           []string // as [Port] returns them
	Volumes         []string // absolute paths
	StopSignal      string
}

// check makes sure that JSON can hold all of it: it would be changed silently.
func (c *Config) check() error {
	all := slices.Concat(c.Entrypoint, c.Cmd, c.Env, c.Volumes, []string{c.User, c.Workdir})
	for key, value := range c.Labels {
		all = append(all, key, value)
	}
	for _, text := range all {
		if !utf8.ValidString(text) {
			return fmt.Errorf("cannot say %q in the config of an image: it is not in UTF-8", text)
		}
	}
	return nil
}

// onto returns the config c makes of that of a base.
func (c *Config) onto(base v1.Config) v1.Config {
	out := *base.DeepCopy()
	if c.Entrypoint != nil {
		out.Entrypoint, out.Cmd = c.Entrypoint, nil
	}
	if c.Cmd != nil {
		out.Cmd = c.Cmd
	}
	for _, kv := range c.Env {
		out.Env = setEnv(out.Env, kv)
	}
	out.Labels = merged(out.Labels, c.Labels)
	for _, text := range []struct{ to, from *string }{
		{&out.User, &c.User}, {&out.WorkingDir, &c.Workdir}, {&out.StopSignal, &c.StopSignal},
	} {
		if *text.from != "" {
			*text.to = *text.from
		}
	}
	out.ExposedPorts = merged(out.ExposedPorts, set(c.Ports))
	out.Volumes = merged(out.Volumes, set(c.Volumes))
	return out
}

func setEnv(env []string, kv string) []string {
	name, _, _ := strings.Cut(kv, "=")
	i := slices.IndexFunc(env, func(old string) bool { return strings.HasPrefix(old, name+"=") })
	if i < 0 {
		return append(env, kv)
	}
	env[i] = kv
	return env
}

func set(names []string) map[string]struct{} {
	out := map[string]struct{}{}
	for _, n := range names {
		out[n] = struct{}{}
	}
	return out
}

func merged[V any](base, more map[string]V) map[string]V {
	if len(more) == 0 {
		return base
	}
	out := maps.Clone(base)
	if out == nil {
		out = map[string]V{}
	}
	maps.Copy(out, more)
	return out
}
