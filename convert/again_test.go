package convert_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"logsql/convert"
	"logsql/convert/lake"
	"logsql/convert/logtype"
	"logsql/ingest/mirror"
)

// olderFlow makes the decoder of flow logs one version older, one that cannot
// read what comes from port 1028.
func olderFlow(t *testing.T) (upgrade func()) {
	typ := logtype.ByName("vpc_flow_logs")
	now, decode := typ.Version, typ.Decode
	typ.Version--
	typ.Decode = func(ctx context.Context, in *logtype.Input, out logtype.Sink) error {
		text, err := io.ReadAll(in.Body)
		if err != nil {
			return err
		}
		older := *in
		older.Body = bytes.NewReader(bytes.ReplaceAll(text, []byte(" 1028 "), []byte(" new-in-1028 ")))
		return decode(ctx, &older, out)
	}
	upgrade = func() { typ.Version, typ.Decode = now, decode }
	t.Cleanup(upgrade)
	return upgrade
}

// balance is what state.db says of the mirror, and whether that is what the
// files of the parts hold: of every object all records, in parts or bad.
func balance(t *testing.T, m *mirror.Mirror) string {
	t.Helper()
	l, err := lake.Open(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	stats, err := l.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, table := range stats.Tables {
		said = append(said, fmt.Sprintf("%s %d+%d", table.Table, table.Stored, table.Bad))
		parts, err := l.Parts(t.Context(), table.Table)
		if err != nil {
			t.Fatal(err)
		}
		var files []string
		for _, p := range parts {
			files = append(files, "'"+m.Path(p.Path)+"'")
		}
		n := "0"
		if len(files) > 0 {
			n = inDuck(t, m, "SELECT count(*) FROM read_parquet(["+strings.Join(files, ",")+"], union_by_name=true)")
		}
		if n != fmt.Sprint(table.Stored) {
			t.Errorf("%s: %s records in the parts, %d recorded", table.Table, n, table.Stored)
		}
	}
	return strings.Join(append(said, fmt.Sprintf("%d to come", stats.Unconverted)), ", ")
}

const wholeBalance = "cloudtrail_logs 20+0, s3_access_logs 3+0, vpc_flow_logs 165+1, 0 to come"

// After an upgrade of a decoder --retry-bad moves what is good now into the
// lake, once; the lake is then the one that the new decoder makes from nothing.
func TestRetryBad(t *testing.T) {
	fresh := newMirror(t, everyKind()...)
	run(t, fresh, convert.Options{})
	upgrade := olderFlow(t)
	m := newMirror(t, everyKind()...)
	run(t, m, convert.Options{})
	const before = "cloudtrail_logs 20+0, s3_access_logs 3+0, vpc_flow_logs 161+5, 0 to come"
	expect(t, "with the older decoder", balance(t, m), before)
	run(t, m, convert.Options{Again: convert.WhatWasBad})
	expect(t, "again with the older decoder", balance(t, m), before)
	upgrade()
	run(t, m, convert.Options{})
	expect(t, "unasked", balance(t, m), before)
	r := run(t, m, convert.Options{Again: convert.WhatWasBad})
	expect(t, "retried", balance(t, m), wholeBalance)
	if flow := r.Tables["vpc_flow_logs"]; len(r.Tables) != 1 || flow.Stored != 165 || flow.Bad != 1 || r.Skips != 3 {
		t.Errorf("report %+v, %d skipped", flow, r.Skips)
	}
	if got, want := lakeFiles(t, m), lakeFiles(t, fresh); !maps.Equal(got, want) {
		t.Errorf("lake %v\nwant %v", got, want)
	}
}

// What is converted again with the same decoder gives the same files.
func TestReconvertIsExact(t *testing.T) {
	m := newMirror(t, everyKind()...)
	run(t, m, convert.Options{})
	want := lakeFiles(t, m)
	r := run(t, m, convert.Options{Again: convert.Everything})
	if got := lakeFiles(t, m); len(r.Tables) != 3 || !maps.Equal(got, want) {
		t.Errorf("%d tables; lake %v\nwant %v", len(r.Tables), got, want)
	}
	expect(t, "balance", balance(t, m), wholeBalance)
}

// Filters choose among the units; what is not chosen stays, skipped or not.
func TestReconvertSome(t *testing.T) {
	m := newMirror(t, everyKind()...)
	run(t, m, convert.Options{})
	for _, c := range []struct {
		name    string
		options convert.Options
		want    string
	}{
		{"a type", convert.Options{Again: convert.Everything, Types: []string{"s3_access_logs"}}, "s3_access_logs=2"},
		{"a day", convert.Options{Again: convert.Everything, Since: modified}, "vpc_flow_logs=1"},
		{"what was bad, of a type without any", convert.Options{Again: convert.WhatWasBad, Types: []string{"s3_access_logs"}}, ""},
	} {
		if strings.HasPrefix(c.name, "a day") {
			c.options.Since = c.options.Since.Truncate(24 * time.Hour)
		}
		r := run(t, m, c.options)
		var got []string
		for name, table := range r.Tables {
			got = append(got, fmt.Sprintf("%s=%d", name, table.Objects))
		}
		expect(t, c.name, strings.Join(got, " "), c.want)
		expect(t, c.name, balance(t, m), wholeBalance)
	}
}

// A unit whose objects are not all there to be read stays as it was converted.
func TestReconvertWithoutTheObjects(t *testing.T) {
	m := newMirror(t, everyKind()...)
	run(t, m, convert.Options{})
	if err := os.Remove(m.Path("s3/logs/" + flowKey(1, 1))); err != nil {
		t.Fatal(err)
	}
	r := run(t, m, convert.Options{Again: convert.WhatWasBad})
	if r.Missing != 1 || len(r.Tables) != 0 {
		t.Errorf("missing %d, tables %v", r.Missing, r.Tables)
	}
	expect(t, "a file is gone", balance(t, m), wholeBalance)
	if _, err := m.DB().Exec("UPDATE objects SET pruned = 1 WHERE key = ?", flowKey(1, 1)); err != nil {
		t.Fatal(err)
	}
	if r = run(t, m, convert.Options{Again: convert.WhatWasBad}); r.Missing != 0 || len(r.Tables) != 0 {
		t.Errorf("missing %d, tables %v", r.Missing, r.Tables)
	}
	expect(t, "a file is pruned", balance(t, m), wholeBalance)
}

// killed runs the converter in a process of its own until a step, or for a
// while.
func killed(t *testing.T, m *mirror.Mirror, again convert.Again, step string, after time.Duration) (ended bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LOGSQL_TEST_CONVERT="+m.Dir(), "LOGSQL_CRASH_AT="+step, fmt.Sprintf("LOGSQL_TEST_AGAIN=%d", again))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if step == "" {
		time.Sleep(after)
		cmd.Process.Kill()
	}
	cmd.Wait()
	if cmd.ProcessState.Exited() && cmd.ProcessState.ExitCode() != 0 {
		t.Fatalf("it failed: %s", &said)
	}
	return cmd.ProcessState.Exited()
}

// crashed is what the books say after a crash at the first time of each step:
// the first unit is committed, or none, or all but the last.
var crashed = map[string]string{
	"convert.written": "170+6", "convert.renaming": "173+3", "convert.renamed": "170+6", "convert.committed": "172+4",
}

// TestCrashOfRetry kills a retry at each step of its commit: before and after,
// every record is there once.
func TestCrashOfRetry(t *testing.T) {
	for _, step := range lake.Steps {
		t.Run(step, func(t *testing.T) {
			upgrade := olderFlow(t)
			m := newMirror(t, everyKind()...)
			put(t, m, "logs", object{"backup/two-days.txt", flowHeader + flowLines(10, day1+86395)})
			run(t, m, convert.Options{Workers: 1})
			upgrade()
			if killed(t, m, convert.WhatWasBad, step, 0) {
				t.Fatal("it was not killed")
			}
			got := unsettled(balance(t, m))
			if want := "vpc_flow_logs " + crashed[step]; !strings.HasSuffix(got, want) {
				t.Errorf("after the crash: %s, want %s", got, want)
			}
			run(t, m, convert.Options{Again: convert.WhatWasBad})
			expect(t, "afterwards", unsettled(balance(t, m)), "cloudtrail_logs 20+0, s3_access_logs 3+0, vpc_flow_logs 175+1")
		})
	}
}

// unsettled is a balance without the objects to come: skipped ones are forgotten
// first.
func unsettled(balance string) string { return balance[:strings.LastIndex(balance, ",")] }

// TestKilledAnywhere kills the converter at random moments, until it comes to
// its end: whenever it dies the books balance, and nothing is there twice.
func TestKilledAnywhere(t *testing.T) {
	const days, objects = 25, 8
	m := newMirror(t)
	for day := range days {
		for n := range objects {
			put(t, m, "logs", object{flowKey(day+1, n), zip(flowHeader + flowLines(400, day1+int64(day)*86400) + "a bad line\n")})
		}
	}
	kills := 0
	for { // in the end it gets the time it needs
		if killed(t, m, convert.OnlyNew, "", time.Duration(50+rand.IntN(100+20*kills))*time.Millisecond) {
			break
		}
		kills++
		left := balance(t, m)
		var stored, bad, to int
		if _, err := fmt.Sscanf(left, "vpc_flow_logs %d+%d, %d to come", &stored, &bad, &to); err == nil && stored != 400*bad || bad+to > days*objects {
			t.Fatalf("after %d kills: %s", kills, left)
		}
	}
	run(t, m, convert.Options{})
	expect(t, fmt.Sprintf("after %d kills", kills), balance(t, m), fmt.Sprintf("vpc_flow_logs %d+%d, 0 to come", 400*days*objects, days*objects))
	expect(t, "objects", inDuck(t, m, "SELECT count(*) || ' ' || min(n) || ' ' || max(n) FROM (SELECT count(*) n FROM VPC_FLOW_LOGS GROUP BY source_object)"), fmt.Sprintf("%d 400 400", days*objects))
	if files := slices.Collect(maps.Keys(lakeFiles(t, m))); len(files) != days {
		t.Errorf("%d files, want %d", len(files), days)
	}
	t.Logf("%d kills", kills)
}
