package launch

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// parseUser reads UID:GID. Names are looked up when the file is made.
func parseUser(text string) (*sandbox.User, error) {
	uid, gid, _ := strings.Cut(text, ":")
	u, err := strconv.ParseUint(uid, 10, 31)
	g, gerr := strconv.ParseUint(gid, 10, 31)
	if err != nil || gerr != nil {
		return nil, fmt.Errorf("cannot become user %s: it is not a UID:GID", text)
	}
	return &sandbox.User{UID: int(u), GID: int(g)}, nil
}
