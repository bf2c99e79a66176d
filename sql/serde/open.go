package serde

import (
	"bufio"
	"compress/bzip2"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// codecs are how Hive reads a file, by its name's extension.
var codecs = []struct {
	extension string
	open      func(io.Reader) (io.ReadCloser, error)
}{
	{".gz", func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }},
	{".bz2", func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(r)), nil }},
	{".zst", func(r io.Reader) (io.ReadCloser, error) {
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(512<<20))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}},
	{".deflate", zlib.NewReader},
	{".lz4", refused("lz4")},
	{".snappy", refused("snappy")},
	{".lzo", refused("lzo")},
	{".lzo_deflate", refused("lzo")},
}

func refused(what string) func(io.Reader) (io.ReadCloser, error) {
	return func(io.Reader) (io.ReadCloser, error) {
		return nil, refuse("NOT_SUPPORTED", "Text files compressed with %s are not supported yet", what)
	}
}

// content is an open file's text.
type content struct {
	io.Reader
	plain io.Closer // the decompressor, or nil
	file  *os.File
}

func open(root *os.Root, name string) (*content, error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	c := &content{Reader: file, file: file}
	for _, codec := range codecs {
		if !strings.EqualFold(path.Ext(name), codec.extension) {
			continue
		}
		info, err := file.Stat()
		if err == nil && info.Size() == 0 {
			return c, nil
		}
		plain, err := codec.open(bufio.NewReaderSize(file, readSize))
		if err != nil {
			file.Close()
			return nil, fmt.Errorf("%s: %w", codec.extension[1:], err)
		}
		c.Reader, c.plain = plain, plain
	}
	return c, nil
}

func (c *content) close() {
	if c.plain != nil {
		c.plain.Close()
	}
	c.file.Close()
}

// Head is the beginning of a file's text, as a scan would read it; what breaks
// on the way ends it.
func Head(root *os.Root, name string, size int) ([]byte, error) {
	c, err := open(root, name)
	if err != nil {
		return nil, err
	}
	defer c.close()
	head := make([]byte, size)
	n, _ := io.ReadFull(c, head)
	return head[:n], nil
}
