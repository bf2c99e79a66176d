package funcs

import (
	_ "embed"
	"sort"
	"strings"
	"sync"
)

// trinoOverloads has, for each function, the overloads that Trino lists where
// none of them takes a call's arguments. Ours are fewer or more in places: what
// DuckDB takes as one type need not be told apart.
//
//go:embed overloads.txt
var trinoOverloads string

var overloadLists = sync.OnceValue(func() map[string]string {
	lists := map[string]string{}
	for line := range strings.Lines(trinoOverloads) {
		name, list, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		lists[name] = list
	}
	return lists
})

// overloads lists what f takes, in Trino's words where those are known.
func (f *Func) overloads() string {
	if list, ok := overloadLists()[f.Name]; ok {
		return list
	}
	var list []string
	for i := range f.signatures() {
		list = append(list, f.Name+f.parsed[i].String())
	}
	sort.Strings(list)
	return strings.Join(list, ", ")
}
