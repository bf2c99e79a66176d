// Package s3 reads buckets of S3 and of what speaks its protocol. It is the
// only package that knows the AWS SDK: configuration, credentials, listing and
// typed errors are the SDK's; objects are fetched over connections of our own,
// at a third of the CPU time (see wire).
package s3

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"
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
	NoSign       bool   // ask as nobody, for public buckets
	Owner        string // the account that must own the bucket, or ""
	Connections  int    // kept open at the same time; 0 is 32

	// MFACode asks the user for the code that a role of the profile wants.
	MFACode func() (string, error)
}

// Source is a bucket. It may be used from many goroutines.
type Source struct {
	cfg    Config
	stall  time.Duration
	aws    aws.Config
	http   aws.HTTPClient
	direct *http.Transport // that http has, nil where it has one that we do not know
	signer signer

	conn   atomic.Pointer[conn]
	heard  atomic.Bool // something answered
	moving sync.Mutex
	moved  bool // the region was corrected once

	lists, gets atomic.Int64
	serverTime  atomic.Int64 // of the first listing's answer, Unix seconds
}

// conn is a Source's way to one region.
type conn struct {
	region string
	base   *url.URL // of the bucket, its path ending in /
	client *s3.Client
	custom bool   // the endpoint is the user's, not AWS's
	path   string // of base, escaped
	host   string // of base, without the port that its scheme has anyway
	wire   *wire  // nil where net/http must do
}

// stall is how long a connection may be silent. A variable for tests.
var stall = 60 * time.Second

// Open prepares to read a bucket; it sends nothing yet.
func Open(ctx context.Context, cfg Config) (*Source, error) {
	if cfg.Connections == 0 {
		cfg.Connections = 32
	}
	s := &Source{cfg: cfg, stall: stall}
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns = cfg.Connections + 4
		t.MaxIdleConnsPerHost = cfg.Connections + 4
		t.DisableCompression = true // an object's bytes are kept as they are
		t.ResponseHeaderTimeout = stall
	})
	if err := s.configure(ctx, client); err != nil {
		return nil, s.fatal(fmt.Errorf("read the AWS configuration: %w", err), "check --profile and the files in ~/.aws")
	}
	s.http = s.aws.HTTPClient
	region, err := s.firstRegion(ctx)
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

// configure reads what the user has configured for AWS. Where no region is
// told, but a role or an SSO portal is, that tells the partition: roles cannot
// be assumed without a region. A region of the environment that is of another
// partition than the credentials is meant for other work: nobody is asked there.
func (s *Source) configure(ctx context.Context, client *awshttp.BuildableClient) error {
	load := []func(*config.LoadOptions) error{
		config.WithHTTPClient(client),
		config.WithRetryer(s.newRetryer),
		config.WithLogger(logging.Nop{}), // what the SDK would tell on standard error is in our errors
		config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) { o.TokenProvider = s.cfg.MFACode }),
	}
	if s.cfg.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(s.cfg.Profile))
	}
	if s.cfg.Region != "" {
		load = append(load, config.WithRegion(s.cfg.Region))
	}
	if s.cfg.NoSign {
		load = append(load, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
	}
	var err error
	if s.aws, err = config.LoadDefaultConfig(ctx, load...); err != nil {
		return err
	}
	switch region, proof := s.regionOfIdentity(ctx); {
	case region == "", s.aws.Region != "" && partitionOf(region) == partitionOf(s.aws.Region):
	case !proof && s.customEndpoint() != "": // a gateway has regions of its own
	case s.cfg.Region == "":
		if s.aws, err = config.LoadDefaultConfig(ctx, append(load, config.WithRegion(region))...); err != nil {
			return err
		}
	case proof:
		return fmt.Errorf("--region %s is of %s, and the role or SSO portal of %s", s.cfg.Region, partitionOf(s.cfg.Region), partitionOf(region))
	}
	s.aws.HTTPClient = s.client(s.aws.HTTPClient)
	if !s.cfg.NoSign {
		s.aws.Credentials = &credentials{now: s.aws.Credentials, read: func(ctx context.Context) (aws.CredentialsProvider, error) {
			cfg, err := config.LoadDefaultConfig(ctx, append(load, config.WithRegion(s.aws.Region))...)
			return cfg.Credentials, err
		}}
	}
	return nil
}

func (s *Source) fatal(err error, hint string) error {
	return &Error{Op: "open", URI: "s3://" + s.cfg.Bucket + "/" + s.cfg.Prefix, Kind: Fatal, Err: err, Hint: hint}
}

// newRetryer never gives up for want of retry quota: under a burst of 503 the
// SDK's own quota loses objects. Where nothing ever answered, a refused
// connection is more likely a wrong address than a server that starts again, and
// so is a name that nobody knows; else it is the network.
func (s *Source) newRetryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		refused := retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
			var dns *net.DNSError
			if s.heard.Load() && errors.As(err, &dns) {
				return aws.TrueTernary
			}
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

// Attempts is how often a request is tried before it fails: so often that a
// store which refuses a third of all requests loses none of 100 million.
// AttemptsDown is how often where no connection can be made.
const (
	Attempts     = 16
	AttemptsDown = 10
)

// Backoff is how long to wait after attempt n, counted from 0; all attempts
// together wait two minutes, those of AttemptsDown half a minute.
func Backoff(n int) time.Duration {
	d := min(100*time.Millisecond<<n, 20*time.Second)
	return d/2 + rand.N(d/2)
}

var regionName = regexp.MustCompile(`\b(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov)?-[a-z]+-[1-9]\b`)

// firstRegion is where to ask first. A region nobody configured is never
// guessed to be us-east-1: of a bucket of China that would ask the wrong
// partition, with the wrong credentials.
func (s *Source) firstRegion(ctx context.Context) (string, error) {
	if s.aws.Region != "" {
		return s.aws.Region, nil
	}
	if s.customEndpoint() != "" {
		return "us-east-1", nil // the name that signatures carry, nothing more
	}
	if name := s.namedRegion(); name != "" {
		return name, nil
	}
	if name := s.instanceRegion(ctx); name != "" {
		return name, nil
	}
	return "", s.fatal(errors.New("no region is configured"),
		"give --region (in China cn-north-1 or cn-northwest-1), AWS_REGION, or a profile that has one")
}

func (s *Source) namedRegion() string {
	return regionName.FindString(s.cfg.Bucket + "/" + s.cfg.Prefix)
}

// homeRegions is where to ask first in a partition; the answer names the
// bucket's own region.
var homeRegions = map[string]string{"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}

// regionOfIdentity is a region of the partition that the configured credentials
// are of: by a role or an SSO portal, which is proof, else by the region of the
// profile; "" where nothing tells.
func (s *Source) regionOfIdentity(ctx context.Context) (region string, proof bool) {
	if s.cfg.NoSign || s.cfg.Profile == "" && os.Getenv("AWS_ACCESS_KEY_ID") != "" {
		return "", false
	}
	arn, sso := os.Getenv("AWS_ROLE_ARN"), ""
	profile := cmp.Or(s.cfg.Profile, os.Getenv("AWS_PROFILE"), config.DefaultSharedConfigProfile)
	shared, err := config.LoadSharedConfigProfile(ctx, profile, func(o *config.LoadSharedConfigOptions) {
		if file := os.Getenv("AWS_CONFIG_FILE"); file != "" {
			o.ConfigFiles = []string{file}
		}
		if file := os.Getenv("AWS_SHARED_CREDENTIALS_FILE"); file != "" {
			o.CredentialsFiles = []string{file}
		}
	})
	if err == nil {
		arn, sso = cmp.Or(shared.RoleARN, arn), shared.SSORegion
		if shared.SSOSession != nil {
			sso = cmp.Or(sso, shared.SSOSession.SSORegion)
		}
	}
	if parts := strings.Split(arn, ":"); len(parts) > 1 {
		for _, region := range []string{s.namedRegion(), shared.Region, homeRegions[parts[1]]} {
			if region != "" && partitionOf(region) == parts[1] {
				return region, true
			}
		}
		return "", false
	}
	if sso == "" && !shared.Credentials.HasKeys() && shared.CredentialProcess == "" {
		return "", false // the credentials are not the profile's
	}
	return cmp.Or(sso, shared.Region), sso != ""
}

// instanceRegion is where this machine is, where it is one of EC2; any other does
// not answer.
func (s *Source) instanceRegion(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	out, err := imds.NewFromConfig(s.aws).GetRegion(ctx, &imds.GetRegionInput{})
	if err != nil {
		return ""
	}
	return out.Region
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
	if c.base, err = bucketURL(ctx, c.client.Options(), s.cfg.Bucket); err != nil {
		return nil, err
	}
	c.path, c.host = c.base.EscapedPath(), c.base.Host
	if port := c.base.Port(); c.base.Scheme == "https" && port == "443" || c.base.Scheme == "http" && port == "80" {
		c.host = strings.TrimSuffix(c.host, ":"+port)
	}
	c.wire = newWire(c.base, s.direct, s.stall, s.cfg.Connections+4)
	return c, nil
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

// Close closes the connections that are kept.
func (s *Source) Close() error {
	if c := s.conn.Load(); c.wire != nil {
		c.wire.Close()
	}
	if s.direct != nil {
		s.direct.CloseIdleConnections()
	}
	return nil
}

// Requests is how many requests have been sent, repeated ones included.
func (s *Source) Requests() (lists, gets int64) { return s.lists.Load(), s.gets.Load() }

// Time is what time it is, by this machine's clock or, where that is earlier,
// by the server's at its first answer: days must not be taken for over too soon.
func (s *Source) Time() time.Time {
	now := time.Now()
	if t := s.serverTime.Load(); t != 0 && time.Unix(t, 0).Before(now) {
		return time.Unix(t, 0)
	}
	return now
}

// AWS tells whether it is AWS's own S3 that is asked, not a gateway.
func (s *Source) AWS() bool { return !s.conn.Load().custom }

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
