// Package manpage writes manual pages in the man macros of roff (man(7),
// groff_man(7)), in a way that groff and mandoc both read without complaint.
package manpage

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Page is one manual page of section 1.
type Page struct {
	Name  string // as in the file name: pack-tree
	Short string // what follows the name in the section NAME, no full stop
	// Synopsis is the command line; words of lower case and flags are set bold,
	// words of capitals in italics.
	Synopsis string
	// Text is the description: paragraphs divided by an empty line. A line of
	// capitals begins a section of that name; rows there, indented, are a term and
	// after two blanks or more what it means.
	Text     string
	Commands []Item
	Options  []Item
	Examples string // lines shown as they are
	SeeAlso  []string
	Source   string    // the lower left of the page: "pack 1.2.3"
	Date     time.Time // the lower centre; none if zero
}

// Item is a term with what it means.
type Item struct{ Term, Text string }

// WriteTo writes the page. The sections come in the order of man-pages(7).
func (p *Page) WriteTo(w io.Writer) (int64, error) {
	var r roff
	date := ""
	if !p.Date.IsZero() {
		date = p.Date.UTC().Format(time.DateOnly)
	}
	r.line(`.TH "%s" 1 "%s" "%s" "User Commands"`, escape(strings.ToUpper(p.Name)), date, escape(p.Source))
	r.section("NAME")
	r.line(`%s \- %s`, escape(p.Name), p.Short)
	r.section("SYNOPSIS")
	r.text(markup(p.Synopsis))
	description, sections := split(p.Text)
	r.section("DESCRIPTION")
	r.paragraphs(description)
	r.items("COMMANDS", p.Commands)
	r.items("OPTIONS", p.Options)
	for _, s := range sections {
		r.section(s.Term)
		r.rows(s.Text)
	}
	r.examples(p.Examples)
	r.seeAlso(p.SeeAlso)
	n, err := io.WriteString(w, r.String())
	return int64(n), err
}

// split parts a help text into its description and its named sections.
func split(text string) (description string, sections []Item) {
	for line := range strings.Lines(text) {
		name := strings.TrimSpace(line)
		switch last := len(sections) - 1; {
		case name != "" && line[0] != ' ' && isHeading(name):
			sections = append(sections, Item{Term: name})
		case last >= 0:
			sections[last].Text += line
		default:
			description += line
		}
	}
	return description, sections
}

func isHeading(s string) bool { return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ") == "" }

// roff gathers the lines of a page.
type roff struct{ strings.Builder }

func (r *roff) line(format string, args ...any) { fmt.Fprintf(r, format+"\n", args...) }

func (r *roff) section(name string) { r.line(`.SH %s`, escape(name)) }

// text writes a line of input that is no request, whatever it begins with
// (groff(7), "Control characters").
func (r *roff) text(s string) {
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	r.line("%s", s)
}

func (r *roff) paragraphs(text string) {
	for i, p := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			r.line(".PP")
		}
		for line := range strings.Lines(p) {
			r.text(prose(strings.TrimSpace(line)))
		}
	}
}

func (r *roff) items(section string, items []Item) {
	if len(items) > 0 {
		r.section(section)
	}
	for _, it := range items {
		r.item(it)
	}
}

func (r *roff) item(it Item) {
	r.line(".TP")
	r.text(markup(it.Term))
	r.text(prose(it.Text))
}

// rows writes the body of a named section: terms, which are indented and two
// blanks before what they mean, or plain sentences.
func (r *roff) rows(text string) {
	within := false // an item, whose indent a sentence on the margin ends
	for line := range strings.Lines(text) {
		sentence := strings.TrimSpace(line)
		at := strings.LastIndex(sentence, "  ")
		switch {
		case sentence == "":
			continue
		case at >= 0:
			r.item(Item{strings.Join(strings.Fields(sentence[:at]), " "), strings.TrimSpace(sentence[at:])})
			within = true
			continue
		case within && line[0] != ' ':
			r.line(".PP")
			within = false
		}
		r.text(prose(sentence))
	}
}

func (r *roff) examples(text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	r.section("EXAMPLES")
	r.line(".nf")
	for line := range strings.Lines(text) {
		r.text(escape(strings.TrimSpace(line)))
	}
	r.line(".fi")
}

func (r *roff) seeAlso(pages []string) {
	if len(pages) == 0 {
		return
	}
	r.section("SEE ALSO")
	for i, p := range pages {
		r.text(`\fB` + escape(p) + `\fR(1)` + strings.Repeat(",", min(1, len(pages)-1-i)))
	}
}
