package cli

import "testing"

func TestPrices(t *testing.T) {
	for _, c := range []struct {
		regions []string
		bytes   int64
		want    string
	}{
		{nil, 1 << 40, "$5.00"},
		{[]string{"eu-central-1"}, 1 << 40, "$5.00"},
		{[]string{"us-west-1"}, 1 << 40, "$6.75"},
		{[]string{"us-west-1", "sa-east-1", "eu-west-1"}, 1 << 40, "$9.00"},
		{[]string{"us-east-1"}, 0, "$0.000048"},
		{[]string{"cn-northwest-1"}, 1 << 40, ""},
		{[]string{"us-east-1", "cn-north-1"}, 1 << 40, ""},
	} {
		regions := map[string]bool{}
		for _, r := range c.regions {
			regions[r] = true
		}
		if got := highest(regions).charge(c.bytes); got != c.want {
			t.Errorf("%d bytes in %v: %q, want %q", c.bytes, c.regions, got, c.want)
		}
	}
}

func TestParsePrice(t *testing.T) {
	for text, want := range map[string]string{"5": "$5.00", "$6.75": "$6.75", "¥34.33": "¥34.33", "CNY 34": "CNY 34.00", "cheap": "", "-1": "", "5 5": ""} {
		p, err := parsePrice(text)
		if got := p.charge(1 << 40); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "100": 100, "100B": 100, "1KB": 1024, "10 MB": 10 << 20, "1.5GiB": 3 << 29, "2tb": 2 << 40, "10m": 10 << 20} {
		if got, err := parseSize(text); got != want || err != nil {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"much", "-1", "0", "10XB", "9999999PB"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
}
