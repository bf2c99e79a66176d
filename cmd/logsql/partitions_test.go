package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"logsql/ingest/digest/digesttest"
	"logsql/ingest/s3/s3test"
)

// cloud is all of AWS as one machine sees it: a proxy that every connection goes
// through, and behind it a server that is every host. It keeps what each request
// was: host, access key and region of its signature.
type cloud struct {
	s3   *s3test.Server
	env  []string
	dir  string
	mu   sync.Mutex
	seen []string
	say  func(w http.ResponseWriter, r *http.Request) bool // answers in place of the cloud
	keys map[string]string                                 // that CloudTrail of a region answers with
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{s3: s3test.New(t, "logs", "world"), dir: t.TempDir(), keys: map[string]string{}}
	behind := httptest.NewUnstartedServer(c)
	anyHost, pemText := authority(t)
	behind.TLS = &tls.Config{GetCertificate: anyHost}
	behind.StartTLS()
	t.Cleanup(behind.Close)
	proxy := httptest.NewServer(tunnel(behind.Listener.Addr().String()))
	t.Cleanup(proxy.Close)
	c.write(t, "ca.pem", pemText)
	c.env = []string{
		"HTTPS_PROXY=" + proxy.URL, "https_proxy=" + proxy.URL, "NO_PROXY=", "no_proxy=", "HOME=" + c.dir,
		"AWS_CA_BUNDLE=" + filepath.Join(c.dir, "ca.pem"),
		"AWS_CONFIG_FILE=" + filepath.Join(c.dir, "config"), "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
	}
	return c
}

func (c *cloud) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// authority has a certificate for whatever host is asked for, signed by one whose
// PEM it gives, too: no request is missed because its host was not expected.
func authority(t *testing.T) (func(*tls.ClientHelloInfo) (*tls.Certificate, error), string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	anyHost := func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		leaf := *ca
		leaf.IsCA, leaf.DNSNames = false, []string{hello.ServerName}
		signed, err := x509.CreateCertificate(rand.Reader, &leaf, ca, &key.PublicKey, key)
		return &tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key}, err
	}
	return anyHost, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// tunnel is a proxy that leads everything to addr.
func tunnel(addr string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		far, err := net.Dial("tcp", addr)
		if err != nil || r.Method != http.MethodConnect {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		defer far.Close()
		near, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer near.Close()
		io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { io.Copy(far, near); far.Close() }()
		io.Copy(near, far)
	})
}

const sessionXML = `<%[1]sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%[1]sResult><Credentials><AccessKeyId>ROLE</AccessKeyId>` +
	`<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></%[1]sResult></%[1]sResponse>`

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	c.note(r, string(body))
	switch {
	case c.say != nil && c.say(w, r):
	case strings.HasPrefix(r.Host, "sts."):
		action := "AssumeRole"
		if bytes.Contains(body, []byte("WebIdentity")) {
			action += "WithWebIdentity"
		}
		fmt.Fprintf(w, sessionXML, action)
	case strings.HasPrefix(r.Host, "portal.sso."):
		io.WriteString(w, `{"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t","expiration":4070908800000}}`)
	case strings.HasPrefix(r.Host, "oidc."):
		io.WriteString(w, `{"accessToken":"fresh","expiresIn":3600,"refreshToken":"r"}`)
	case strings.HasPrefix(r.Host, "cloudtrail."):
		c.mu.Lock()
		defer c.mu.Unlock()
		io.WriteString(w, c.keys[strings.Split(r.Host, ".")[1]])
	default:
		bucket, _, _ := strings.Cut(r.Host, ".")
		r.URL.Path = "/" + bucket + r.URL.Path
		c.s3.ServeHTTP(w, r)
	}
}

func (c *cloud) note(r *http.Request, body string) {
	line := r.Host + " unsigned"
	if _, scope, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		parts := strings.Split(scope, "/")
		line = r.Host + " " + parts[0] + " " + parts[2]
	}
	if strings.Contains(body, "ExternalId=") {
		line += " with external id"
	}
	if _, code, ok := strings.Cut(body, "TokenCode="); ok {
		code, _, _ = strings.Cut(code, "&")
		line += " with the code " + code
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.seen, line) {
		c.seen = append(c.seen, line)
	}
}

// took are the requests since the last call, each once.
func (c *cloud) took() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := c.seen
	c.seen = nil
	return seen
}

const profiles = `
[profile base]
aws_access_key_id = BASE
aws_secret_access_key = secret
[profile role]
role_arn = arn:aws-cn:iam::123456789012:role/audit
external_id = x-1
source_profile = base
[profile mfa]
role_arn = arn:aws-cn:iam::123456789012:role/audit
mfa_serial = arn:aws-cn:iam::123456789012:mfa/me
source_profile = base
[profile portal]
sso_start_url = https://start.home.awsapps.cn/directory/logs
sso_region = cn-north-1
sso_account_id = 123456789012
sso_role_name = audit
[sso-session corp]
sso_start_url = https://start.home.awsapps.cn/directory/logs
sso_region = cn-north-1
sso_registration_scopes = sso:account:access
[profile session]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = audit
[profile near]
role_arn = arn:aws-cn:iam::123456789012:role/audit
region = cn-northwest-1
source_profile = base
[profile chain]
role_arn = arn:aws-cn:iam::123456789012:role/second
region = cn-northwest-1
source_profile = near
[profile cn]
aws_access_key_id = CN
aws_secret_access_key = secret
region = cn-northwest-1
[profile world]
aws_access_key_id = WORLD
aws_secret_access_key = secret
region = us-west-2
`

// Requests go to the bucket's region, signed for it, by whoever is configured,
// and none leaves for another partition.
func TestPartitions(t *testing.T) {
	const north, northwest = "logs.s3.cn-north-1.amazonaws.com.cn", "logs.s3.cn-northwest-1.amazonaws.com.cn"
	elsewhere := func(status int, header, value, code string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set(header, value)
			w.WriteHeader(status)
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>elsewhere</Message></Error>", code)
			return true
		}
	}
	answer := func(service, body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.Host, service) {
				return false
			}
			w.WriteHeader(403)
			io.WriteString(w, body)
			return true
		}
	}
	const refusal = "<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>"
	keys := []string{"AWS_ACCESS_KEY_ID=KEY", "AWS_SECRET_ACCESS_KEY=secret"}
	tests := []struct {
		name   string
		env    []string
		args   []string
		say    func(http.ResponseWriter, *http.Request) bool
		seen   []string
		status int
		stderr string
	}{
		{name: "keys and a region of the environment", env: append(keys, "AWS_REGION=cn-northwest-1"), seen: []string{northwest + " KEY cn-northwest-1"}},
		{name: "the other region of China", env: keys, args: []string{"--region", "cn-north-1"}, seen: []string{north + " KEY cn-north-1", northwest + " KEY cn-northwest-1"}},
		{name: "IPv6", env: append(keys, "AWS_REGION=cn-northwest-1", "AWS_USE_DUALSTACK_ENDPOINT=true"), seen: []string{"logs.s3.dualstack.cn-northwest-1.amazonaws.com.cn KEY cn-northwest-1"}},
		{name: "unsigned", args: []string{"--region", "cn-northwest-1", "--no-sign-request"}, seen: []string{northwest + " unsigned"}},
		{
			name: "a role, without any region", args: []string{"--profile", "role"},
			seen: []string{"sts.cn-north-1.amazonaws.com.cn BASE cn-north-1 with external id", north + " ROLE cn-north-1", northwest + " ROLE cn-northwest-1"},
		},
		{
			name: "a web identity, without any region", env: []string{"AWS_ROLE_ARN=arn:aws-cn:iam::123456789012:role/audit", "AWS_WEB_IDENTITY_TOKEN_FILE=token"},
			seen: []string{"sts.cn-north-1.amazonaws.com.cn unsigned", north + " ROLE cn-north-1", northwest + " ROLE cn-northwest-1"},
		},
		{
			name: "SSO, without any region", args: []string{"--profile", "portal"},
			seen: []string{"portal.sso.cn-north-1.amazonaws.com.cn unsigned", north + " SSO cn-north-1", northwest + " SSO cn-northwest-1"},
		},
		{
			name: "an SSO session, its token refreshed", args: []string{"--profile", "session"},
			seen: []string{"oidc.cn-north-1.amazonaws.com.cn unsigned", "portal.sso.cn-north-1.amazonaws.com.cn unsigned", north + " SSO cn-north-1", northwest + " SSO cn-northwest-1"},
		},
		{
			name: "a role and its region", args: []string{"--profile", "near"},
			seen: []string{"sts.cn-northwest-1.amazonaws.com.cn BASE cn-northwest-1", northwest + " ROLE cn-northwest-1"},
		},
		{
			name: "a role by a role", args: []string{"--profile", "chain"},
			seen: []string{"sts.cn-northwest-1.amazonaws.com.cn BASE cn-northwest-1", "sts.cn-northwest-1.amazonaws.com.cn ROLE cn-northwest-1", northwest + " ROLE cn-northwest-1"},
		},
		{
			name: "a role of China, the environment's region elsewhere", args: []string{"--profile", "near"}, env: []string{"AWS_REGION=us-west-2"},
			seen: []string{"sts.cn-northwest-1.amazonaws.com.cn BASE cn-northwest-1", northwest + " ROLE cn-northwest-1"},
		},
		{
			name: "a profile of China, the environment's region elsewhere", args: []string{"--profile", "cn"}, env: []string{"AWS_DEFAULT_REGION=us-west-2"},
			seen: []string{northwest + " CN cn-northwest-1"},
		},
		{
			name: "keys of the environment go by its region", env: append(keys, "AWS_PROFILE=world", "AWS_REGION=cn-northwest-1"),
			seen: []string{northwest + " KEY cn-northwest-1"},
		},
		{
			name: "SSO of China, the environment's region elsewhere", args: []string{"--profile", "portal"}, env: []string{"AWS_REGION=us-west-2"},
			seen: []string{"portal.sso.cn-north-1.amazonaws.com.cn unsigned", north + " SSO cn-north-1", northwest + " SSO cn-northwest-1"},
		},
		{
			name: "a role of China, asked for elsewhere", args: []string{"--profile", "near", "--region", "us-west-2"}, status: 1,
			stderr: "logsql: open s3://logs/: read the AWS configuration: --region us-west-2 is of aws, and the role or SSO portal of aws-cn\n",
		},
		{
			name: "a role that may not be assumed", args: []string{"--profile", "near"}, status: 1, say: answer("sts.", fmt.Sprintf(refusal, "AccessDenied", "not authorized to perform: sts:AssumeRole")),
			seen: []string{"sts.cn-northwest-1.amazonaws.com.cn BASE cn-northwest-1"},
			stderr: "logsql: list s3://logs/: no credentials: STS AssumeRole: AccessDenied: not authorized to perform: sts:AssumeRole\n" +
				"hint: the caller needs sts:AssumeRole on the role, and the role's trust policy must let it in: with the external_id, or the MFA code, that it wants\n",
		},
		{
			name: "a role by credentials that have expired", args: []string{"--profile", "near"}, status: 1, say: answer("sts.", fmt.Sprintf(refusal, "ExpiredToken", "It has expired.")),
			seen:   []string{"sts.cn-northwest-1.amazonaws.com.cn BASE cn-northwest-1"},
			stderr: "logsql: list s3://logs/: no credentials: STS AssumeRole: ExpiredToken: It has expired.\nhint: sign in again and run the same command: what has been fetched is kept\n",
		},
		{
			name: "a role by keys of the other partition", args: []string{"--profile", "near"}, status: 1, say: answer("sts.", fmt.Sprintf(refusal, "InvalidClientTokenId", "It is invalid.")),
			seen:   []string{"sts.cn-northwest-1.amazonaws.com.cn BASE cn-northwest-1"},
			stderr: "logsql: list s3://logs/: no credentials: STS AssumeRole: InvalidClientTokenId: It is invalid.\nhint: accounts and buckets of China (aws-cn) and",
		},
		{
			name: "an SSO session that is over", args: []string{"--profile", "portal"}, status: 1, say: answer("portal.", `{"message":"Session token not found or invalid"}`),
			seen:   []string{"portal.sso.cn-north-1.amazonaws.com.cn unsigned"},
			stderr: "\nhint: sign in again: aws sso login, with the --profile; then run the same command: what has been fetched is kept\n",
		},
		{
			name: "a role that wants an MFA code, and nobody there", args: []string{"--profile", "mfa"}, status: 1,
			stderr: "the role wants an MFA code, and nobody can type one: run it on a terminal, or with credentials of a session (aws sts assume-role, AWS_SESSION_TOKEN)",
		},
		{
			name: "a bucket of the other partition", env: keys, args: []string{"--region", "cn-north-1"}, status: 1,
			say:  elsewhere(301, "X-Amz-Bucket-Region", "us-west-2", "PermanentRedirect"),
			seen: []string{north + " KEY cn-north-1"}, stderr: "hint: give the bucket's region with --region; a bucket of another partition (aws, aws-cn) is not asked for with these credentials",
		},
		{
			name: "a redirect into the other partition", env: keys, args: []string{"--region", "cn-north-1"}, status: 1,
			say:  elsewhere(301, "Location", "https://logs.s3.us-west-2.amazonaws.com/", "PermanentRedirect"),
			seen: []string{north + " KEY cn-north-1"}, stderr: "PermanentRedirect: elsewhere",
		},
		{name: "no region anywhere", env: keys, status: 1, stderr: "hint: give --region (in China cn-north-1 or cn-northwest-1), AWS_REGION, or a profile that has one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCloud(t)
			c.say = tt.say
			if tt.name != "unsigned" {
				c.s3.Region = "cn-northwest-1"
			}
			c.s3.Put("logs", "a.log", "x")
			c.write(t, "config", profiles)
			token := c.write(t, "token", "jwt")
			// The names are the SHA-1 of the portal's URL and of the session's name.
			c.write(t, ".aws/sso/cache/b4e40d78885a96d9376e966c540bb2ee01614c7c.json", `{"accessToken":"t","expiresAt":"2099-01-01T00:00:00Z"}`)
			c.write(t, ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json", `{"accessToken":"old","expiresAt":"2020-01-01T00:00:00Z","refreshToken":"r","clientId":"c","clientSecret":"s","registrationExpiresAt":"2099-01-01T00:00:00Z"}`)
			env := append(slices.Clone(c.env), tt.env...)
			for i, kv := range env {
				if kv == "AWS_WEB_IDENTITY_TOKEN_FILE=token" {
					env[i] = "AWS_WEB_IDENTITY_TOKEN_FILE=" + token
				}
			}
			args := append([]string{"--mirror", filepath.Join(t.TempDir(), "m"), "sync", "s3://logs"}, tt.args...)
			got := run{env: env}.logsql(t, args...)
			if got.status != tt.status || !strings.Contains(got.stderr, tt.stderr) {
				t.Errorf("exit status %d, want %d\n%s%s", got.status, tt.status, got.stdout, got.stderr)
			}
			if seen := c.took(); !slices.Equal(seen, tt.seen) {
				t.Errorf("requests %q, want %q", seen, tt.seen)
			}
		})
	}
}

// On a terminal a role's MFA code is asked for, once for a sync.
func TestMFACode(t *testing.T) {
	c := newCloud(t)
	c.s3.Put("logs", "a.log", "x")
	c.write(t, "config", profiles)
	master, terminal := openTerminal(t, 80)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "--mirror", filepath.Join(t.TempDir(), "m"), "sync", "s3://logs", "--profile", "mfa", "--progress", "none")
	cmd.Env = append(append(cleanEnv(), c.env...), asProgram+"=1")
	var stdout, stderr lines
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); stderr.String() != "MFA code: " && time.Since(begun) < 20*time.Second; {
		time.Sleep(10 * time.Millisecond)
	}
	io.WriteString(master, "123456\n")
	if err := cmd.Wait(); err != nil || !strings.Contains(stdout.String(), "1 fetched") || stderr.String() != "MFA code: " {
		t.Errorf("%v: %s%s", err, stdout.String(), stderr.String())
	}
	want := []string{"sts.cn-north-1.amazonaws.com.cn BASE cn-north-1 with the code 123456", "logs.s3.cn-north-1.amazonaws.com.cn ROLE cn-north-1"}
	if seen := c.took(); !slices.Equal(seen, want) {
		t.Errorf("requests %q, want %q", seen, want)
	}
}

// One mirror may have sources of both partitions; each is asked for with its own
// profile, also when nobody names it again.
func TestPartitionsInOneMirror(t *testing.T) {
	c := newCloud(t)
	c.s3.Put("logs", "a.log", "x")
	c.s3.Put("world", "b.log", "x")
	c.write(t, "config", profiles)
	mirror := filepath.Join(t.TempDir(), "m")
	for _, args := range [][]string{{"s3://logs", "--profile", "cn"}, {"s3://world", "--profile", "world"}, nil} {
		got := run{env: c.env}.logsql(t, append([]string{"--mirror", mirror, "sync"}, args...)...)
		if got.status != 0 {
			t.Errorf("sync %v: exit status %d\n%s", args, got.status, got.stderr)
		}
	}
	want := []string{"logs.s3.cn-northwest-1.amazonaws.com.cn CN cn-northwest-1", "world.s3.us-west-2.amazonaws.com WORLD us-west-2"}
	if seen := c.took(); !slices.Equal(seen, want) {
		t.Errorf("requests %q, want %q", seen, want)
	}
}

// An instance of EC2 needs no configuration at all.
func TestInstanceRole(t *testing.T) {
	c := newCloud(t)
	c.s3.Put("logs", "a.log", "x")
	metadata := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/latest/api/token":
			w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "600")
			io.WriteString(w, "token")
		case "/latest/meta-data/iam/security-credentials/":
			io.WriteString(w, "audit")
		case "/latest/meta-data/iam/security-credentials/audit":
			io.WriteString(w, `{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"INSTANCE","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}`)
		case "/latest/dynamic/instance-identity/document":
			io.WriteString(w, `{"region":"cn-northwest-1"}`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(metadata.Close)
	env := append(slices.Clone(c.env), "AWS_EC2_METADATA_DISABLED=false", "AWS_EC2_METADATA_SERVICE_ENDPOINT="+metadata.URL)
	got := run{env: env}.logsql(t, "--mirror", filepath.Join(t.TempDir(), "m"), "sync", "s3://logs")
	want := []string{"logs.s3.cn-northwest-1.amazonaws.com.cn INSTANCE cn-northwest-1"}
	if seen := c.took(); got.status != 0 || !slices.Equal(seen, want) {
		t.Errorf("requests %q, want %q\n%s", seen, want, got.stderr)
	}
}

// A mirror of trails of both partitions asks each partition's CloudTrail for the
// public keys of its digests, as whom their bucket was synced.
func TestPublicKeysOfEachPartition(t *testing.T) {
	c := newCloud(t)
	c.write(t, "config", profiles)
	mirror := filepath.Join(t.TempDir(), "m")
	for _, trail := range []struct{ bucket, region, profile string }{{"logs", "cn-northwest-1", "cn"}, {"world", "us-west-2", "world"}} {
		signer := digesttest.NewSigner(t)
		c.mu.Lock()
		c.keys[trail.region] = signer.PublicKeys()
		c.mu.Unlock()
		chain := digesttest.NewChain(signer)
		chain.Bucket, chain.Region = trail.bucket, trail.region
		chain.Hour()
		for _, o := range slices.Concat(chain.Logs, chain.Digests) {
			c.s3.Put(trail.bucket, o.Key, o.Body, func(put *s3test.Object) { put.Meta = map[string]string{"signature": o.Signature} })
		}
		if got := (run{env: c.env}).logsql(t, "--mirror", mirror, "sync", "s3://"+trail.bucket, "--profile", trail.profile); got.status != 0 {
			t.Fatal(got.stderr)
		}
	}
	both := []string{"cloudtrail.cn-northwest-1.amazonaws.com.cn CN cn-northwest-1", "cloudtrail.us-west-2.amazonaws.com WORLD us-west-2"}
	for _, want := range [][]string{both, nil} { // keys are kept
		c.took()
		got := run{env: c.env}.logsql(t, "--mirror", mirror, "verify", "--fetch-keys")
		if seen := c.took(); got.status != 0 || !slices.Equal(seen, want) {
			t.Errorf("requests %q, want %q\n%s%s", seen, want, got.stdout, got.stderr)
		}
	}
}

// A container's role comes from an address of the environment; the region of a
// profile that has no credentials says nothing of it.
func TestContainerRole(t *testing.T) {
	c := newCloud(t)
	c.s3.Put("logs", "a.log", "x")
	c.write(t, "config", "[default]\nregion = us-west-2\n")
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/role" || r.Header.Get("Authorization") != "agent-token" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, `{"AccessKeyId":"CONTAINER","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}`)
	}))
	t.Cleanup(agent.Close)
	env := append(slices.Clone(c.env), "AWS_CONTAINER_CREDENTIALS_FULL_URI="+agent.URL+"/role", "AWS_CONTAINER_AUTHORIZATION_TOKEN=agent-token", "AWS_REGION=cn-northwest-1")
	got := run{env: env}.logsql(t, "--mirror", filepath.Join(t.TempDir(), "m"), "sync", "s3://logs")
	want := []string{"logs.s3.cn-northwest-1.amazonaws.com.cn CONTAINER cn-northwest-1"}
	if seen := c.took(); got.status != 0 || !slices.Equal(seen, want) {
		t.Errorf("requests %q, want %q\n%s", seen, want, got.stderr)
	}
}
