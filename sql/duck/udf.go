package duck

/*
#include <stdint.h>
#include <stdlib.h>

void *logsqlNumber(uint64_t n);
void *logsqlNumberCopy(void *p);
void logsqlBind(void *);
void logsqlCall(void *, void *, void *);
void logsqlDrop(void *);
*/
import "C"

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"runtime/cgo"
	"sync"
	"unsafe"

	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"logsql/convert/schema"
	"logsql/sql/funcs"
)

// Go functions are registered by way of DuckDB's C API: duckdb-go's own way
// sets the context of a call without a lock while threads run it, and hands
// values over one by one. What C keeps of ours are numbers in memory of its
// own: the handle of the udf, and the id of the connection that a call is of.

// register makes a Go function known to the database of conn.
func register(conn *sql.Conn, f funcs.GoFunc, past *past, contexts *contexts) error {
	return conn.Raw(func(c any) error {
		u := newUDF(f)
		u.past, u.contexts = past, contexts
		if err := u.register(connection(c)); err != nil {
			return fmt.Errorf("register %s: %w", f.Name, err)
		}
		return nil
	})
}

// connection is DuckDB's own, which duckdb-go keeps to itself; without it no
// statement with a Go function runs, so that every test watches that it is still there.
func connection(c any) mapping.Connection {
	return *(*mapping.Connection)(reflect.ValueOf(c.(*duckdb.Conn)).Elem().FieldByName("conn").Addr().UnsafePointer())
}

// contexts are those of the statements that run, by connection.
type contexts struct{ byID sync.Map }

func (c *contexts) of(id uint64) context.Context {
	if ctx, ok := c.byID.Load(id); ok {
		return ctx.(context.Context)
	}
	return context.Background()
}

func newUDF(f funcs.GoFunc) *udf {
	u := &udf{f: f}
	u.params, u.result = f.Types()
	return u
}

// register: DuckDB hands NULLs over in any case, as the function is called for
// whole columns.
func (u *udf) register(conn mapping.Connection) error {
	f := mapping.CreateScalarFunction()
	defer mapping.DestroyScalarFunction(&f)
	mapping.ScalarFunctionSetName(f, u.f.Name)
	for _, p := range u.params {
		if err := withType(p, func(t mapping.LogicalType) { mapping.ScalarFunctionAddParameter(f, t) }); err != nil {
			return err
		}
	}
	if err := withType(u.result, func(t mapping.LogicalType) { mapping.ScalarFunctionSetReturnType(f, t) }); err != nil {
		return err
	}
	if u.f.Nulls {
		mapping.ScalarFunctionSetSpecialHandling(f)
	}
	if u.f.Volatile {
		mapping.ScalarFunctionSetVolatile(f)
	}
	mapping.ScalarFunctionSetBind(f, C.logsqlBind)
	mapping.ScalarFunctionSetFunction(f, C.logsqlCall)
	mapping.ScalarFunctionSetExtraInfo(f, C.logsqlNumber(C.uint64_t(cgo.NewHandle(u))), C.logsqlDrop)
	if mapping.RegisterScalarFunction(conn, f) == mapping.StateError {
		return errors.New("DuckDB does not take the function")
	}
	return nil
}

func number(p unsafe.Pointer) uint64 { return *(*uint64)(p) }

// logsqlDrop is called when a database no longer needs a function.
//
//export logsqlDrop
func logsqlDrop(p unsafe.Pointer) {
	cgo.Handle(number(p)).Delete()
	C.free(p)
}

// logsqlBind notes which connection a statement that calls a function is of.
//
//export logsqlBind
func logsqlBind(p unsafe.Pointer) {
	info := mapping.BindInfo{Ptr: p}
	var client mapping.ClientContext
	mapping.ScalarFunctionGetClientContext(info, &client)
	defer mapping.DestroyClientContext(&client)
	id := mapping.ClientContextGetConnectionId(client)
	mapping.ScalarFunctionSetBindDataCopy(info, C.logsqlNumberCopy)
	mapping.ScalarFunctionSetBindData(info, C.logsqlNumber(C.uint64_t(id)), C.free)
}

// logsqlCall runs a function for the rows of a chunk.
//
//export logsqlCall
func logsqlCall(p, chunk, result unsafe.Pointer) {
	info := mapping.FunctionInfo{Ptr: p}
	u := cgo.Handle(number(mapping.ScalarFunctionGetExtraInfo(info))).Value().(*udf)
	id := number(mapping.ScalarFunctionGetBindData(info))
	if err := u.serve(u.contexts.of(id), mapping.DataChunk{Ptr: chunk}, mapping.Vector{Ptr: result}); err != nil {
		mapping.ScalarFunctionSetError(info, err.Error())
	}
}

// withType makes DuckDB's type of t for as long as use runs.
func withType(t schema.Type, use func(mapping.LogicalType)) error {
	switch t.Kind {
	case schema.Array:
		return withType(t.Elem(), func(elem mapping.LogicalType) {
			list := mapping.CreateListType(elem)
			defer mapping.DestroyLogicalType(&list)
			use(list)
		})
	case schema.TimestampTZ:
		return withType(schema.Of(schema.Timestamp), func(stamp mapping.LogicalType) {
			text := mapping.CreateLogicalType(mapping.TypeVarchar)
			defer mapping.DestroyLogicalType(&text)
			row := mapping.CreateStructType([]mapping.LogicalType{stamp, text}, []string{"t", "z"})
			defer mapping.DestroyLogicalType(&row)
			use(row)
		})
	}
	plain, ok := plainTypes[t.Kind]
	if !ok {
		return fmt.Errorf("a Go function cannot have type %s", t)
	}
	l := mapping.CreateLogicalType(plain)
	defer mapping.DestroyLogicalType(&l)
	use(l)
	return nil
}

var plainTypes = map[schema.Kind]mapping.Type{
	schema.Boolean: mapping.TypeBoolean, schema.BigInt: mapping.TypeBigInt, schema.Double: mapping.TypeDouble,
	schema.Varchar: mapping.TypeVarchar, schema.Varbinary: mapping.TypeBlob, schema.Date: mapping.TypeDate,
	schema.Timestamp: mapping.TypeTimestamp,
}
