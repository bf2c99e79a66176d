package duck

import (
	"context"
	"errors"
	"fmt"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"logsql/convert/schema"
	"logsql/sql/funcs"
	"logsql/sql/serde"
	"logsql/sql/syntax"
)

// udf is a Go function as DuckDB calls it: with the columns of some 2,000 rows.
type udf struct {
	f        funcs.GoFunc
	params   []schema.Type
	result   schema.Type
	past     *past
	contexts *contexts
}

func (u *udf) serve(ctx context.Context, chunk mapping.DataChunk, out mapping.Vector) (err error) {
	defer func() {
		if p := recover(); p != nil { // else it would end the process, on its way through C
			err = fmt.Errorf("internal error: %v", p)
		}
		u.past.note(err)
		err = marked(err)
	}()
	return u.run(ctx, chunk, out)
}

func (u *udf) run(ctx context.Context, chunk mapping.DataChunk, out mapping.Vector) error {
	n := int(mapping.DataChunkGetSize(chunk))
	c := &calls{udf: u, ctx: ctx, out: newVector(u.result), args: make([]any, len(u.params)), memo: -1}
	for i, t := range u.params {
		col := readColumn(mapping.DataChunkGetVector(chunk, mapping.IdxT(i)), t, n)
		c.columns = append(c.columns, col)
		if !col.same {
			c.varying++
			c.memo = i
		}
	}
	if c.varying != 1 || !hashed[u.params[c.memo].Kind] || u.f.Volatile {
		c.memo = -1
	}
	for i := range n {
		v, err := c.row(i)
		if err != nil {
			return err
		}
		if err := put(c.out, v); err != nil {
			return fmt.Errorf("%s: %w", u.f.Name, err)
		}
		if bytesIn(c.out) > maxBytes {
			return tooLarge(u.f.Name)
		}
	}
	copyVector(out, c.out)
	return nil
}

// hashed are the kinds of which a value may be the key of a map.
var hashed = map[schema.Kind]bool{schema.Varchar: true, schema.BigInt: true, schema.Date: true, schema.Timestamp: true}

// maxBytes is how much text a function may make in one call.
const maxBytes = 1 << 29

func tooLarge(name string) error {
	return &syntax.Error{Code: "EXCEEDED_FUNCTION_MEMORY_LIMIT", Msg: fmt.Sprintf("%s makes more than %d bytes at once", name, maxBytes)}
}

// calls are those of one function for the rows of a chunk.
type calls struct {
	*udf
	ctx     context.Context
	columns []column
	args    []any
	out     *serde.Vector
	varying int         // how many columns are not the same in all rows
	memo    int         // the column that answers go by, -1 for none
	known   map[any]any // answers by its values
	last    any         // the answer where no column varies
	rows    int
	found   int
}

// memoTrial is the number of rows after which answers that were not asked for
// again are no longer kept.
const memoTrial = 128

func (c *calls) row(i int) (any, error) {
	null := false
	for j := range c.columns {
		c.args[j] = c.columns[j].at(i)
		null = null || c.args[j] == nil
	}
	if null && !c.f.Nulls {
		return nil, nil
	}
	c.rows++
	switch {
	case c.memo >= 0:
		return c.remembered(c.args[c.memo])
	case c.varying == 0 && c.rows > 1 && !c.f.Volatile:
		return c.last, nil
	}
	v, err := c.call()
	c.last = v
	return v, err
}

// remembered calls the function once for equal values: those of logs repeat.
func (c *calls) remembered(key any) (any, error) {
	if v, ok := c.known[key]; ok {
		c.found++
		return v, nil
	}
	v, err := c.call()
	switch {
	case err != nil:
		return nil, err
	case c.rows == memoTrial && c.found < memoTrial/8:
		c.memo, c.known = -1, nil
		return v, nil
	case c.known == nil:
		c.known = map[any]any{}
	}
	c.known[key] = v
	return v, nil
}

func (c *calls) call() (any, error) {
	if err := c.ctx.Err(); err != nil {
		return nil, err
	}
	v, err := c.f.Do(c.ctx, c.args)
	var known *syntax.Error
	if err != nil && !errors.As(err, &known) {
		err = fmt.Errorf("%s: %w", c.f.Name, err)
	}
	return v, err
}
