package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A Spec travels to the helper as a decimal length, a newline, and that many
// bytes of NUL-separated strings. No string that the kernel takes can hold a
// NUL, and file names need not be UTF-8, which rules JSON out.

const nul = "\x00"

// maxWire bounds what the helper reads; an environment of the kernel's
// largest size fits several times over.
const maxWire = 64 << 20

var errWire = errors.New("malformed sandbox description")

func encode(s *Spec) (string, error) {
	user := ""
	if s.User != nil {
		user = fmt.Sprintf("%d:%d", s.User.UID, s.User.GID)
	}
	w := []string{strconv.FormatUint(uint64(s.Clone), 10), user, s.Dir, strconv.Itoa(len(s.Ops))}
	for _, o := range s.Ops {
		w = append(w, o.Do, o.Source, o.Target, o.Data,
			strconv.FormatUint(uint64(o.Flags), 10), strconv.FormatBool(o.Optional))
	}
	for _, list := range [][]string{s.Argv, s.Env} {
		w = append(w, strconv.Itoa(len(list)))
		w = append(w, list...)
	}
	for _, field := range w {
		if strings.Contains(field, nul) {
			return "", fmt.Errorf("cannot start a sandbox: %q holds a NUL byte", field)
		}
	}
	body := strings.Join(w, nul)
	return strconv.Itoa(len(body)) + "\n" + body, nil
}

func decode(r *bufio.Reader) (*Spec, error) {
	head, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(head, "\n"))
	if err != nil || n < 0 || n > maxWire {
		return nil, errWire
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	f := fields{left: strings.Split(string(body), nul)}
	s := &Spec{Clone: uintptr(f.number())}
	if user := f.next(); user != "" {
		s.User = &User{}
		if _, err := fmt.Sscanf(user, "%d:%d", &s.User.UID, &s.User.GID); err != nil {
			return nil, errWire
		}
	}
	s.Dir = f.next()
	for range f.count() {
		o := Op{Do: f.next(), Source: f.next(), Target: f.next(), Data: f.next(), Flags: uintptr(f.number())}
		o.Optional = f.next() == "true"
		s.Ops = append(s.Ops, o)
	}
	s.Argv = f.list()
	s.Env = f.list()
	if f.bad || len(f.left) != 0 {
		return nil, errWire
	}
	return s, nil
}

// fields hands out strings in order and remembers if they ran short.
type fields struct {
	left []string
	bad  bool
}

func (f *fields) next() string {
	if len(f.left) == 0 {
		f.bad = true
		return ""
	}
	s := f.left[0]
	f.left = f.left[1:]
	return s
}

func (f *fields) number() uint64 {
	n, err := strconv.ParseUint(f.next(), 10, 64)
	if err != nil {
		f.bad = true
	}
	return n
}

// count is a number of things to follow, each at least one string.
func (f *fields) count() int {
	n := f.number()
	if n > uint64(len(f.left)) {
		f.bad = true
		return 0
	}
	return int(n)
}

func (f *fields) list() []string {
	n := f.count()
	l := f.left[:n]
	f.left = f.left[n:]
	return l
}
