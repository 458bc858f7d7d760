package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/5bbb5df2/pack/pkg/trace"
)

// observer makes the traced runs of a request.
type observer struct {
	*Dynamic
	b      *builder
	inputs []*member
	dir    string
	env    []string
	log    *json.Encoder // nil for none
	seen   observed
}

// tracedRun is one of them.
type tracedRun struct {
	number  int    // from 1
	command string // of --dynamic-command; empty for the input itself
	name    string // for messages
	last    bool
	trace.Command
}

// observe makes the runs one after another, where the programs are. The first
// that fails ends it.
func (b *builder) observe(ctx context.Context, inputs []*member) (seen *observed, err error) {
	d := b.spec.Dynamic
	o := &observer{Dynamic: d, b: b, inputs: inputs, dir: b.finder.cwd(), env: d.Env}
	if d.Dir != "" {
		o.dir = path.Clean(b.finder.abs(d.Dir))
		o.env = slices.Concat(d.Env, []string{"PWD=" + o.dir})
		if fi, err := os.Stat(o.dir); err != nil || !fi.IsDir() {
			return nil, usagef("make it first", "--dynamic-dir %s is not a directory", d.Dir)
		}
	}
	if d.Log != "" {
		f, err := b.openLog(d.Log)
		if err != nil {
			return nil, err
		}
		o.log = json.NewEncoder(f)
		o.log.SetEscapeHTML(false)
		defer func() {
			if closed := f.Close(); err == nil && closed != nil {
				err = logError(d.Log, closed)
			}
		}()
	}
	commands := d.Commands
	if d.Input {
		commands = slices.Concat([]string{""}, commands)
	}
	for i, command := range commands {
		r := &tracedRun{number: i + 1, command: command, last: i == len(commands)-1}
		if err := o.prepare(r); err != nil {
			return nil, err
		}
		if err := o.run(ctx, r); err != nil {
			return nil, err
		}
	}
	return &o.seen, nil
}

// The ends of a run that are our doing.
var (
	errTimeUp = errors.New("the time of the traced run is up")
	errServed = errors.New("the traced run has served its client")
)

// run makes one run.
func (o *observer) run(ctx context.Context, r *tracedRun) error {
	r.Dir, r.Stdin, r.Stdout, r.Stderr = o.dir, o.stdin(r.number), o.Output, o.Output
	r.Env = lastOfEach(r.Env)
	opts := trace.Options{Looks: o.log != nil}
	limit, ready := o.Timeout, r.last && o.Ready != ""
	if ready && limit == 0 {
		limit = ReadyTimeout
	}
	inner, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if limit > 0 {
		opts.Grace = o.Grace
		timed, cancel := context.WithTimeoutCause(inner, limit, errTimeUp)
		defer cancel()
		inner = timed
	}
	var c *client
	if ready {
		c = startClient(inner, o.Ready, o.dir, r.Env, func() { stop(errServed) })
	}
	var logged error
	var lingers *time.Timer
	if limit == 0 {
		opts.Ended = func() { lingers = time.AfterFunc(patience, func() { o.goesOn(r) }) }
	}
	res, err := trace.Run(inner, &r.Command, opts, func(e trace.Event) error {
		logged = o.see(r.number, e)
		return logged
	})
	if lingers != nil {
		lingers.Stop()
	}
	if res.Engine != "" {
		o.info("run %d was traced by %s", r.number, res.Engine)
	}
	var served attempt
	if ready {
		if err != nil {
			stop(err)
		}
		served = c.wait()
		_, _ = o.Output.Write(served.output) // shown for the user's sake, and lost at worst
	}
	lost := o.privileged(r.number, res)
	if len(lost) > 0 {
		o.seen.warnings = append(o.seen.warnings, fmt.Sprintf("--dynamic: run %d had %s without the privileges of the file: tracing takes them away here; run pack as root", r.number, strings.Join(lost, ", ")))
	}
	for _, what := range res.Unseen {
		o.seen.warnings = append(o.seen.warnings, fmt.Sprintf("--dynamic: run %d: %s", r.number, what))
	}
	ended := errors.Is(err, errServed) || errors.Is(err, errTimeUp)
	switch {
	case logged != nil:
		return logError(o.Log, logged)
	case context.Cause(ctx) != nil:
		return context.Cause(ctx)
	case ended && ready && served.err == nil:
		o.info("run %d served --dynamic-ready and was ended", r.number)
		return nil
	case ended && !ready:
		o.info("run %d was ended after %s", r.number, limit)
		return nil
	case ended:
		return &DynamicError{
			Err:    fmt.Errorf("--dynamic-ready did not succeed within %s of the traced run of %s: %w", limit, r.name, served.err),
			Advice: "see that it works while the program runs outside pack; --dynamic-timeout gives it more time",
		}
	case err != nil:
		return &DynamicError{Err: fmt.Errorf("cannot trace %s: %w", r.name, err), Advice: "leave out --dynamic and add what the program opens with --include"}
	}
	return judge(r, res, served.err, lost)
}

// judge takes a run that ended by itself for a success or not. unserved is why
// its client has failed, and lost are programs that had no privileges.
func judge(r *tracedRun, res trace.Result, unserved error, lost []string) error {
	how, advice := "", "see that it works outside pack with the same --dynamic-arg and --dynamic-stdin"
	if r.command != "" {
		advice = "see that it works outside pack; where it may fail, write \"sh -c '... || true'\""
	}
	switch {
	case res.Signal != 0:
		how = fmt.Sprintf("was ended by signal %d (%v)", int(res.Signal), res.Signal)
	case res.Code != 0 || unserved != nil:
		how = fmt.Sprintf("ended with exit status %d", res.Code)
	default:
		return nil
	}
	if unserved != nil {
		how += fmt.Sprintf(" before --dynamic-ready had succeeded: %v", unserved)
		advice = "--dynamic-ready is for a program that runs until it is ended: see that it serves, or leave that flag out"
	}
	if len(lost) > 0 {
		advice = "run pack as root: tracing takes the privileges of the file from " + strings.Join(lost, ", ")
	}
	return &DynamicError{Err: fmt.Errorf("the traced run of %s %s", r.name, how), Advice: advice}
}

// privileged are the programs of a run whose set-user-ID or set-group-ID bit or
// capabilities had no effect (execve(2)).
func (o *observer) privileged(run int, res trace.Result) []string {
	if !res.NoNewPrivs {
		return nil
	}
	var lost []string
	for _, e := range o.seen.record.Events() {
		if e.Run != run || e.Intent&trace.Exec == 0 || e.Type != trace.Regular || slices.Contains(lost, e.Path) {
			continue
		}
		fi, err := os.Stat(e.Path)
		if err != nil {
			continue
		}
		attrs, _ := o.b.root.Xattrs(e.Path) // without an answer, none is known
		if fi.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0 || attrs["security.capability"] != nil {
			lost = append(lost, e.Path)
		}
	}
	return lost
}

// stdin is the standard input of a run, nil for nothing.
func (o *observer) stdin(run int) io.Reader {
	switch {
	case o.Text != nil:
		return strings.NewReader(*o.Text)
	case run == 1:
		return o.Stdin
	}
	return nil
}

func (o *observer) see(run int, e trace.Event) error {
	e.Run = run
	if o.log != nil {
		if err := o.log.Encode(e); err != nil {
			return err
		}
	}
	o.seen.record.Add(e)
	return nil
}

func (o *observer) info(format string, args ...any) {
	if log := o.b.spec.Log; log != nil {
		log.Infof("--dynamic: "+format, args...)
	}
}

// patience is how long what a program leaves running is waited for without a
// word: a moment longer than most take to end by themselves.
const patience = 3 * time.Second

// goesOn tells a user who waits what pack waits for.
func (o *observer) goesOn(r *tracedRun) {
	if log := o.b.spec.Log; log != nil {
		log.Warnf("--dynamic: %s has ended, but what it has started runs on and is waited for; --dynamic-timeout or --dynamic-ready would end run %d", r.name, r.number)
	}
}

// openLog makes the file for the events.
func (b *builder) openLog(name string) (*os.File, error) {
	if real := outputIn(b.root, name); real != "" && (real == b.output || below(real, b.output)) {
		return nil, usagef("write it somewhere else", "cannot write --trace-log %s: it is inside the bundle", name)
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, logError(name, err)
	}
	return f, nil
}

func logError(name string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return &HintError{Err: fmt.Errorf("cannot write --trace-log %s: %w", name, err), Advice: "name a file that can be written"}
}
