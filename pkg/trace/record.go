package trace

// Record keeps the events of runs for [Select]: only those that can matter, and
// of equal ones, whichever process made them, the first. A second would change
// nothing, because Select only ever learns of more that is needed and of more
// that the runs have made. The zero value is empty.
type Record struct {
	events []Event
	known  map[Event]bool
}

// Add keeps an event, unless one like it is there. The process is forgotten.
func (r *Record) Add(e Event) {
	e.PID = 0
	if !matters(&e) || r.known[e] {
		return
	}
	if r.known == nil {
		r.known = map[Event]bool{}
	}
	r.known[e] = true
	r.events = append(r.events, e)
}

// Events are those kept, in the order in which they were added. They belong to
// the record.
func (r *Record) Events() []Event { return r.events }
