package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
)

// PublicKeys asks CloudTrail in a region for the public keys that it signed
// digests with between two times, and gives its answers as they are: JSON, one
// document a page. It is one operation: the SDK's client for it is not worth its
// size.
func PublicKeys(ctx context.Context, profile, region string, from, to time.Time) ([]io.Reader, error) {
	load := []func(*config.LoadOptions) error{config.WithRegion(region), config.WithHTTPClient(awshttp.NewBuildableClient())}
	if profile != "" {
		load = append(load, config.WithSharedConfigProfile(profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, fmt.Errorf("read the AWS configuration: %w", err)
	}
	var pages []io.Reader
	for token := ""; ; {
		page, err := publicKeyPage(ctx, cfg, from, to, token)
		if err != nil {
			return nil, err
		}
		pages = append(pages, bytes.NewReader(page))
		var next struct{ NextToken string }
		if err := json.Unmarshal(page, &next); err != nil {
			return nil, fmt.Errorf("ListPublicKeys: its answer is no JSON: %w", err)
		}
		if next.NextToken == "" || next.NextToken == token {
			return pages, nil
		}
		token = next.NextToken
	}
}

func publicKeyPage(ctx context.Context, cfg aws.Config, from, to time.Time, token string) ([]byte, error) {
	ask := map[string]any{"StartTime": from.Unix(), "EndTime": to.Unix()}
	if token != "" {
		ask["NextToken"] = token
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, trailEndpoint(cfg), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListPublicKeys")
	creds, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, &credentialsError{err}
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, creds, req, hex.EncodeToString(sum[:]), "cloudtrail", cfg.Region, time.Now()); err != nil {
		return nil, err
	}
	resp, err := cfg.HTTPClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = trailError(resp.StatusCode, page)
	}
	return page, err
}

// trailEndpoint is where CloudTrail answers: never in another partition than
// the region's.
func trailEndpoint(cfg aws.Config) string {
	switch {
	case os.Getenv("AWS_ENDPOINT_URL_CLOUDTRAIL") != "":
		return os.Getenv("AWS_ENDPOINT_URL_CLOUDTRAIL")
	case cfg.BaseEndpoint != nil:
		return *cfg.BaseEndpoint
	case partitionOf(cfg.Region) == "aws-cn":
		return "https://cloudtrail." + cfg.Region + ".amazonaws.com.cn/"
	}
	return "https://cloudtrail." + cfg.Region + ".amazonaws.com/"
}

func trailError(code int, body []byte) error {
	var e struct {
		Type    string `json:"__type"`
		Message string
	}
	if json.Unmarshal(body, &e) != nil || e.Type == "" {
		return fmt.Errorf("ListPublicKeys: HTTP status %d", code)
	}
	name := e.Type[strings.LastIndexByte(e.Type, '#')+1:]
	if strings.HasPrefix(name, "AccessDenied") {
		return errors.New("ListPublicKeys: " + name + ": " + e.Message + " (the permission is cloudtrail:ListPublicKeys)")
	}
	return errors.New("ListPublicKeys: " + name + ": " + e.Message)
}
