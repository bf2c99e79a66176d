package funcs

import (
	"net/netip"
	"strconv"
	"strings"

	"logsql/convert/schema"
)

// An IPADDRESS is its 16 bytes, IPv4 mapped into IPv6, so that it compares and
// sorts as in Trino. An IPPREFIX has its length as a 17th byte.

var addressFuncs = []*Func{
	{Name: "ip_prefix", Signatures: []string{"(ipaddress, bigint) ipprefix", "(varchar, bigint) ipprefix"}, Emit: emitIPPrefix},
	{Name: "ip_subnet_min", Signatures: []string{"(ipprefix) ipaddress"}, Emit: udf("trino_prefix_base")},
	{Name: "ip_subnet_max", Signatures: []string{"(ipprefix) ipaddress"}, Emit: udf("trino_prefix_last")},
	{Name: "ip_subnet_range", Signatures: []string{"(ipprefix) array(ipaddress)"}, Emit: build(func(a []expr) expr {
		return when(isNull(a[0]), null(), array(call("trino_prefix_base", a[0]), call("trino_prefix_last", a[0])))
	})},
	{Name: "is_subnet_of", Signatures: []string{"(ipprefix, ipaddress) boolean", "(ipprefix, ipprefix) boolean"}, Emit: emitSubnetOf},
}

func emitIPPrefix(c *Call) (expr, error) {
	x := c.Args[0]
	if c.Params[0].Kind == schema.Varchar {
		x = call("trino_parse_ip", x)
	}
	return call("trino_ip_prefix", x, c.Args[1]), nil
}

func emitSubnetOf(c *Call) (expr, error) { return call("trino_prefix_contains", c.Args...), nil }

var addressGo = []GoFunc{
	{Name: "trino_parse_ip", Signature: "(varchar) varbinary", Call: goParseIP},
	{Name: "trino_ip_text", Signature: "(varbinary) varchar", Call: func(a []any) (any, error) { return AddressText(a[0].([]byte)), nil }},
	{Name: "trino_prefix_text", Signature: "(varbinary) varchar", Call: func(a []any) (any, error) { return PrefixText(a[0].([]byte)), nil }},
	{Name: "trino_parse_prefix", Signature: "(varchar) varbinary", Call: goParsePrefix},
	{Name: "trino_ip_prefix", Signature: "(varbinary, bigint) varbinary", Nulls: true, Call: goIPPrefix},
	{Name: "trino_prefix_base", Signature: "(varbinary) varbinary", Call: func(a []any) (any, error) { return a[0].([]byte)[:16], nil }},
	{Name: "trino_prefix_last", Signature: "(varbinary) varbinary", Call: goPrefixLast},
	{Name: "trino_prefix_contains", Signature: "(varbinary, varbinary) boolean", Call: goPrefixContains},
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

// PrefixText is an IPPREFIX as text.
func PrefixText(b []byte) string {
	if len(b) != 17 {
		return ""
	}
	return AddressText(b[:16]) + "/" + strconv.Itoa(int(b[16]))
}

func isV4(b []byte) bool {
	addr, _ := netip.AddrFromSlice(b[:16])
	return addr.Is4In6()
}

// maskBits is how many of the 128 bits a prefix of n bits fixes.
func maskBits(b []byte, n int) int {
	if isV4(b) {
		return n + 96
	}
	return n
}

// prefixOf makes the prefix of the first n bits of an address; false where the
// address does not have so many.
func prefixOf(addr []byte, n int64) ([]byte, bool) {
	most := int64(128)
	if isV4(addr) {
		most = 32
	}
	if n < 0 || n > most {
		return nil, false
	}
	out := make([]byte, 17)
	copy(out, addr)
	for bit := maskBits(addr, int(n)); bit < 128; bit++ {
		out[bit/8] &^= 0x80 >> (bit % 8)
	}
	out[16] = byte(n)
	return out, true
}

func goIPPrefix(a []any) (any, error) {
	if a[0] == nil {
		return nil, nil
	}
	addr := a[0].([]byte)
	n, given := a[1].(int64)
	if !given {
		n = 128
		if isV4(addr) {
			n = 32
		}
	}
	out, ok := prefixOf(addr, n)
	if !ok && isV4(addr) {
		return nil, invalid("IPv4 subnet size must be in range [0, 32]")
	}
	if !ok {
		return nil, invalid("IPv6 subnet size must be in range [0, 128]")
	}
	return out, nil
}

func parsePrefix(text string) ([]byte, bool) {
	head, tail, found := strings.Cut(text, "/")
	addr, err := netip.ParseAddr(head)
	n, errN := strconv.ParseInt(tail, 10, 16)
	if !found || err != nil || errN != nil {
		return nil, false
	}
	bytes := addr.As16()
	return prefixOf(bytes[:], n)
}

func goParsePrefix(a []any) (any, error) {
	out, ok := parsePrefix(a[0].(string))
	if !ok {
		return nil, failure("INVALID_CAST_ARGUMENT", "Cannot cast value to IPPREFIX: %s", a[0])
	}
	return out, nil
}

func goPrefixLast(a []any) (any, error) {
	b := a[0].([]byte)
	out := append([]byte(nil), b[:16]...)
	for bit := maskBits(b, int(b[16])); bit < 128; bit++ {
		out[bit/8] |= 0x80 >> (bit % 8)
	}
	return out, nil
}

// goPrefixContains takes a prefix and an address or another prefix.
func goPrefixContains(a []any) (any, error) {
	prefix, other := a[0].([]byte), a[1].([]byte)
	return prefixContains(prefix, other), nil
}

func prefixContains(prefix, other []byte) bool {
	if isV4(prefix) != isV4(other) || len(other) == 17 && other[16] < prefix[16] {
		return false
	}
	base, ok := prefixOf(other[:16], int64(prefix[16]))
	return ok && string(base) == string(prefix)
}

func goCIDRContains(a []any) (any, error) {
	head, _, _ := strings.Cut(a[0].(string), "/")
	base, err := netip.ParseAddr(head)
	prefix, ok := parsePrefix(a[0].(string))
	if !ok || err != nil {
		return nil, invalid("Invalid CIDR: %s", a[0])
	}
	if bytes := base.As16(); base.Is4() && string(bytes[:]) != string(prefix[:16]) {
		return nil, invalid("Invalid CIDR: %s has bits set beyond its prefix", a[0])
	}
	return prefixContains(prefix, a[1].([]byte)), nil
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
