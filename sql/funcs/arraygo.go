package funcs

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// Functions over arrays of any type are written in Go as functions over places,
// from 1, by which SQL then picks the elements.
var arrayGo = []GoFunc{
	{Name: "trino_combinations", Signature: "(bigint, bigint) array(array(bigint))", Call: combinations},
	{Name: "trino_shuffle", Signature: "(bigint) array(bigint)", Volatile: true, Total: true, Call: func(a []any) (any, error) {
		places := []any{}
		for _, i := range rand.Perm(int(a[0].(int64))) {
			places = append(places, int64(i+1))
		}
		return places, nil
	}},
	{Name: "trino_array_join", Signature: "(array(varchar), varchar) varchar", Total: true, Call: func(a []any) (any, error) {
		var parts []string
		for _, v := range a[0].([]any) {
			if text, ok := v.(string); ok {
				parts = append(parts, text)
			}
		}
		return strings.Join(parts, a[1].(string)), nil
	}},
	{Name: "trino_sort", Signature: "(array(array(bigint))) array(bigint)", Call: sortPlaces},
}

const maxCombinations = 100_000

// combinations lists those of k out of n places, the last place varying
// slowest.
func combinations(args []any) (any, error) {
	n, k := args[0].(int64), args[1].(int64)
	switch {
	case k < 0:
		return nil, invalid("combination size must not be negative: %d", k)
	case k > 5:
		return nil, invalid("combination size must not exceed 5: %d", k)
	case k > n:
		return []any{}, nil
	}
	count := int64(1)
	for i := range k {
		if count = count * (n - i) / (i + 1); count > maxCombinations {
			return nil, invalid("combinations exceed max size")
		}
	}
	places := make([]int64, k)
	for i := range places {
		places[i] = int64(i + 1)
	}
	var all []any
	for range count {
		row := make([]any, k)
		for i, p := range places {
			row[i] = p
		}
		all = append(all, row)
		nextCombination(places)
	}
	return all, nil
}

// nextCombination moves the first place that has room and puts those before it
// back to the start.
func nextCombination(places []int64) {
	for i := range places {
		places[i]++
		if i+1 == len(places) || places[i] < places[i+1] {
			return
		}
		places[i] = int64(i + 1)
	}
}

// sorter sorts places by a matrix of comparisons as Java's List.sort does, which
// shows where the comparisons contradict each other.
type sorter struct {
	matrix []any
	err    error
}

func (s *sorter) compare(i, j int64) int {
	row, _ := s.matrix[i-1].([]any)
	sign, ok := row[j-1].(int64)
	if !ok || sign < -1 || sign > 1 {
		s.err = invalid("Lambda comparator must return either -1, 0, or 1")
		return 0
	}
	return int(sign)
}

const javaMinMerge = 32

func sortPlaces(args []any) (any, error) {
	s := &sorter{matrix: args[0].([]any)}
	places := make([]int64, len(s.matrix))
	for i := range places {
		places[i] = int64(i + 1)
	}
	run := s.firstRun(places)
	switch {
	case run == len(places):
	case len(places) < javaMinMerge:
		s.insert(places, run)
	default:
		slices.SortStableFunc(places, s.compare)
	}
	out := make([]any, len(places))
	for i, p := range places {
		out[i] = p
	}
	return out, s.err
}

// firstRun is how many places from the start are in order; where they fall, they
// are turned round.
func (s *sorter) firstRun(places []int64) int {
	if len(places) < 2 {
		return len(places)
	}
	n := 2
	if s.compare(places[1], places[0]) >= 0 {
		for n < len(places) && s.compare(places[n], places[n-1]) >= 0 {
			n++
		}
		return n
	}
	for n < len(places) && s.compare(places[n], places[n-1]) < 0 {
		n++
	}
	slices.Reverse(places[:n])
	return n
}

// insert puts each place from the n-th on among those before it.
func (s *sorter) insert(places []int64, n int) {
	for ; n < len(places); n++ {
		pivot, left, right := places[n], 0, n
		for left < right {
			mid := (left + right) / 2
			if s.compare(pivot, places[mid]) < 0 {
				right = mid
			} else {
				left = mid + 1
			}
		}
		copy(places[left+1:n+1], places[left:n])
		places[left] = pivot
	}
}
