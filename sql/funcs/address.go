package funcs

import (
	"bytes"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"logsql/sql/syntax"
)

// An IPADDRESS is its 16 bytes, IPv4 mapped into IPv6, so that it compares and
// sorts as in Trino. A network is that and its length as a 17th byte.

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

func prefixContains(prefix, other []byte) bool {
	if isV4(prefix) != isV4(other) {
		return false
	}
	base, ok := prefixOf(other[:16], int64(prefix[16]))
	return ok && string(base) == string(prefix)
}

// networkContains compares bytes where the network is a literal that all
// addresses between its ends are in.
func networkContains(c *Call) expr {
	slow := call("trino_cidr_contains", c.Args...)
	text, _ := c.constant(0)
	if _, err := goCIDRContains([]any{text, make([]byte, 16)}); err != nil {
		return slow
	}
	prefix, _ := parsePrefix(text)
	low, high := prefix[:16], slices.Clone(prefix[:16])
	for bit := maskBits(low, int(prefix[16])); bit < 128; bit++ {
		high[bit/8] |= 0x80 >> (bit % 8)
	}
	if isV4(low) != isV4(high) || !isV4(low) && prefix[16] < 96 && isZero(low[:10]) { // IPv4 addresses are within, and not of it
		return slow
	}
	return &syntax.Between{X: c.Args[1], Low: &syntax.BinaryLit{Value: low}, High: &syntax.BinaryLit{Value: high}}
}

func isZero(b []byte) bool { return bytes.Count(b, []byte{0}) == len(b) }

func goCIDRContains(a []any) (any, error) {
	head, tail, found := strings.Cut(a[0].(string), "/")
	base, err := netip.ParseAddr(head)
	prefix, ok := parsePrefix(a[0].(string))
	switch {
	case found && err != nil:
		return nil, invalid("Invalid network IP address")
	case strings.HasPrefix(tail, "-"):
		return nil, invalid("Invalid prefix length")
	case !ok:
		return nil, invalid("Invalid CIDR")
	}
	if bytes := base.As16(); base.Is4() && string(bytes[:]) != string(prefix[:16]) {
		return nil, invalid("Invalid CIDR") // bits are set beyond the prefix
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
