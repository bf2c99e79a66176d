package verify

import (
	"context"
	"iter"
	"runtime"
	"time"

	"logsql/ingest/digest"
	"logsql/ingest/mirror"
)

// Options are what Run may be told.
type Options struct {
	Parts    iter.Seq2[File, error] // of the lake
	Keys     []digest.Key           // given, besides those that the mirror has
	Fetch    Fetch                  // asks AWS for keys; nil asks nobody
	Valid    bool                   // tell what is valid too
	Progress func(Report)
}

// Fetch gets the public keys of a region that signed between two times, for
// digests in a bucket.
type Fetch func(ctx context.Context, bucket, region string, from, to time.Time) ([]digest.Key, error)

// Run verifies the whole mirror. Findings are told as they come, one at a time.
// Memory does not grow with the mirror.
func Run(ctx context.Context, m *mirror.Mirror, o Options, emit func(Finding) error) (Report, error) {
	v := &verifier{m: m, options: o, workers: max(2, runtime.GOMAXPROCS(0)), rep: &reporter{emit: emit}}
	v.rep.r.Begun, v.rep.r.Chains = time.Now().UTC(), []Chain{}
	err := m.Explain(v.run(ctx))
	v.rep.r.Finished = time.Now().UTC()
	return v.rep.r, err
}

type verifier struct {
	m       *mirror.Mirror
	options Options
	workers int
	rep     *reporter
}

func (v *verifier) run(ctx context.Context) error {
	if v.m.Empty() {
		return nil
	}
	if err := v.files(ctx, v.objects(ctx), func(r *Report) *Counts { return &r.Objects }); err != nil {
		return err
	}
	if v.options.Parts != nil {
		if err := v.files(ctx, v.options.Parts, func(r *Report) *Counts { return &r.Parts }); err != nil {
			return err
		}
	}
	return v.trails(ctx)
}

func (v *verifier) progress() {
	if v.options.Progress != nil {
		v.rep.add(func(r *Report) { v.options.Progress(*r) })
	}
}
