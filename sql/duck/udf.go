package duck

import (
	"database/sql"
	"fmt"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"logsql/convert/schema"
	"logsql/sql/funcs"
)

// register makes the Go functions known to the database of conn.
func register(conn *sql.Conn, list []funcs.GoFunc, past *past) error {
	for _, f := range list {
		u, err := newUDF(f)
		if err != nil {
			return fmt.Errorf("register %s: %w", f.Name, err)
		}
		u.past = past
		if err := duckdb.RegisterScalarUDF(conn, f.Name, u); err != nil {
			return fmt.Errorf("register %s: %w", f.Name, err)
		}
	}
	return nil
}

// newUDF: DuckDB hands NULLs over in any case, as the function is called for
// whole columns.
func newUDF(f funcs.GoFunc) (*udf, error) {
	u := &udf{f: f, config: duckdb.ScalarFuncConfig{Volatile: f.Volatile, SpecialNullHandling: f.Nulls}}
	u.params, u.result = f.Types()
	for _, p := range u.params {
		info, err := typeInfo(p)
		if err != nil {
			return nil, err
		}
		u.config.InputTypeInfos = append(u.config.InputTypeInfos, info)
	}
	var err error
	u.config.ResultTypeInfo, err = typeInfo(u.result)
	return u, err
}

var plainTypes = map[schema.Kind]duckdb.Type{
	schema.Boolean: duckdb.TYPE_BOOLEAN, schema.BigInt: duckdb.TYPE_BIGINT, schema.Double: duckdb.TYPE_DOUBLE,
	schema.Varchar: duckdb.TYPE_VARCHAR, schema.Varbinary: duckdb.TYPE_BLOB, schema.Date: duckdb.TYPE_DATE,
	schema.Timestamp: duckdb.TYPE_TIMESTAMP,
}

func typeInfo(t schema.Type) (duckdb.TypeInfo, error) {
	switch t.Kind {
	case schema.Array:
		elem, err := typeInfo(t.Elem())
		if err != nil {
			return nil, err
		}
		return duckdb.NewListInfo(elem)
	case schema.TimestampTZ:
		return zonedInfo()
	}
	plain, ok := plainTypes[t.Kind]
	if !ok {
		return nil, fmt.Errorf("a Go function cannot have type %s", t)
	}
	return duckdb.NewTypeInfo(plain)
}

func zonedInfo() (duckdb.TypeInfo, error) {
	stamp, err := duckdb.NewTypeInfo(duckdb.TYPE_TIMESTAMP)
	if err != nil {
		return nil, err
	}
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return nil, err
	}
	t, err := duckdb.NewStructEntry(stamp, "t")
	if err != nil {
		return nil, err
	}
	z, err := duckdb.NewStructEntry(text, "z")
	if err != nil {
		return nil, err
	}
	return duckdb.NewStructInfo(t, z)
}
