package launch

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// maxAccounts bounds what is read of the tree's passwd and group files.
const maxAccounts = 16 << 20

// lookUser reads USER[:GROUP], names or numbers, by the tree's own passwd(5)
// and group(5), which open reads. Without a group it is the user's, or 0 for a
// number that has no name, as in a Dockerfile's USER.
func lookUser(text string, open func(name string) (*os.File, error)) (*sandbox.User, error) {
	if text == "" {
		return nil, nil
	}
	name, group, hasGroup := strings.Cut(text, ":")
	uid, gid, err := account(name, "etc/passwd", open)
	if err == nil && hasGroup {
		gid, _, err = account(group, "etc/group", open)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot become user %s: %w", text, err)
	}
	return &sandbox.User{UID: uid, GID: gid}, nil
}

// account returns the third and fourth field of name's line. A number is
// itself, whether there is such a line or not.
func account(name, file string, open func(string) (*os.File, error)) (id, group int, err error) {
	number, numErr := strconv.Atoi(name)
	f, err := open(file)
	if err != nil && numErr != nil {
		return 0, 0, fmt.Errorf("cannot read /%s of the bundle: %w", file, err)
	}
	if err != nil {
		return number, 0, nil
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, maxAccounts))
	for lines.Scan() {
		field := strings.Split(lines.Text(), ":")
		if len(field) < 4 || field[0] != name && field[2] != name {
			continue
		}
		if id, err = strconv.Atoi(field[2]); err != nil {
			return 0, 0, err
		}
		group, _ = strconv.Atoi(field[3]) // in group(5) a list of names
		return id, group, nil
	}
	if numErr != nil {
		return 0, 0, fmt.Errorf("%q is not in /%s of the bundle", name, file)
	}
	return number, 0, nil
}
