package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"logsql/sql/syntax"
)

// projectionKey tells the properties of a projected column apart.
var projectionKey = regexp.MustCompile(`^projection\.(.+)\.(type|values|range|digits|format|interval|interval\.unit)$`)

// ProjectionOf reads Athena's partition projection out of a table's properties;
// nil where it is not enabled. The error is a *syntax.Error.
func ProjectionOf(t *Table) (*Projection, error) {
	properties := t.External.Properties
	if !strings.EqualFold(properties["projection.enabled"], "true") || len(t.Partition) == 0 {
		return nil, nil
	}
	p := &Projection{Template: properties["storage.location.template"]}
	var missing []string
	for _, name := range t.Partition {
		get := func(key string) string { return strings.TrimSpace(property(properties, "projection."+name+"."+key)) }
		if get("type") == "" {
			missing = append(missing, name)
			continue
		}
		c, err := projectedColumn(name, get)
		if err != nil {
			return nil, badProjection("Column projection for column '%s' failed. %s", name, err)
		}
		p.Columns = append(p.Columns, c)
	}
	if missing != nil {
		return nil, badProjection("Table %s.%s is configured for partition projection, but the following partition columns are missing projection configuration: [%s]",
			t.Database, t.Name, strings.Join(missing, ", "))
	}
	return p, p.check(t)
}

// property finds a property without regard to case: the names of columns in
// its key are often written as people write them.
func property(properties map[string]string, key string) string {
	if v, ok := properties[key]; ok {
		return v
	}
	for k, v := range properties {
		if strings.EqualFold(k, key) {
			return v
		}
	}
	return ""
}

func badProjection(format string, args ...any) error {
	return &syntax.Error{Code: "INVALID_TABLE_PROPERTY", Msg: fmt.Sprintf(format, args...)}
}

func (p *Projection) check(t *Table) error {
	for key := range t.External.Properties {
		if m := projectionKey.FindStringSubmatch(key); m != nil && !slices.Contains(t.Partition, strings.ToLower(m[1])) {
			return badProjection("Table %s.%s has %s, but no partition column '%s'", t.Database, t.Name, key, m[1])
		}
	}
	if p.Template == "" {
		return nil
	}
	for _, name := range t.Partition {
		if !strings.Contains(strings.ToLower(p.Template), "${"+name+"}") {
			return badProjection("Partition projection: storage.location.template '%s' must contain all partition columns; ${%s} is missing", p.Template, name)
		}
	}
	return nil
}

func projectedColumn(name string, get func(string) string) (c ProjectedColumn, err error) {
	c = ProjectedColumn{Name: name, Type: strings.ToLower(get("type")), Format: get("format"), Interval: 1}
	number := func(key string, into *int) {
		text := get(key)
		if text == "" || err != nil {
			return
		}
		n, bad := strconv.Atoi(text)
		if bad != nil || n <= 0 {
			err = athenaSays("Property: 'projection.%s.%s' value '%s' is invalid. It must be a positive integer", name, key, text)
			return
		}
		*into = n
	}
	number("interval", &c.Interval)
	number("digits", &c.Digits)
	if err != nil {
		return c, err
	}
	need := func(key string) (string, error) {
		if v := get(key); v != "" {
			return v, nil
		}
		return "", athenaSays("Missing required property: 'projection.%s.%s'", name, key)
	}
	switch c.Type {
	case "injected":
		return c, nil
	case "enum":
		values, err := need("values")
		for v := range strings.SplitSeq(values, ",") {
			c.Values = append(c.Values, strings.TrimSpace(v))
		}
		return c, err
	case "integer", "date":
		text, err := need("range")
		if err != nil {
			return c, err
		}
		from, to, ok := strings.Cut(text, ",")
		if c.Range = [2]string{strings.TrimSpace(from), strings.TrimSpace(to)}; !ok || strings.Contains(to, ",") {
			return c, athenaSays("Property: 'projection.%s.range' needs to be a list of 2 values", name)
		}
		if c.Type == "integer" {
			return c, c.checkInteger()
		}
		return c, c.checkDate(get("interval") != "", strings.ToUpper(get("interval.unit")))
	}
	return c, athenaSays("Property: 'projection.%s.type' value '%s' is invalid; it is one of enum, integer, date, injected", name, get("type"))
}

func (c *ProjectedColumn) checkInteger() error {
	from, to, ok := c.integers()
	if !ok || from > to {
		return athenaSays("Property: 'projection.%s.range' value '%s,%s' is invalid; it needs two integers in order", c.Name, c.Range[0], c.Range[1])
	}
	return nil
}

func (c *ProjectedColumn) integers() (from, to int64, ok bool) {
	from, err1 := strconv.ParseInt(c.Range[0], 10, 64)
	to, err2 := strconv.ParseInt(c.Range[1], 10, 64)
	return from, to, err1 == nil && err2 == nil
}

// checkDate also finds the unit where it is not given: that of a format that
// ends at days or months; any other needs one.
func (c *ProjectedColumn) checkDate(hasInterval bool, unit string) error {
	if c.Format == "" {
		return athenaSays("Missing required property: 'projection.%s.format'", c.Name)
	}
	finest, err := finestUnit(c.Format)
	if err != nil {
		return athenaSays("Property: 'projection.%s.format' value '%s' is invalid: %s", c.Name, c.Format, err)
	}
	unit = strings.TrimSuffix(unit, "S")
	switch {
	case unit != "" && !slices.Contains(dateUnits, unit):
		return athenaSays("Property: 'projection.%s.interval.unit' value '%s' is invalid; it is one of YEARS, MONTHS, WEEKS, DAYS, HOURS, MINUTES, SECONDS", c.Name, unit)
	case unit != "":
		c.IntervalUnit = unit
	case finest == "DAY" || finest == "MONTH":
		c.IntervalUnit = finest
	case finest == "YEAR" && !hasInterval:
		c.IntervalUnit = finest
	default:
		return athenaSays("Property: 'projection.%s.interval.unit' needs to be set when provided 'projection.%s.format' is less that single-day precision. Interval defaults to 1 day or 1 month, respectively. Otherwise, interval is required", c.Name, c.Name)
	}
	_, _, err = c.dates(time.Now())
	return err
}

// maxProjected is how many values of a column, and how many partitions of a
// table, projection makes before it asks for a narrower WHERE.
const maxProjected = 1_000_000

// values makes every value of the column; none for injected ones.
// Values are those that a column takes, none where they are not known.
func (p *Projection) Values(column string, now time.Time) []string {
	for i := range p.Columns {
		if c := &p.Columns[i]; c.Name == column {
			values, _ := c.values(now)
			return values
		}
	}
	return nil
}

func (c *ProjectedColumn) values(now time.Time) ([]string, error) {
	switch c.Type {
	case "enum":
		return c.Values, nil
	case "integer":
		return c.integerValues()
	case "date":
		return c.dateValues(now)
	}
	return nil, nil
}

func (c *ProjectedColumn) integerValues() ([]string, error) {
	from, to, _ := c.integers()
	if (to-from)/int64(c.Interval) > maxProjected {
		return nil, tooMany(c.Name)
	}
	var values []string
	for n := from; n <= to; n += int64(c.Interval) {
		values = append(values, fmt.Sprintf("%0*d", c.Digits, n))
	}
	return values, nil
}

func tooMany(what string) error {
	return &syntax.Error{
		Code: "NOT_SUPPORTED", Msg: fmt.Sprintf("Partition projection makes more than %d values for %s", maxProjected, what),
		Hint: "narrow the range in TBLPROPERTIES or filter the partition columns in WHERE",
	}
}

// First is the first value of each column; nil where one has none by itself.
func (p *Projection) First(now time.Time) []string {
	var first []string
	for i := range p.Columns {
		values, err := p.Columns[i].values(now)
		if err != nil || len(values) == 0 {
			return nil
		}
		first = append(first, values[0])
	}
	return first
}

// location is where a projected partition lies.
func (p *Projection) location(t *Table, values []string) string {
	if p.Template == "" {
		return folder(t.External.Location) + PartitionName(t.Partition, values) + "/"
	}
	pairs := make([]string, 0, 2*len(values))
	for i, name := range t.Partition {
		pairs = append(pairs, "${"+name+"}", values[i])
	}
	out := strings.NewReplacer(pairs...).Replace(p.Template)
	for i, name := range t.Partition {
		if strings.Contains(out, "${") {
			out = replaceFold(out, "${"+name+"}", values[i])
		}
	}
	return folder(out)
}

func replaceFold(s, old, with string) string {
	i := strings.Index(strings.ToLower(s), strings.ToLower(old))
	if i < 0 {
		return s
	}
	return s[:i] + with + replaceFold(s[i+len(old):], old, with)
}

// folder ends a location with a slash.
func folder(location string) string {
	if strings.HasSuffix(location, "/") {
		return location
	}
	return location + "/"
}

// Filter judges values of partition columns: known says which of values are
// meant; the others can be anything.
type Filter interface {
	Keep(values []string, known []bool) bool
	Injected(column string) []string // the values that WHERE gives a column by = and IN
}

// AllPartitions lists the partitions of an external table that filter keeps,
// those of a projected table made one column after the other; nil keeps all.
func (t *Table) AllPartitions(filter Filter) ([]Partition, error) {
	if p := t.External.Projection; p != nil {
		return p.partitions(t, filter)
	}
	if filter == nil || len(t.Partition) == 0 {
		return t.External.Partitions, nil
	}
	known := all(len(t.Partition))
	var kept []Partition
	for _, p := range t.External.Partitions {
		if filter.Keep(p.Values, known) {
			kept = append(kept, p)
		}
	}
	return kept, nil
}

func all(n int) []bool { return slices.Repeat([]bool{true}, n) }

func (p *Projection) partitions(t *Table, filter Filter) ([]Partition, error) {
	now := time.Now().UTC()
	known := make([]bool, len(p.Columns))
	rows := [][]string{make([]string, len(p.Columns))}
	for i := range p.Columns {
		values, err := p.Columns[i].kept(i, len(p.Columns), now, filter)
		if err != nil {
			return nil, err
		}
		if len(values)*len(rows) > maxProjected {
			return nil, tooMany("table " + t.Name)
		}
		known[i] = true
		rows = product(rows, i, values, known, filter)
	}
	list := make([]Partition, len(rows))
	for i, values := range rows {
		list[i] = Partition{Values: values, Location: p.location(t, values)}
	}
	return list, nil
}

// kept is the column's values that filter does not rule out by themselves.
func (c *ProjectedColumn) kept(i, columns int, now time.Time, filter Filter) ([]string, error) {
	values, err := c.values(now)
	if err != nil {
		return nil, err
	}
	if c.Type == "injected" {
		if filter != nil {
			values = filter.Injected(c.Name)
		}
		if values == nil {
			return nil, &syntax.Error{Code: "CONSTRAINT_VIOLATION", Msg: "For the injected projected partition column " + c.Name +
				", the WHERE clause must contain only static equality conditions, and at least one such condition must be present."}
		}
	}
	if filter == nil {
		return values, nil
	}
	known, row := make([]bool, columns), make([]string, columns)
	known[i] = true
	var kept []string
	for _, v := range values {
		row[i] = v
		if filter.Keep(row, known) {
			kept = append(kept, v)
		}
	}
	return kept, nil
}

// product gives each row each of the values at place i and drops what filter
// rules out.
func product(rows [][]string, i int, values []string, known []bool, filter Filter) [][]string {
	out := make([][]string, 0, len(rows)*len(values))
	for _, row := range rows {
		for _, v := range values {
			longer := slices.Clone(row)
			longer[i] = v
			if i == 0 || filter == nil || filter.Keep(longer, known) {
				out = append(out, longer)
			}
		}
	}
	return out
}

// athenaSays is an error in Athena's words, which begin with a capital.
func athenaSays(format string, args ...any) error { return words(fmt.Sprintf(format, args...)) }

type words string

func (w words) Error() string { return string(w) }
