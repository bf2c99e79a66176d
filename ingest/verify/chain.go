package verify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"logsql/ingest/digest"
	"logsql/ingest/layout"
	"logsql/ingest/mirror"
)

// trails verifies CloudTrail's logs by its digests. Digests are read forward, in
// the order of their keys, which is that of time for each trail: a digest has
// the hash and the signature of the one before it, so that one digest a trail is
// all that is held. That the newest is not the last that was delivered nobody
// can see from a mirror.
func (v *verifier) trails(ctx context.Context) error {
	named, err := v.newNamed(ctx)
	if err != nil {
		return err
	}
	defer named.close()
	t := &trails{verifier: v, named: named, open: map[string]*chain{}, covered: map[string][]span{}, keys: v.newKeys(ctx)}
	folder := ""
	for o, err := range v.digests(ctx) {
		if err != nil {
			return err
		}
		if at := regionFolder(o.object.Key); at != folder {
			if err := t.finish(ctx); err != nil {
				return err
			}
			folder = at
		}
		if err := t.digest(ctx, o); err != nil {
			return err
		}
		if err := v.rep.failed(); err != nil {
			return err
		}
	}
	if err := t.finish(ctx); err != nil {
		return err
	}
	return t.strangers(ctx)
}

// stored is a digest as the mirror has it.
type stored struct {
	object    mirror.Object
	signature string // of its metadata, "" where the mirror has none
	pruned    bool
}

const marker = "/CloudTrail-Digest/"

// digests yields the digests of the mirror by bucket and key, a page at a time.
func (v *verifier) digests(ctx context.Context) iter.Seq2[stored, error] {
	const query = "SELECT " + mirror.ObjectColumns + `, coalesce(o.signature, ''), o.pruned <> 0 FROM objects o
		WHERE (o.bucket, o.key) > (?, ?) AND instr(o.key, '` + marker + `') > 0 ORDER BY o.bucket, o.key LIMIT 500`
	return func(yield func(stored, error) bool) {
		for last := (mirror.Object{}); ; {
			var page []stored
			err := v.each(ctx, query, func(rows *sql.Rows) (err error) {
				var s stored
				s.object, err = mirror.ScanObject(rows, &s.signature, &s.pruned)
				last = s.object
				page = append(page, s)
				return err
			}, last.Bucket, last.Key)
			if err != nil {
				yield(stored{}, err)
				return
			}
			for _, s := range page {
				if layout.Parse(s.object.Key).Digest() && !yield(s, nil) {
					return
				}
			}
			if len(page) == 0 {
				return
			}
		}
	}
}

// regionFolder is a digest's key up to the region.
func regionFolder(key string) string {
	i := strings.Index(key, marker) + len(marker)
	region, _, _ := strings.Cut(key[i:], "/")
	return key[:i] + region
}

// chainName is what the digests of a trail have in common: where they lie and
// their name up to the time.
func chainName(o mirror.Object) string {
	name := o.Key[strings.LastIndexByte(o.Key, '/')+1:]
	if i := strings.LastIndexByte(name, '_'); i > 0 {
		name = name[:i]
	}
	return mirror.URI(o.Bucket, regionFolder(o.Key)) + "/…/" + name
}

type trails struct {
	*verifier
	named   *named
	keys    *keys
	open    map[string]*chain // of the region folder that is being read
	covered map[string][]span // by place; see place
}

// chain is how far a trail was read.
type chain struct {
	report Chain
	last   *link
	region string
	place  string
}

// link is a digest whose signature may still come: from the digest after it.
type link struct {
	*digest.Digest
	at        string // where it lies
	signature string
	wrong     bool // a finding was told about it
	moved     bool
	proven    bool // its signature holds
	size      int64
}

// digest reads the next digest of a chain.
func (t *trails) digest(ctx context.Context, s stored) error {
	name := chainName(s.object)
	c := t.open[name]
	if c == nil {
		m := layout.Parse(s.object.Key)
		c = &chain{report: Chain{Name: name}, region: m.Region, place: placeOf(s.object)}
		t.open[name] = c
	}
	if s.pruned {
		c.report.Digests.count(pruned, 0)
		return nil
	}
	l := &link{at: s.object.URI(), signature: s.signature, size: s.object.Size}
	var err error
	if l.Digest, err = t.read(s.object); err != nil {
		t.rep.find("cloudtrail", Altered, l.at, err.Error())
		c.report.Digests.count(Altered, l.size)
		l.wrong = true
		return t.next(ctx, c, l)
	}
	if c.report.From.IsZero() {
		c.report.From = l.Start
	}
	c.report.To = l.End
	t.cover(c.place, l.Start, l.End)
	if l.URI() != l.at {
		l.wrong, l.moved = true, true
		t.rep.find("cloudtrail", Moved, l.at, "it says that it was delivered as "+l.URI())
	}
	return t.next(ctx, c, l)
}

func (t *trails) read(o mirror.Object) (*digest.Digest, error) {
	f, err := t.m.OpenFile(o.Path)
	if err != nil {
		return nil, fmt.Errorf("its file cannot be read: %w", withoutPath(err))
	}
	defer f.Close()
	return digest.Read(f)
}

// next compares a digest with the one before it, which is settled by that.
func (t *trails) next(ctx context.Context, c *chain, l *link) error {
	before := c.last
	c.last = l
	if before != nil && before.Digest != nil {
		if l.Digest != nil && l.Previous() == before.at {
			if before.signature == "" && l.PreviousSignature != nil {
				before.signature = *l.PreviousSignature
			}
			t.prove(ctx, c, before, l.PreviousSignature)
			t.compare(before, l)
		} else {
			t.prove(ctx, c, before, nil)
		}
		if err := t.settle(ctx, c, before); err != nil {
			return err
		}
	}
	if l.Digest == nil {
		return nil
	}
	return t.join(ctx, c, before, l)
}

// compare finds what the digest l says of the one before it and is not so.
func (t *trails) compare(before, l *link) {
	if h := text(l.PreviousHash); h != before.Sum {
		if before.proven {
			l.wrong = true
			t.rep.find("cloudtrail", Altered, l.at, fmt.Sprintf("it names %s as the SHA-256 of the digest before it, %s, whose signature holds and whose SHA-256 is %s", h, before.at, before.Sum))
		} else if !before.wrong {
			before.wrong = true
			t.rep.find("cloudtrail", Altered, before.at, fmt.Sprintf("its SHA-256 is %s; the digest after it, %s, names %s", before.Sum, l.at, h))
		}
	}
	if s := text(l.PreviousSignature); s != before.signature && !before.wrong {
		before.wrong = true
		t.rep.find("cloudtrail", Altered, before.at, "the signature in its metadata is not the one that the digest after it names, "+l.at)
	}
}

func text(s *string) string {
	if s == nil {
		return "nothing"
	}
	return *s
}

// join tells where a digest does not follow the one before it in the mirror.
func (t *trails) join(ctx context.Context, c *chain, before, l *link) error {
	previous := l.Previous()
	gap := func(reason string) {
		c.report.Gaps++
		t.rep.find("cloudtrail", Gap, l.at, reason)
	}
	switch {
	case before != nil && previous == before.at:
		if before.Digest != nil && l.Start.After(before.End) {
			gap(fmt.Sprintf("no digest covers the time from %s to %s", stamp(before.End), stamp(l.Start)))
		}
		return nil
	case previous == "" && before == nil:
		c.report.Begins = BeginsNull
		return nil
	case previous == "":
		from := before.at
		if before.Digest != nil {
			from = stamp(before.End)
		}
		gap(fmt.Sprintf("the chain begins anew: it names no digest before it, so nothing vouches for the time from %s to %s; logging or its validation was off", from, stamp(l.Start)))
		return nil
	}
	state, err := t.lookUp(ctx, *l.PreviousBucket, *l.PreviousKey)
	switch {
	case err != nil:
		return err
	case state == pruned && before == nil:
		c.report.Begins = BeginsPruned
	case state == pruned:
	case state == Missing && before == nil:
		c.report.Begins = BeginsMirror
	case state == Missing:
		c.report.Digests.count(Missing, 0)
		t.rep.find("cloudtrail", Missing, previous, fmt.Sprintf("the digest %s names it as the one before it", l.at))
		if before.Digest != nil {
			gap(fmt.Sprintf("no digest in the mirror covers the time from %s to %s", stamp(before.End), stamp(l.Start)))
		}
	case before == nil:
		// The trail's digests went to another place before: that chain is verified
		// where it lies.
		c.report.Begins = "it goes on from " + previous
	default:
		gap(fmt.Sprintf("it follows %s, not the digest before it in the mirror, %s", previous, before.at))
	}
	return nil
}

// prove checks a digest's signature; named is the one that the digest after it
// names.
func (t *trails) prove(ctx context.Context, c *chain, l *link, named *string) {
	switch key, reason := t.keys.get(ctx, c.region, l); {
	case l.signature == "":
		t.unproven(l, "its signature is not in the mirror: it came without its metadata, and no later digest names it")
	case key == nil:
		t.unproven(l, reason)
	default:
		err := l.Verify(key, l.signature)
		l.proven = err == nil
		if err != nil && named != nil && l.Verify(key, *named) == nil {
			l.proven = true
			err = errors.New("the signature in its metadata is wrong: the one that the digest after it names holds")
		}
		if err != nil && !l.wrong {
			t.rep.find("cloudtrail", Altered, l.at, err.Error())
		}
		l.wrong = l.wrong || err != nil
	}
}

func (t *trails) unproven(l *link, reason string) {
	if !l.wrong {
		t.rep.find("cloudtrail", Unproven, l.at, reason)
	}
}

// settle counts a digest whose signature was checked, and verifies its logs.
func (t *trails) settle(ctx context.Context, c *chain, l *link) error {
	kind := ""
	switch {
	case l.moved:
		kind = Moved
	case l.wrong:
		kind = Altered
	case !l.proven:
		kind = Unproven
	}
	c.report.Digests.count(kind, l.size)
	if kind == "" {
		t.valid("cloudtrail", l.at)
	}
	t.progress()
	return t.logs(ctx, c, l)
}

// finish settles the last digests of the chains that are open.
func (t *trails) finish(ctx context.Context) error {
	for _, name := range sortedNames(t.open) {
		c := t.open[name]
		if l := c.last; l != nil && l.Digest != nil {
			t.prove(ctx, c, l, nil)
			if err := t.settle(ctx, c, l); err != nil {
				return err
			}
		}
		t.rep.add(func(r *Report) {
			r.Chains = append(r.Chains, c.report)
			r.Digests.sum(c.report.Digests)
			r.Logs.sum(c.report.Logs)
			r.Gaps += c.report.Gaps
		})
	}
	clear(t.open)
	return nil
}

// lookUp tells whether an object is in the mirror, was pruned, or neither.
func (v *verifier) lookUp(ctx context.Context, bucket, key string) (string, error) {
	_, state, err := v.object(ctx, bucket, key)
	return state, err
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
