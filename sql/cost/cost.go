// Package cost tells how much a statement reads, and what Athena would have
// scanned and charged for it.
//
// All is known from the plan, before anything is read: the partitions that WHERE
// leaves, and in Parquet the columns that are named. A LIMIT, or row groups whose
// bounds rule them out, may make it less; Athena counts no more than that either.
package cost

import (
	"context"

	"logsql/convert/lake"
	"logsql/ingest/mirror"
	"logsql/sql/bind"
	"logsql/sql/catalog"
)

// Scanned is what a statement reads. Of Parquet bytes are those of the columns it
// names, of any other file all as stored. A table that is read twice counts
// twice, as it does on Athena; there so does one in a WITH part that is named twice.
type Scanned struct {
	Files   int64 `json:"files"`    // that are read: parts of the lake, or objects
	OfFiles int64 `json:"of_files"` // that the tables have, as far as their partitions were looked at
	Bytes   int64 `json:"bytes"`    // that are read of Files, at most
	OfBytes int64 `json:"of_bytes"` // that OfFiles have

	// AsIs is what Athena would have scanned of the tables as they are here: the
	// built-in ones Parquet, the others over their objects. It is what
	// --scan-limit counts.
	AsIs int64 `json:"athena_bytes"`
	// Raw is what Athena would have scanned had the built-in tables been over the
	// raw objects, Parquet had those over raw objects been Parquet as well.
	Raw     int64 `json:"athena_raw_bytes"`
	Parquet int64 `json:"athena_parquet_bytes"`
	// NoParquet: of some table over raw objects there is no Parquet to know it of.
	NoParquet bool `json:"athena_parquet_unknown,omitempty"`
}

const (
	// MB and TB are Athena's.
	MB = 1 << 20
	TB = 1 << 40

	least = 10 * MB
)

// Billed is how many bytes Athena charges for a query that scans n: whole MB, 10
// at least.
func Billed(n int64) int64 { return max(least, (n+MB-1)/MB*MB) }

// Charge is what Athena takes for a query that scans n bytes, at a price for a
// TB.
func Charge(n int64, price float64) float64 { return float64(Billed(n)) / TB * price }

// Of says how much scans read: what bind left of them and, of tables over
// objects, the files that were located.
func Of(ctx context.Context, m *mirror.Mirror, scans []*bind.Scan) (Scanned, error) {
	var s Scanned
	w, err := newWeigher(ctx, m)
	if err != nil {
		return s, err
	}
	for _, scan := range scans {
		if scan.Table.Rows != nil {
			continue // information_schema is in no file
		}
		if scan.Table.External == nil {
			err = s.builtin(ctx, w, scan)
		} else {
			err = s.external(ctx, w, scan)
		}
		if err != nil {
			break
		}
	}
	w.keep(context.WithoutCancel(ctx)) // what was weighed is known next time, also where time ran out
	return s, err
}

func (s *Scanned) builtin(ctx context.Context, w *weigher, scan *bind.Scan) error {
	columns, err := w.columns(ctx, scan.Parts, func(p lake.Part) []string { return stored(scan, nil) })
	if err != nil {
		return err
	}
	raw, err := w.objects(ctx, scan.Parts)
	if err != nil {
		return err
	}
	s.Files += int64(len(scan.Parts))
	s.OfFiles += int64(len(scan.Table.Parts))
	for _, p := range scan.Table.Parts {
		s.OfBytes += p.Bytes
	}
	s.Bytes += columns
	s.AsIs += scan.Times * columns
	s.Parquet += scan.Times * columns
	s.Raw += scan.Times * raw
	return nil
}

// stored are the columns of a part that a scan reads; names are what a table over
// objects calls them, nil for the part's own.
func stored(scan *bind.Scan, names map[string]string) []string {
	var columns []string
	for i, c := range scan.Table.All() {
		switch {
		case !scan.Used[i]:
		case c.Name == catalog.ObjectColumn || c.Name == catalog.PathColumn:
			columns = append(columns, lake.ObjectColumn)
		case names == nil:
			columns = append(columns, c.Name)
		case names[c.Name] != "":
			columns = append(columns, names[c.Name])
		}
	}
	return columns
}

func (s *Scanned) external(ctx context.Context, w *weigher, scan *bind.Scan) error {
	files := int64(len(scan.Files))
	var whole, read int64 // bytes of all files, and of them what is read
	for _, f := range scan.Files {
		whole += f.Size
	}
	read = whole
	if scan.Table.External.IsParquet() {
		var err error
		if read, err = w.files(ctx, scan.Files, used(scan)); err != nil {
			return err
		}
		s.count(files, read, whole, scan.Times*read, scan.Times*read, scan.Times*read)
		return nil
	}
	s.NoParquet = s.NoParquet || files > 0
	s.count(files, read, whole, scan.Times*whole, scan.Times*whole, 0)
	return s.copied(ctx, w, scan)
}

func (s *Scanned) count(files, bytes, ofBytes, asIs, raw, parquet int64) {
	s.Files += files
	s.OfFiles += files
	s.Bytes += bytes
	s.OfBytes += ofBytes
	s.AsIs += asIs
	s.Raw += raw
	s.Parquet += parquet
}

// copied counts the objects of a table that are read where the lake has them: of
// Athena's they are objects all the same.
func (s *Scanned) copied(ctx context.Context, w *weigher, scan *bind.Scan) error {
	var objects int64
	var parts []lake.Part
	for _, u := range scan.Lake.Units {
		parts = append(parts, u.Parts...)
		for _, f := range u.Files {
			objects += f.Size
		}
	}
	columns, err := w.columns(ctx, parts, func(lake.Part) []string { return stored(scan, scan.Lake.Names) })
	if err != nil {
		return err
	}
	var whole int64
	for _, p := range parts {
		whole += p.Bytes
	}
	s.count(int64(len(parts)), columns, whole, scan.Times*objects, scan.Times*objects, scan.Times*columns)
	return nil
}

func used(scan *bind.Scan) map[string]bool {
	names := map[string]bool{}
	for i, c := range scan.Table.All() {
		if scan.Used[i] {
			names[c.Name] = true
		}
	}
	return names
}
