package ingest

import (
	"bytes"
	"context"
	"fmt"

	"logsql/ingest/layout"
	"logsql/ingest/mirror"
	"logsql/ingest/s3"
)

// Logs do not change after delivery. One that has another identity than the
// mirror's under its key is kept beside that and told, each time it is seen; the
// lake goes on with the first until Options.Accept takes the other.

// mutated deals with a listed object that is not the mirror's.
func (s *syncer) mutated(ctx context.Context, t task) error {
	versions, err := s.m.Versions(ctx, t.o.Bucket, t.o.Key)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if compare(v, t.o) == same && s.m.Whole(v) {
			return s.settleVersion(ctx, *t.have, v)
		}
	}
	if s3.IsArchive(t.o.StorageClass) {
		s.tellMutated(*t.have, t.o, "which is archived and cannot be had")
		return nil
	}
	if s.opts.DryRun {
		s.tellMutated(*t.have, t.o, "which sync would keep beside it")
		return s.plan(ctx, t)
	}
	t.mutated = true
	return s.plan(ctx, t)
}

// settleVersion tells of a version that is in the mirror, or makes it the
// object.
func (s *syncer) settleVersion(ctx context.Context, have, version Object) error {
	if !s.opts.Accept || s.opts.DryRun {
		s.tellMutated(have, version, "kept beside it")
		return nil
	}
	if err := s.m.Accept(ctx, version); err != nil {
		return err
	}
	s.rep.add(func(r *Report) { r.Accepted++ })
	return nil
}

// keepBeside sends a fetched object to the mirror as another version of have.
func (s *syncer) keepBeside(have, o Object, file *mirror.File) {
	o.Sum = file.Sum()
	s.arrivals.put(mirror.Arrival{Object: o, File: file, Beside: true})
}

// settleBeside does for a version that has just been admitted what is done for
// one that was there.
func (s *syncer) settleBeside(ctx context.Context, o Object) error {
	versions, err := s.m.Versions(ctx, o.Bucket, o.Key)
	if err != nil {
		return err
	}
	known := known{m: s.m, bucket: o.Bucket}
	have, _, err := known.find(ctx, o.Key)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if v.ETag == o.ETag && compare(v, o) == same {
			return s.settleVersion(ctx, have, v)
		}
	}
	return fmt.Errorf("%s was kept beside the mirror's and is not there", o.URI())
}

func (s *syncer) tellMutated(have, o Object, where string) {
	reason := fmt.Sprintf("it is another object now: %s, %s; the mirror goes on with %s", identity(o), where, identity(have))
	s.rep.note(o.URI(), s3.Changed, reason, "logs are not changed after delivery: find out who did; logsql sync --accept takes the new one")
}

// wantsSignature tells whether an object that the mirror has is a digest from
// before the mirror kept signatures, and its source may still have it.
func (s *syncer) wantsSignature(ctx context.Context, have Object, m layout.Match) (bool, error) {
	if !m.Digest() || s.target.Folder != "" {
		return false, nil
	}
	facts, err := s.m.FactsOf(ctx, have.ID)
	return err == nil && !facts.Asked, err
}

// identity is what tells o from another object under its key, for people.
func identity(o Object) string {
	if o.ETag != "" {
		return fmt.Sprintf("ETag %q, %d bytes", o.ETag, o.Size)
	}
	return fmt.Sprintf("%d bytes of %s", o.Size, o.LastModified.UTC().Format("2006-01-02 15:04:05.000"))
}

// again takes in an object whose file had gone, where it is the very same: what
// was made of the first stays true of it.
func (s *syncer) again(ctx context.Context, t task, o Object, file *mirror.File) error {
	have := *t.have
	facts, err := s.m.FactsOf(ctx, have.ID)
	if err != nil {
		file.Abort()
		return err
	}
	if facts.Sum != nil && !bytes.Equal(facts.Sum, sumOf(file)) {
		t.in.miss(o)
		s.keepBeside(have, o, file)
		return nil
	}
	o.ID, o.Path = have.ID, have.Path
	s.arrivals.put(mirror.Arrival{Object: o, File: file})
	return nil
}

func sumOf(file *mirror.File) []byte {
	sum := file.Sum()
	return sum[:]
}

// sameContent goes by the sum of what came first, where it is known: the file
// itself may be the source's, by a hard link.
func (s *syncer) sameContent(ctx context.Context, have Object, file *mirror.File) (bool, error) {
	facts, err := s.m.FactsOf(ctx, have.ID)
	if err != nil || facts.Sum != nil {
		return bytes.Equal(facts.Sum, sumOf(file)), err
	}
	return s.m.SameContent(have.Path, file)
}
