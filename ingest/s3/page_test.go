package s3

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const xmlns = `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`

// pageCases are answers as stores write them: quick are those that readPage must
// take itself.
var pageCases = []struct {
	name, doc string
	quick     bool
}{
	{"S3", `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + xmlns + `<Name>b</Name><Prefix>a/</Prefix><NextContinuationToken>1+/=</NextContinuationToken><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>` +
		`<Contents><Key>a/x%2By+z%25</Key><LastModified>2025-11-21T10:11:12.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents>` +
		`<Contents><Key>a/y</Key><LastModified>2025-11-21T10:11:12.987Z</LastModified><ETag>"e-2"</ETag><Size>5368709121</Size><StorageClass>GLACIER</StorageClass><RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2025-12-01T00:00:00.000Z</RestoreExpiryDate></RestoreStatus></Contents>` +
		`<CommonPrefixes><Prefix>a/%E6%97%A5/</Prefix></CommonPrefixes></ListBucketResult>`, true},
	{"indented, with owners and what nobody knows", xmlns + "\n  <Contents>\n    <Key>k</Key>\n    <Owner><ID>1</ID><DisplayName>d</DisplayName></Owner>\n    <Type>Normal</Type>\n    <Size>1</Size>\n  </Contents>\n  <Marker></Marker>\n</ListBucketResult>\n", true},
	{"empty elements", xmlns + `<Name>b</Name><Prefix/><Delimiter/><IsTruncated>false</IsTruncated><Contents/><Contents><Key/><ETag/><StorageClass/></Contents><CommonPrefixes/></ListBucketResult>`, true},
	{"keys as they are", xmlns + `<Contents><Key>a%20b+&amp;&lt;&gt;&apos;&#34;&#39;</Key><Size>1</Size></Contents></ListBucketResult>`, true},
	{"a restore that runs", xmlns + `<Contents><Key>k</Key><StorageClass>GLACIER</StorageClass><RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus></Contents></ListBucketResult>`, true},
	{"nothing", `<ListBucketResult/>`, true},
	{"a comment", xmlns + `<!-- --><Contents><Key>k</Key></Contents></ListBucketResult>`, false},
	{"CDATA", xmlns + `<Contents><Key><![CDATA[k]]></Key></Contents></ListBucketResult>`, false},
	{"another alphabet", xmlns + `<Contents><Key>日</Key></Contents></ListBucketResult>`, false},
	{"a number as an entity", xmlns + `<Contents><Key>&#x61;</Key></Contents></ListBucketResult>`, false},
	{"a namespace's prefix", `<s:ListBucketResult xmlns:s="x"><s:Contents><s:Key>k</s:Key></s:Contents></s:ListBucketResult>`, false},
	{"lower case", xmlns + `<contents><key>k</key></contents></ListBucketResult>`, false},
	{"attributes", xmlns + `<Contents><Owner xmlns:xsi="x" xsi:type="CanonicalUser"><ID>1</ID></Owner><Key>k</Key></Contents></ListBucketResult>`, false},
	{"time without a zone", xmlns + `<Contents><Key>k</Key><LastModified>2025-11-21T10:11:12</LastModified></Contents></ListBucketResult>`, false},
	{"more in what nobody knows", xmlns + `<Other><Size>x</Size></Other><Contents><Key>k</Key></Contents></ListBucketResult>`, false},
	{"cut short", xmlns + `<Contents><Key>k</Key></Contents>`, false},
	{"a bad size", xmlns + `<Contents><Key>k</Key><Size>1e3</Size></Contents></ListBucketResult>`, false},
	{"something behind it", xmlns + `</ListBucketResult><x/>`, false},
}

// answering is an HTTP client that always answers the same.
type answering string

func (a answering) Do(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(string(a)))}, nil
}

// pageBySDK is what an answer holds, with readPage or without.
func pageBySDK(ctx context.Context, doc string, with ...func(*s3.Options)) (*listing, error) {
	client := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("http://store"), UsePathStyle: true, HTTPClient: answering(doc),
		Credentials: aws.AnonymousCredentials{}, Retryer: aws.NopRetryer{},
	})
	out, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("b")}, with...)
	if err != nil {
		return nil, err
	}
	return (&Source{cfg: Config{Bucket: "b"}}).listingOf(out), nil
}

// same compares by what a listing says.
func (l *listing) same(other *listing) bool {
	equal := len(l.objects) == len(other.objects) && len(l.folders) == len(other.folders) && l.token == other.token && l.more == other.more
	for i := 0; equal && i < len(l.objects); i++ {
		equal = reflect.DeepEqual(l.objects[i], other.objects[i])
	}
	for i := 0; equal && i < len(l.folders); i++ {
		equal = l.folders[i] == other.folders[i]
	}
	return equal
}

func TestReadPage(t *testing.T) {
	for _, tt := range pageCases {
		want, wantErr := pageBySDK(t.Context(), tt.doc)
		got, err := pageBySDK(t.Context(), tt.doc, withPages("b"))
		if (err == nil) != (wantErr == nil) || err == nil && !got.same(want) {
			t.Errorf("%s: %+v, %v; the SDK has %+v, %v", tt.name, got, err, want, wantErr)
		}
		if _, quick := readPage([]byte(tt.doc), "b"); quick != tt.quick {
			t.Errorf("%s: readPage takes it: %t, want %t", tt.name, quick, tt.quick)
		}
	}
	l, ok := readPage([]byte(pageCases[0].doc), "b")
	if !ok || len(l.objects) != 2 || l.objects[0].Key != "a/x+y z%" || l.objects[0].ETag != "d41d8cd98f00b204e9800998ecf8427e" ||
		l.objects[1].Size != 5368709121 || l.objects[1].StorageClass != "" || l.objects[1].LastModified.Nanosecond() != 987e6 ||
		len(l.folders) != 1 || l.folders[0] != "a/日/" || l.token != "1+/=" || !l.more {
		t.Errorf("%+v, %t", l, ok)
	}
}

// What is no listing is not taken for an empty one.
func TestNoListing(t *testing.T) {
	for _, doc := range []string{"", " ", "<html><body>Sign in to the network</body></html>", `<?xml version="1.0"?><Other/>`} {
		_, err := pageBySDK(t.Context(), doc, withPages("b"))
		if st := statusOf(err); st == nil || st.Error() != "BadListing: the answer is no listing" {
			t.Errorf("%q: %v", doc, err)
		}
	}
}

// What readPage takes, the SDK reads in the same way.
func FuzzReadPage(f *testing.F) {
	for _, tt := range pageCases {
		f.Add([]byte(tt.doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, ok := readPage(bytes.Clone(doc), "b")
		if !ok {
			return
		}
		want, err := pageBySDK(t.Context(), string(doc))
		if err != nil || !got.same(want) {
			t.Errorf("%q:\n%+v\nthe SDK has %+v, %v", doc, got, want, err)
		}
	})
}
