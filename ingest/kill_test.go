package ingest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"logsql/ingest/mirror"
	"logsql/ingest/s3/s3test"
)

// TestSyncKilledAtRandom kills a sync of LOGSQL_KILLS_OBJECTS objects as often as
// LOGSQL_KILLS says, at random moments; make kills has both larger. A mirror is
// synced again and again until a sync of it comes to its end, then the next one
// begins. In the end files and state.db of each are those of a sync that was left
// alone, and no kill has made more to be fetched again than a batch and what the
// workers had in hand.
func TestSyncKilledAtRandom(t *testing.T) {
	kills, objects := fromEnv(t, "LOGSQL_KILLS", 4), fromEnv(t, "LOGSQL_KILLS_OBJECTS", 2000)
	s := s3test.New(t, bucket)
	want := map[string]string{}
	for i := range objects {
		key := flowKey(fmt.Sprintf("2025-11-%02d", 1+i%18), fmt.Sprintf("%06d", i))
		want[key] = fmt.Sprint("data ", i)
		s.Put(bucket, key, want[key])
	}
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	alone := newMirror(t)
	mustSync(t, alone, Options{}, target(s))
	again, mirrors, worst := 0, 0, 0
	for n := 0; n < kills; mirrors++ {
		dir := mirrorDir(t)
		var l lives
		// Longer each time: at last it comes to its end.
		for ended := false; !ended; {
			s.Requests()
			ended = syncEnded(t, dir, s.URL, time.Duration(50+r.IntN(500+100*len(l.lost)))*time.Millisecond)
			l.next(s.Requests())
		}
		n += len(l.lost) - 1
		for _, lost := range l.lost {
			again, worst = again+lost, max(worst, lost)
		}
		m, err := mirror.Create(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		wantContents(t, m, want)
		sameState(t, m, alone)
		if err := errors.Join(m.Close(), os.RemoveAll(dir)); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d mirrors of %d objects: %d objects fetched again, by one kill %d at most", mirrors, objects, again, worst)
	if worst > batchFiles+killedWorkers {
		t.Errorf("a kill made %d objects to be fetched again, more than a batch (%d) and one a worker", worst, batchFiles)
	}
}

// lives are the syncs of one mirror, each but the last ended by a kill.
type lives struct {
	last map[string]int // the sync that fetched an object last
	lost []int          // how many objects of each sync a later one fetched again
}

// next takes what one more sync asked for.
func (l *lives) next(requests []string) {
	if l.last == nil {
		l.last = map[string]int{}
	}
	now := len(l.lost)
	l.lost = append(l.lost, 0)
	for _, r := range requests {
		if !strings.HasPrefix(r, "GET ") {
			continue
		}
		if before, fetched := l.last[r]; fetched && before != now {
			l.lost[before]++
		}
		l.last[r] = now
	}
}

// sameState compares what two mirrors' state.db say of their objects.
func sameState(t *testing.T, m, alone *mirror.Mirror) {
	t.Helper()
	for _, rows := range []string{
		"SELECT bucket || key || path || size || etag || modified || hex(sha256) FROM objects",
		"SELECT bucket || ' ' || objects || ' ' || bytes FROM buckets",
		"SELECT bucket || prefix || first || ' ' || last || ' ' || grace FROM sealed",
		"SELECT bucket || prefix || endpoint FROM sources",
	} {
		got, err := m.Paths(t.Context(), rows)
		want, err2 := alone.Paths(t.Context(), rows)
		if err != nil || err2 != nil || len(want) == 0 {
			t.Fatal(err, err2, len(want))
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: %d rows, of an undisturbed sync %d", rows, len(got), len(want))
		}
	}
}

func fromEnv(t *testing.T, name string, otherwise int) int {
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// syncEnded tells whether a sync came to its end before it was killed.
func syncEnded(t *testing.T, dir, endpoint string, after time.Duration) (ended bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), s3test.Environ()...), "INGEST_TEST_SYNC="+dir, "INGEST_TEST_ENDPOINT="+endpoint)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(after, func() { cmd.Process.Kill() }).Stop()
	err := cmd.Wait()
	if err != nil && cmd.ProcessState.Exited() {
		t.Fatalf("the sync failed: %v", err)
	}
	return err == nil
}
