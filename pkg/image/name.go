package image

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/name"
)

// NameError is a name that no image may have.
type NameError struct {
	Name string
	Err  error
}

func (e *NameError) Error() string { return fmt.Sprintf("cannot name the image %q: %v", e.Name, e.Err) }

// Unwrap returns the cause.
func (e *NameError) Unwrap() error { return e.Err }

// Hint says what a name is.
func (e *NameError) Hint() string {
	return "an image is named [HOST[:PORT]/]NAME[:TAG], in lower case but for TAG"
}

// ParseName reads [HOST[:PORT]/]NAME[:TAG] by docker's rules; TAG is latest if
// there is none. The error is a *[NameError].
func ParseName(text string) (name.Tag, error) {
	if strings.Contains(text, "@") {
		return name.Tag{}, &NameError{text, errors.New("its digest is not known before it is made")}
	}
	tag, err := name.NewTag(text)
	if err != nil {
		return tag, &NameError{text, err}
	}
	if full := tag.Name(); !grammar().MatchString(full) {
		return tag, &NameError{text, errors.New("it has an empty part, or one that begins or ends with . _ or -")}
	}
	return tag, nil
}

// grammar is that of names (github.com/distribution/reference), of which the
// package name checks only the characters. It is compiled when it is asked for:
// that takes as long as all other packages need to start.
var grammar = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\[[0-9A-Fa-f:]+\]|[0-9A-Za-z]+(-+[0-9A-Za-z]+)*(\.[0-9A-Za-z]+(-+[0-9A-Za-z]+)*)*)(:[0-9]+)?` +
		`(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+:[0-9A-Za-z_][0-9A-Za-z_.-]{0,127}$`)
})

// hub is how docker and containerd call the registry of names without a host;
// the package name has the host it is asked at.
const hub = "docker.io"

// fullName is HOST/PATH:TAG.
func fullName(tag name.Tag) string {
	if tag.RegistryStr() == name.DefaultRegistry {
		return hub + "/" + tag.RepositoryStr() + ":" + tag.TagStr()
	}
	return tag.Name()
}

// FamiliarName is the name as docker shows it, with its tag.
func FamiliarName(tag name.Tag) string { return FamiliarRepository(tag) + ":" + tag.TagStr() }

// FamiliarRepository is the name as docker shows it, without its tag.
func FamiliarRepository(tag name.Tag) string {
	if tag.RegistryStr() != name.DefaultRegistry {
		return tag.Repository.Name()
	}
	return strings.TrimPrefix(tag.RepositoryStr(), "library/")
}
