package logtype

import (
	"bytes"
	"context"
	"fmt"

	"logsql/convert/schema"
	"logsql/ingest/layout"
)

// trailKind is one kind of the events that trails deliver. Each has a folder
// and a table of its own.
type trailKind struct {
	root   *field
	leaves [][]string

	// columns are those of records from an account's own trail, orgColumns those
	// from a trail of an organization.
	columns, orgColumns []schema.Column

	objects         []int  // fields that, if they are there, must be objects
	time            *field // the record's time, …
	timeIn          *field // … and the object that it stands in, nil for the record itself
	account, region int
}

// newTrailKind fills in what follows from root and the names of fields in it.
func newTrailKind(root *field, time, account string, objects ...string) *trailKind {
	k := &trailKind{root: root, leaves: root.leafPaths(nil), account: root.place(account), region: root.place("awsRegion")}
	for _, name := range objects {
		k.objects = append(k.objects, root.place(name))
	}
	if k.time = root.fields[root.place(time)]; k.time.kind == aRow {
		k.timeIn = k.time
		k.time = k.timeIn.fields[0]
	}
	for _, f := range root.typ().Elems {
		k.columns = append(k.columns, schema.Column(f))
	}
	n := len(k.columns)
	k.orgColumns = append(k.columns[:n:n], schema.Column{Name: "organization", Type: schema.Text}, additionalFields)
	k.columns = append(k.columns[:n:n], additionalFields)
	return k
}

// place is where f has the field called name.
func (f *field) place(name string) int {
	place, ok := f.places[name]
	if !ok {
		panic("no CloudTrail field " + name)
	}
	return place
}

var (
	// Network activity events have the fields of all other API calls.
	trailEvents = newTrailKind(trailRoot, "eventTime", "recipientAccountId", "userIdentity", "requestParameters")

	trailInsights = newTrailKind(layOut(row("",
		text("eventVersion", "eventTime", "awsRegion", "eventID", "eventType", "recipientAccountId", "sharedEventID"),
		row("insightDetails", text("state", "eventSource", "eventName", "errorCode", "insightType", "insightContext")),
		text("eventCategory"),
		row("addendum", text("reason", "updatedFields", "originalRequestID", "originalEventID")),
	)[0]), "eventTime", "recipientAccountId", "insightDetails")

	trailAggregated = newTrailKind(layOut(row("",
		text("eventVersion", "accountId", "eventId", "eventCategory", "eventType", "awsRegion", "eventSource"),
		row("timeWindow", text("windowStart", "windowEnd", "windowSize")),
		text("summary"),
	)[0]), "timeWindow", "accountId", "timeWindow")
)

// cloudTrail are CloudTrail events: JSON documents {"Records":[…]}, whatever
// else stands around Records; also, as tools write them, a bare list of records
// or one record after the other.
//
// A record is bad where it is no object, is larger than maxRecord or nested
// deeper than maxDepth, is no UTF-8, has no time that is a time, or where
// userIdentity or requestParameters (insightDetails, timeWindow) is something
// else than an object. The records around it are kept: after a mistake in the
// JSON the decoder looks for the next object that begins as records do.
var (
	cloudTrail      = trailEvents.logs(layout.CloudTrail, sniffTrail)
	networkActivity = trailEvents.logs(layout.NetworkActivity, sniffNetworkActivity)
	insights        = trailInsights.logs(layout.Insights, sniffInsights)
	aggregated      = trailAggregated.logs(layout.Aggregated, sniffAggregated)
)

func (k *trailKind) logs(name string, sniff func(head trailHead) bool) *Type {
	return &Type{
		Name:      name,
		Partition: append([]string{"account", "region"}, dated...),
		Columns:   k.columns,
		Version:   1,
		ID:        []string{"eventid"},
		Sniff: func(head []byte) bool {
			text := trailHead(bytes.TrimLeft(bytes.TrimPrefix(head, byteOrderMark), " \t\r\n"))
			return len(text) > 0 && (text[0] == '{' || text[0] == '[') && text.has(`"eventVersion"`) && !text.has(`"digestStartTime"`) && sniff(text)
		},
		Decode: k.decode,
	}
}

func (k *trailKind) decode(ctx context.Context, in *Input, out Sink) error {
	d := trailDecoder{
		in: in, out: out, json: newJSONReader(ctx, in.Body), record: trailRecord{kind: k}, columns: k.columns,
		begin: []byte(`"eventVersion"`), goBacks: 1000,
	}
	if in.Match.Organization != "" {
		d.columns = k.orgColumns
	}
	defer d.json.close()
	if err := d.documents(); err != nil {
		return err
	}
	if d.seen && !d.found {
		return fmt.Errorf("a JSON document without Records: %w", ErrNotLog)
	}
	return nil
}

// trailHead is the beginning of JSON that has events, but no digest.
type trailHead []byte

func (h trailHead) has(s string) bool { return bytes.Contains(h, []byte(s)) }

// sniffTrail takes what is none of the other kinds. S3's and others'
// notifications look alike but for their eventSource.
func sniffTrail(head trailHead) bool {
	return (head.has(`"eventTime"`) || head.has(`"userIdentity"`)) &&
		!(head.has(`"aws:`) && head.has(`"eventSource"`) && !head.has(".amazonaws.com")) &&
		!sniffNetworkActivity(head) && !sniffInsights(head) && !sniffAggregated(head)
}

func sniffNetworkActivity(head trailHead) bool {
	return head.has(`"AwsVpceEvent"`) && !head.has(`"AwsApiCall"`)
}

func sniffInsights(head trailHead) bool { return head.has(`"AwsCloudTrailInsight"`) }

func sniffAggregated(head trailHead) bool { return head.has(`"AwsAggregatedEvent"`) }
