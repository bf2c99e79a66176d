package duck

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/syntax"
)

// register makes the Go functions known to the database of conn.
func register(conn *sql.Conn, list []funcs.GoFunc) error {
	for _, f := range list {
		config, err := udfConfig(f)
		if err != nil {
			return fmt.Errorf("register %s: %w", f.Name, err)
		}
		if err := duckdb.RegisterScalarUDF(conn, f.Name, udf{config: config, call: f.Call}); err != nil {
			return fmt.Errorf("register %s: %w", f.Name, err)
		}
	}
	return nil
}

type udf struct {
	config duckdb.ScalarFuncConfig
	call   func([]any) (any, error)
}

// Config is duckdb-go's part of the contract.
func (u udf) Config() duckdb.ScalarFuncConfig { return u.config }

// Executor calls the Go function row by row. A NULL inside TRY or an error
// keeps its Trino code on the way through DuckDB's text; see trinoError.
func (u udf) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: func(values []driver.Value) (_ any, err error) {
		defer func() {
			if p := recover(); p != nil { // else it would end the process, on its way through C
				err = fmt.Errorf("internal error: %v", p)
			}
		}()
		args := make([]any, len(values))
		for i, v := range values {
			args[i] = v
		}
		result, err := u.call(args)
		if z, ok := result.(funcs.Zoned); ok {
			result = map[string]any{"t": z.Time, "z": z.Zone}
		}
		var known *syntax.Error
		if errors.As(err, &known) {
			return nil, errors.New(mark + known.Code + mark + known.Msg + mark)
		}
		return result, err
	}}
}

func udfConfig(f funcs.GoFunc) (duckdb.ScalarFuncConfig, error) {
	params, result := f.Types()
	config := duckdb.ScalarFuncConfig{Volatile: f.Volatile, SpecialNullHandling: f.Nulls}
	for _, p := range params {
		info, err := typeInfo(p)
		if err != nil {
			return config, err
		}
		config.InputTypeInfos = append(config.InputTypeInfos, info)
	}
	var err error
	config.ResultTypeInfo, err = typeInfo(result)
	return config, err
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
