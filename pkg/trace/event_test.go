package trace

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestEventsAsJSON(t *testing.T) {
	for _, e := range []Event{
		{PID: 1, Call: "execve", Path: "/bin/x", Intent: Exec, Existed: true, Type: Regular},
		{Run: 2, PID: 7, Exe: "/bin/\xff", Call: "openat", Path: "/not\xfeutf-8", Intent: Read | Write, Foreign: true},
	} {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back Event
		if err := json.Unmarshal(text, &back); err != nil || back != e {
			t.Errorf("%s: got %+v, %v", text, back, err)
		}
	}
}

// What can be read of a log is written as it was read.
func FuzzReadLog(f *testing.F) {
	f.Add([]byte(`{"run":1,"pid":2,"exe":"/bin/a","call":"openat","path":"/x","intent":"read,write","existed":true,"type":"file"}`))
	f.Add([]byte(`{"pid":2,"call":"open","path":"\ufffd","path_bytes":"/w==","intent":"stat"} {"pid":3,"foreign":true,"intent":"exec"}`))
	f.Add([]byte(`{"intent":"none"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		events, err := ReadLog(bytes.NewReader(data))
		if err != nil && !strings.HasPrefix(err.Error(), "cannot read event ") {
			t.Fatal(err)
		}
		var log bytes.Buffer
		for _, e := range events {
			if err := json.NewEncoder(&log).Encode(e); err != nil {
				t.Fatal(err)
			}
		}
		again, err := ReadLog(&log)
		if err != nil || !slices.Equal(again, events) {
			t.Fatalf("%+v, read again as %+v: %v", events, again, err)
		}
	})
}
