package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sirupsen/logrus"
)

// logLevels are the values of --log-level.
func logLevels() []string { return []string{"off", "error", "warn", "info", "debug"} }

// logLevel reads --log-level, in any case.
func logLevel(name string) (logrus.Level, error) {
	switch strings.ToLower(name) {
	case "off":
		return logrus.PanicLevel, nil
	case "error":
		return logrus.ErrorLevel, nil
	case "warn":
		return logrus.WarnLevel, nil
	case "info":
		return logrus.InfoLevel, nil
	case "debug":
		return logrus.DebugLevel, nil
	}
	return 0, fmt.Errorf("unknown log level %q: it is one of %s", name, strings.Join(logLevels(), ", "))
}

func newLogger(w io.Writer, level logrus.Level) *logrus.Logger {
	l := logrus.New()
	l.SetOutput(w)
	l.SetLevel(level)
	l.SetFormatter(lines{})
	return l
}

// lines formats an entry as one plain line.
type lines struct{}

func (lines) Format(e *logrus.Entry) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "pack: %s: %s", e.Level, oneLine(e.Message))
	for _, k := range slices.Sorted(maps.Keys(e.Data)) {
		fmt.Fprintf(&b, " %s=%s", k, oneLine(fmt.Sprint(e.Data[k])))
	}
	b.WriteByte('\n')
	return []byte(b.String()), nil
}
