package s3

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// credentials are those of the configuration. The SDK renews what it knows to
// expire; what was written into a file or the environment it takes for good, so
// when S3 says that it has expired, the configuration is read again: a sync of
// hours goes on when somebody has signed in meanwhile.
type credentials struct {
	mu   sync.Mutex
	now  aws.CredentialsProvider
	last time.Time // it was read again
	read func(context.Context) (aws.CredentialsProvider, error)
}

func (c *credentials) provider() aws.CredentialsProvider {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Retrieve is the SDK's.
func (c *credentials) Retrieve(ctx context.Context) (aws.Credentials, error) {
	creds, err := c.provider().Retrieve(ctx)
	if err != nil && ctx.Err() == nil {
		err = &credentialsError{err}
	}
	return creds, err
}

// again reads the configuration anew, once for all requests that are refused at
// about the same time.
func (c *credentials) again(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.last) < 5*time.Second {
		return nil
	}
	provider, err := c.read(ctx)
	if err == nil {
		c.now, c.last = provider, time.Now()
	}
	return err
}

// renew has credentials that have expired fetched anew; it reports whether there
// is a reason to ask again.
func (s *Source) renew(ctx context.Context, err error) bool {
	st := statusOf(err)
	c, ok := s.aws.Credentials.(*credentials)
	return ok && st != nil && strings.HasPrefix(st.Name, "ExpiredToken") && credentialsErrorOf(err) == nil && c.again(ctx) == nil
}

func (s *Source) credentials(ctx context.Context) (aws.Credentials, error) {
	return s.aws.Credentials.Retrieve(ctx)
}

// credentialsError tells that no credentials could be had.
type credentialsError struct{ err error }

// credentialsErrorOf finds it among what the SDK has put around it.
func credentialsErrorOf(err error) *credentialsError {
	var e *credentialsError
	errors.As(err, &e)
	return e
}

func (e *credentialsError) Unwrap() error { return e.err }

// Error leaves out what the SDK says at length where a service has answered.
func (e *credentialsError) Error() string {
	if op, st := e.refused(); op != nil {
		return fmt.Sprintf("no credentials: %s %s: %v", op.ServiceID, op.OperationName, st)
	}
	text := e.err.Error()
	if strings.Contains(text, "no EC2 IMDS role found") { // the last place of all where the SDK looks
		text = "neither the environment nor the profile has any, and this machine has no role"
	}
	return "no credentials: " + text
}

// refused is what was asked of which service, and its answer; nil where none has
// answered.
func (e *credentialsError) refused() (op *smithy.OperationError, st *status) {
	if st = statusOf(e.err); st != nil && errors.As(e.err, &op) {
		return op, st
	}
	return nil, nil
}

func (e *credentialsError) hint() string {
	op, st := e.refused()
	switch {
	case strings.Contains(e.err.Error(), "SSO"):
		return "sign in again: aws sso login, with the --profile; then run the same command: what has been fetched is kept"
	case op == nil:
		return "give a --profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
	case strings.HasPrefix(op.OperationName, "AssumeRole") && st.Name == "AccessDenied":
		return "the caller needs sts:" + op.OperationName + " on the role, and the role's trust policy must let it in: with the external_id, or the MFA code, that it wants"
	case rules[st.Name].hint != "":
		return rules[st.Name].hint
	}
	return partitionHint
}
