package trace

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Event is one path of one system call, as the process was about to make it.
type Event struct {
	// Run is free for the caller, to number several runs in one log.
	Run int
	// PID is the process (thread group) that made the call.
	PID int
	// Exe is the executable of that process, empty for the call that executes
	// the traced program itself.
	Exe string
	// Call is the system call's name in its man page.
	Call string
	// Path is absolute: the working directory, the descriptor and the changed
	// root the call refers to are filled in. Links are not resolved and ".." is
	// kept, because both are part of what the process walks through.
	Path string
	// Intent says what the call is about to do with Path.
	Intent Intent
	// Existed says whether there was something at Path before the call.
	Existed bool
	// Type is what was there, behind links unless the call does not follow them.
	Type Type
	// Foreign says that the process was in another mount namespace, where Path
	// leads to another file than for us.
	Foreign bool
}

// Intent is a set of what a call does with a path.
type Intent uint8

const (
	// Read needs the content: an open for reading, a link's target read, a
	// file given another name.
	Read Intent = 1 << iota
	// Write changes the content or removes the name.
	Write
	// Create makes the content anew: there was nothing, or it is truncated.
	Create
	// Exec executes the file.
	Exec
	// List opens a directory, or enters it.
	List
	// Stat only looks whether something is there and of what kind.
	Stat
)

var intentNames = [...]string{"read", "write", "create", "exec", "list", "stat"}

// String gives the names of the set, separated by commas.
func (i Intent) String() string {
	var names []string
	for bit, name := range intentNames {
		if i&(1<<bit) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

func parseIntent(s string) (Intent, error) {
	var i Intent
next:
	for word := range strings.SplitSeq(s, ",") {
		for bit, name := range intentNames {
			if word == name {
				i |= 1 << bit
				continue next
			}
		}
		return 0, fmt.Errorf("unknown intent %q", word)
	}
	return i, nil
}

// Type is a file's type.
type Type string

// The types an event tells apart. A path where there was nothing has Missing.
const (
	Missing Type = ""
	Regular Type = "file"
	Dir     Type = "dir"
	Link    Type = "link"
	Other   Type = "other" // a device, socket or pipe
)

// wire is an event as a JSON object. JSON knows no bytes: a path that is not
// UTF-8 is also given in base64.
type wire struct {
	Run       int    `json:"run,omitempty"`
	PID       int    `json:"pid"`
	Exe       string `json:"exe,omitempty"`
	ExeBytes  []byte `json:"exe_bytes,omitempty"`
	Call      string `json:"call"`
	Path      string `json:"path"`
	PathBytes []byte `json:"path_bytes,omitempty"`
	Intent    string `json:"intent"`
	Existed   bool   `json:"existed"`
	Type      Type   `json:"type,omitempty"`
	Foreign   bool   `json:"foreign,omitempty"`
}

// MarshalJSON writes the event as one object of a log.
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(wire{
		Run: e.Run, PID: e.PID, Exe: e.Exe, ExeBytes: notUTF8(e.Exe), Call: e.Call, Path: e.Path, PathBytes: notUTF8(e.Path),
		Intent: e.Intent.String(), Existed: e.Existed, Type: e.Type, Foreign: e.Foreign,
	})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Event) UnmarshalJSON(data []byte) error {
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	intent, err := parseIntent(w.Intent)
	if err != nil {
		return err
	}
	*e = Event{Run: w.Run, PID: w.PID, Exe: w.Exe, Call: w.Call, Path: w.Path, Intent: intent, Existed: w.Existed, Type: w.Type, Foreign: w.Foreign}
	if w.ExeBytes != nil {
		e.Exe = string(w.ExeBytes)
	}
	if w.PathBytes != nil {
		e.Path = string(w.PathBytes)
	}
	return nil
}

// ReadLog reads events that were written one after another as JSON objects, and
// returns those before the first that cannot be read together with its error.
func ReadLog(r io.Reader) ([]Event, error) {
	var events []Event
	for d := json.NewDecoder(r); ; {
		var e Event
		if err := d.Decode(&e); err == io.EOF {
			return events, nil
		} else if err != nil {
			return events, fmt.Errorf("cannot read event %d: %w", len(events)+1, err)
		}
		events = append(events, e)
	}
}

func notUTF8(s string) []byte {
	if utf8.ValidString(s) {
		return nil
	}
	return []byte(s)
}
