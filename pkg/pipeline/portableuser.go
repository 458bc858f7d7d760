package pipeline

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// maxAccounts bounds what is read of the tree's passwd and group files.
const maxAccounts = 16 << 20

// userNumbers turns USER[:GROUP], names or numbers, into UID:GID by the tree's
// own passwd(5) and group(5). Without a group it is the user's, or 0 for a
// number that has no name, as in a Dockerfile's USER.
func userNumbers(p *plan.Plan, text string) (string, error) {
	name, group, hasGroup := strings.Cut(text, ":")
	uid, gid, err := account(p, name, "/etc/passwd")
	if err == nil && hasGroup {
		gid, _, err = account(p, group, "/etc/group")
	}
	if err != nil {
		return "", &HintError{
			Err:    fmt.Errorf("cannot start the program as user %s: %w", text, err),
			Advice: "the image names that user: make it one that is in its /etc/passwd, or a number",
		}
	}
	return fmt.Sprintf("%d:%d", uid, gid), nil
}

// account returns the third and fourth field of name's line. A number is
// itself, whether there is such a line or not.
func account(p *plan.Plan, name, file string) (id, group uint64, err error) {
	number, notNumber := strconv.ParseUint(name, 10, 31)
	f, err := openAccounts(p, file)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, maxAccounts))
	for lines.Scan() {
		field := strings.Split(lines.Text(), ":")
		if len(field) < 4 || field[0] != name && field[2] != name {
			continue
		}
		if id, err = strconv.ParseUint(field[2], 10, 31); err != nil {
			return 0, 0, fmt.Errorf("%s of the bundle: %w", file, err)
		}
		group, _ = strconv.ParseUint(field[3], 10, 31) // in group(5) a list of names
		return id, group, nil
	}
	if notNumber != nil {
		return 0, 0, fmt.Errorf("%q is not in %s of the bundle", name, file)
	}
	return number, 0, nil
}

// openAccounts opens a file of the tree; one that is not there is empty.
func openAccounts(p *plan.Plan, name string) (io.ReadCloser, error) {
	_, real, err := rootfs.Resolve(p.FS(), name)
	if errors.Is(err, fs.ErrNotExist) {
		return io.NopCloser(strings.NewReader("")), nil
	}
	if err != nil {
		return nil, openError(name, err)
	}
	f, _, err := rootfs.OpenRegular(p.FS(), real)
	if err != nil {
		return nil, openError(name, err)
	}
	return f, nil
}
