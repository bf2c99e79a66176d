package bind

import "math"

// countReads says how often each table is read where every name of a WITH part
// stands for its query, as Trino has it.
func (b *binder) countReads() {
	known := map[*CTE]int64{nil: 1}
	for _, scan := range b.info.Scans {
		scan.Times = scan.within.times(known)
	}
}

func (c *CTE) times(known map[*CTE]int64) int64 {
	if n, ok := known[c]; ok {
		return n
	}
	known[c] = 0 // what it is while a recursive part reads itself
	var n int64
	for _, reader := range c.readers {
		n = min(n+reader.times(known), math.MaxInt32)
	}
	known[c] = n
	return n
}
