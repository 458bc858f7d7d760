package pipeline

import (
	"testing"

	"github.com/5bbb5df2/pack/pkg/plan"
)

func TestUserNumbers(t *testing.T) {
	tree := func(files map[string]string) *plan.Plan {
		p := plan.New(nil)
		for name, text := range files {
			if err := p.Add(plan.Entry{Path: name, Mode: 0o644, Size: int64(len(text)), From: plan.Source{Data: []byte(text)}}); err != nil {
				t.Fatal(err)
			}
		}
		return p
	}
	accounts := tree(map[string]string{
		"/etc/passwd": "short\nroot:x:0:0::/:\napp:x:12:34::/:\nbad:x:many:1::/:\n",
		"/etc/group":  "staff:x:50:a,b\n",
	})
	for _, c := range []struct {
		in         *plan.Plan
		text, want string // "" for an error
	}{
		{accounts, "app", "12:34"},
		{accounts, "12", "12:34"},
		{accounts, "99", "99:0"},
		{accounts, "app:staff", "12:50"},
		{accounts, "99:7", "99:7"},
		{accounts, "none", ""}, {accounts, "app:none", ""}, {accounts, "bad", ""}, {accounts, "-1", ""}, {accounts, "app:", ""},
		{tree(nil), "99:7", "99:7"}, {tree(nil), "0", "0:0"}, {tree(nil), "root", ""},
	} {
		if got, err := userNumbers(c.in, c.text); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q %v, want %q", c.text, got, err, c.want)
		}
	}
}
