package cli

import (
	"context"
	"os"
	"regexp"
	"strconv"
	"strings"

	"logsql/ingest"
	"logsql/ingest/mirror"
	"logsql/sql/cost"
)

// usualPrice is what Athena takes for a TB scanned, in US dollars, in regions
// that prices does not name.
const usualPrice = 5.00

// prices are those of regions where it is another one, as Athena's price list has
// them. Of the regions in China no price is published, so there is none here
// either: see priceOf.
var prices = map[string]float64{
	"sa-east-1": 9.00,
	"us-west-1": 6.75,
}

// price is what a TB costs, with the sign of its currency. Without a sign it is
// not known.
type price struct {
	sign  string
	perTB float64
}

var priceText = regexp.MustCompile(`^([^\d.+-]*?)\s*(\d+(?:\.\d+)?)$`)

// parsePrice reads 5, $5, ¥34.33 or CNY 34.33.
func parsePrice(text string) (price, error) {
	m := priceText.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return price{}, usagef("it is what a TB scanned costs, for example --price 5, or --price ¥34", "--price: %q is no price", text)
	}
	perTB, err := strconv.ParseFloat(m[2], 64)
	if m[1] == "" {
		m[1] = "$"
	}
	return price{m[1], perTB}, err
}

// priceOf is the price in the region that the mirror was synced from: that of
// $AWS_REGION for a mirror of folders. Where it came from several, the highest
// counts.
func priceOf(ctx context.Context, m *mirror.Mirror) price {
	regions := map[string]bool{}
	if !m.Empty() {
		targets, err := ingest.Targets(ctx, m)
		if err != nil {
			targets = nil // media that cannot be written, with no sync behind them
		}
		for _, t := range targets {
			regions[t.Region] = true
		}
	}
	delete(regions, "")
	if len(regions) == 0 {
		for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
			if r := os.Getenv(name); r != "" {
				regions[r] = true
				break
			}
		}
	}
	return highest(regions)
}

func highest(regions map[string]bool) price {
	p := price{sign: "$"}
	for r := range regions {
		if strings.HasPrefix(r, "cn-") {
			return price{}
		}
		perTB, ok := prices[r]
		if !ok {
			perTB = usualPrice
		}
		p.perTB = max(p.perTB, perTB)
	}
	if len(regions) == 0 {
		p.perTB = usualPrice
	}
	return p
}

// charge is what Athena takes for n bytes, as a person reads it; "" where the
// price is not known.
func (p price) charge(n int64) string {
	if p.sign == "" {
		return ""
	}
	sign := p.sign
	if last := sign[len(sign)-1]; last >= 'A' && last <= 'Z' || last >= 'a' && last <= 'z' {
		sign += " "
	}
	money := cost.Charge(n, p.perTB)
	if money < 0.01 && money > 0 {
		return sign + strconv.FormatFloat(money, 'f', decimals(money), 64)
	}
	return sign + strconv.FormatFloat(money, 'f', 2, 64)
}

// decimals are as many as show two digits of a number below 1.
func decimals(x float64) int {
	n := 1
	for ; x < 1 && n < 12; n++ {
		x *= 10
	}
	return n
}
