package catalog

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"

	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/convert/schema"
	"logsql/ingest/layout"
)

// LakeCopy is what the lake holds of the objects of a table over them, where it
// was seen to hold the very rows that the table's SerDe makes.
type LakeCopy struct {
	Names map[string]string // the part's column that each column of the table is
	Tail  map[string]string // of columns that are NULL in rows without another of the part's: that one
	Rule  map[string]string // patterns that columns of the part match where the SerDe makes more than NULLs of a line
	Units []LakeUnit
}

// LakeUnit is objects that were converted together.
type LakeUnit struct {
	Parts []lake.Part
	Files []File // those that are read here
	Whole bool   // the parts hold no records of any other object
	Ruled bool   // the Rule is to be applied: it holds back what the SerDe loses
}

// trailTable is the built-in table of the folder that a table over a trail's
// objects reads.
func trailTable(e *External) string {
	where := e.Location + e.Properties["storage.location.template"]
	for folder, table := range map[string]string{
		"/CloudTrail-NetworkActivity/": layout.NetworkActivity, "/CloudTrail-Insight/": layout.Insights, "/CloudTrail-Aggregated/": layout.Aggregated,
	} {
		if strings.Contains(where, folder) {
			return table
		}
	}
	return layout.CloudTrail
}

// copyOf says which built-in table may hold the rows of a table over objects,
// and under which names: flow logs by name, else by the place of version 2,
// access logs by place, CloudTrail by name. It is a guess to be tried, so it
// need not be right; where it is wrong, the rows differ.
func copyOf(t *Table) (typ *logtype.Type, from LakeCopy) {
	e := t.External
	at := func(i int) string { return "" }
	switch {
	case strings.HasSuffix(e.Serde, ".LazySimpleSerDe") && e.SerdeProps["field.delim"] == " ":
		typ = logtype.ByName(layout.FlowLogs)
		at = func(i int) string {
			if i < len(flowV2) {
				return flowV2[i].Name
			}
			return ""
		}
	case strings.HasSuffix(e.Serde, ".RegexSerDe"):
		typ = logtype.ByName(layout.AccessLogs)
	case strings.HasSuffix(e.Serde, ".CloudTrailSerde"), strings.HasSuffix(e.Format, ".CloudTrailInputFormat"):
		typ = logtype.ByName(trailTable(e))
	default:
		return nil, from
	}
	names := map[string]string{}
	for i, c := range t.Columns {
		switch known := slices.ContainsFunc(typ.Columns, func(k schema.Column) bool { return k.Name == c.Name }); {
		case t.PartitionIndex(c.Name) >= 0:
		case typ.Name == layout.AccessLogs && i < len(typ.Columns):
			names[c.Name] = typ.Columns[i].Name
		case !known && at(i) != "":
			names[c.Name] = at(i)
		default:
			names[c.Name] = c.Name
		}
	}
	return typ, LakeCopy{Names: names, Tail: tailOf(t, names), Rule: ruleOf(t, names)}
}

// optionalTail is the end of AWS's patterns for access logs: fields that came
// later, which match all or not at all.
var optionalTail = regexp.MustCompile(`\(\?:((?: \(\[\^ \]\*\))+)\)\?(?:\.\*)?\$?$`)

// tailOf finds the columns of such an end, which are NULL in a line that has not
// got the last of them.
func tailOf(t *Table, names map[string]string) map[string]string {
	m := optionalTail.FindStringSubmatch(t.External.SerdeProps["input.regex"])
	data := t.Columns[:len(t.Columns)-len(t.Partition)]
	if m == nil {
		return nil
	}
	n := strings.Count(m[1], "(")
	if n > len(data) {
		return nil
	}
	tail := map[string]string{}
	for _, c := range data[len(data)-n:] {
		tail[c.Name] = names[data[len(data)-1].Name]
	}
	return tail
}

var flowV2, _ = logtype.FlowFields(nil)

// patternGroup is a group of a pattern that is one of AWS's.
var patternGroup = regexp.MustCompile(`\(((?:[^()\\?]|\\.)(?:[^()\\]|\\.)*)\)`)

// quotedFields are those of access logs that may hold anything.
var quotedFields = []string{"request_uri", "referrer", "useragent"}

// ruleOf finds what the pattern of a table asks of the fields in quotes: AWS's
// takes no blank in a referrer and no quote in the others.
func ruleOf(t *Table, names map[string]string) map[string]string {
	data := t.Columns[:len(t.Columns)-len(t.Partition)]
	groups := patternGroup.FindAllStringSubmatch(t.External.SerdeProps["input.regex"], -1)
	if len(groups) != len(data) {
		return nil
	}
	rule := map[string]string{}
	for i, c := range data {
		if slices.Contains(quotedFields, names[c.Name]) {
			rule[names[c.Name]] = groups[i][1]
		}
	}
	return rule
}

// Copy is where files stand in the lake.
type Copy struct {
	LakeCopy
	Untried []LakeUnit // objects that nobody has compared yet
	Raw     []File     // objects to be read themselves: all that are not in Units

	store *Store
	shape int64
	from  map[int64]conversion // by object
	parts map[int64][]lake.Part
	table string
}

type conversion struct{ unit, converted int64 }

// agreement is the version of the code that reads raw files and of that which
// reads them in the lake: what was seen to agree under another one is compared
// again.
const agreement = "3"

// CopyOf finds what the lake holds of the files of a table, nil where it can
// hold nothing of it.
func (s *Store) CopyOf(ctx context.Context, t *Table, files []File) (*Copy, error) {
	typ, from := copyOf(t)
	if typ == nil || s.absent || len(files) == 0 {
		return nil, nil
	}
	l, err := lake.Open(ctx, s.m)
	if err != nil {
		return nil, err
	}
	parts, err := l.Parts(ctx, typ.Name)
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	c := &Copy{store: s, table: typ.Name, parts: map[int64][]lake.Part{}}
	c.LakeCopy = from
	if err := c.conversions(ctx, files); err != nil {
		return nil, err
	}
	agreed, err := c.agreed(ctx, shapeOf(t))
	if err != nil {
		return nil, err
	}
	return c, c.sort(ctx, files, parts, agreed)
}

// shapeOf is what of a table decides its rows.
func shapeOf(t *Table) string {
	e := t.External
	properties := map[string]string{}
	for k, v := range e.Properties {
		if !strings.HasPrefix(k, "projection.") && !strings.HasPrefix(k, "storage.") {
			properties[k] = v
		}
	}
	var columns [][2]string
	for _, c := range t.Columns {
		if t.PartitionIndex(c.Name) < 0 {
			columns = append(columns, [2]string{c.Name, c.Type.String()})
		}
	}
	return jsonText([]any{agreement, e.Serde, e.Format, e.SerdeProps, properties, columns})
}

// conversions finds those of files that were converted without a bad line: of a
// bad line the SerDe makes a row.
func (c *Copy) conversions(ctx context.Context, files []File) error {
	const query = `SELECT c.object, c.unit, u.converted FROM json_each(?) j JOIN conversions c ON c.object = j.value
		JOIN units u ON u.id = c.unit WHERE c.tbl = ? AND c.outcome = 'converted' AND c.bad = 0`
	rows, err := c.store.m.DB().QueryContext(ctx, query, jsonText(idsOf(files)), c.table)
	if err != nil {
		return err
	}
	defer rows.Close()
	c.from = map[int64]conversion{}
	for rows.Next() {
		var object int64
		var from conversion
		if err := rows.Scan(&object, &from.unit, &from.converted); err != nil {
			return err
		}
		c.from[object] = from
	}
	return rows.Err()
}

func idsOf(files []File) []int64 {
	ids := make([]int64, 0, len(files))
	for _, f := range files {
		if f.object != 0 {
			ids = append(ids, f.object)
		}
	}
	return ids
}

// verdict is what a comparison said, of which version of the object and the
// conversion.
type verdict struct {
	version string
	conversion
	agrees Agreement
}

// Agreement is what a comparison of an object's rows said.
type Agreement int

// The lake has other rows, the same, the same where the Rule is applied.
const (
	Differs Agreement = iota
	Agrees
	AgreesRuled
)

func (c *Copy) agreed(ctx context.Context, shape string) (map[int64]verdict, error) {
	db := c.store.m.DB()
	// A compaction makes one unit of several and changes no row.
	rows, err := db.QueryContext(ctx, `SELECT s.id, a.object, a.version, coalesce(u.id, a.unit), coalesce(u.converted, a.converted), a.agrees
		FROM shapes s LEFT JOIN agreed a ON a.shape = s.id
		LEFT JOIN merged m ON m.unit = a.unit AND m.converted = a.converted LEFT JOIN units u ON u.id = m.became WHERE s.text = ?`, shape)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[int64]verdict{}
	for rows.Next() {
		var object, unit, converted *int64
		var version *string
		var agrees *Agreement
		if err := rows.Scan(&c.shape, &object, &version, &unit, &converted, &agrees); err != nil {
			return nil, err
		}
		if object != nil {
			known[*object] = verdict{*version, conversion{*unit, *converted}, *agrees}
		}
	}
	return known, rows.Err()
}

// sort puts files where they are to be read.
func (c *Copy) sort(ctx context.Context, files []File, parts []lake.Part, known map[int64]verdict) error {
	if err := c.partsOf(ctx, parts); err != nil {
		return err
	}
	var agreed [AgreesRuled + 1]map[int64][]File
	for i := range agreed {
		agreed[i] = map[int64][]File{} // by unit; those that differ are untried
	}
	whole := map[int64]bool{}
	for _, f := range files {
		from, converted := c.from[f.object]
		converted = converted && c.there(from.unit, whole)
		seen, tried := known[f.object]
		current := tried && seen.conversion == from && seen.version == fileVersion(&f)
		switch {
		case converted && current && seen.agrees != Differs:
			agreed[seen.agrees][from.unit] = append(agreed[seen.agrees][from.unit], f)
			continue
		case converted && !current:
			agreed[Differs][from.unit] = append(agreed[Differs][from.unit], f)
		}
		c.Raw = append(c.Raw, f)
	}
	var err error
	if c.Units, err = c.units(ctx, agreed[Agrees]); err != nil {
		return err
	}
	ruled, err := c.units(ctx, agreed[AgreesRuled])
	if err != nil {
		return err
	}
	c.Units = append(c.Units, Ruled(ruled)...)
	c.Untried, err = c.units(ctx, agreed[Differs])
	return err
}

// Ruled are units to which the Rule is applied.
func Ruled(units []LakeUnit) []LakeUnit {
	units = slices.Clone(units)
	for i := range units {
		units[i].Ruled = true
	}
	return units
}

// there reports whether the parts of a unit lie in the lake as they were
// written.
func (c *Copy) there(unit int64, known map[int64]bool) bool {
	there, looked := known[unit]
	if looked {
		return there
	}
	known[unit] = !slices.ContainsFunc(c.parts[unit], func(p lake.Part) bool {
		info, err := os.Stat(c.store.m.Path(p.Path))
		return err != nil || info.Size() != p.Bytes
	})
	return known[unit]
}

// partsOf finds the parts of each unit.
func (c *Copy) partsOf(ctx context.Context, parts []lake.Part) error {
	byID := map[int64]lake.Part{}
	for _, p := range parts {
		byID[p.ID] = p
	}
	rows, err := c.store.m.DB().QueryContext(ctx, "SELECT id, unit FROM parts WHERE tbl = ? ORDER BY id", c.table)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, unit int64
		if err := rows.Scan(&id, &unit); err != nil {
			return err
		}
		if p, ok := byID[id]; ok {
			c.parts[unit] = append(c.parts[unit], p)
		}
	}
	return rows.Err()
}

func (c *Copy) units(ctx context.Context, files map[int64][]File) ([]LakeUnit, error) {
	var units []LakeUnit
	ids := make([]int64, 0, len(files))
	for id := range files {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	stored, err := c.storing(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		u := LakeUnit{Parts: c.parts[id], Files: files[id]}
		for _, f := range u.Files {
			delete(stored[id], f.object)
		}
		u.Whole = len(stored[id]) == 0
		units = append(units, u)
	}
	return units, nil
}

// storing are the objects of units that have records in their parts.
func (c *Copy) storing(ctx context.Context, units []int64) (map[int64]map[int64]bool, error) {
	rows, err := c.store.m.DB().QueryContext(ctx, "SELECT c.unit, c.object FROM json_each(?) j JOIN conversions c ON c.unit = j.value WHERE c.stored > 0", jsonText(units))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	stored := map[int64]map[int64]bool{}
	for rows.Next() {
		var unit, object int64
		if err := rows.Scan(&unit, &object); err != nil {
			return nil, err
		}
		if stored[unit] == nil {
			stored[unit] = map[int64]bool{}
		}
		stored[unit][object] = true
	}
	return stored, rows.Err()
}

// Keep records what was found out about files.
func (c *Copy) Keep(ctx context.Context, t *Table, files []File, agrees func(File) Agreement) error {
	return c.store.Update(ctx, func(tx *Tx) error {
		if _, err := tx.q.ExecContext(ctx, "INSERT OR IGNORE INTO shapes (text) VALUES (?)", shapeOf(t)); err != nil {
			return err
		}
		const put = `INSERT OR REPLACE INTO agreed (shape, object, version, unit, converted, agrees)
			VALUES ((SELECT id FROM shapes WHERE text = ?), ?, ?, ?, ?, ?)`
		for _, f := range files {
			from := c.from[f.object]
			if _, err := tx.q.ExecContext(ctx, put, shapeOf(t), f.object, fileVersion(&f), from.unit, from.converted, agrees(f)); err != nil {
				return err
			}
		}
		return nil
	})
}
