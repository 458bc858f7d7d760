package trace

import (
	"testing"

	"golang.org/x/sys/unix"
)

// What a helper has said is heard, though it ended before it had read all that
// it was told: a run that ends by itself just when it is to be ended.
func TestHearAfterReset(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	tracer, helper := conn{pair[0]}, conn{pair[1]}
	defer unix.Close(tracer.fd)
	for _, say := range []func() error{
		func() error { return tracer.say(sayTerm, 0) },
		func() error { return helper.say(sayExit, 3) },
		func() error { return helper.say(sayEnd, 0) },
		func() error { return unix.Close(helper.fd) },
	} {
		if err := say(); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []struct {
		word string
		n    int
	}{{sayExit, 3}, {sayEnd, 0}, {"", 0}} {
		if word, n, _, err := tracer.hear(); word != want.word || n != want.n || err != nil {
			t.Errorf("heard %q %d (%v), want %q %d", word, n, err, want.word, want.n)
		}
	}
}
