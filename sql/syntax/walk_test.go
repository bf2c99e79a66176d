package syntax

import (
	"reflect"
	"testing"
)

// TestWalk compares what Walk visits with what reflection finds in the tree.
func TestWalk(t *testing.T) {
	for _, c := range allCases() {
		list, err := Parse(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		for _, st := range list {
			visited := map[Node]bool{}
			Walk(st, func(n Node) bool {
				if visited[n] {
					t.Errorf("%s: visited twice: %s", c.in, Print(n))
				}
				visited[n] = true
				return true
			})
			for _, n := range nodesIn(reflect.ValueOf(&st).Elem(), nil) {
				if !visited[n] {
					t.Errorf("%s: not visited: %T %s", c.in, n, Print(n))
				}
			}
		}
	}
}

// nodesIn finds the nodes that v's interfaces hold, and queries.
func nodesIn(v reflect.Value, found []Node) []Node {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return found
		}
		found = append(found, v.Interface().(Node))
		return nodesIn(v.Elem().Elem(), found)
	case reflect.Pointer:
		if v.IsNil() {
			return found
		}
		if q, ok := v.Interface().(*Query); ok {
			found = append(found, q)
		}
		return nodesIn(v.Elem(), found)
	case reflect.Slice:
		for i := range v.Len() {
			found = nodesIn(v.Index(i), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			found = nodesIn(v.Field(i), found)
		}
	}
	return found
}

func TestWalkStops(t *testing.T) {
	x, err := ParseExpr("f(a, (SELECT b FROM c))")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	Walk(x, func(n Node) bool {
		if id, ok := n.(*Ident); ok {
			names = append(names, id.Name)
		}
		_, sub := n.(*Subquery)
		return !sub
	})
	if !reflect.DeepEqual(names, []string{"a"}) {
		t.Errorf("visited %v", names)
	}
}
