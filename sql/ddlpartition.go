package sql

import (
	"slices"
	"strings"

	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

func (a *alteration) addPartitions(x *syntax.AddPartitions) error {
	if err := a.partitioned(x); err != nil {
		return err
	}
	if strings.EqualFold(a.t.External.Properties["projection.enabled"], "true") {
		a.notes = append(a.notes, a.t.Name+" is projected: its partitions are those of its projection.* properties, and those that are added are not read")
	}
	for i := range x.Partitions {
		spec := &x.Partitions[i]
		p, err := a.wholePartition(spec)
		if err != nil {
			return err
		}
		have, err := a.tx.HasPartition(a.t, p.Values)
		switch {
		case err != nil:
			return err
		case have && x.IfNotExists:
			continue
		case have:
			return failedTask(spec, "AlreadyExistsException(message:Partition already exists.)")
		}
		if err := a.tx.PutPartition(a.t, p); err != nil {
			return err
		}
	}
	return nil
}

func (a *alteration) partitioned(n syntax.Node) error {
	if len(a.t.Partition) > 0 {
		return nil
	}
	return failed(n, "ValidationFailureSemanticException table is not partitioned but partition spec exists")
}

// values are the values of a specification, in the order of the partition
// columns; "" and false where one is not given.
func (a *alteration) values(spec *syntax.PartitionSpec) (values []string, given []bool, err error) {
	values, given = make([]string, len(a.t.Partition)), make([]bool, len(a.t.Partition))
	for i := range spec.Values {
		v := &spec.Values[i]
		name := strings.ToLower(v.Column.Name)
		at := slices.Index(a.t.Partition, name)
		if at < 0 {
			err := failed(v, "SemanticException [Error 10098]: Non-Partition column appears in the partition specification:  %s", name)
			err.Hint = catalog.DidYouMean(name, a.t.Partition)
			return nil, nil, err
		}
		text, ok := bind.PartitionText(v.Text, a.t.Columns[a.index(name)].Type)
		if !ok {
			return nil, nil, failed(v, "SemanticException [Error 10248]: Cannot add partition column %s of type string as it cannot be converted to type %s", name, a.t.Columns[a.index(name)].Type.Hive())
		}
		values[at], given[at] = text, true
	}
	return values, given, nil
}

// wholePartition is a partition with all its values; without a LOCATION it lies
// where Hive would put it.
func (a *alteration) wholePartition(spec *syntax.PartitionSpec) (p catalog.Partition, err error) {
	if err := a.partitioned(spec); err != nil {
		return p, err
	}
	values, given, err := a.values(spec)
	if err != nil {
		return p, err
	}
	if slices.Contains(given, false) {
		return p, failed(spec, "SemanticException: partition spec %s doesn't contain all (%d) partition columns", specText(spec), len(a.t.Partition))
	}
	p = catalog.Partition{Values: values, Location: a.t.External.Location + catalog.PartitionName(a.t.Partition, values) + "/"}
	if spec.Location != nil {
		p.Location, err = checkLocation(spec.Location)
	}
	return p, err
}

// specText is {dt=2014-05-14, country=IN}.
func specText(spec *syntax.PartitionSpec) string {
	var parts []string
	for _, v := range spec.Values {
		parts = append(parts, strings.ToLower(v.Column.Name)+"="+v.Text)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (a *alteration) mustHave(spec *syntax.PartitionSpec, p catalog.Partition) error {
	have, err := a.tx.HasPartition(a.t, p.Values)
	if err != nil || have {
		return err
	}
	return partitionNotFound(spec)
}

// partitionNotFound is worded with the specification as Hive prints it:
// ((dt = '2014-05-14') and (country = 'IN')).
func partitionNotFound(spec *syntax.PartitionSpec) error {
	var parts []string
	for _, v := range spec.Values {
		op := v.Op
		if op == "" {
			op = "="
		}
		parts = append(parts, "("+strings.ToLower(v.Column.Name)+" "+op+" '"+v.Text+"')")
	}
	text := strings.Join(parts, " and ")
	if len(parts) > 1 {
		text = "(" + text + ")"
	}
	return failed(spec, "SemanticException [Error 10006]: Partition not found %s", text)
}

func (a *alteration) dropPartitions(x *syntax.DropPartitions) error {
	if err := a.partitioned(x); err != nil {
		return err
	}
	t, err := a.tx.Table(a.t.Database, a.t.Name, true)
	if err != nil {
		return err
	}
	for i := range x.Partitions {
		spec := &x.Partitions[i]
		if _, _, err := a.values(spec); err != nil {
			return err
		}
		dropped := 0
		for _, p := range t.External.Partitions {
			if !a.meant(spec, p.Values) {
				continue
			}
			dropped++
			if err := a.tx.DropPartition(t, p.Values); err != nil {
				return err
			}
		}
		if dropped == 0 && !x.IfExists {
			return partitionNotFound(spec)
		}
	}
	return nil
}

// meant reports whether all comparisons of a specification hold of a partition.
func (a *alteration) meant(spec *syntax.PartitionSpec, values []string) bool {
	for _, v := range spec.Values {
		name := strings.ToLower(v.Column.Name)
		have := values[slices.Index(a.t.Partition, name)]
		if !bind.ComparePartition(v.Op, have, v.Text, a.t.Columns[a.index(name)].Type) {
			return false
		}
	}
	return true
}

func (a *alteration) renamePartition(x *syntax.RenamePartition) error {
	from, err := a.wholePartition(&x.Old)
	if err != nil {
		return err
	}
	if err := a.mustHave(&x.Old, from); err != nil {
		return err
	}
	to, err := a.wholePartition(&x.New)
	if err != nil {
		return err
	}
	if have, err := a.tx.HasPartition(a.t, to.Values); err != nil {
		return err
	} else if have {
		return failedTask(&x.New, "AlreadyExistsException(message:Partition already exists: %s)", catalog.PartitionName(a.t.Partition, to.Values))
	}
	if to.Location, err = a.tx.PartitionLocation(a.t, from.Values); err != nil {
		return err
	}
	if err := a.tx.DropPartition(a.t, from.Values); err != nil {
		return err
	}
	return a.tx.PutPartition(a.t, to)
}
