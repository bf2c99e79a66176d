package duck

import (
	"database/sql"
	"regexp"
	"sync"

	"logsql/sql/funcs"
)

// names are those of the Go functions that a database knows.
type names struct {
	sync.Mutex
	known map[string]bool
}

var goFuncs = sync.OnceValue(func() map[string]funcs.GoFunc {
	m := map[string]funcs.GoFunc{}
	for _, f := range funcs.GoFuncs() {
		m[f.Name] = f
	}
	return m
})

var goName = regexp.MustCompile(`\btrino_\w+`)

// register makes the Go functions known that a statement is the first to name:
// all of them would take longer than most statements.
func (d *DB) register(conn *sql.Conn, statement string) error {
	d.names.Lock()
	defer d.names.Unlock()
	if d.names.known == nil {
		d.names.known = map[string]bool{}
	}
	for _, name := range goName.FindAllString(statement, -1) {
		f, ok := goFuncs()[name]
		if !ok || d.names.known[name] {
			continue
		}
		if err := register(conn, f, d.past, d.contexts); err != nil {
			return err
		}
		d.names.known[name] = true
	}
	return nil
}
