// Package s3 reads buckets of S3 and of what speaks its protocol. It is the
// only package that knows the AWS SDK: configuration, credentials, listing and
// typed errors are the SDK's; objects are fetched over plain net/http with the
// SDK's signer, at half the CPU time.
package s3

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Config says where a bucket is and as whom to read it. What is empty comes
// from the environment and the profile, as for every AWS tool.
type Config struct {
	Bucket       string
	Prefix       string // what is going to be read; only looked at for a region's name
	Endpoint     string // a URL
	Region       string
	Profile      string
	RequestPayer bool
	Connections  int // kept open at the same time; 0 is 32
}

// Source is a bucket. It may be used from many goroutines.
type Source struct {
	cfg    Config
	aws    aws.Config
	http   aws.HTTPClient
	signer *v4.Signer

	conn   atomic.Pointer[conn]
	heard  atomic.Bool // something answered
	moving sync.Mutex
	moved  bool // the region was corrected once
}

// conn is a Source's way to one region.
type conn struct {
	region string
	base   *url.URL // of the bucket, its path ending in /
	client *s3.Client
	custom bool // the endpoint is the user's, not AWS's
}

// stall is how long a connection may be silent.
const stall = 60 * time.Second

// Open prepares to read a bucket; it sends nothing yet.
func Open(ctx context.Context, cfg Config) (*Source, error) {
	if cfg.Connections == 0 {
		cfg.Connections = 32
	}
	s := &Source{cfg: cfg}
	client := awshttp.NewBuildableClient().WithReadTimeout(stall).WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns = cfg.Connections + 4
		t.MaxIdleConnsPerHost = cfg.Connections + 4
		t.DisableCompression = true // an object's bytes are kept as they are
		t.ResponseHeaderTimeout = stall
	})
	load := []func(*config.LoadOptions) error{
		config.WithHTTPClient(client),
		config.WithRetryer(s.newRetryer),
	}
	if cfg.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(cfg.Profile))
	}
	if cfg.Region != "" {
		load = append(load, config.WithRegion(cfg.Region))
	}
	var err error
	if s.aws, err = config.LoadDefaultConfig(ctx, load...); err != nil {
		return nil, s.fatal(fmt.Errorf("read the AWS configuration: %w", err), "check --profile and the files in ~/.aws")
	}
	// The configuration may have put a CA bundle into the client.
	s.http = s.aws.HTTPClient
	s.signer = v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	region, err := s.firstRegion()
	if err != nil {
		return nil, err
	}
	c, err := s.connect(ctx, region)
	if err != nil {
		return nil, s.fatal(err, "check --region and --endpoint-url")
	}
	s.conn.Store(c)
	return s, nil
}

func (s *Source) fatal(err error, hint string) error {
	return &Error{Op: "open", URI: "s3://" + s.cfg.Bucket + "/" + s.cfg.Prefix, Kind: Fatal, Err: err, Hint: hint}
}

// newRetryer never gives up for want of retry quota: under a burst of 503 the
// SDK's own quota loses objects. Where nothing ever answered, a refused
// connection is more likely a wrong address than a server that starts again.
func (s *Source) newRetryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		refused := retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
			if !s.heard.Load() && errors.Is(err, syscall.ECONNREFUSED) {
				return aws.FalseTernary
			}
			return aws.UnknownTernary
		})
		o.Retryables = append([]retry.IsErrorRetryable{refused}, o.Retryables...)
		o.MaxAttempts = Attempts
		o.RateLimiter = ratelimit.None
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
			return Backoff(attempt), nil
		})
	})
}

// Attempts is how often a request is tried before it fails.
const Attempts = 10

// Backoff is how long to wait after attempt n, counted from 0; all attempts
// together wait about half a minute.
func Backoff(n int) time.Duration {
	d := min(100*time.Millisecond<<n, 20*time.Second)
	return d/2 + rand.N(d/2)
}

var regionName = regexp.MustCompile(`\b(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov)?-[a-z]+-[1-9]\b`)

// firstRegion is where to ask first. A region nobody configured is never
// guessed to be us-east-1: of a bucket of China that would ask the wrong
// partition, with the wrong credentials.
func (s *Source) firstRegion() (string, error) {
	if s.aws.Region != "" {
		return s.aws.Region, nil
	}
	if s.customEndpoint() != "" {
		return "us-east-1", nil // the name that signatures carry, nothing more
	}
	if name := regionName.FindString(s.cfg.Bucket + "/" + s.cfg.Prefix); name != "" {
		return name, nil
	}
	return "", s.fatal(errors.New("no region is configured"),
		"give --region (in China cn-north-1 or cn-northwest-1), AWS_REGION, or a profile that has one")
}

// customEndpoint is the endpoint the user gave, as a flag, in the environment
// or in the profile; "" where it is AWS's own.
func (s *Source) customEndpoint() string {
	if s.cfg.Endpoint != "" {
		return s.cfg.Endpoint
	}
	return aws.ToString(s3.NewFromConfig(s.aws).Options().BaseEndpoint)
}

func (s *Source) connect(ctx context.Context, region string) (*conn, error) {
	endpoint := s.customEndpoint()
	if endpoint != "" {
		u, err := url.Parse(endpoint)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("the endpoint %q is no URL such as https://host:port", endpoint)
		}
	}
	c := &conn{region: region, custom: endpoint != ""}
	c.client = s3.NewFromConfig(s.aws, func(o *s3.Options) {
		o.Region = region
		if c.custom {
			o.BaseEndpoint = aws.String(endpoint)
			o.UsePathStyle = true
		}
	})
	var err error
	c.base, err = bucketURL(ctx, c.client.Options(), s.cfg.Bucket)
	return c, err
}

// bucketURL is where the SDK finds the bucket: its host, or a path of the
// endpoint.
func bucketURL(ctx context.Context, o s3.Options, bucket string) (*url.URL, error) {
	p := s3.EndpointParameters{
		Bucket:         aws.String(bucket),
		Region:         aws.String(o.Region),
		Endpoint:       o.BaseEndpoint,
		ForcePathStyle: aws.Bool(o.UsePathStyle),
		UseFIPS:        aws.Bool(o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
		UseDualStack:   aws.Bool(o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
	}
	e, err := s3.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("find the endpoint: %w", err)
	}
	u := e.URI
	u.Path = strings.TrimSuffix(u.Path, "/") + "/"
	return &u, nil
}

// move turns to the region an answer names; it reports whether there is a
// reason to ask again. It happens once, and never to the other partition.
func (s *Source) move(ctx context.Context, from *conn, err error) bool {
	st := statusOf(err)
	if st == nil {
		return false
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	if s.conn.Load() != from {
		return true // another goroutine has
	}
	if st.Region == "" || st.Region == from.region || s.moved {
		return false
	}
	if !from.custom && partitionOf(st.Region) != partitionOf(from.region) {
		return false
	}
	c, err := s.connect(ctx, st.Region)
	if err != nil {
		return false
	}
	s.moved = true
	s.conn.Store(c)
	return true
}

// Region is where the bucket is, as far as is known.
func (s *Source) Region() string { return s.conn.Load().region }

func (s *Source) partition() string { return partitionOf(s.Region()) }

func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
