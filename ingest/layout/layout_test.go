package layout

import (
	"testing"
	"time"
)

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04:05", s)
	if err != nil {
		panic(err)
	}
	return t
}

// cases has at least one key of each layout; TestEveryLayoutHasACase sees to it.
var cases = []struct {
	key  string
	want Match
}{
	{
		"AWSLogs/123456789012/vpcflowlogs/cn-north-1/2025/11/19/123456789012_vpcflowlogs_cn-north-1_fl-0a1b_20251119T0005Z_ab12.log.gz",
		Match{Type: FlowLogs, Layout: "vpcflow", Account: "123456789012", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", FileTime: at("2025-11-19T00:05:00"), DayFromKey: true},
	},
	{
		"my/prefix/AWSLogs/12345678901/vpcflowlogs/us-north-2r/2025/11/19/07/12345678901_vpcflowlogs_us-north-2r_fl-0a1b_20251119T0705Z_ab12.log.gz",
		Match{Type: FlowLogs, Layout: "vpcflow", Account: "12345678901", Region: "us-north-2r", Year: "2025", Month: "11", Day: "19", Hour: "07", FileTime: at("2025-11-19T07:05:00"), DayFromKey: true},
	},
	{
		"AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=cn-north-1/year=2025/month=11/day=19/123456789012_vpcflowlogs_cn-north-1_fl-0a1b_20251119T0005Z_ab12.log.gz",
		Match{Type: FlowLogs, Layout: "vpcflow-hive", Account: "123456789012", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", FileTime: at("2025-11-19T00:05:00"), DayFromKey: true},
	},
	{
		"p/AWSLogs/aws-account-id=acme/aws-service=vpcflowlogs/aws-region=cn-north-1/year=2025/month=11/day=19/hour=23/acme_vpcflowlogs_cn-north-1_fl-0a1b_20251119T2305Z_ab12.log.gz",
		Match{Type: FlowLogs, Layout: "vpcflow-hive", Account: "acme", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", Hour: "23", FileTime: at("2025-11-19T23:05:00"), DayFromKey: true},
	},
	{
		"AWSLogs/1/vpcflowlogs/cn-north-1/2025/02/30/1_vpcflowlogs_cn-north-1_fl-0a_20250230T0005Z_a.log.gz",
		Match{Type: FlowLogs, Layout: "vpcflow", Account: "1", Region: "cn-north-1"},
	},
	{
		"AWSLogs/1/vpcflowlogs/cn-north-1/2025/11/19/1_vpcflowlogs_cn-north-1_fl-0a_20251119T0005Z_a.log.parquet",
		Match{Type: FlowLogs, Layout: "vpcflow", Account: "1", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", FileTime: at("2025-11-19T00:05:00"), DayFromKey: true},
	},
	{
		"AWSLogs/1/vpcflowlogs/cn-north-1/2025/11/19/notes.txt",
		Match{Layout: "vpcflow", Account: "1", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", DayFromKey: true},
	},

	{
		"AWSLogs/123456789012/CloudTrail/cn-northwest-1/2025/11/19/123456789012_CloudTrail_cn-northwest-1_20251119T0005Z_AbCdEf.json.gz",
		Match{Type: CloudTrail, Layout: "cloudtrail", Account: "123456789012", Region: "cn-northwest-1", Year: "2025", Month: "11", Day: "19", FileTime: at("2025-11-19T00:05:00"), DayFromKey: true},
	},
	{
		"x/AWSLogs/o-a1b2c3d4e5/123456789012/CloudTrail/cn-north-1/2025/11/19/123456789012_CloudTrail_cn-north-1_20251119T0005Z_AbCdEf.json.gz",
		Match{Type: CloudTrail, Layout: "cloudtrail", Organization: "o-a1b2c3d4e5", Account: "123456789012", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", FileTime: at("2025-11-19T00:05:00"), DayFromKey: true},
	},
	{
		"AWSLogs/AWSLogs/1/CloudTrail/cn-north-1/2025/11/19/1_CloudTrail_cn-north-1_20251119T0005Z_A.json.gz",
		Match{Type: CloudTrail, Layout: "cloudtrail", Account: "1", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", FileTime: at("2025-11-19T00:05:00"), DayFromKey: true},
	},
	{
		"AWSLogs/1/CloudTrail/cn-north-1/2025/13/01/1_CloudTrail_cn-north-1_20251119T0005Z_A.json.gz",
		Match{Type: CloudTrail, Layout: "cloudtrail", Account: "1", Region: "cn-north-1", FileTime: at("2025-11-19T00:05:00")},
	},

	{
		"AWSLogs/1/CloudTrail-Digest/cn-north-1/2025/11/19/1_CloudTrail-Digest_cn-north-1_t_cn-north-1_20251119T000500Z.json.gz",
		Match{Layout: "awslogs", Neighbour: "CloudTrail digest", Account: "1", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", DayFromKey: true},
	},
	{
		"AWSLogs/1/CloudTrail-Insight/cn-north-1/2025/11/19/1_CloudTrail-Insight_cn-north-1_20251119T0005Z_a.json.gz",
		Match{Type: Insights, Layout: "cloudtrail-insight", Account: "1", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", FileTime: at("2025-11-19T00:05:00"), DayFromKey: true},
	},
	{
		"AWSLogs/o-a1/1/CloudTrail-NetworkActivity/cn-north-1/2025/11/19/1_CloudTrail-NetworkActivity_cn-north-1_20251119T0005Z_a.json.gz",
		Match{Type: NetworkActivity, Layout: "cloudtrail-network-activity", Organization: "o-a1", Account: "1", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", FileTime: at("2025-11-19T00:05:00"), DayFromKey: true},
	},
	{
		"AWSLogs/1/CloudTrail-Aggregated/cn-north-1/2025/11/19/f.json.gz",
		Match{Layout: "cloudtrail-aggregated", Account: "1", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", DayFromKey: true},
	},
	{
		"AWSLogs/1/CloudTrail-Aggregated/cn-north-1/2025/11/19/1_CloudTrail-Aggregated_cn-north-1_20251119T0005Z_a.json.gz",
		Match{Type: Aggregated, Layout: "cloudtrail-aggregated", Account: "1", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", FileTime: at("2025-11-19T00:05:00"), DayFromKey: true},
	},
	{
		"AWSLogs/1/Config/cn-north-1/2025/1/5/ConfigHistory/f.json.gz",
		Match{Layout: "awslogs", Neighbour: "AWS Config", Account: "1", Region: "cn-north-1"},
	},
	{
		"AWSLogs/1/SomethingNew/cn-north-1/f",
		Match{Layout: "awslogs", Neighbour: "log of the service SomethingNew", Account: "1", Region: "cn-north-1"},
	},

	{
		"2025-11-19-23-59-58-0123456789ABCDEF",
		Match{Type: AccessLogs, Layout: "access-flat", FileTime: at("2025-11-19T23:59:58")},
	},
	{
		"access/logs/2025-11-19-00-00-00-0123456789ABCDEF",
		Match{Type: AccessLogs, Layout: "access-flat", FileTime: at("2025-11-19T00:00:00")},
	},
	{
		"logs2025-11-19-00-00-00-0123456789ABCDEF",
		Match{Type: AccessLogs, Layout: "access-flat", FileTime: at("2025-11-19T00:00:00")},
	},
	{"a/2025-13-19-00-00-00-0123456789ABCDEF", Match{Type: AccessLogs, Layout: "access-flat"}},
	{"a/2025-11-19-24-00-00-0123456789ABCDEF", Match{Type: AccessLogs, Layout: "access-flat"}},
	{
		"p/123456789012/cn-north-1/my-bucket/2025/11/19/2025-11-19-00-00-00-0123456789ABCDEF",
		Match{Type: AccessLogs, Layout: "access-dated", Account: "123456789012", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", FileTime: at("2025-11-19T00:00:00"), DayFromKey: true},
	},
	{
		"access-123456789012/cn-north-1/my-bucket/2025/11/19/2025-11-18-23-00-00-0123456789ABCDEF",
		Match{Type: AccessLogs, Layout: "access-dated", Account: "123456789012", Region: "cn-north-1", Year: "2025", Month: "11", Day: "19", FileTime: at("2025-11-18T23:00:00"), DayFromKey: true},
	},
	{
		"123456789012/cn-north-1/my-bucket/2025/02/30/2025-02-28-23-00-00-0123456789ABCDEF",
		Match{Type: AccessLogs, Layout: "access-flat", FileTime: at("2025-02-28T23:00:00")},
	},

	{"", Match{Neighbour: "folder marker"}},
	{"AWSLogs/1/CloudTrail/", Match{Neighbour: "folder marker"}},
	{"AWSLogs/1/Config/ConfigWritabilityCheckFile", Match{Neighbour: "write test of AWS Config"}},
	{"export_$folder$", Match{Neighbour: "folder marker of Hadoop"}},
	{"AWSLogs/1", Match{}},
	{"readme.txt", Match{}},
	{"2025-11-19-00-00-00-", Match{}},
	{"2025-11-19-00-00-00-short", Match{}},
	{"x2025-11-19 00-00-00-0123456789ABCDEF", Match{}},
}

func TestParse(t *testing.T) {
	for _, c := range cases {
		if got := Parse(c.key); got != c.want {
			t.Errorf("Parse(%q)\n got %+v\nwant %+v", c.key, got, c.want)
		}
	}
}

func TestEveryLayoutHasACase(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range cases {
		seen[c.want.Layout] = true
	}
	for _, l := range Layouts {
		if !seen[l.Name] {
			t.Errorf("no case for layout %s", l.Name)
		}
	}
}

func TestDate(t *testing.T) {
	tests := []struct {
		key, want string
	}{
		{"AWSLogs/1/CloudTrail/cn-north-1/2025/11/18/1_CloudTrail_cn-north-1_20251119T0005Z_A.json.gz", "2025-11-18"},
		{"AWSLogs/1/CloudTrail/cn-north-1/2025/13/18/1_CloudTrail_cn-north-1_20251119T0005Z_A.json.gz", "2025-11-19"},
		{"logs2025-11-19-23-00-00-0123456789ABCDEF", "2025-11-19"},
		{"logs2025-11-31-23-00-00-0123456789ABCDEF", ""},
		{"readme.txt", ""},
	}
	for _, tt := range tests {
		day, ok := Parse(tt.key).Date()
		if got := day.Format(time.DateOnly); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%s: day %s, %t, want %q", tt.key, got, ok, tt.want)
		}
	}
}

func TestSpan(t *testing.T) {
	tests := []struct{ key, first, last string }{
		{"AWSLogs/1/vpcflowlogs/cn-north-1/", "", ""},
		{"AWSLogs/1/vpcflowlogs/cn-north-1/2024/", "2024-01-01", "2024-12-31"},
		{"p/AWSLogs/o-a1/1/CloudTrail/cn-north-1/2024/02/", "2024-02-01", "2024-02-29"},
		{"AWSLogs/1/CloudTrail/cn-north-1/2024/02/28/", "2024-02-28", "2024-02-28"},
		{"AWSLogs/1/CloudTrail/cn-north-1/2024/02/30/f", "2024-02-01", "2024-02-29"},
		{"AWSLogs/1/Config/cn-north-1/2024/2/3/f", "2024-01-01", "2024-12-31"},
		{"AWSLogs/aws-account-id=1/aws-service=vpcflowlogs/aws-region=r/year=2024/month=02/day=03/hour=04/f", "2024-02-03", "2024-02-03"},
		{"1/cn-north-1/b/2024/02/03/f", "", ""},
		{"AWSLogs/1/CloudTrail/cn-north-1/2024", "", ""},
	}
	for _, tt := range tests {
		first, last, ok := Span(tt.key)
		got := [2]string{}
		if ok {
			got = [2]string{first.Format(time.DateOnly), last.Format(time.DateOnly)}
		}
		if got != [2]string{tt.first, tt.last} {
			t.Errorf("Span(%q) = %v, want %s to %s", tt.key, got, tt.first, tt.last)
		}
	}
}

func TestLeads(t *testing.T) {
	tests := map[string]bool{
		"": false, "AWSLogs/": true, "x/AWSLogs/o-a1/": true, "AWSLogs/1/": true, "AWSLogs/1/CloudTrail/r/2024/02/": true,
		"AWSLogs/1/CloudTrail/r/2024/02/03/": false, "AWSLogs/o-a1/1/CloudTrail/r/2024/02/": true, "logs/": false,
	}
	for prefix, want := range tests {
		if got := Leads(prefix); got != want {
			t.Errorf("Leads(%q) = %t, want %t", prefix, got, want)
		}
	}
}

// A key is never of two minds: its day is one of the calendar, its folders
// allow it, and a neighbour is no log.
func FuzzLayoutMatch(f *testing.F) {
	for _, c := range cases {
		f.Add(c.key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		m := Parse(key)
		day, ok := m.Date()
		if m.DayFromKey {
			if !ok || day.Format("20060102") != m.Year+m.Month+m.Day {
				t.Errorf("day %v of %+v", day, m)
			}
			first, last, dated := Span(key)
			if dated && m.Layout != "access-dated" && (day.Before(first) || day.After(last)) {
				t.Errorf("day %v is not in %v to %v", day, first, last)
			}
		} else if m.Year+m.Month+m.Day+m.Hour != "" {
			t.Errorf("half a day: %+v", m)
		}
		if m.Neighbour != "" && m.Type != "" {
			t.Errorf("a neighbour of type %s", m.Type)
		}
	})
}
