package main

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"logsql/ingest/s3/s3test"
)

// TestBenchSync is make bench-sync: logsql, rclone and aws s3 sync in turn, from
// cold to a folder of their own each time.
func TestBenchSync(t *testing.T) {
	program := os.Getenv("LOGSQL_BENCH_SYNC")
	if program == "" {
		t.Skip("make bench-sync runs it")
	}
	b := &benchSync{t: t, program: program, rclone: findPeer(t, "rclone"), aws: findPeer(t, "awscli/bin/aws"), dir: "/dev/shm"}
	if _, err := os.Stat(b.dir); err != nil {
		b.dir = t.TempDir()
	}
	for _, program := range []string{b.rclone, b.aws} {
		version, _, _ := strings.Cut(b.run(program, "--version").out, "\n")
		fmt.Println(version)
	}
	real := s3test.StartVersityGW(t)
	real.CreateBucket(t, "small")
	real.CreateBucket(t, "large")
	for i := range 5000 {
		real.Put(t, "small", benchKey(1+i%20, i), noise(2000+i%3000))
	}
	for i := range 200 {
		real.Put(t, "large", benchKey(1+i%20, i), noise(1<<20))
	}
	far := &vast{days: 20, perDay: 250, size: 3000, get: 20 * time.Millisecond, list: 80 * time.Millisecond}
	b.versus("5,000 objects of 2 to 5 KB, versitygw", real.Endpoint, "small")
	b.versus("200 objects of 1 MiB, versitygw", real.Endpoint, "large")
	b.versus("5,000 objects of 3 KB, 20 ms a GET, 80 ms a LIST", serve(t, far), "far")
	b.sealed(serve(t, far), far)
	b.oneDay(serve(t, &vast{days: 30, perDay: 200_000, size: 0, list: 80 * time.Millisecond}))
	b.memory(&vast{days: 10, perDay: 100_000, size: 0})
}

type benchSync struct {
	t                    *testing.T
	program, rclone, aws string
	dir                  string
}

func findPeer(t *testing.T, name string) string {
	t.Helper()
	for _, at := range []string{"../../.cache/bin/" + name, filepath.Base(name)} {
		if path, err := exec.LookPath(at); err == nil {
			return absolute(t, path)
		}
	}
	t.Fatalf("%s is not there: make bench-sync puts it into .cache/bin", filepath.Base(name))
	return ""
}

func benchKey(day, n int) string {
	return fmt.Sprintf("AWSLogs/123456789012/vpcflowlogs/cn-north-1/2025/11/%02d/123456789012_vpcflowlogs_cn-north-1_fl-0a1b2c3d_202511%02dT0005Z_%08x.log.gz", day, day, n)
}

func noise(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Int())
	}
	return b
}

// cost is what a run took.
type cost struct {
	cpu, wall time.Duration
	peak      int64
	out       string
}

func (b *benchSync) run(program string, args ...string) cost {
	b.t.Helper()
	cmd := exec.CommandContext(b.t.Context(), program, args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "AWS_") })
	for _, kv := range s3test.Environ() {
		if !strings.HasSuffix(kv, "=") { // the AWS CLI takes an empty profile for the name of one
			cmd.Env = append(cmd.Env, kv)
		}
	}
	begun := time.Now()
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil {
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		b.t.Fatalf("%s %s: %v", filepath.Base(program), strings.Join(args, " "), err)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cost{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), time.Since(begun), usage.Maxrss << 10, string(out)}
}

func (b *benchSync) folder() string {
	dir, err := os.MkdirTemp(b.dir, "logsql-bench-")
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (b *benchSync) logsql(endpoint, bucket, mirror string, more ...string) cost {
	args := []string{"--mirror", mirror, "sync", "s3://" + bucket, "--endpoint-url", endpoint, "--json"}
	return b.run(b.program, append(args, more...)...)
}

func (b *benchSync) copy(endpoint, bucket, dir string, more ...string) cost {
	remote := fmt.Sprintf(":s3,provider=Other,env_auth=true,endpoint='%s',force_path_style=true,list_version=2:%s", endpoint, bucket)
	args := []string{"copy", remote, dir, "--config", "/dev/null", "--transfers", "64", "--checkers", "64", "--s3-no-check-bucket", "--no-traverse=false", "--log-level", "ERROR"}
	return b.run(b.rclone, append(args, more...)...)
}

// awsSync is aws s3 sync as it comes, ten objects at a time.
func (b *benchSync) awsSync(endpoint, bucket, dir string) cost {
	return b.run(b.aws, "s3", "sync", "s3://"+bucket, dir, "--endpoint-url", endpoint, "--only-show-errors")
}

// turns is how often all run, one after the other; aws s3 sync, which takes
// longest, every second time.
const turns = 7

// versus runs all in turn and tells the medians. What one leaves is removed before
// the next begins: who comes to a fuller memory than the other has to have it given
// by the host first, which takes longer than to fetch what goes into it.
func (b *benchSync) versus(what, endpoint, bucket string) {
	var ours, rclone, aws []cost
	into := func(sync func(dir string) cost) cost {
		dir := b.folder()
		defer os.RemoveAll(dir)
		return sync(dir)
	}
	for turn := range turns {
		ours = append(ours, into(func(dir string) cost { return b.logsql(endpoint, bucket, dir) }))
		rclone = append(rclone, into(func(dir string) cost { return b.copy(endpoint, bucket, dir) }))
		if turn%2 == 0 {
			aws = append(aws, into(func(dir string) cost { return b.awsSync(endpoint, bucket, dir) }))
		}
	}
	b.tell(what, median(ours), peer{"rclone", median(rclone)}, peer{"aws s3 sync", median(aws)})
}

type peer struct {
	name string
	cost
}

func (b *benchSync) tell(what string, ours cost, peers ...peer) {
	fmt.Println(what)
	fmt.Printf("  %-12s CPU %.2f s, wall %.2f s, %d MiB\n", "logsql", ours.cpu.Seconds(), ours.wall.Seconds(), ours.peak>>20)
	for _, p := range peers {
		fmt.Printf("  %-12s CPU %.2f s, wall %.2f s, %d MiB; logsql takes CPU %.2f, wall %.2f of it\n", p.name, p.cpu.Seconds(), p.wall.Seconds(), p.peak>>20,
			ours.cpu.Seconds()/p.cpu.Seconds(), ours.wall.Seconds()/p.wall.Seconds())
	}
}

func median(runs []cost) (m cost) {
	sort.Slice(runs, func(i, j int) bool { return runs[i].cpu < runs[j].cpu })
	m = runs[len(runs)/2]
	sort.Slice(runs, func(i, j int) bool { return runs[i].wall < runs[j].wall })
	m.wall = runs[len(runs)/2].wall
	return m
}

// sealed must cost no request.
func (b *benchSync) sealed(endpoint string, v *vast) {
	dir := b.folder()
	days := []string{"--since", "2025-11-01", "--until", "2025-11-20"}
	b.logsql(endpoint, "far", dir, days...)
	lists, gets := v.lists.Load(), v.gets.Load()
	again := b.logsql(endpoint, "far", dir, days...)
	lists, gets = v.lists.Load()-lists, v.gets.Load()-gets
	fmt.Printf("unchanged and sealed: %d LIST, %d GET, wall %.2f s\n", lists, gets, again.wall.Seconds())
	if lists+gets != 0 {
		b.t.Errorf("sealed days cost %d LIST and %d GET", lists, gets)
	}
}

// oneDay is the last of 30 days of 200,000 keys each, only looked at.
func (b *benchSync) oneDay(endpoint string) {
	ours := b.logsql(endpoint, "vast", b.folder()+"/none", "--since", "2025-11-30", "--until", "2025-11-30", "--dry-run")
	var report struct {
		Planned int64 `json:"planned"`
		Lists   int64 `json:"list_requests"`
	}
	if err := json.Unmarshal([]byte(ours.out), &report); err != nil || report.Planned != 200_000 {
		b.t.Errorf("one day: %v\n%s", err, ours.out)
	}
	theirs := b.copy(endpoint, "vast", b.folder(), "--dry-run", "--fast-list=false", "--include", "/AWSLogs/123456789012/vpcflowlogs/cn-north-1/2025/11/30/**")
	b.tell(fmt.Sprintf("one day of 200,000 keys, listed: %d LISTs", report.Lists), ours, peer{"rclone", theirs})
}

// memory is a million objects, all fetched: the listing, 64 workers and the
// mirror's records are what takes memory. It takes a quarter of an hour.
func (b *benchSync) memory(v *vast) {
	got := b.logsql(serve(b.t, v), "vast", b.folder(), "--workers", "64", "--until", "2025-11-10")
	fmt.Printf("1,000,000 keys, 64 workers: %d MiB at most, CPU %.0f s, wall %.0f s\n", got.peak>>20, got.cpu.Seconds(), got.wall.Seconds())
	if got.peak > 128<<20 {
		b.t.Errorf("it took %d MiB", got.peak>>20)
	}
}

// vast is a store with more keys than anybody would make: those of flow logs of
// some days, computed as they are asked for. It answers after a time.
type vast struct {
	days, perDay, size int
	get, list          time.Duration
	lists, gets        atomic.Int64
}

func serve(t *testing.T, v *vast) string {
	s := httptest.NewServer(v)
	t.Cleanup(s.Close)
	return s.URL
}

func (v *vast) body() []byte { return []byte(strings.Repeat("x", v.size)) }

func (v *vast) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("list-type") == "" && strings.Count(r.URL.Path, "/") > 2 {
		v.gets.Add(1)
		time.Sleep(v.get)
		sum := md5.Sum(v.body())
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
		w.Header().Set("Last-Modified", "Sun, 30 Nov 2025 12:00:00 GMT")
		w.Header().Set("Content-Length", strconv.Itoa(v.size))
		w.Write(v.body())
		return
	}
	v.lists.Add(1)
	time.Sleep(v.list)
	v.page(w, q.Get("prefix"), max(q.Get("start-after"), q.Get("continuation-token")), q.Get("delimiter"))
}

type vastKey struct {
	Key, LastModified, ETag, StorageClass string
	Size                                  int
}

type vastPrefix struct{ Prefix string }

type vastPage struct {
	XMLName                     xml.Name `xml:"ListBucketResult"`
	Name, NextContinuationToken string
	IsTruncated                 bool
	KeyCount                    int
	Contents                    []vastKey
	CommonPrefixes              []vastPrefix
}

// page is one page of a listing; keys are numbered in their order.
func (v *vast) page(w http.ResponseWriter, prefix, after, delimiter string) {
	key := func(n int) string { return benchKey(1+n/v.perDay, n%v.perDay) }
	total := v.days * v.perDay
	n := sort.Search(total, func(n int) bool { k := key(n); return k > after && k >= prefix })
	sum := md5.Sum(v.body())
	out := vastPage{Name: "vast"}
	for ; n < total && strings.HasPrefix(key(n), prefix); n++ {
		k := key(n)
		if out.KeyCount == 1000 {
			out.IsTruncated, out.NextContinuationToken = true, after
			break
		}
		out.KeyCount++
		if i := strings.Index(k[len(prefix):], "/"); delimiter != "" && i >= 0 {
			folder := k[:len(prefix)+i+1]
			if folder <= after && strings.HasPrefix(after, folder) {
				out.KeyCount--
				n = sort.Search(total, func(n int) bool { return key(n) > folder+"\xff" }) - 1
				continue
			}
			out.CommonPrefixes = append(out.CommonPrefixes, vastPrefix{folder})
			n = sort.Search(total, func(n int) bool { return key(n) > folder+"\xff" }) - 1
			after = folder + "\U0010ffff"
			continue
		}
		out.Contents = append(out.Contents, vastKey{k, "2025-11-30T12:00:00.000Z", `"` + hex.EncodeToString(sum[:]) + `"`, "STANDARD", v.size})
		after = k
	}
	slices.SortFunc(out.CommonPrefixes, func(a, b vastPrefix) int { return strings.Compare(a.Prefix, b.Prefix) })
	w.Header().Set("Content-Type", "application/xml")
	xml.NewEncoder(w).Encode(out)
}
