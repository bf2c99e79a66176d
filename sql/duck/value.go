package duck

import (
	"math/big"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Interval is a value of DuckDB's INTERVAL.
type Interval struct {
	Months int64
	Micros int64
}

// Map is a value of DuckDB's MAP, in its order.
type Map struct{ Keys, Values []any }

// plain turns a value of the driver into one of the closed set that Next
// documents.
func plain(v any) any {
	switch v := v.(type) {
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case *big.Int:
		return v.String()
	case duckdb.Decimal:
		return decimalText(v.Value, int(v.Scale))
	case duckdb.Interval:
		return Interval{Months: int64(v.Months), Micros: v.Micros + int64(v.Days)*86_400_000_000}
	case duckdb.OrderedMap:
		return Map{Keys: plainList(v.Keys()), Values: plainList(v.Values())}
	case []any:
		return plainList(v)
	case map[string]any:
		for k, x := range v {
			v[k] = plain(x)
		}
		return v
	}
	return v
}

func plainList(list []any) []any {
	for i, v := range list {
		list[i] = plain(v)
	}
	return list
}

// decimalText is unscaled × 10^-scale with all its digits.
func decimalText(unscaled *big.Int, scale int) string {
	digits := new(big.Int).Abs(unscaled).String()
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	if scale > 0 {
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if unscaled.Sign() < 0 {
		return "-" + digits
	}
	return digits
}
