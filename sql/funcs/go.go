package funcs

import (
	"context"
	"time"

	"logsql/convert/schema"
)

// GoFunc is a scalar function written in Go, which package duck registers
// under its name.
//
// Signature has concrete types: boolean, bigint, double, varchar, varbinary,
// date, timestamp, timestamp with time zone and arrays of these. Call gets and
// gives bool, int64, float64, string, []byte, time.Time (UTC), Zoned and []any,
// nil for NULL; without Nulls it is not called when an argument is NULL.
// An error of type *syntax.Error keeps its code; a Total function has none.
type GoFunc struct {
	Name      string
	Signature string
	Nulls     bool
	Volatile  bool
	Total     bool
	Call      func(args []any) (any, error)
	Long      func(ctx context.Context, args []any) (any, error) // in place of Call, where one call may take long
}

// Do calls f.
func (f GoFunc) Do(ctx context.Context, args []any) (any, error) {
	if f.Long != nil {
		return f.Long(ctx, args)
	}
	return f.Call(args)
}

// GoFuncs lists all of them, with their twins.
func GoFuncs() []GoFunc {
	all := goOriginals()
	for _, f := range all {
		all = append(all, f.twins()...)
	}
	return all
}

func goOriginals() []GoFunc {
	var all []GoFunc
	for _, list := range [][]GoFunc{
		castGo, stringGo, regexpGo, datetimeGo, jsonGo, mathGo, probabilityGo, vectorGo, hashGo, binaryGo, urlGo, addressGo, likeGo, arrayGo, fineGo, javaTimeGo, nanosGo, intervalGo,
		sqlJSONGo, aggregateGo, checksumGo, colorGo,
	} {
		all = append(all, list...)
	}
	return all
}

// Types are the parameters and the result of f's signature.
func (f GoFunc) Types() (params []schema.Type, result schema.Type) {
	s := parseSignature(f.Signature)
	m := &matcher{}
	for _, p := range s.params {
		params = append(params, m.build(p))
	}
	return params, m.build(s.result)
}

// Zoned is a timestamp with time zone: the instant in UTC and the zone's name
// as Trino shows it.
type Zoned struct {
	Time time.Time
	Zone string
}
