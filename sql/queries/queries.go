// Package queries is the library of named queries: the questions people come to
// AWS logs with, one .sql file each. A file is a head of comments and one
// statement of plain Athena SQL, which runs on Athena as it stands:
//
//	-- title: The addresses that a source was refused at
//	-- log_type: vpc_flow_logs
//	-- columns: srcaddr, dstaddr, action
//	-- parameter: srcaddr: the source
//	SELECT dstaddr FROM vpc_flow_logs
//	WHERE action = 'REJECT' AND srcaddr = /* srcaddr */ '10.0.1.10'
//
// The literal behind a comment with a parameter's name is that parameter's
// default and gives it its type.
package queries

import (
	"embed"
	"errors"
	"io/fs"
	"slices"
	"strings"
)

//go:embed library/*.sql
var library embed.FS

// Query is one file.
type Query struct {
	Name       string // the file's, without .sql
	Title      string
	LogType    string // the built-in table that it asks
	Columns    []string
	Parameters []Parameter
	Text       string // the file
	Folder     string // where it is from; empty for those that are embedded
	Err        error  // why it cannot be run
}

// Parameter is a value that a query can be run with.
type Parameter struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default"`
	About   string `json:"about"`
}

// Embedded are the queries that come with the program, by log type and name.
func Embedded() []Query {
	folder, err := fs.Sub(library, "library")
	if err != nil {
		panic(err) // the pattern above names the folder
	}
	list, err := Load(folder, "")
	if err != nil {
		panic(err) // reading what is embedded does not fail
	}
	return list
}

// Load reads the .sql files of a folder; name is what Query.Folder will say. A
// folder that is not there has none. A file that is no query is in the list
// with its Err.
func Load(folder fs.FS, name string) ([]Query, error) {
	files, err := fs.Glob(folder, "*.sql")
	if err != nil {
		return nil, err
	}
	var list []Query
	for _, file := range files {
		text, err := fs.ReadFile(folder, file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile
		}
		q := Query{Name: strings.TrimSuffix(file, ".sql"), Folder: name, Text: string(text), Err: err}
		if err == nil {
			q.read()
		}
		list = append(list, q)
	}
	sortQueries(list)
	return list, nil
}

// Together is the lists as one; of queries with one name those of the first
// list count.
func Together(lists ...[]Query) []Query {
	var all []Query
	for _, list := range lists {
		for _, q := range list {
			if _, taken := Find(all, q.Name); !taken {
				all = append(all, q)
			}
		}
	}
	sortQueries(all)
	return all
}

// Find is the query with a name, in whatever case.
func Find(list []Query, name string) (Query, bool) {
	for _, q := range list {
		if strings.EqualFold(q.Name, name) {
			return q, true
		}
	}
	return Query{}, false
}

// logTypes is the order of the list; what has another log type, or none, is last.
var logTypes = []string{"vpc_flow_logs", "s3_access_logs", "cloudtrail_logs"}

func sortQueries(list []Query) {
	place := func(q Query) int {
		if i := slices.Index(logTypes, q.LogType); i >= 0 {
			return i
		}
		return len(logTypes)
	}
	slices.SortStableFunc(list, func(a, b Query) int {
		if d := place(a) - place(b); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
}
