//go:build cgo && libdeflate

package convert

// #cgo linux LDFLAGS: -l:libdeflate.a
// #cgo !linux LDFLAGS: -ldeflate
// #include <libdeflate.h>
import "C"

import (
	"runtime"
	"unsafe"
)

// wholeMembers tells whether streams can be inflated in one piece.
const wholeMembers = true

// inflater is libdeflate, which takes half the time of a streaming reader. It
// is linked into the program: that is carried to machines without it.
type inflater struct {
	c *C.struct_libdeflate_decompressor
}

func (f *inflater) member(dst, src []byte) (read, written int, r result) {
	if f.c == nil {
		if f.c = C.libdeflate_alloc_decompressor(); f.c == nil {
			return 0, 0, unsound // out of memory: the other reader will have to
		}
		runtime.AddCleanup(f, func(c *C.struct_libdeflate_decompressor) { C.libdeflate_free_decompressor(c) }, f.c)
	}
	var in, out C.size_t
	switch C.libdeflate_gzip_decompress_ex(f.c, unsafe.Pointer(unsafe.SliceData(src)), C.size_t(len(src)),
		unsafe.Pointer(unsafe.SliceData(dst)), C.size_t(len(dst)), &in, &out) {
	case C.LIBDEFLATE_SUCCESS:
		return int(in), int(out), inflated
	case C.LIBDEFLATE_INSUFFICIENT_SPACE:
		return 0, 0, tooLong
	}
	return 0, 0, unsound
}
