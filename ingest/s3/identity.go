package s3

import (
	"context"
	"fmt"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// Identity is who S3 would be asked as, without any secret.
type Identity struct {
	Source    string    `json:"source,omitempty"` // where the credentials are from, as the SDK names it; "" where there are none
	KeyID     string    `json:"key_id,omitempty"` // the access key's last four characters
	Expires   time.Time `json:"expires,omitzero"`
	Region    string    `json:"region,omitempty"`
	Partition string    `json:"partition,omitempty"` // of the region
	Endpoint  string    `json:"endpoint,omitempty"`  // where it is not AWS's own
}

// WhoAmI looks for credentials and a region as a sync would, and asks no
// bucket. A role, an SSO portal or the instance's metadata is asked, at most
// until ctx ends; the error says why there are no credentials.
func WhoAmI(ctx context.Context, profile string) (Identity, error) {
	s := &Source{cfg: Config{Profile: profile}}
	if err := s.configure(ctx, awshttp.NewBuildableClient().WithTimeout(2*time.Second)); err != nil {
		return Identity{}, fmt.Errorf("read the AWS configuration: %w", err)
	}
	id := Identity{Region: s.aws.Region, Endpoint: s.customEndpoint()}
	if id.Region != "" {
		id.Partition = partitionOf(id.Region)
	}
	creds, err := s.aws.Credentials.Retrieve(ctx)
	if err != nil {
		return id, err
	}
	id.Source = creds.Source
	if n := len(creds.AccessKeyID); n > 4 {
		id.KeyID = creds.AccessKeyID[n-4:]
	}
	if creds.CanExpire {
		id.Expires = creds.Expires
	}
	return id, nil
}
