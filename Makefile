# make          build bin/logsql
# make demo     answer the guides' questions on the small bucket in testdata
# make test     all tests
# make man      man pages into bin/man
SHELL := /bin/bash
export GOFLAGS ?= -buildvcs=false
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo development)
VERSITYGW := .cache/bin/versitygw
RCLONE := .cache/bin/rclone
AWSCLI := .cache/bin/awscli/bin/aws
GOFUMPT := go run mvdan.cc/gofumpt@v0.9.2
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME ?= 5s
FUZZ ?= ./...
# libdeflate (Debian: libdeflate-dev) makes gzip twice as fast; it is linked in.
# Without it everything works all the same. It is looked for as cgo will, by a
# program that is linked with it: Debian's pkg-config names another folder.
LIBDEFLATE := $(if $(filter Linux,$(shell uname -s)),-l:libdeflate.a,-ldeflate)
ifeq ($(shell printf '\043include <libdeflate.h>\nint main(void) { return !libdeflate_alloc_decompressor(); }\n' | \
  $(CC) $(CGO_CFLAGS) -x c - -o /dev/null $(CGO_LDFLAGS) $(LIBDEFLATE) 2>/dev/null && echo yes),yes)
TAGS ?= -tags libdeflate
endif

.PHONY: build man page demo test race lint fuzz bench bench-sync kills reflink corpus peaks differ readers queries-trino clean

build:
	go build $(TAGS) -trimpath -ldflags "-X logsql/cmd/logsql/internal/cli.version=$(VERSION)" -o bin/logsql ./cmd/logsql

# The help of every command as man pages, for bin/man in MANPATH.
man: build
	bin/logsql man bin/man/man1

# The report in headless Chromium: shown, printed, attacked. Leaves what it saw in
# bin/page. Chromium is installed where it is not there (Debian's package).
page: build
	@command -v chromium >/dev/null || { apt-get -o Acquire::Retries=5 update && DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=5 install -y --no-install-recommends chromium fonts-dejavu-core; }
	@mkdir -p bin/page
	LOGSQL_CHROMIUM=$$(command -v chromium) LOGSQL_PAGES=$(CURDIR)/bin/page go test -count=1 -run '^TestPageInChromium$$' ./cmd/logsql

demo: build
	@testdata/demo.sh bin/logsql bin/demo

test: $(VERSITYGW)
	go test -timeout 20m ./...
	$(if $(TAGS),go test $(TAGS) ./convert)

# Without the shared folder: the detector makes everything several times slower, and
# each process of a test would sleep a second at its end for races yet to come.
race: $(VERSITYGW)
	LOGSQL_SHARED= GORACE=atexit_sleep_ms=0 go test -race -timeout 30m ./...

# A real S3 server for the tests, kept out of go.mod.
$(VERSITYGW):
	GOBIN=$(CURDIR)/.cache/bin go install github.com/versity/versitygw/cmd/versitygw@v1.8.0

lint:
	@out=$$($(GOFUMPT) -l cmd ingest convert sql); if [ -n "$$out" ]; then echo "gofumpt would change:"; echo "$$out"; exit 1; fi
	go vet ./...
	$(STATICCHECK) ./...
	go mod tidy -diff
	go test -run 'Policy|OnlyCmdPrints|FunctionSizes' ./cmd/logsql

# Every fuzz target for FUZZTIME. On a busy machine go's fuzzer may call its own
# end of time a failure (context deadline exceeded): only a failing input is one.
fuzz:
	@set -euo pipefail; log=$$(mktemp); trap 'rm -f "$$log"' EXIT; for pkg in $$(go list $(FUZZ)); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "$$pkg $$target"; \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg 2>&1 | tee "$$log" || \
	      { grep -q 'context deadline exceeded' "$$log" && ! grep -q 'Failing input' "$$log"; }; \
	  done; \
	done

# LOGSQL_SHARED is the folder with the generator and the peer to measure against.
bench: build
	go test -run '^$$' -bench . -benchtime 1s ./...
	@if [ -n "$$LOGSQL_SHARED" ]; then testdata/bench/bench.sh; else echo "LOGSQL_SHARED is not set: no comparison with DuckDB"; fi

# The peak memory of convert-parquet with two workers on what is large, many and
# odd. Takes 10 GB of disk in TMPDIR.
peaks: build
	@testdata/bench/peaks.sh bin/logsql "$$LOGSQL_SHARED/gen"

# Sync against rclone and aws s3 sync, in turn, from a real S3 server and from one
# with latency. Both are taken from .cache/bin, where this puts them.
bench-sync: build $(VERSITYGW) $(RCLONE) $(AWSCLI)
	LOGSQL_BENCH_SYNC=$(CURDIR)/bin/logsql go test -count=1 -timeout 90m -run '^TestBenchSync$$' -v ./cmd/logsql | grep -v '^=== '

# The peers of bench-sync, kept out of go.mod: rclone takes four CPU minutes.
# Another rclone, such as Debian's older and faster one, may be put there.
$(RCLONE):
	GOBIN=$(CURDIR)/.cache/bin go install github.com/rclone/rclone@v1.76.0

$(AWSCLI):
	python3 -m venv .cache/bin/awscli
	.cache/bin/awscli/bin/pip install -q awscli==1.46.3

# Kill a sync of 20,000 objects at 100 random moments: some minutes.
kills:
	LOGSQL_KILLS=100 LOGSQL_KILLS_OBJECTS=20000 go test -count=1 -timeout 15m -v -run SyncKilledAtRandom ./ingest

# sync --link where files can be cloned: on btrfs and XFS that it mounts, as root.
reflink: build
	@testdata/reflink.sh bin/logsql

# The score on Trino's answers may rise and never fall; UPDATE=1 records it.
corpus: build
	@testdata/corpus.py

# Random expressions and whole queries, asked of a Trino that runs: for an hour
# each, not in CI.
differ: build
	testdata/oracle/differ.py --minutes $(or $(MINUTES),60); expressions=$$?; \
	testdata/oracle/querydiffer.py --minutes $(or $(MINUTES),60) && exit $$expressions

# The lake of generated logs of every type, read by DuckDB, PyArrow, parquet-go
# and the Trino that runs, whose warehouse TRINO_BASE holds.
readers: build
	@testdata/oracle/readers.sh

# Every named query, as it is, on the Trino that runs (TRINO_BASE as above).
queries-trino: build
	@testdata/oracle/queries.sh

clean:
	rm -rf bin
