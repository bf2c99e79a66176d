package s3

import (
	"context"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"logsql/ingest/mirror"
)

// List yields the objects whose keys begin with prefix and come after the key
// after, in key order. It holds one page at a time.
func (s *Source) List(ctx context.Context, prefix, after string) iter.Seq2[mirror.Object, error] {
	return func(yield func(mirror.Object, error) bool) {
		for page, err := range s.pages(ctx, prefix, after, "") {
			if err != nil {
				yield(mirror.Object{}, err)
				return
			}
			for _, o := range page.objects {
				if !yield(o, nil) {
					return
				}
			}
		}
	}
}

// Page is a page of a folder's listing.
type Page struct {
	Objects []mirror.Object
	More    bool // it is not the last
}

// ListFolder yields pages of what lies right below prefix and comes after the
// key after, in key order: the objects, and the folders as objects of size -1
// whose keys end in a slash.
func (s *Source) ListFolder(ctx context.Context, prefix, after string) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		for page, err := range s.pages(ctx, prefix, after, "/") {
			if err != nil {
				yield(Page{}, err)
				return
			}
			list := page.objects
			for _, key := range page.folders {
				list = append(list, mirror.Object{Bucket: s.cfg.Bucket, Key: key, Size: -1})
			}
			slices.SortFunc(list, func(a, b mirror.Object) int { return strings.Compare(a.Key, b.Key) })
			if !yield(Page{list, page.more}, nil) {
				return
			}
		}
	}
}

// pages yields the pages of a listing. What it learns of the bucket's region
// holds for every later request.
func (s *Source) pages(ctx context.Context, prefix, after, delimiter string) iter.Seq2[*listing, error] {
	return func(yield func(*listing, error) bool) {
		in := &s3.ListObjectsV2Input{
			Bucket: aws.String(s.cfg.Bucket), Prefix: aws.String(prefix),
			// XML cannot hold every character that a key can.
			EncodingType:             types.EncodingTypeUrl,
			OptionalObjectAttributes: []types.OptionalObjectAttributes{types.OptionalObjectAttributesRestoreStatus},
		}
		if after != "" {
			in.StartAfter = aws.String(after)
		}
		if delimiter != "" {
			in.Delimiter = aws.String(delimiter)
		}
		if s.cfg.RequestPayer {
			in.RequestPayer = types.RequestPayerRequester
		}
		if s.cfg.Owner != "" {
			in.ExpectedBucketOwner = aws.String(s.cfg.Owner)
		}
		for {
			page, err := s.page(ctx, in)
			if err != nil {
				yield(nil, s.explain("list", prefix, err))
				return
			}
			if !yield(page, nil) || !page.more {
				return
			}
			if err := next(in, page); err != nil {
				yield(nil, s.explain("list", prefix, err))
				return
			}
		}
	}
}

// next moves in to the page after page.
func next(in *s3.ListObjectsV2Input, page *listing) error {
	token := page.token
	if token == "" {
		return &status{Code: 200, Name: "BadListing", Message: "the listing is cut short and does not say where to go on"}
	}
	if token == aws.ToString(in.ContinuationToken) {
		return &status{Code: 200, Name: "BadListing", Message: "the listing does not get further"}
	}
	in.ContinuationToken, in.StartAfter = &token, nil
	return nil
}

func (s *Source) page(ctx context.Context, in *s3.ListObjectsV2Input) (*listing, error) {
	for renewed := false; ; {
		c := s.conn.Load()
		page, err := c.client.ListObjectsV2(ctx, in, withPages(s.cfg.Bucket))
		if err == nil {
			s.heard.Store(true)
			if t, ok := awsmiddleware.GetServerTime(page.ResultMetadata); ok {
				s.serverTime.CompareAndSwap(0, t.Unix())
			}
			return s.listingOf(page), nil
		}
		if !renewed && s.renew(ctx, err) {
			renewed = true
			continue
		}
		if st := statusOf(err); st != nil && st.Region == "" && st.Name == "AuthorizationHeaderMalformed" {
			st.Region = regionIn(st.Message)
			err = st
		}
		if !s.move(ctx, c, err) {
			return nil, err
		}
	}
}

var expecting = regexp.MustCompile(`expecting ['"]([a-z0-9-]+)['"]`)

// regionIn reads the region that "the region 'x' is wrong; expecting 'y'" names.
func regionIn(message string) string {
	if m := expecting.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return ""
}

func (s *Source) object(page *s3.ListObjectsV2Output, o types.Object) mirror.Object {
	modified := aws.ToTime(o.LastModified).UTC()
	if o.LastModified == nil {
		modified = time.Time{}
	}
	class := string(o.StorageClass)
	if r := o.RestoreStatus; r != nil && r.RestoreExpiryDate != nil && !aws.ToBool(r.IsRestoreInProgress) {
		class = "" // a restored copy can be read
	}
	return mirror.Object{
		Bucket:       s.cfg.Bucket,
		Key:          decode(page, aws.ToString(o.Key)),
		Size:         aws.ToInt64(o.Size),
		ETag:         strings.Trim(aws.ToString(o.ETag), `"`),
		LastModified: modified,
		StorageClass: class,
	}
}

// decode undoes the encoding of keys, where the page says there is one.
func decode(page *s3.ListObjectsV2Output, key string) string {
	return plainKey(key, page.EncodingType == types.EncodingTypeUrl)
}

func plainKey(key string, encoded bool) string {
	if !encoded || !strings.ContainsAny(key, "%+") {
		return key
	}
	plain, err := url.QueryUnescape(key)
	if err != nil {
		return key
	}
	return plain
}
