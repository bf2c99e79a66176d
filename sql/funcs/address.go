package funcs

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"

	"logsql/sql/syntax"
)

// An IPADDRESS is its 16 bytes, IPv4 mapped into IPv6, so that it compares and
// sorts as in Trino.

var addressGo = []GoFunc{
	{Name: "trino_parse_ip", Signature: "(varchar) varbinary", Call: goParseIP},
	{Name: "trino_ip_text", Signature: "(varbinary) varchar", Call: func(a []any) (any, error) { return AddressText(a[0].([]byte)), nil }},
	{Name: "trino_cidr_contains", Signature: "(varchar, varbinary) boolean", Call: goCIDRContains},
	{Name: "trino_ip_from_bytes", Signature: "(varbinary) varbinary", Call: goIPFromBytes},
}

func badIP(text string) error {
	return failure("INVALID_CAST_ARGUMENT", "Cannot cast value to IPADDRESS: %s", text)
}

func goParseIP(a []any) (any, error) {
	addr, err := netip.ParseAddr(a[0].(string))
	if err != nil || addr.Zone() != "" {
		return nil, badIP(a[0].(string))
	}
	bytes := addr.As16()
	return bytes[:], nil
}

// AddressText is an IPADDRESS as text.
func AddressText(b []byte) string {
	addr, ok := netip.AddrFromSlice(b)
	if !ok {
		return ""
	}
	return addr.Unmap().String()
}

// networkEnds are the first and the last address of a network. Bits beyond the
// prefix may be set in IPv6 only.
func networkEnds(text string) (low, high []byte, err error) {
	head, tail, found := strings.Cut(text, "/")
	addr, err := netip.ParseAddr(head)
	n, errN := strconv.ParseInt(tail, 10, 16)
	switch {
	case found && err != nil:
		return nil, nil, invalid("Invalid network IP address")
	case strings.HasPrefix(tail, "-"):
		return nil, nil, invalid("Invalid prefix length")
	case found && errN != nil:
		return nil, nil, failure("GENERIC_INTERNAL_ERROR", "For input string: \"%s\"", tail)
	case !found || int(n) > addr.BitLen():
		return nil, nil, invalid("Invalid CIDR")
	}
	first, bits := addr.As16(), int(n)+128-addr.BitLen()
	last := first
	for bit := bits; bit < 128; bit++ {
		first[bit/8] &^= 0x80 >> (bit % 8)
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	if addr.Is4() && first != addr.As16() {
		return nil, nil, invalid("Invalid CIDR")
	}
	return first[:], last[:], nil
}

// networkContains compares bytes where the network is a literal.
func networkContains(c *Call) expr {
	text, ok := c.constant(0)
	low, high, err := networkEnds(text)
	if !ok || err != nil {
		return call("trino_cidr_contains", c.Args...)
	}
	return &syntax.Between{X: c.Args[1], Low: &syntax.BinaryLit{Value: low}, High: &syntax.BinaryLit{Value: high}}
}

func goCIDRContains(a []any) (any, error) {
	low, high, err := networkEnds(a[0].(string))
	if err != nil {
		return nil, err
	}
	x := a[1].([]byte)
	return bytes.Compare(low, x) <= 0 && bytes.Compare(x, high) <= 0, nil
}

func goIPFromBytes(a []any) (any, error) {
	b := a[0].([]byte)
	addr, ok := netip.AddrFromSlice(b)
	if !ok {
		return nil, failure("INVALID_CAST_ARGUMENT", "Invalid IP address binary length: %d", len(b))
	}
	bytes := addr.As16()
	return bytes[:], nil
}
