package catalog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// listed is a lister over addresses in order, a bucket at a time as the
// mirror's is.
func listed(uris []string) lister {
	return func(_ context.Context, from string, limit int) ([]File, bool, error) {
		bucket := from[:len("s3://x/")]
		var files []File
		for _, uri := range uris[sort.SearchStrings(uris, from):] {
			if !strings.HasPrefix(uri, bucket) {
				break
			}
			if len(files) == limit {
				return files, true, nil
			}
			files = append(files, File{URI: uri, Size: 1})
		}
		return files, len(files) == limit, nil
	}
}

// TestWalk compares walking side by side with looking for each partition's
// files among all, on random trees with locations inside each other and in
// several buckets.
func TestWalk(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	folders := func(n int) string {
		uri := "s3://" + string("ab"[random.IntN(2)]) + "/"
		for range random.IntN(n) {
			uri += string("xyz-0"[random.IntN(5)]) + "/"
		}
		return uri
	}
	for range 300 {
		var uris []string
		for i := range random.IntN(400) {
			uris = append(uris, folders(4)+string("f_."[max(0, random.IntN(12)-9)])+fmt.Sprint(i%7))
		}
		slices.Sort(uris)
		uris = slices.Compact(uris)
		var partitions []Partition
		for i := range random.IntN(12) {
			partitions = append(partitions, Partition{Values: []string{fmt.Sprint(i)}, Location: folders(4)})
		}
		var got, want []string
		for _, group := range disjoint(partitions) {
			files, err := walk(context.Background(), listed(uris), group)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				got = append(got, f.Partition[0]+" "+f.URI)
			}
		}
		for _, p := range partitions {
			for _, uri := range uris {
				if below, ok := strings.CutPrefix(uri, p.Location); ok && !hidden(below) {
					want = append(want, p.Values[0]+" "+uri)
				}
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%v\nin %v\n got %v\nwant %v", partitions, uris, got, want)
		}
	}
}

// BenchmarkWalk locates one day in ten thousand partitions, and all.
func BenchmarkWalk(b *testing.B) {
	var uris []string
	var partitions []Partition
	day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 10_000 {
		location := "s3://b/t/" + day.AddDate(0, 0, i).Format("2006/01/02") + "/"
		partitions = append(partitions, Partition{Location: location})
		uris = append(uris, location+"1.gz", location+"2.gz")
	}
	for _, n := range []int{1, len(partitions)} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for range b.N {
				if files, err := walk(b.Context(), listed(uris), partitions[:n]); err != nil || len(files) != 2*n {
					b.Fatal(len(files), err)
				}
			}
		})
	}
}
