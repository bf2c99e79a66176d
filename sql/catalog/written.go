package catalog

// PutWritten records a file that a statement wrote; from then on it is there.
func (tx *Tx) PutWritten(f File) error {
	const put = "INSERT INTO written (uri, path, size, modified) VALUES (?, ?, ?, ?)"
	_, err := tx.q.ExecContext(tx.ctx, put, f.URI, f.Path, f.Size, f.Modified.UnixMilli())
	return err
}
