package logtype

import (
	"bytes"
	"maps"
	"strconv"
	"strings"

	"logsql/convert/schema"
)

// maxFlowFields bounds a header; AWS has 54 fields in all.
const maxFlowFields = 512

// flowFields are the fields AWS knows, as columns, in the order of its DDL and
// then of the versions that brought them. A field that is not here is text.
var flowFields = flowColumns(
	// version 2
	"version int", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport int", "dstport int",
	"protocol bigint", "packets bigint", "bytes bigint", "start bigint", "end bigint", "action", "log_status",
	// version 3
	"vpc_id", "subnet_id", "instance_id", "tcp_flags int", "type", "pkt_srcaddr", "pkt_dstaddr",
	// version 4
	"region", "az_id", "sublocation_type", "sublocation_id",
	// version 5
	"pkt_src_aws_service", "pkt_dst_aws_service", "flow_direction", "traffic_path int",
	// version 6: transit gateways
	"resource_type", "tgw_id", "tgw_attachment_id", "tgw_src_vpc_account_id", "tgw_dst_vpc_account_id",
	"tgw_src_vpc_id", "tgw_dst_vpc_id", "tgw_src_subnet_id", "tgw_dst_subnet_id", "tgw_src_eni", "tgw_dst_eni",
	"tgw_src_az_id", "tgw_dst_az_id", "tgw_pair_attachment_id", "packets_lost_no_route bigint",
	"packets_lost_blackhole bigint", "packets_lost_mtu_exceeded bigint", "packets_lost_ttl_expired bigint",
	// version 7
	"ecs_cluster_arn", "ecs_cluster_name", "ecs_container_instance_arn", "ecs_container_instance_id",
	"ecs_container_id", "ecs_second_container_id", "ecs_service_name", "ecs_task_definition_arn", "ecs_task_arn",
	"ecs_task_id",
	// versions 8, 9, 10
	"reject_reason", "resource_id", "encryption_status",
	// version 11
	"instance_tag", "instance_tag_2", "interface_tag", "interface_tag_2", "asg_tag", "asg_tag_2", "interface_type",
	"next_hop_interface_id", "next_hop_subnet_id", "next_hop_az_id", "next_hop_vpc_id", "next_hop_interface_type",
)

const (
	flowV2Fields = 14 // what an object without a header has
	flowV5Fields = 29 // the columns of AWS's DDL
)

func flowColumns(defs ...string) []schema.Column {
	columns := make([]schema.Column, len(defs))
	for i, def := range defs {
		name, typ, _ := strings.Cut(def, " ")
		columns[i] = schema.Column{Name: name, Type: schema.Text}
		if typ != "" {
			columns[i].Type = schema.MustParse(typ)
		}
	}
	return columns
}

// flowPlaces is the place of each known field in flowFields.
var flowPlaces = func() map[string]int {
	places := make(map[string]int, len(flowFields))
	for i, c := range flowFields {
		places[c.Name] = i
	}
	return places
}()

// flowHeader is what a header line makes of the lines below it.
type flowHeader struct {
	columns []schema.Column // known ones in the order of flowFields, then the others
	column  []int           // of each field of a line, its place in columns
	kinds   []schema.Kind   // of each field of a line, its type
	start   int             // the field that holds the start time, or -1
}

// What objects without a header have.
var (
	flowV2    = newFlowHeader(fieldNames(flowFields[:flowV2Fields]))
	gatewayV6 = newFlowHeader(fieldNames(gatewayFields))
)

// gatewayFields are the default format of transit gateways, the only one that an
// object without a header has.
var gatewayFields = knownColumns(`version resource_type account_id tgw_id tgw_attachment_id
	tgw_src_vpc_account_id tgw_dst_vpc_account_id tgw_src_vpc_id tgw_dst_vpc_id tgw_src_subnet_id tgw_dst_subnet_id
	tgw_src_eni tgw_dst_eni tgw_src_az_id tgw_dst_az_id tgw_pair_attachment_id srcaddr dstaddr srcport dstport
	protocol packets bytes start end log_status type packets_lost_no_route packets_lost_blackhole
	packets_lost_mtu_exceeded packets_lost_ttl_expired tcp_flags region flow_direction pkt_src_aws_service
	pkt_dst_aws_service`)

func knownColumns(names string) (columns []schema.Column) {
	for _, name := range strings.Fields(names) {
		columns = append(columns, flowFields[flowPlaces[name]])
	}
	return columns
}

func fieldNames(columns []schema.Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// flowReserved are columns that the table has of its own; a header field of such
// a name is told apart like one said twice.
var flowReserved = map[string]int{"year": -1, "month": -1, "day": -1, "source_object": -1, "additional_fields": -1}

// newFlowHeader lays out the columns for a list of column names. Objects whose
// headers differ only in order get the same columns. A name said twice keeps
// its first field; the second becomes name_2, a text.
func newFlowHeader(names []string) *flowHeader {
	h := &flowHeader{column: make([]int, len(names)), kinds: make([]schema.Kind, len(names)), start: -1}
	fieldOf := maps.Clone(flowReserved)
	var strangers []string
	for i, name := range names {
		unique := name
		for n := 2; ; n++ {
			if _, taken := fieldOf[unique]; !taken {
				break
			}
			unique = name + "_" + strconv.Itoa(n)
		}
		fieldOf[unique] = i
		if _, known := flowPlaces[unique]; !known || unique != name {
			strangers = append(strangers, unique)
		}
		if unique == "start" {
			h.start = i
		}
	}
	for _, c := range flowFields {
		if i, ok := fieldOf[c.Name]; ok && names[i] == c.Name {
			h.add(i, c)
		}
	}
	for _, name := range strangers {
		h.add(fieldOf[name], schema.Column{Name: name, Type: schema.Text})
	}
	return h
}

func (h *flowHeader) add(field int, c schema.Column) {
	h.column[field], h.kinds[field] = len(h.columns), c.Type.Kind
	h.columns = append(h.columns, c)
}

// parseFlowHeader tells whether line names fields: every word of it is shaped
// like a name, and most of them are known names; one is enough in the first line
// of an object.
func parseFlowHeader(line []byte, first bool) (*flowHeader, bool) {
	if !namesOnly(line) {
		return nil, false
	}
	words := bytes.Fields(line)
	if len(words) == 0 || len(words) > maxFlowFields {
		return nil, false
	}
	names := make([]string, len(words))
	known := 0
	for i, w := range words {
		names[i] = columnName(string(w))
		if _, ok := flowPlaces[names[i]]; ok {
			known++
		}
	}
	if known == 0 || !first && 2*known <= len(names) {
		return nil, false
	}
	return newFlowHeader(names), true
}

// columnName is a field's name as a column: AWS's text headers have hyphens.
func columnName(field string) string { return strings.ReplaceAll(strings.ToLower(field), "-", "_") }

// FlowFields are the columns that the first line of a flow log names, in the
// line's order; without a header, which said tells, those of version 2.
func FlowFields(line []byte) (columns []schema.Column, said bool) {
	h, said := parseFlowHeader(line, true)
	if !said {
		h = flowV2
	}
	for _, at := range h.column {
		columns = append(columns, h.columns[at])
	}
	return columns, said
}

// namesOnly reports whether every word of line is shaped like a field's name.
// Nearly every record is turned away at its first bytes: it has numbers,
// addresses, dashes.
func namesOnly(line []byte) bool {
	inWord := false
	for _, c := range line {
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			inWord = true
		case c == ' ' || c == '\t':
			inWord = false
		case !inWord || c != '-' && c != '_' && c-'0' > 9:
			return false
		}
	}
	return true
}
