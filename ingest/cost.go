package ingest

import (
	"fmt"
	"strconv"
	"strings"
)

// Prices are what S3 asks for.
type Prices struct {
	List, Get float64 // a thousand requests
	GB        float64 // that leaves AWS for the internet
	Currency  string
}

// listPrices are those that AWS publishes (2025, S3 Standard, the first 10 TB a
// month), by region, in US dollars. Those of China are agreed with the operators
// there: who knows them gives them.
var listPrices = map[string]Prices{
	"us-east-1":      {0.005, 0.0004, 0.09, "USD"},
	"us-east-2":      {0.005, 0.0004, 0.09, "USD"},
	"us-west-1":      {0.0055, 0.00044, 0.09, "USD"},
	"us-west-2":      {0.005, 0.0004, 0.09, "USD"},
	"eu-west-1":      {0.005, 0.0004, 0.09, "USD"},
	"eu-west-2":      {0.0053, 0.00042, 0.09, "USD"},
	"eu-west-3":      {0.0053, 0.00042, 0.09, "USD"},
	"eu-central-1":   {0.0054, 0.00043, 0.09, "USD"},
	"ap-northeast-1": {0.0047, 0.00037, 0.114, "USD"},
	"ap-northeast-2": {0.0045, 0.00035, 0.126, "USD"},
	"ap-southeast-1": {0.005, 0.0004, 0.12, "USD"},
	"ap-southeast-2": {0.0055, 0.00044, 0.114, "USD"},
	"ap-south-1":     {0.005, 0.0004, 0.1093, "USD"},
	"sa-east-1":      {0.007, 0.00056, 0.15, "USD"},
}

// ParsePrices reads LIST,GET,GB,CURRENCY, such as 0.005,0.0004,0.09,USD. Errors
// are ErrUsage.
func ParsePrices(s string) (*Prices, error) {
	parts := strings.Split(s, ",")
	var p Prices
	if len(parts) == 4 && strings.TrimSpace(parts[3]) != "" {
		p.Currency = strings.TrimSpace(parts[3])
		for i, to := range []*float64{&p.List, &p.Get, &p.GB} {
			v, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
			if err != nil || !(v >= 0 && v < 1e6) {
				p.Currency = ""
				break
			}
			*to = v
		}
	}
	if p.Currency == "" {
		return nil, usageError(fmt.Sprintf("--prices %q: write the prices of 1,000 LISTs, of 1,000 GETs and of a GB to the internet, and the currency, such as 0.005,0.0004,0.09,USD", s))
	}
	return &p, nil
}

// Cost is what requests cost. Bytes cost only where they leave AWS: not for a
// machine in the bucket's region.
type Cost struct {
	Region   string  `json:"region"` // whose prices they are; "" where the user gave them
	Currency string  `json:"currency"`
	Requests float64 `json:"requests"`
	Transfer float64 `json:"transfer"`
}

func costOf(p Prices, region string, lists, gets, bytes int64) Cost {
	return Cost{
		Region: region, Currency: p.Currency,
		Requests: float64(lists)/1000*p.List + float64(gets)/1000*p.Get,
		Transfer: float64(bytes) / (1 << 30) * p.GB,
	}
}
