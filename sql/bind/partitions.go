package bind

import (
	"strconv"
	"strings"
	"time"

	"logsql/convert/schema"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// choosePartitions finds the partitions of an external table that f leaves.
func (b *binder) choosePartitions(n syntax.Node, s *Scan, f filter) {
	var filter catalog.Filter
	if f != nil {
		filter = f
	}
	partitions, err := s.Table.AllPartitions(filter)
	b.failWith(n, err)
	s.Partitions = partitions
	for i, name := range s.Table.Partition {
		t := s.Table.Columns[len(s.Table.Columns)-len(s.Table.Partition)+i].Type
		for _, p := range partitions {
			if !validPartition(p.Values[i], t) {
				b.failAt(n, "HIVE_INVALID_PARTITION_VALUE", "Invalid partition value '%s' for %s partition key: %s", p.Values[i], strings.ToUpper(t.String()), name)
				if e := s.Table.External; e.Projection != nil && t.Kind == schema.Date {
					b.err = withHint(b.err, "declare "+name+" as string: its projection writes days as "+e.Properties["projection."+name+".format"]+", a date column takes yyyy-MM-dd alone")
				}
				return
			}
		}
	}
}

func (p *pruner) given(x syntax.Expr, column string) []string {
	switch x := x.(type) {
	case *syntax.Paren:
		return p.given(x.X, column)
	case *syntax.Logical:
		left, right := p.given(x.X, column), p.given(x.Y, column)
		switch {
		case x.Op == "OR" && (left == nil || right == nil):
			return nil
		case x.Op == "OR":
			return append(left, right...)
		case left == nil:
			return right
		}
		return left
	case *syntax.Binary:
		switch {
		case x.Op != "=":
		case p.isColumn(x.X, column):
			return p.texts(x.Y)
		case p.isColumn(x.Y, column):
			return p.texts(x.X)
		}
	case *syntax.In:
		if p.isColumn(x.X, column) && x.Query == nil && !x.Not {
			return p.texts(x.List...)
		}
	}
	return nil
}

// isColumn reports whether x is a column of the table, at any distance.
func (p *pruner) isColumn(x syntax.Expr, name string) bool {
	c := p.info.Columns[Unparen(x)]
	for c != nil && c.Item == nil && c.Relation != p.rel {
		switch it := p.path.behind(p.info, c); {
		case it == nil || it.Field != "":
			return false
		case it.Column != nil:
			c = it.Column
		default:
			c = p.info.Columns[Unparen(it.Expr)]
		}
	}
	return c != nil && c.Item == nil && c.Ref == name
}

// texts are values as partitions have them; nil where one is not known.
func (p *pruner) texts(list ...syntax.Expr) []string {
	p.values = nil
	var texts []string
	for _, x := range list {
		v, ok := p.value(x)
		if !ok || v == nil {
			return nil
		}
		texts = append(texts, partitionText(v))
	}
	return texts
}

func partitionText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return ""
}

// PartitionText is a partition's value as it is kept: a number without what
// does not count, a day as such; false where it is none of the type.
func PartitionText(text string, t schema.Type) (string, bool) {
	switch {
	case text == catalog.HiveDefault:
		return text, true
	case t.IsInteger():
		n, ok := convert(strings.TrimSpace(text), t)
		if !ok {
			return "", false
		}
		return partitionText(n), true
	case t.Kind == schema.Date:
		d, ok := convert(text, t)
		if !ok {
			return "", false
		}
		return partitionText(d), true
	}
	return text, validPartition(text, t)
}

// validPartition reports whether text can be a value of a partition column.
func validPartition(text string, t schema.Type) bool {
	var err error
	switch {
	case text == catalog.HiveDefault:
	case t.IsInteger(), t.Kind == schema.Date:
		_, ok := convert(text, t)
		return ok
	case t.Kind == schema.Boolean:
		return strings.EqualFold(text, "true") || strings.EqualFold(text, "false")
	case t.Kind == schema.Real, t.Kind == schema.Double, t.Kind == schema.Decimal:
		_, err = strconv.ParseFloat(text, 64)
	case t.Kind == schema.Timestamp:
		_, _, ok := ParseMoment(schema.Timestamp, text)
		return ok
	}
	return err == nil
}

// ComparePartition reports whether have op want, both values of a partition
// column of type t.
func ComparePartition(op, have, want string, t schema.Type) bool {
	c := strings.Compare(have, want)
	if l, ok := convert(have, t); ok {
		if r, ok := convert(want, t); ok {
			c, _ = order(l, r)
		}
	}
	switch op {
	case "<>", "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	}
	return c == 0
}
