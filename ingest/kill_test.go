package ingest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"logsql/ingest/mirror"
	"logsql/ingest/s3/s3test"
)

// TestSyncKilledAtRandom kills a sync of LOGSQL_KILLS_OBJECTS objects as often as
// LOGSQL_KILLS says, at random moments; make kills has both larger. In the end
// files and state.db are those of a sync that was left alone, and no kill has
// cost more than what was on its way: a batch, and what the workers had in hand.
func TestSyncKilledAtRandom(t *testing.T) {
	kills, objects := fromEnv(t, "LOGSQL_KILLS", 4), fromEnv(t, "LOGSQL_KILLS_OBJECTS", 2000)
	s := s3test.New(t, bucket)
	want := map[string]string{}
	for i := range objects {
		key := flowKey(fmt.Sprintf("2025-11-%02d", 1+i%18), fmt.Sprintf("%06d", i))
		want[key] = fmt.Sprint("data ", i)
		s.Put(bucket, key, want[key])
	}
	dir := mirrorDir(t)
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	fetched := 0
	for n := range kills {
		killedSync(t, dir, s.URL, time.Duration(50+r.IntN(700))*time.Millisecond)
		fetched += gets(s)
		if have := recorded(t, dir); fetched-have > (n+1)*atHand {
			t.Fatalf("%d objects fetched and %d recorded after %d kills", fetched, have, n+1)
		}
	}
	m, err := mirror.Create(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	mustSync(t, m, Options{}, target(s))
	wantContents(t, m, want)
	alone := newMirror(t)
	mustSync(t, alone, Options{}, target(s))
	for _, table := range []string{
		"SELECT bucket || key || path || size || etag || modified FROM objects",
		"SELECT bucket || ' ' || objects || ' ' || bytes FROM buckets",
		"SELECT bucket || prefix || first || ' ' || last || ' ' || grace FROM sealed",
		"SELECT bucket || prefix || endpoint FROM sources",
	} {
		got, err := m.Paths(t.Context(), table)
		undisturbed, err2 := alone.Paths(t.Context(), table)
		if err != nil || err2 != nil || len(undisturbed) == 0 {
			t.Fatal(err, err2, len(undisturbed))
		}
		same := len(got) == len(undisturbed)
		for row := range undisturbed {
			same = same && got[row]
		}
		if !same {
			t.Errorf("%s: %d rows, of an undisturbed sync %d", table, len(got), len(undisturbed))
		}
	}
}

// atHand is what a kill may cost: a batch being admitted, one waiting, and one
// object a worker.
const atHand = 2*batchFiles + mostWorkers

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

func killedSync(t *testing.T, dir, endpoint string, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), s3test.Environ()...), "INGEST_TEST_SYNC="+dir, "INGEST_TEST_ENDPOINT="+endpoint)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	cmd.Process.Kill()
	cmd.Wait()
}

func recorded(t *testing.T, dir string) int {
	m, err := mirror.Create(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	buckets, err := m.Buckets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, b := range buckets {
		n += int(b.Objects)
	}
	return n
}
