package funcs

import (
	"math"

	"logsql/convert/schema"
)

var vectorFuncs = []*Func{
	{Name: "cosine_similarity", Signatures: []string{"(array(double), array(double)) double", "(map(varchar, double), map(varchar, double)) double"}, Emit: emitCosine},
	{Name: "cosine_distance", Signatures: twoVectors, Emit: build(func(a []expr) expr { return bin("-", num(1), call("trino_cosine", a...)) })},
	{Name: "dot_product", Signatures: twoVectors, Emit: udf("trino_dot")},
	{Name: "euclidean_distance", Signatures: twoVectors, Emit: udf("trino_euclidean")},
}

var twoVectors = []string{"(array(double), array(double)) double"}

var vectorGo = []GoFunc{
	{Name: "trino_cosine", Signature: twoVectors[0], Call: goCosine},
	{Name: "trino_dot", Signature: twoVectors[0], Call: pairwise(func(x, y float64) float64 { return x * y }, func(sum float64) float64 { return sum })},
	{Name: "trino_euclidean", Signature: twoVectors[0], Call: pairwise(func(x, y float64) float64 { return (x - y) * (x - y) }, math.Sqrt)},
	{Name: "trino_cosine_maps", Signature: "(array(varchar), array(double), array(varchar), array(double)) double", Total: true, Call: goCosineMaps},
}

// emitCosine hands maps over as their keys and values.
func emitCosine(c *Call) (expr, error) {
	if c.Params[0].Kind == schema.Array {
		return call("trino_cosine", c.Args...), nil
	}
	var args []expr
	for _, m := range c.Args {
		args = append(args, call("map_keys", m), call("map_values", m))
	}
	return call("trino_cosine_maps", args...), nil
}

func sameLength(a []any) error {
	if len(a[0].([]any)) != len(a[1].([]any)) {
		return invalid("The arguments must have the same length")
	}
	return nil
}

// numberOr0 takes a NULL for 0, as Trino does in a vector.
func numberOr0(v any) float64 {
	f, _ := v.(float64)
	return f
}

func pairwise(one func(x, y float64) float64, end func(float64) float64) func([]any) (any, error) {
	return func(a []any) (any, error) {
		if err := sameLength(a); err != nil {
			return nil, err
		}
		sum, y := 0.0, a[1].([]any)
		for i, x := range a[0].([]any) {
			sum += one(numberOr0(x), numberOr0(y[i]))
		}
		return end(sum), nil
	}
}

func goCosine(a []any) (any, error) {
	if err := sameLength(a); err != nil {
		return nil, err
	}
	var dot, xx, yy float64
	y := a[1].([]any)
	for i, x := range a[0].([]any) {
		if x == nil || y[i] == nil {
			return nil, nil
		}
		p, q := x.(float64), y[i].(float64)
		dot, xx, yy = dot+p*q, xx+p*p, yy+q*q
	}
	if xx == 0 || yy == 0 {
		return nil, invalid("Vector magnitude cannot be zero")
	}
	return dot / (math.Sqrt(xx) * math.Sqrt(yy)), nil
}

// goCosineMaps is of sparse vectors: a key that is missing is 0.
func goCosineMaps(a []any) (any, error) {
	x, xx, ok := sparse(a[0], a[1])
	y, yy, also := sparse(a[2], a[3])
	if !ok || !also {
		return nil, nil
	}
	dot := 0.0
	for key, v := range x {
		dot += v * y[key]
	}
	return dot / (math.Sqrt(xx) * math.Sqrt(yy)), nil
}

// sparse is a map with the sum of its squares; false where a value is NULL.
func sparse(keys, values any) (map[string]float64, float64, bool) {
	m, sum := map[string]float64{}, 0.0
	for i, k := range keys.([]any) {
		v, ok := values.([]any)[i].(float64)
		if !ok {
			return nil, 0, false
		}
		m[k.(string)] = v
		sum += v * v
	}
	return m, sum, true
}
