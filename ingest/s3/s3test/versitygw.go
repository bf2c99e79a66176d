package s3test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const versitygw = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"

// Gateway is a real S3 server on loopback: versitygw over a folder. Its region
// is us-east-1, its credentials are AccessKey and SecretKey.
type Gateway struct {
	Endpoint string
	Root     string // a folder below it is a bucket; files put there have no ETag
	client   *s3.Client
}

// StartVersityGW starts a Gateway that ends with the test. It looks for the
// program in $VERSITYGW, in .cache/bin of the repository and in $PATH; where
// there is none the test is skipped, but with CI=true it is built.
func StartVersityGW(t testing.TB) *Gateway {
	t.Helper()
	program := findVersityGW(t)
	SetEnv(t)
	addr := freeAddr(t)
	dir := t.TempDir()
	g := &Gateway{Endpoint: "http://" + addr, Root: filepath.Join(dir, "root")}
	for _, sub := range []string{"root", "ver"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program, "--port", addr, "--region", "us-east-1", "--health", "/healthz", "--quiet", "--keep-alive",
		"posix", "--versioning-dir", filepath.Join(dir, "ver"), g.Root)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+AccessKey, "ROOT_SECRET_KEY="+SecretKey)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() { cmd.Process.Kill(); <-ended })
	if err := answers(g.Endpoint+"/healthz", ended); err != nil {
		cmd.Process.Kill()
		<-ended
		t.Fatalf("start versitygw: %v\n%s", err, &out)
	}
	g.client = s3.New(s3.Options{
		BaseEndpoint: &g.Endpoint, Region: "us-east-1", UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(AccessKey, SecretKey, ""),
	})
	return g
}

// answers waits for the server, not longer than ten seconds.
func answers(url string, ended <-chan struct{}) error {
	for begun := time.Now(); time.Since(begun) < 10*time.Second; {
		resp, err := http.Get(url)
		if err == nil {
			resp.Body.Close()
			return nil
		}
		select {
		case <-ended:
			return fmt.Errorf("it ended")
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("no answer in ten seconds")
}

func freeAddr(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// CreateBucket makes a bucket.
func (g *Gateway) CreateBucket(t testing.TB, bucket string) {
	t.Helper()
	if _, err := g.client.CreateBucket(context.Background(), &s3.CreateBucketInput{Bucket: &bucket}); err != nil {
		t.Fatalf("create bucket %s: %v", bucket, err)
	}
}

// Put uploads an object.
func (g *Gateway) Put(t testing.TB, bucket, key string, data []byte) {
	t.Helper()
	in := &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader(data)}
	if _, err := g.client.PutObject(context.Background(), in); err != nil {
		t.Fatalf("put s3://%s/%s: %v", bucket, key, err)
	}
}

func findVersityGW(t testing.TB) string {
	if program := os.Getenv("VERSITYGW"); program != "" {
		return program
	}
	bin := filepath.Join(repoRoot(t), ".cache", "bin")
	if _, err := os.Stat(filepath.Join(bin, "versitygw")); err == nil {
		return filepath.Join(bin, "versitygw")
	}
	if program, err := exec.LookPath("versitygw"); err == nil {
		return program
	}
	if os.Getenv("CI") != "true" {
		t.Skipf("versitygw is not there: set VERSITYGW, or GOBIN=%s go install %s", bin, versitygw)
	}
	return installVersityGW(t, bin)
}

// installVersityGW builds the server; of several test programs one does.
func installVersityGW(t testing.TB, bin string) string {
	program := filepath.Join(bin, "versitygw")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	lock, err := os.Create(program + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err == nil {
		return program
	}
	cmd := exec.Command("go", "install", versitygw)
	cmd.Dir = bin // outside of this module's requirements it is built from its own
	cmd.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("install versitygw: %v\n%s", err, out)
	}
	return program
}

func repoRoot(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("this test does not run inside the repository")
	return ""
}
