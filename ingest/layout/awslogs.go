package layout

import (
	"strings"
)

// afterAWSLogs calls try with the segments after each AWSLogs/ until one fits:
// the bucket's own prefix may hold that name too.
func afterAWSLogs(segs []string, try func(rest []string) bool) bool {
	for i, seg := range segs {
		if seg == "AWSLogs" && try(segs[i+1:]) {
			return true
		}
	}
	return false
}

// organization takes o-id off an organisation trail's segments.
func organization(rest []string, m *Match) []string {
	if len(rest) > 1 && strings.HasPrefix(rest[0], "o-") && len(rest[0]) > 2 {
		m.Organization = rest[0]
		return rest[1:]
	}
	m.Organization = ""
	return rest
}

// flowPlain is AWSLogs/<account>/vpcflowlogs/<region>/YYYY/MM/DD/[HH/]file.
func flowPlain(segs []string, m *Match) bool {
	return afterAWSLogs(segs, func(rest []string) bool {
		rest = organization(rest, m)
		if len(rest) < 3 || rest[1] != "vpcflowlogs" {
			return false
		}
		m.Account = rest[0]
		regionAndDay(rest[2:], m)
		flowFile(segs[len(segs)-1], m)
		return true
	})
}

// flowHive is AWSLogs/aws-account-id=…/aws-service=vpcflowlogs/… with every
// segment naming its value, in any order.
func flowHive(segs []string, m *Match) bool {
	return afterAWSLogs(segs, func(rest []string) bool {
		service := ""
		fields := map[string]*string{
			"aws-account-id": &m.Account, "aws-service": &service, "aws-region": &m.Region,
			"year": &m.Year, "month": &m.Month, "day": &m.Day, "hour": &m.Hour,
		}
		for _, seg := range rest[:max(0, len(rest)-1)] {
			name, value, _ := strings.Cut(seg, "=")
			if f := fields[name]; f != nil {
				*f = value
			}
		}
		keepDay(m)
		if service != "vpcflowlogs" {
			*m = Match{Layout: m.Layout, Type: m.Type}
			return false
		}
		flowFile(segs[len(segs)-1], m)
		return true
	})
}

// flowFile judges <account>_vpcflowlogs_<region>_<fl-id>_<time>_<hash>.log.gz,
// or .log.parquet.
func flowFile(name string, m *Match) {
	m.FileTime = stampIn(name)
	if !strings.Contains(name, "_vpcflowlogs_") {
		m.Type = ""
	}
}

// trail is AWSLogs/[o-id/]<account>/<folder>/<region>/YYYY/MM/DD/file. Trails
// have a folder for each kind of events, and the kind is in the file's name.
func trail(folder string) func(segs []string, m *Match) bool {
	return func(segs []string, m *Match) bool {
		return afterAWSLogs(segs, func(rest []string) bool {
			rest = organization(rest, m)
			if len(rest) < 3 || rest[1] != folder {
				return false
			}
			m.Account = rest[0]
			regionAndDay(rest[2:], m)
			name := segs[len(segs)-1]
			m.FileTime = stampIn(name)
			if !strings.Contains(name, "_"+folder+"_") {
				m.Type = ""
			}
			return true
		})
	}
}

// digest is what services says of digests.
const digest = "CloudTrail digest"

// Digest tells whether a key is that of a CloudTrail digest.
func (m Match) Digest() bool { return m.Neighbour == digest }

// services are the known folders below AWSLogs/<account>/.
var services = map[string]string{
	"CloudTrail-Digest":    digest,
	"Config":               "AWS Config",
	"elasticloadbalancing": "Elastic Load Balancing log",
	"GuardDuty":            "GuardDuty findings",
	"network-firewall":     "Network Firewall log",
	"redshift":             "Redshift audit log",
	"vpcdnsquerylogs":      "Route 53 Resolver query log",
	"vpc-lattice":          "VPC Lattice access log",
	"WAFLogs":              "WAF log",
	"CloudFront":           "CloudFront log",
	"verifiedaccess":       "Verified Access log",
	"client-vpn":           "Client VPN log",
	"transitgateway":       "transit gateway flow log",
}

// service is anything else AWS puts below AWSLogs/<account>/<service>/.
func service(segs []string, m *Match) bool {
	return afterAWSLogs(segs, func(rest []string) bool {
		rest = organization(rest, m)
		if len(rest) < 3 {
			return false
		}
		name := strings.TrimPrefix(rest[1], "aws-service=")
		m.Neighbour = services[name]
		if m.Neighbour == "" {
			m.Neighbour = "log of the service " + name
		}
		m.Account = strings.TrimPrefix(rest[0], "aws-account-id=")
		regionAndDay(rest[2:], m)
		m.FileTime = stampIn(segs[len(segs)-1])
		return true
	})
}

// regionAndDay reads <region>/YYYY/MM/DD/[HH/]file, as far as it goes.
func regionAndDay(segs []string, m *Match) {
	if len(segs) < 2 {
		return
	}
	m.Region = segs[0]
	if len(segs) < 5 {
		return
	}
	m.Year, m.Month, m.Day = segs[1], segs[2], segs[3]
	if len(segs) == 6 && isHour(segs[4]) {
		m.Hour = segs[4]
	}
	keepDay(m)
}
