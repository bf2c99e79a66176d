package history

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"logsql/ingest/mirror"
)

func TestKeep(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "m")
	m, err := mirror.Create(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	bytes := int64(1 << 40)
	began := time.Date(2021, 12, 4, 1, 2, 3, 0, time.UTC)
	want := []Entry{
		{ID: 1, Began: began, Database: "default", Statement: "SELECT 'it''s'\n", State: Succeeded, Rows: 3, Seconds: 0.25, Read: &bytes, Raw: &bytes},
		{ID: 2, Began: began, Database: "logs", Statement: "SELECT nope", State: Failed, Error: "COLUMN_NOT_FOUND"},
	}
	for _, e := range want {
		if err := Keep(ctx, m, e); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := List(ctx, m, 0); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := List(ctx, m, 1); err != nil || len(got) != 1 || got[0].ID != 2 {
		t.Errorf("the newest: %+v, %v", got, err)
	}
	if _, found, err := Get(ctx, m, 3); found || err != nil {
		t.Errorf("a third: %v, %v", found, err)
	}
	old := Entry{Began: began, Statement: "old", State: Succeeded}
	if _, err := m.DB().ExecContext(ctx, "UPDATE sqlite_sequence SET seq = ? WHERE name = 'history'", Kept); err != nil {
		t.Fatal(err)
	}
	if err := Keep(ctx, m, old); err != nil {
		t.Fatal(err)
	}
	if got, err := List(ctx, m, 0); err != nil || len(got) != 2 || got[0].ID != 2 {
		t.Errorf("after %d more: %+v, %v", Kept, got, err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestNoMirror: what cannot be written keeps nothing and is not made.
func TestNoMirror(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "none")
	m, err := mirror.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := Keep(ctx, m, Entry{Statement: "SELECT 1"}); err != nil {
		t.Fatal(err)
	}
	if got, err := List(ctx, m, 0); len(got) > 0 || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the mirror was made")
	}
}
