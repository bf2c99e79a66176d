package funcs

import (
	"container/heap"
	"math"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Aggregates that DuckDB lacks, or computes in another order than Trino, are Go
// functions over the list of a group's values.
var aggregateGo = []GoFunc{
	{Name: "trino_moments", Signature: "(array(double), bigint) double", Total: true, Call: func(a []any) (any, error) {
		return moment(floats(a[0]), a[1].(int64)), nil
	}},
	{Name: "trino_correlation", Signature: "(array(double), array(double), varchar) double", Total: true, Call: func(a []any) (any, error) {
		return correlation(floats(a[0]), floats(a[1]), a[2].(string)), nil
	}},
	{Name: "trino_numeric_histogram", Signature: "(bigint, array(double), array(double)) array(array(double))", Call: numericHistogram},
	{Name: "trino_most_frequent", Signature: "(bigint, bigint, array(varchar)) array(array(bigint))", Call: mostFrequent},
	{Name: "trino_percentiles", Signature: "(array(double), array(double), array(double)) array(double)", Call: percentiles},
	{Name: "trino_listagg", Signature: "(array(varchar), varchar, varchar, boolean) varchar", Call: truncatedList},
}

func floats(list any) []float64 {
	var out []float64
	for _, v := range list.([]any) {
		if f, ok := v.(float64); ok {
			out = append(out, f)
		}
	}
	return out
}

// moment is the skewness (3) or the kurtosis (4), computed as Trino does, value
// by value, so that the last digits are the same.
func moment(values []float64, order int64) any {
	var n, mean, m2, m3, m4 float64
	for _, x := range values {
		before := n
		n++
		delta := x - mean
		deltaN := delta / n
		deltaN2 := deltaN * deltaN
		m2Change := float64(delta*deltaN) * before
		mean += deltaN
		m4 = m4 + float64(float64(m2Change*deltaN2)*(n*n-3*n+3)) + float64(float64(6*deltaN2)*m2) - float64(float64(4*deltaN)*m3)
		m3 = m3 + float64(float64(m2Change*deltaN)*(n-2)) - float64(float64(3*deltaN)*m2)
		m2 += m2Change
	}
	switch {
	case float64(len(values)) < float64(order):
		return nil
	case order == 3:
		return math.Sqrt(n) * m3 / pow15(m2)
	}
	return (n-1)*n*(n+1)/((n-2)*(n-3))*m4/(m2*m2) - float64(3*((n-1)*(n-1))/((n-2)*(n-3)))
}

// pow15 is x to the power of 1.5, rounded as Java does it: Go's math.Pow is off
// by a last digit now and then.
func pow15(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return math.Pow(x, 1.5)
	}
	cube := new(big.Float).SetPrec(200).SetFloat64(x)
	cube.Mul(cube, new(big.Float).SetPrec(200).Mul(cube, cube))
	root, _ := cube.Sqrt(cube).Float64()
	return root
}

// correlation is corr, regr_slope or regr_intercept of the dependent values ys;
// nil where it is no finite number.
func correlation(ys, xs []float64, what string) any {
	var n, meanX, meanY, c2, m2x, m2y float64
	for i, x := range xs {
		y := ys[i]
		n++
		oldX, oldY := meanX, meanY
		meanX += (x - oldX) / n
		meanY += (y - oldY) / n
		c2 += float64((x - oldX) * (y - meanY))
		m2x += float64((x - oldX) * (x - meanX))
		m2y += float64((y - oldY) * (y - meanY))
	}
	// Trino adds this up with what it has of no rows: with NaN where a square is not finite.
	c2 += float64(meanX*meanY) * 0
	m2x += float64(meanX*meanX) * 0
	m2y += float64(meanY*meanY) * 0
	result := c2 / m2x
	switch what {
	case "corr":
		result = c2 / math.Sqrt(m2x) / math.Sqrt(m2y)
	case "regr_intercept":
		result = meanY - float64(result*meanX)
	}
	if math.IsNaN(result) || math.IsInf(result, 0) {
		return nil
	}
	return result
}

// bucket is one of a numeric histogram's, linked to its neighbours while they
// are merged.
type bucket struct {
	id            int
	value, weight float64
	penalty       float64
	gone          bool
	left, right   *bucket
}

type bucketQueue []*bucket

func (q bucketQueue) Len() int { return len(q) }
func (q bucketQueue) Less(i, j int) bool {
	if order := compareNaNLast(q[i].penalty, q[j].penalty); order != 0 {
		return order < 0
	}
	return q[i].id < q[j].id
}
func (q bucketQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *bucketQueue) Push(x any)   { *q = append(*q, x.(*bucket)) }
func (q *bucketQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

// link puts b left of right: the penalty is what merging the two would cost.
func (b *bucket) link(left, right *bucket) *bucket {
	b.left, b.right, b.penalty = left, right, math.Inf(1)
	if left != nil {
		left.right = b
	}
	if right != nil {
		right.left = b
		weight := b.weight + right.weight
		distance := b.value - right.value
		b.penalty = weight * float64(distance*distance) * (b.weight * right.weight / (weight * weight))
	}
	return b
}

// histogramBuffer is how many values Trino takes in before it merges buckets.
const histogramBuffer = 100

// numericHistogram gives the buckets' values and weights.
func numericHistogram(args []any) (any, error) {
	limit := args[0].(int64)
	if limit < 2 {
		return nil, invalid("numeric_histogram bucket count must be greater than one")
	}
	values, weights := floats(args[1]), floats(args[2])
	var buckets []bucket
	for i, v := range values {
		if len(buckets) == int(limit)+histogramBuffer {
			buckets = compactBuckets(buckets, int(limit))
		}
		buckets = append(buckets, bucket{value: v, weight: weights[i]})
	}
	var keys, sums []any
	for _, b := range compactBuckets(buckets, int(limit)) {
		keys, sums = append(keys, b.value), append(sums, b.weight)
	}
	return []any{keys, sums}, nil
}

// compactBuckets adds up those of one value and merges the nearest until no more
// than limit are left.
func compactBuckets(buckets []bucket, limit int) []bucket {
	slices.SortStableFunc(buckets, func(a, b bucket) int { return compareNaNLast(a.value, b.value) })
	var distinct []bucket
	for _, b := range buckets {
		if n := len(distinct); n > 0 && distinct[n-1].value == b.value {
			distinct[n-1].weight += b.weight
			continue
		}
		distinct = append(distinct, bucket{value: b.value, weight: b.weight})
	}
	if len(distinct) <= limit {
		return distinct
	}
	queue := &bucketQueue{}
	var right *bucket
	for i := len(distinct) - 1; i >= 0; i-- {
		distinct[i].id = i
		right = distinct[i].link(nil, right)
		*queue = append(*queue, right)
	}
	heap.Init(queue)
	for n := len(distinct); n > limit && queue.Len() > 0; {
		b := heap.Pop(queue).(*bucket)
		if !b.gone && b.right != nil {
			mergeBucket(queue, b)
			n--
		}
	}
	var out []bucket
	for _, b := range *queue {
		if !b.gone {
			out = append(out, bucket{value: b.value, weight: b.weight})
		}
	}
	slices.SortFunc(out, func(a, b bucket) int { return compareNaNLast(a.value, b.value) })
	return out
}

// mergeBucket merges b with its right neighbour.
func mergeBucket(queue *bucketQueue, b *bucket) {
	right, left := b.right, b.left
	b.gone, right.gone = true, true
	weight := b.weight + right.weight
	value := (float64(b.value*b.weight) + float64(right.value*right.weight)) / weight
	merged := (&bucket{id: b.id, value: value, weight: weight}).link(nil, right.right)
	heap.Push(queue, merged)
	if left != nil {
		left.gone = true
		again := (&bucket{id: left.id, value: left.value, weight: left.weight}).link(left.left, merged)
		heap.Push(queue, again)
	}
}

func compareNaNLast(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a):
		return 1
	}
	return -1
}

// counted is a value that mostFrequent counts: the place it was first seen at.
type counted struct{ place, count, since int64 }

// mostFrequent counts at most capacity values: a new one takes the place and the
// count of the rarest. It gives the places of the limit most frequent, and
// their counts.
func mostFrequent(args []any) (any, error) {
	limit, capacity := args[0].(int64), args[1].(int64)
	switch {
	case limit < 2:
		return nil, invalid("approx_most_frequent bucket count must be greater than one")
	case limit > capacity:
		return nil, invalid("approx_most_frequent capacity must be greater than or equal to bucket count")
	}
	known := map[string]*counted{}
	for i, v := range args[2].([]any) {
		text, _ := v.(string)
		c := known[text]
		if c == nil {
			c = &counted{place: int64(i + 1)}
			if int64(len(known)) >= capacity {
				c.count = evict(known)
			}
			known[text] = c
		}
		c.count++
		c.since = int64(i)
	}
	var all []*counted
	for _, c := range known {
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].count == all[j].count {
			return all[i].since < all[j].since
		}
		return all[i].count > all[j].count
	})
	var places, counts []any
	for _, c := range all[:min(len(all), int(limit))] {
		places, counts = append(places, c.place), append(counts, c.count)
	}
	return []any{places, counts}, nil
}

// evict forgets the rarest value, of several the one that was counted first.
func evict(known map[string]*counted) int64 {
	var rarest string
	var least *counted
	for text, c := range known {
		if least == nil || c.count < least.count || c.count == least.count && c.since < least.since {
			rarest, least = text, c
		}
	}
	delete(known, rarest)
	return least.count
}

// percentiles of weighted values: of each share of the whole weight, the value
// at it, as in a digest that has not had to merge any.
func percentiles(args []any) (any, error) {
	values, weights, shares := floats(args[0]), floats(args[1]), floats(args[2])
	order := make([]int, len(values))
	total := 0.0
	for i, w := range weights {
		if w < 1 {
			return nil, invalid("weight must be >= 1, was %s", FloatText(w, 64))
		}
		order[i] = i
		total += w
	}
	sort.SliceStable(order, func(i, j int) bool { return values[order[i]] < values[order[j]] })
	out := make([]any, len(shares))
	for i, share := range shares {
		if share < 0 || share > 1 {
			return nil, invalid("Percentile must be between 0 and 1")
		}
		if len(values) > 0 {
			out[i] = valueAt(values, weights, order, total, share)
		}
	}
	return out, nil
}

// valueAt walks the digest of Trino: values of a weight above 1 are interpolated
// between their middles.
func valueAt(values, weights []float64, order []int, total, share float64) float64 {
	mean := func(i int) float64 { return values[order[i]] }
	weight := func(i int) float64 { return weights[order[i]] }
	last := len(order) - 1
	offset := share * total
	between := func(at, x0, y0, x1, y1 float64) float64 {
		return y0 + (at-x0)/(x1-x0)*(y1-y0)
	}
	switch {
	case last == 0:
		return mean(0)
	case offset < 1:
		return mean(0)
	case total-offset < 1:
		return mean(last)
	}
	if w := weight(0); w > 1 && offset < w/2 {
		return mean(0)
	}
	if w := weight(last); w > 1 && total-offset <= w/2 {
		return mean(last)
	}
	sofar := weight(0) / 2
	for i := range last {
		delta := (weight(i) + weight(i+1)) / 2
		if sofar+delta <= offset {
			sofar += delta
			continue
		}
		leftUnit, rightUnit := 0.0, 0.0
		if weight(i) == 1 {
			if offset-sofar < 0.5 {
				return mean(i)
			}
			leftUnit = 0.5
		}
		if weight(i+1) == 1 {
			if sofar+delta-offset <= 0.5 {
				return mean(i + 1)
			}
			rightUnit = 0.5
		}
		return between(offset, sofar+leftUnit, mean(i), sofar+delta-rightUnit, mean(i+1))
	}
	return mean(last)
}

// maxListagg is how many bytes listagg may give.
const maxListagg = 1 << 20

// truncatedList joins texts until they are too long, and says what follows, with
// the number of those left out where count is true.
func truncatedList(args []any) (any, error) {
	list, sep, filler, count := args[0].([]any), args[1].(string), args[2].(string), args[3].(bool)
	var b strings.Builder
	for i, v := range list {
		text, _ := v.(string)
		if i > 0 && b.Len()+len(sep)+len(text) > maxListagg || len(text) > maxListagg {
			if i > 0 {
				b.WriteString(sep)
			}
			b.WriteString(filler)
			if count {
				b.WriteString("(" + strconv.Itoa(len(list)-i) + ")")
			}
			return b.String(), nil
		}
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(text)
	}
	return b.String(), nil
}
