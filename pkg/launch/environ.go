package launch

import (
	"slices"
	"strings"
)

// environ is a process's environment as it was handed over.
type environ []string

// lookup returns the first value, which is the one that getenv(3) finds.
func (e environ) lookup(name string) (string, bool) {
	for _, kv := range e {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v, true
		}
	}
	return "", false
}

func (e environ) get(name string) string {
	v, _ := e.lookup(name)
	return v
}

// program returns what the program gets: all that the caller has but the
// controls of this start, and the defaults for what is unset.
func (e environ) program(defaults []string) []string {
	out := slices.DeleteFunc(slices.Clone(e), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(perStart, name)
	})
	for _, kv := range defaults {
		name, _, _ := strings.Cut(kv, "=")
		if _, set := out.lookup(name); !set {
			out = append(out, kv)
		}
	}
	return out
}

// setIfSet changes a variable that there is.
func setIfSet(env []string, name, value string) {
	for i, kv := range env {
		if strings.HasPrefix(kv, name+"=") {
			env[i] = name + "=" + value
		}
	}
}
