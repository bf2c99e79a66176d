package logtype

import (
	"strings"

	"logsql/convert/schema"
)

// fieldKind says what a CloudTrail field holds.
type fieldKind uint8

const (
	aText fieldKind = iota // text; of an object or list, its JSON
	aRow                   // an object with known fields
	aList                  // a list of rows
	aMap                   // an object with any keys, and texts for values
)

// field is a part of a CloudTrail record: a column, or a field in one.
type field struct {
	name   string // as AWS spells it
	kind   fieldKind
	fields []*field // of a row, or of a list's rows

	path   string         // where it is: userIdentity.sessionContext
	places map[string]int // of fields, by their names and by their names in lower case
	slot   int            // the first of its fields' slots in a trailRecord
	slotIn int            // its own slot
	leaf   int            // the first of its leaves
	leaves int            // how many it has; a map has two, key and value
}

func text(names ...string) []*field {
	fields := make([]*field, len(names))
	for i, name := range names {
		fields[i] = &field{name: name}
	}
	return fields
}

func row(name string, fields ...[]*field) []*field {
	return composite(name, aRow, fields)
}

func list(name string, fields ...[]*field) []*field {
	return composite(name, aList, fields)
}

func composite(name string, kind fieldKind, fields [][]*field) []*field {
	f := &field{name: name, kind: kind}
	for _, more := range fields {
		f.fields = append(f.fields, more...)
	}
	return []*field{f}
}

// trailRoot is a CloudTrail record: its fields are the columns of AWS's DDL.
var trailRoot = layOut(row("",
	text("eventVersion"),
	row("userIdentity",
		text("type", "principalId", "arn", "accountId", "invokedBy", "accessKeyId", "userName"),
		row("onBehalfOf", text("userId", "identityStoreArn")),
		row("sessionContext",
			row("attributes", text("mfaAuthenticated", "creationDate")),
			row("sessionIssuer", text("type", "principalId", "arn", "accountId", "userName")),
			text("ec2RoleDelivery"),
			row("webIdFederationData",
				text("federatedProvider"),
				[]*field{{name: "attributes", kind: aMap}})),
	),
	text("eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode",
		"errorMessage", "requestParameters", "responseElements", "additionalEventData", "requestID", "eventID"),
	list("resources", text("ARN", "accountId", "type")),
	text("eventType", "apiVersion", "readOnly", "recipientAccountId", "serviceEventDetails", "sharedEventID",
		"vpcEndpointId", "vpcEndpointAccountId", "managementEvent", "eventCategory"),
	row("addendum", text("reason", "updatedFields", "originalRequestID", "originalEventID")),
	text("sessionCredentialFromConsole", "edgeDeviceDetails"),
	row("tlsDetails", text("tlsVersion", "cipherSuite", "clientProvidedHostHeader", "keyExchange")),
	text("eventContext"),
)[0])

// layOut numbers slots and leaves and fills in the look-up tables.
func layOut(root *field) *field {
	slots, leaves := 0, 0
	var walk func(f *field)
	walk = func(f *field) {
		f.leaf, f.slot = leaves, slots
		slots += len(f.fields)
		f.places = map[string]int{}
		for i, child := range f.fields {
			f.places[child.name] = i
			f.places[strings.ToLower(child.name)] = i
			child.slotIn = f.slot + i
			if child.path = child.name; f.path != "" {
				child.path = f.path + "." + child.name
			}
			walk(child)
		}
		switch f.kind {
		case aText:
			leaves++
		case aMap:
			leaves += 2
		}
		f.leaves = leaves - f.leaf
	}
	walk(root)
	return root
}

// slots is how many slots all fields below f need.
func (f *field) slots() int {
	n := len(f.fields)
	for _, child := range f.fields {
		n += child.slots()
	}
	return n
}

// find returns the place of the field called key. Its exact spelling is looked
// for first at place hint: records mostly have their fields in one order. same
// tells whether the spelling is AWS's.
func (f *field) find(key []byte, hint int) (place int, same, ok bool) {
	if hint < len(f.fields) && f.fields[hint].name == string(key) {
		return hint, true, true
	}
	if place, ok = f.places[string(key)]; ok {
		return place, f.fields[place].name == string(key), true
	}
	var lower [32]byte
	if len(key) > len(lower) {
		return 0, false, false
	}
	for i, c := range key {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		lower[i] = c
	}
	place, ok = f.places[string(lower[:len(key)])]
	return place, false, ok
}

// typ is the Athena type of f.
func (f *field) typ() schema.Type {
	switch f.kind {
	case aMap:
		return schema.MapOf(schema.Text, schema.Text)
	case aRow, aList:
		fields := make([]schema.Field, len(f.fields))
		for i, child := range f.fields {
			fields[i] = schema.Field{Name: strings.ToLower(child.name), Type: child.typ()}
		}
		if f.kind == aList {
			return schema.ArrayOf(schema.RowOf(fields...))
		}
		return schema.RowOf(fields...)
	}
	return schema.Text
}

// leafPaths are the paths of f's leaves, below path, in the order of their
// numbers.
func (f *field) leafPaths(path []string) [][]string {
	path = path[:len(path):len(path)]
	switch f.kind {
	case aText:
		return [][]string{path}
	case aMap:
		return [][]string{append(path, "key"), append(path, "value")}
	case aList:
		path = append(path, "element")
	}
	var paths [][]string
	for _, child := range f.fields {
		paths = append(paths, child.leafPaths(append(path[:len(path):len(path)], strings.ToLower(child.name)))...)
	}
	return paths
}
