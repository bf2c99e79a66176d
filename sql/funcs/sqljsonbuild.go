package funcs

import (
	"sort"
	"strings"
	"unicode/utf16"

	"logsql/convert/schema"
	"logsql/sql/jsonpath"
)

// JSONBuild says what JSON_OBJECT or JSON_ARRAY is to make of the values that
// trino_json_build gets: members, or keys and members in turn.
type JSONBuild struct {
	Object  bool
	Absent  bool // a member that is NULL is left out
	Unique  bool
	Members []JSONParam
}

func goJSONBuild(a []any) (any, error) {
	j, err := specOf[JSONBuild](a[0].(string))
	if err != nil {
		return nil, err
	}
	values, _ := a[1].([]any)
	out := &jsonpath.Item{Kind: jsonpath.KindArray}
	if j.Object {
		out.Kind = jsonpath.KindObject
		err = j.object(out, values)
	} else {
		err = j.array(out, values)
	}
	if err != nil {
		return nil, err
	}
	return string(appendItem(nil, out)), nil
}

// member is the i-th value; nil where it is to be left out.
func (j *JSONBuild) member(i int, value any) (*jsonpath.Item, error) {
	if value == nil {
		if j.Absent {
			return nil, nil
		}
		return jsonpath.Null, nil
	}
	return j.Members[i].item(value)
}

func (j *JSONBuild) array(out *jsonpath.Item, values []any) error {
	for i, value := range values {
		it, err := j.member(i, value)
		if err != nil {
			return err
		}
		if it != nil {
			out.Elems = append(out.Elems, it)
		}
	}
	return nil
}

func (j *JSONBuild) object(out *jsonpath.Item, values []any) error {
	seen := map[string]bool{}
	for i := 0; i+1 < len(values); i += 2 {
		key, ok := values[i].(string)
		if !ok {
			return invalid("null value passed for JSON object key to JSON_OBJECT function")
		}
		key = strings.TrimRight(key, padding(schema.MustParse(j.Members[i].Type)))
		it, err := j.member(i+1, values[i+1])
		switch {
		case err != nil:
			return err
		case it == nil:
			continue
		case seen[key] && j.Unique:
			return invalid("duplicate key passed to JSON_OBJECT function")
		case seen[key]:
			return failure("NOT_SUPPORTED", "cannot construct a JSON object with duplicate key")
		}
		seen[key] = true
		out.Keys, out.Elems = append(out.Keys, key), append(out.Elems, it)
	}
	sort.Stable(hashOrder{out, buckets(len(out.Keys))})
	return nil
}

// hashOrder is the order that Trino gives the members of an object it makes:
// that of Java's HashMap.
type hashOrder struct {
	*jsonpath.Item
	buckets uint32
}

// Len is part of sort.Interface.
func (h hashOrder) Len() int { return len(h.Keys) }

// Less is part of sort.Interface.
func (h hashOrder) Less(i, j int) bool { return h.bucket(h.Keys[i]) < h.bucket(h.Keys[j]) }

// Swap is part of sort.Interface.
func (h hashOrder) Swap(i, j int) {
	h.Keys[i], h.Keys[j] = h.Keys[j], h.Keys[i]
	h.Elems[i], h.Elems[j] = h.Elems[j], h.Elems[i]
}

func (h hashOrder) bucket(key string) uint32 {
	hash := uint32(0)
	for _, unit := range utf16.Encode([]rune(key)) {
		hash = 31*hash + uint32(unit)
	}
	return (hash ^ hash>>16) & (h.buckets - 1)
}

// buckets is how many a HashMap of n keys has: it grows at three quarters.
func buckets(n int) uint32 {
	size := 16
	for 4*n > 3*size {
		size *= 2
	}
	return uint32(size)
}
