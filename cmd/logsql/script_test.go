package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"logsql/ingest/s3/s3test"
)

// TestScript runs testdata/script/<command>_<case>.txtar: the whole program,
// its output and its exit status. go test -update writes outputs anew.
func TestScript(t *testing.T) {
	runScripts(t, "script", nil)
}

// TestScriptS3 runs the scripts that want a real S3 server, with the example
// bucket in it.
func TestScriptS3(t *testing.T) {
	gateway := s3test.StartVersityGW(t)
	gateway.CreateBucket(t, "example-logs")
	for key, body := range bucketTree() {
		gateway.Put(t, "example-logs", key, body)
	}
	runScripts(t, "script/s3", func(e *testscript.Env) {
		e.Setenv("AWS_ENDPOINT_URL_S3", gateway.Endpoint)
		e.Setenv("AWS_ACCESS_KEY_ID", s3test.AccessKey)
		e.Setenv("AWS_SECRET_ACCESS_KEY", s3test.SecretKey)
	})
}

func runScripts(t *testing.T, dir string, setup func(*testscript.Env)) {
	testdata := absolute(t, "../../testdata")
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join(testdata, dir),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("BUCKET", filepath.Join(testdata, "bucket"))
			e.Setenv("QUESTIONS", filepath.Join(testdata, "questions"))
			e.Setenv("LOGSQL_MIRROR", "mirror")
			e.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			e.Setenv("GORACE", os.Getenv("GORACE"))
			if setup != nil {
				setup(e)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": scriptStatus,
			"duck":   scriptDuck,
		},
	})
}

// scriptStatus runs a program and wants its exit status: status 4 logsql …
func scriptStatus(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: status CODE program args…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}
