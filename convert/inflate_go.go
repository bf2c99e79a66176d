//go:build !cgo || !libdeflate

package convert

// wholeMembers tells whether streams can be inflated in one piece.
const wholeMembers = false

type inflater struct{}

func (*inflater) member(_, _ []byte) (read, written int, r result) { return 0, 0, unsound }
