package mirror

import (
	"context"
	"fmt"
	"time"

	"github.com/mattn/go-sqlite3"
	"golang.org/x/sys/unix"
)

// SQLiteVersion is that of the SQLite which is linked in.
func SQLiteVersion() string {
	version, _, _ := sqlite3.Version()
	return version
}

// Check looks through the whole of state.db; the error is SQLite's first
// complaint.
func (m *Mirror) Check(ctx context.Context) error {
	var verdict string
	if err := m.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("state.db: %s", verdict)
	}
	return nil
}

// LatestSync is when the last object came, by the clock of the machine that
// synced; zero where there is none.
func (m *Mirror) LatestSync(ctx context.Context) (time.Time, error) {
	var synced int64
	err := m.db.QueryRowContext(ctx, "SELECT coalesce(max(synced), 0) FROM objects").Scan(&synced)
	if err != nil || synced == 0 {
		return time.Time{}, err
	}
	return time.UnixMilli(synced), nil
}

// Space is how many bytes the file system of dir has, and how many are left to
// this user.
func Space(dir string) (free, total int64, err error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, 0, err
	}
	return int64(fs.Bavail) * int64(fs.Bsize), int64(fs.Blocks) * int64(fs.Bsize), nil
}
