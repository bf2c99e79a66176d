package convert_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"logsql/convert"
	"logsql/convert/lake"
)

// parquet is what DuckDB writes for a query, compressed with gzip as AWS does.
func parquet(t *testing.T, query string) string { return compressed(t, query, "gzip") }

func compressed(t *testing.T, query, codec string) string {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	path := filepath.Join(t.TempDir(), "x.parquet")
	if _, err := db.Exec("COPY (" + query + ") TO '" + path + "' (FORMAT parquet, COMPRESSION " + codec + ", ROW_GROUP_SIZE 2048)"); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// flowParquet are n records of default columns of which protocol is an INT32 and
// some are missing.
func flowParquet(n int) string {
	return fmt.Sprintf(`SELECT 2::INTEGER AS version, '123456789012' AS account_id, 'eni-' || i AS interface_id,
		CASE WHEN i %% 5 = 0 THEN NULL ELSE '10.0.0.' || i %% 256 END AS srcaddr, '-' AS dstaddr, (i %% 65536)::INTEGER AS srcport, NULL::INTEGER AS dstport,
		6::INTEGER AS protocol, i::BIGINT AS packets, i * 3000000000 AS bytes, %d + i AS start, %d + i AS "end", 'ACCEPT' AS action, 'OK' AS log_status,
		19::INTEGER AS tcp_flags, '5' AS traffic_path, i %% 2 = 0 AS "tomorrows-field" FROM range(%d) r(i)`, day1, day1+60, n)
}

const parquetKey = "p/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=01/day=01/hour=05/123456789012_vpcflowlogs_eu-west-1_fl-0a1b_20260101T0505Z_%08x.log.parquet"

// TestParquetObjects converts flow logs as AWS delivers them as Parquet.
func TestParquetObjects(t *testing.T) {
	whole := parquet(t, flowParquet(5000))
	m := newMirror(t,
		object{fmt.Sprintf(parquetKey, 1), whole},
		object{"anything", parquet(t, strings.ReplaceAll(flowParquet(2), "'eni-'", "'eni-other-'"))}, // only its columns tell
		object{"stranger", parquet(t, "SELECT 1 AS version, 'x' AS type")},
		object{fmt.Sprintf(parquetKey, 2), parquet(t, "SELECT 'x' AS unheard, 1 AS of")},
		object{fmt.Sprintf(parquetKey, 3), parquet(t, "SELECT 'tgw-1' AS tgw_id, '10.0.0.1' AS srcaddr, 7::INTEGER AS packets_lost_no_route")},
		object{flowKey(1, 9), zip("tgw-id srcaddr bytes\ntgw-2 10.0.0.2 8\n")},
		object{fmt.Sprintf(parquetKey, 4), parquet(t, "SELECT 'eni-bad' AS interface_id, 'many' AS packets UNION ALL SELECT 'eni-good', '-'")},
		object{fmt.Sprintf(parquetKey, 5), whole[:len(whole)/2]},
		object{fmt.Sprintf(parquetKey, 6), parquet(t, "SELECT 'eni-1' AS interface_id, ['x'] AS srcaddr")},
		object{fmt.Sprintf(parquetKey, 7), compressed(t, flowParquet(1), "lz4_raw")},
	)
	r := run(t, m, convert.Options{})
	flow, gateway := r.Tables["vpc_flow_logs"], r.Tables["transit_gateway_flow_logs"]
	if flow.Stored != 5003 || flow.Bad != 4 || r.Broken != 3 || gateway.Stored != 2 || gateway.Bad != 0 || len(r.Skipped) != 2 {
		t.Errorf("flow %+v, gateway %+v, broken %d, skipped %v", flow, gateway, r.Broken, r.Skipped)
	}
	expect(t, "types", inDuck(t, m, `SELECT DISTINCT concat_ws('|', typeof(version), typeof(srcport), typeof(protocol), typeof(bytes), typeof(tcp_flags), typeof(traffic_path), typeof(tomorrows_field)) FROM VPC_FLOW_LOGS`),
		"INTEGER|INTEGER|BIGINT|BIGINT|INTEGER|INTEGER|VARCHAR")
	expect(t, "sums", inDuck(t, m, `SELECT concat_ws('|', count(*), count(srcaddr), sum(srcport), count(dstport), sum(protocol), sum(packets), sum(bytes)::BIGINT, min(start), max("end"),
		count(DISTINCT interface_id), sum(traffic_path), count(*) FILTER (tomorrows_field = 'true'), min(day)) FROM VPC_FLOW_LOGS WHERE version = 2`),
		fmt.Sprintf("5002|4001|12497501|0|30012|12497501|37492503000000000|%d|%d|5002|25010|2501|01", day1, day1+60+4999))
	l, err := lake.Open(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	var bad []string
	for b, err := range l.BadLines(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		bad = append(bad, fmt.Sprintf("%d: %s: %s", b.Line, b.Reason, b.Text))
	}
	for i, want := range []string{`1: packets: "many" is no number: eni-bad many`, "1: in Parquet: ", "1: in Parquet: column srcaddr is not one of plain values: ", "1: in Parquet: the compression LZ4_RAW is not read, only gzip and snappy: "} {
		if len(bad) != 4 || !strings.HasPrefix(bad[i], want) {
			t.Errorf("bad line %d of %q, want %q", i, bad, want)
		}
	}
}
