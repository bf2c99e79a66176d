package batch

import (
	"github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/format"
)

// bloomBits is the size of a bloom filter for each distinct value: one look-up
// in a hundred reads a row group in vain.
const bloomBits = 10

// Find gives the text columns of these names bloom filters, so that a reader
// who looks for one value skips row groups without it. Fields of structs are
// named a.b; names that the file does not have are no mistake.
func (w *Writer) Find(names []string) {
	b := New(w.columns)
	for i, l := range b.leaves {
		for _, name := range names {
			w.find[i] = w.find[i] || l.kind.isText() && l.name() == name
		}
	}
}

// writeBlooms follows a row group's pages.
func (w *Writer) writeBlooms(b *Batch, g *format.RowGroup) error {
	for i, l := range b.leaves {
		if !w.find[i] || l.values == 0 {
			continue
		}
		m := &g.Columns[i].MetaData
		data := bloomOf(&l.texts)
		m.BloomFilterOffset, m.BloomFilterLength = w.offset, int32(len(data))
		if err := w.write(data); err != nil {
			return err
		}
	}
	return nil
}

func bloomOf(t *texts) []byte {
	hashes := make([]uint64, t.entries.len())
	for i := range hashes {
		hashes[i] = bloom.XXH64{}.Sum64(t.entry(int32(i)))
	}
	filter := make(bloom.SplitBlockFilter, max(1, bloom.NumSplitBlocksOf(int64(len(hashes)), bloomBits)))
	filter.InsertBulk(hashes)
	head := format.BloomFilterHeader{NumBytes: int32(len(filter) * bloom.BlockSize)}
	head.Algorithm.Value = new(format.SplitBlockAlgorithm)
	head.Hash.Value = new(format.XxHash)
	head.Compression.Value = new(format.BloomFilterUncompressed)
	return append(marshal(&head), filter.Bytes()...)
}
