package race

import "strings"

// Table is a table in Markdown with a row for each contestant: the task, the
// name, and Cells for the other columns.
type Table struct {
	Columns []string
	Cells   func(*Race, *Contestant) []string
}

// Head is the head of the table.
func (t Table) Head() string { return Head(t.Columns...) }

// Rows are those of one race. The task stands in the first only.
func (t Table) Rows(r *Race) string {
	var text strings.Builder
	for i, c := range r.Contestants {
		cells := []string{"", c.Name}
		if i == 0 {
			cells[0] = r.Task
		}
		if c.Failed == nil {
			cells = append(cells, t.Cells(r, c)...)
		} else {
			cells = append(cells, c.Failure())
		}
		cells = append(cells, make([]string, len(t.Columns)-len(cells))...)
		text.WriteString(Row(cells...))
	}
	return text.String()
}

// Failure is a cell for a contestant that failed: the first line of why.
func (c *Contestant) Failure() string {
	why, _, _ := strings.Cut(c.Failed.Error(), "\n")
	return "fails: " + strings.ReplaceAll(why, "|", "\\|")
}

// Head is the two lines a table in Markdown begins with.
func Head(columns ...string) string {
	return Row(columns...) + "|" + strings.Repeat("---|", len(columns)) + "\n"
}

// Row is a line of a table in Markdown.
func Row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
