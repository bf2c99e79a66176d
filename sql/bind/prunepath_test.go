package bind_test

import (
	"strings"
	"testing"
	"time"

	"logsql/convert/lake"
	"logsql/convert/schema"
	"logsql/sql/bind"
	"logsql/sql/catalog"
	"logsql/sql/syntax"
)

// ofDays is a catalog of table logs with the partitions of five days, as of the
// last of them.
func ofDays() *catalog.Catalog {
	var parts []lake.Part
	for _, day := range []string{"06", "07", "08", "09", "10"} {
		parts = append(parts, lake.Part{Partition: []string{"2026", "03", day}})
	}
	columns := []schema.Column{{Name: "n", Type: schema.Of(schema.BigInt)}}
	cat := catalog.New(catalog.BuiltinTable("logs", columns, []string{"year", "month", "day"}, parts))
	cat.Now = time.Date(2026, 3, 10, 14, 30, 0, 123_456_000, time.UTC)
	return cat
}

// keptDays are the days that a query reads of logs, of each time it is read.
func keptDays(t *testing.T, query string) string {
	t.Helper()
	stmts, err := syntax.Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	info, err := bind.Bind(stmts[0], ofDays(), "default")
	if err != nil {
		t.Errorf("%s: %v", query, err)
		return ""
	}
	var scans []string
	for _, s := range info.Scans {
		var days []string
		for _, p := range s.Parts {
			days = append(days, p.Partition[2])
		}
		scans = append(scans, strings.Join(days, " "))
	}
	return strings.Join(scans, ", ")
}

// TestPruneByMoments follows what people make of partition columns and of the
// day it is.
func TestPruneByMoments(t *testing.T) {
	const date = `CAST(year || '-' || month || '-' || day AS date)`
	const all = "06 07 08 09 10"
	for where, want := range map[string]string{
		date + ` = current_date`:                                                                     "10",
		date + ` >= current_date - interval '2' day`:                                                 "08 09 10",
		date + ` < date_add('day', -3, current_date)`:                                                "06",
		date + ` > now() - interval '30' hour`:                                                       "10",
		date + ` BETWEEN date_trunc('week', current_date) AND current_date`:                          "09 10",
		date + ` = date '2026-02-07' + interval '1' month`:                                           "07",
		date + ` >= from_iso8601_date('2026-03-09')`:                                                 "09 10",
		`date_parse(concat(year, month, day), '%Y%m%d') >= timestamp '2026-03-09 00:00:01'`:          "10",
		`parse_datetime(year || month || day, 'yyyyMMdd') >= from_iso8601_timestamp('2026-03-09')`:   "09 10",
		`concat(year, month, day) >= date_format(current_date - interval '1' day, '%Y%m%d')`:         "09 10",
		`year || '/' || month || '/' || day = format_datetime(current_timestamp, 'yyyy/MM/dd')`:      "10",
		`day = lpad(CAST(day(current_date) AS varchar), 2, '0')`:                                     "10",
		`day = substr(CAST(current_date AS varchar), 9, 2)`:                                          "10",
		`CAST(day AS integer) = extract(day FROM current_date) - 1`:                                  "09",
		`date_diff('day', ` + date + `, current_date) < 2`:                                           "09 10",
		`replace(CAST(` + date + ` AS varchar), '-') = '20260308'`:                                   "08",
		date + ` > current_date - interval '1' hour`:                                                 all, // Trino's error
		date + ` >= at_timezone(now(), 'Asia/Tokyo')`:                                                all,
		`date_parse(day, '%Y-%m') = now()`:                                                           all,
		`current_timestamp(6) > timestamp '2026-03-10 14:30:00.123455'`:                              all,
		`localtimestamp = timestamp '2026-03-10 14:30:00.123' AND day < '08'`:                        "06 07",
		`now() > timestamp '2026-03-10 14:30:00.123' OR day = '06'`:                                  "06",
		`date(now()) = date '2026-03-10' AND date_trunc('hour', now()) < now() AND NOT (day > '06')`: "06",
	} {
		if got := keptDays(t, "SELECT n FROM logs WHERE "+where); got != want {
			t.Errorf("%s keeps %q; want %q", where, got, want)
		}
	}
}

// TestPruneThroughQueries prunes by conditions outside of where the table is
// read, and only where that changes no row of the result.
func TestPruneThroughQueries(t *testing.T) {
	const all = "06 07 08 09 10"
	for query, want := range map[string]string{
		`SELECT * FROM (SELECT n, day d FROM logs) WHERE d = '08'`:                                                                       "08",
		`SELECT * FROM (SELECT n, CAST(day AS integer) + 1 AS d FROM logs) x WHERE x.d > 10`:                                             "10",
		`SELECT * FROM (SELECT DISTINCT day FROM logs ORDER BY 1) WHERE day = '08'`:                                                      "08",
		`SELECT * FROM (SELECT day, sum(n) s FROM logs GROUP BY 1) WHERE day = '08' AND s > 1`:                                           "08",
		`SELECT * FROM (SELECT * FROM (SELECT * FROM logs WHERE day > '06') WHERE day < '09') WHERE day <> '07'`:                         "08",
		`SELECT * FROM (SELECT day FROM logs UNION ALL SELECT CAST(n AS varchar) FROM logs) WHERE day = '08'`:                            "08, " + all,
		`SELECT * FROM (SELECT day FROM logs EXCEPT SELECT day FROM logs WHERE n = 1) WHERE day = '08'`:                                  "08, 08",
		`WITH a (x) AS (SELECT day FROM logs) SELECT * FROM a WHERE x = '08'`:                                                            "08",
		`WITH a AS (SELECT * FROM logs), b AS (TABLE a) SELECT * FROM b WHERE day = '08'`:                                                "08",
		`WITH a AS (SELECT * FROM logs) SELECT * FROM a x JOIN a y ON x.n = y.n WHERE x.day = '08' AND y.day = '09'`:                     "08 09",
		`WITH a AS (SELECT * FROM logs) SELECT * FROM a WHERE day = '08' AND n IN (SELECT n FROM a)`:                                     all,
		`WITH a AS (SELECT * FROM logs) SELECT * FROM a WHERE day = '08' UNION ALL SELECT * FROM a TABLESAMPLE BERNOULLI (10)`:           all,
		`SELECT * FROM logs TABLESAMPLE BERNOULLI (10) WHERE day = '08'`:                                                                 "08",
		`SELECT * FROM (SELECT * FROM logs LIMIT 5) WHERE day = '08'`:                                                                    all,
		`SELECT * FROM (SELECT * FROM logs ORDER BY n OFFSET 1) WHERE day = '08'`:                                                        all,
		`SELECT * FROM (SELECT day, row_number() OVER (ORDER BY n) r FROM logs) WHERE day = '08'`:                                        all,
		`SELECT * FROM (SELECT day, count(*) FROM logs GROUP BY ROLLUP (day)) WHERE day = '08'`:                                          all,
		`SELECT * FROM (SELECT max(day) d FROM logs) WHERE d = '08'`:                                                                     all,
		`SELECT * FROM logs a JOIN logs b ON a.n = b.n AND b.day = '08' AND a.day = '07'`:                                                "07, 08",
		`SELECT * FROM logs a LEFT JOIN logs b ON a.n = b.n AND b.day = '08' AND a.day = '07'`:                                           all + ", 08",
		`SELECT * FROM logs a FULL JOIN logs b ON a.n = b.n AND b.day = '08' AND a.day = '07'`:                                           all + ", " + all,
		`SELECT * FROM logs a LEFT JOIN (SELECT * FROM logs) b ON a.n = b.n WHERE b.day = '08'`:                                          all + ", 08",
		`SELECT * FROM logs a LEFT JOIN (SELECT * FROM logs) b ON a.n = b.n WHERE b.day = '08' OR b.day IS NULL`:                         all + ", " + all,
		`SELECT * FROM (SELECT a.n, b.day FROM logs a LEFT JOIN logs b ON a.n = b.n) WHERE day = '08'`:                                   all + ", 08",
		`SELECT * FROM (SELECT a.n, b.day FROM logs a LEFT JOIN logs b ON a.n = b.n) WHERE day IS NULL`:                                  all + ", " + all,
		`SELECT * FROM (logs a LEFT JOIN logs b ON a.n = b.n) JOIN logs c ON c.n = a.n AND b.day = '08'`:                                 all + ", 08, " + all,
		`SELECT * FROM logs a WHERE EXISTS (SELECT 1 FROM (SELECT * FROM logs) b WHERE b.day = '08' AND a.day = b.day) AND a.day > '07'`: "08 09 10, 08",
	} {
		if got := keptDays(t, query); got != want {
			t.Errorf("%s keeps %q; want %q", query, got, want)
		}
	}
}
