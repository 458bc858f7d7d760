package portable

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A config is written as its strings, its lists, its flags and its store, in
// the order of the functions below. A string is its length, as a uvarint, and
// its bytes; a list is its length and its strings. (encoding/json would make
// the launcher a tenth larger and its start slower.)

func (c *Config) strings() []*string {
	return []*string{
		&c.Name, &c.Version, &c.Description, &c.Author, &c.Copyright, &c.Workdir, &c.User,
		(*string)(&c.Root), (*string)(&c.Fallback), (*string)(&c.ArgsMode), &c.Platform,
	}
}

func (c *Config) lists() []*[]string {
	return []*[]string{&c.Entrypoint, &c.Args, &c.Env, &c.Mounts, &c.Attrs, &c.Interps}
}

// The bits of the flags.
const (
	flagStore = 1 << iota // the store follows
	flagClosureOnly
	flagsEnd
)

func (c *Config) encode() ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	var b []byte
	put := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	for _, s := range c.strings() {
		put(*s)
	}
	for _, l := range c.lists() {
		b = binary.AppendUvarint(b, uint64(len(*l)))
		for _, s := range *l {
			put(s)
		}
	}
	var flags uint64
	if c.ClosureOnly {
		flags |= flagClosureOnly
	}
	if c.Store != nil {
		flags |= flagStore
	}
	b = binary.AppendUvarint(b, flags)
	if c.Store != nil {
		put(*c.Store)
	}
	if len(b) > maxConfig {
		return nil, fmt.Errorf("config has %d bytes, more than %d", len(b), maxConfig)
	}
	return b, nil
}

var errConfig = errors.New("it ends early or goes on too long")

// decodeConfig reads what encode wrote. A flag it does not know is an error:
// a launcher would not do what the file was made to do.
func decodeConfig(b []byte) (*Config, error) {
	c, d := new(Config), configReader{left: b}
	for _, s := range c.strings() {
		*s = d.string()
	}
	for _, l := range c.lists() {
		for range d.count() {
			*l = append(*l, d.string())
		}
	}
	flags := d.number()
	c.ClosureOnly = flags&flagClosureOnly != 0
	if flags&flagStore != 0 {
		store := d.string()
		c.Store = &store
	}
	if d.bad || len(d.left) > 0 {
		return nil, errConfig
	}
	if flags >= flagsEnd {
		return nil, fmt.Errorf("unknown flags %#x", flags)
	}
	return c, c.Check()
}

// configReader takes values off a config and remembers if they ran short.
type configReader struct {
	left []byte
	bad  bool
}

func (d *configReader) number() uint64 {
	v, n := binary.Uvarint(d.left)
	if n <= 0 {
		d.bad, d.left = true, nil
		return 0
	}
	d.left = d.left[n:]
	return v
}

// count is a length that what is left can have, each element being a byte at
// least.
func (d *configReader) count() int {
	n := d.number()
	if n > uint64(len(d.left)) {
		d.bad, d.left = true, nil
		return 0
	}
	return int(n)
}

func (d *configReader) string() string {
	n := d.count()
	s := string(d.left[:n])
	d.left = d.left[n:]
	return s
}
